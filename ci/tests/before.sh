#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# "Fails before" and coverage: what has to be refused is.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"

# --- the outcomes of a case
judge() { # BEFORE SERIES: results of s.a and s.b
	printf '%s\ts.b\t\n' "$1" >"$TMP/before"
	printf '%s\ts.b\twhy\n' "$2" >"$TMP/series"
	printf 'fail\ts.a\t\n' >>"$TMP/before"
	printf 'pass\ts.a\t\n' >>"$TMP/series"
	"$HERE/ci/proof/before-judge" "$TMP/before" "$TMP/series"
}
expect 'a case that fails before' 0 's\.a	fail	pass	fails before$' judge pass pass
expect 'one that does not is never said to' 0 's\.b	pass	pass	guards unchanged behaviour$' judge pass pass
expect 'one that is skipped' 0 's\.b	skip	skip	skipped: why$' judge skip skip
expect 'one that fails on the series' 1 's\.b: fails on the series' judge pass fail
expect 'one that is skipped before only' 1 's\.b: skip before, pass' judge skip pass
judge pass pass >/dev/null
sed -i /s.b/d "$TMP/before"
expect 'one that a dead guest has no result for' 1 's\.b: no result before' "$HERE/ci/proof/before-judge" "$TMP/before" "$TMP/series"

# --- no case is absent from both sides, which the judge could not see
names() { grep -v '^#' "$1" | cut -d ' ' -f 1 | cut -f 1 | sort; }
for kept in "$HERE"/ci/results/*-before-*.tsv; do
	arch=${kept##*-} arch=${arch%.tsv}
	same "the kept outcomes of $arch are of every case" '' "$(diff <(names "$HERE/kunit/$arch.cases") <(names "$kept"))"
done

# --- the tree "base + seam + tests"
fixture
printf 'int f(void)\n{\n\treturn 1;\n}\n' >"$TMP/linux/kernel/c.c"
table() { printf '%s\n' "$@" | sed 's/ /\t/' >"$TMP/table"; }
before() { BEFORE_TABLE=$TMP/table "$HERE/ci/proof/before" --tree um; }
ten='kernel: name the ten' fifty='kernel: name the twenty and the fifty'
table "keep $ten" "revert $fifty"
expect 'a commit is taken back' 0 'full/src$' before
same 'and the other one is not' 'line ten line 20' "$(sed -n '10p;20p' "$(tail -n 1 "$TMP/out")/kernel/a.c" | paste -sd ' ')"
table "keep $ten"
expect 'a commit that nobody names' 1 "< $fifty" before
table "keep $ten" "keep $fifty" "keep kernel: another"
expect 'a commit that is not there' 1 '> kernel: another' before
table "keep $ten" "keep $fifty" $'body g\tkernel/c.c'
expect 'a body that is nowhere' 1 'no function g in kernel/c.c' before
cat >"$PATCHES/0003-c.patch" <<'EOT'
From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: T <t@example.invalid>
Date: Sat, 1 Jan 2000 00:00:00 +0000
Subject: [PATCH] kernel: the twenty again

---
 kernel/a.c | 2 +-
 kernel/c.c | 2 +-
 2 files changed, 2 insertions(+), 2 deletions(-)

diff --git a/kernel/a.c b/kernel/a.c
--- a/kernel/a.c
+++ b/kernel/a.c
@@ -19,3 +19,3 @@ line 18
 line 19
-line twenty
+line 2-0
 line 21
diff --git a/kernel/c.c b/kernel/c.c
--- a/kernel/c.c
+++ b/kernel/c.c
@@ -1,4 +1,4 @@
 int f(void)
 {
-	return 1;
+	return 2;
 }
EOT
echo 0003-c.patch >>"$PATCHES/series"
table "keep $ten" "keep $fifty" "keep kernel: the twenty again" $'body f\tkernel/c.c'
expect 'a body from the base' 0 'full/src$' before
same 'is there' '	return 1;' "$(grep return "$(tail -n 1 "$TMP/out")/kernel/c.c")"
table "keep $ten" "revert $fifty" "keep kernel: the twenty again"
expect 'a commit that cannot be taken back' 1 "cannot be taken back: $fifty" before

# --- lines and branches
cat >"$TMP/gcov" <<'EOT'
        -:    0:Source:/src/kernel/a.c
function f called 2 returned 100% blocks executed 75%
        2:    1:int f(int x)
        2:    2:	if (x)
call    0 returned 2
branch  1 taken 2 (fallthrough)
branch  2 taken 0
    #####:    3:		return 1;
        2:    4:	return 0;
EOT
printf 'kernel/a.c\t%d\n' 1 2 4 >"$TMP/added"
: >"$TMP/reasons"
coverage() { "$HERE/ci/proof/coverage-judge" -v arch=um -v src=/src/ "$TMP/reasons" "$TMP/added" "$TMP/gcov"; }
expect 'a branch that is not taken' 1 'no reason: 1 of 2 branches	f	kernel/a.c	if \(x\)' coverage
printf 's390,um\tkernel/a.c\tf\t1 of 2 branches\tif (x)\tnever\n' >"$TMP/reasons"
expect 'and has a reason' 0 'f	kernel/a.c	3	3	2	1$' coverage
echo 'kernel/a.c	3' >>"$TMP/added"
expect 'a line that is not run' 1 'no reason: not run	f	kernel/a.c	return 1;' coverage
printf 'um\tkernel/a.c\tf\tnot run\t%s\tnever\n' 'return 1;' 'return 0;' >>"$TMP/reasons"
expect 'a reason for a line that is run' 1 'no such line: not run	f	kernel/a.c	return 0;' coverage
