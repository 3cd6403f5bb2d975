#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The tree "base + seam + tests" of ci/proof/before; what its judge refuses is in
# test_before.py.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
fixture
printf 'int f(void)\n{\n\treturn 1;\n}\n' >"$TMP/linux/kernel/c.c"
table() { printf '%s\n' "$@" | sed 's/ /\t/' >"$TMP/table"; }
before() { BEFORE_TABLE=$TMP/table "$HERE/ci/proof/before" --tree um; }
ten=kernel-name-the-ten.patch fifty=kernel-name-the-twenty-and-the-fifty.patch
table "keep $ten" "revert $fifty"
expect 'a patch is taken back' 0 'full/src$' before
same 'and the other one is not' 'line ten line 20' "$(sed -n '10p;20p' "$(tail -n 1 "$TMP/out")/kernel/a.c" | paste -sd ' ')"
table "keep $ten"
expect 'a patch that the table does not name' 1 "< $fifty" before
table "keep $ten" "keep $fifty" "keep kernel-another.patch"
expect 'a patch that was left out of the series' 0 'kernel-another.patch is not in the series' before
table "keep $ten" "keep $fifty" $'body g\tkernel/c.c'
expect 'a body that is nowhere' 1 'no function g in kernel/c.c' before
cat >"$PATCHES/kernel-the-twenty-again.patch" <<'EOT'
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
echo kernel-the-twenty-again.patch >>"$PATCHES/series"
table "keep $ten" "keep $fifty" "keep kernel-the-twenty-again.patch" $'body f\tkernel/c.c'
expect 'a body from the base' 0 'full/src$' before
same 'is there' '	return 1;' "$(grep return "$(tail -n 1 "$TMP/out")/kernel/c.c")"
table "keep $ten" "revert $fifty" "keep kernel-the-twenty-again.patch"
expect 'a patch that cannot be taken back' 1 "cannot be taken back: $fifty" before
