#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# ci/proof/hunks from end to end, with a kernel of two lines: scripts play make and the
# guest.  What its judge decides is in test_hunks.py.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
fixture
copy=$TMP/copy
mkdir -p "$copy" "$TMP/play" "$TMP/linux/tools/testing/kunit"
cp -r "$HERE/ci" "$HERE/kunit" "$HERE/configs" "$copy"
# (the parts that are left out, and one that nobody has heard of)
(printf '# part %s: none\n' dma tests-x86 tests-s390 tests-arm64; sed 's/^# part fixes/# part unheard-of/' "$PATCHES/series") >"$TMP/series" &&
	mv "$TMP/series" "$PATCHES/series"

# The build: line 10 has to be there, its object holds lines 10 to 40.
cat >"$TMP/play/make" <<'EOT'
#!/bin/bash
[[ "$*" =~ \ O=([^ ]*) ]] && o=${BASH_REMATCH[1]}
[[ "$*" =~ \ -C\ ([^ ]*) ]] && src=${BASH_REMATCH[1]}
echo build >>"$PLAYED"
grep -q 'line ten' "$src/kernel/a.c" || { echo "kernel/a.c:10: error: no ten" >&2; exit 2; }
[ -z "$WARN" ] || grep -q 'line fifty' "$src/kernel/a.c" || echo 'kernel/a.c:50:1: warning: no fifty'
mkdir -p "$o/kernel"
sed -n "10,${LAST:-40}p" "$src/kernel/a.c" >"$o/kernel/a.o"
cp "$src/kernel/a.c" "$o/linux"
EOT
cat >"$TMP/linux/tools/testing/kunit/kunit.py" <<'EOT'
#!/bin/bash
for a; do [[ $a != --build_dir=* ]] || o=${a#*=}; done
touch "$o/.config"
exec make -s -C "$PWD" O="$o" all
EOT
# The guest: a case for line 20.
cat >"$copy/ci/cell/boot" <<'EOT'
#!/bin/bash
echo guest >>"$PLAYED"
if grep -q 'line twenty' "$2"; then r=pass; else r=${MISSED:-fail}; fi
[ $r != died ] || { echo '# Subtest: s' >"$3"; echo 'Error: the um guest died' >&2; exit 9; }
printf '%s\ts.twenty\t\npass\ts.other\t\n' $r | grep -v ^missing >"$3"
EOT
# shellcheck disable=SC2016
printf '#!/bin/sh\ncat "$1"\n' >"$copy/ci/lib/ktap.py"
printf 'import sys\ndef expected(cell): return {"s.twenty": None, "s.other": None}\nif __name__ == "__main__": print("pass\\ts.twenty\\t\\npass\\ts.other\\t")\n' >"$TMP/cases"
(echo '#!/usr/bin/env python3'; cat "$TMP/cases") >"$copy/ci/lib/cases.py"
chmod +x "$TMP/play/make" "$TMP/linux/tools/testing/kunit/kunit.py" "$copy/ci/cell/boot" "$copy"/ci/lib/{ktap,cases}.py
export PLAYED=$TMP/played WARN='' PATH=$TMP/play:$PATH
hunks() {
	: >"$PLAYED"
	[ -z "${FRESH:-}" ] || rm -rf "$TMP"/cache/*/work-*/hunks
	"$copy/ci/proof/hunks" um
}
table() { cut -f 4 "$TMP"/cache/*/work-*/tables/hunks-um.tsv | paste -sd '|'; }

expect 'each hunk is taken back, none is missed' 0 '^3 hunks taken back' hunks
same 'with what becomes of the kernel' \
	"# id=$("$copy/ci/lib/fresh.py" hunks-um | cut -f 2)|the build breaks|s.twenty|no code: every object is the same without it" "$(table)"
same 'where no object differs, no guest is booted' 2 "$(grep -c guest "$PLAYED")"
expect 'again: the verdicts are kept' 0 '^3 hunks' hunks
same 'and none is tried' 'build guest' "$(paste -sd ' ' "$PLAYED")"
expect 'some of them' 0 '^1 hunks taken back' env HUNKS='name-the-ten' "$copy/ci/proof/hunks" um
same 'make no table' 4 "$(grep -c . "$TMP"/cache/*/work-*/tables/hunks-um.tsv)"
export FRESH=1
LAST=60 expect 'a hunk that nobody misses' 1 'NOTHING FAILS' hunks
same 'is not kept' 2 "$(grep -c . "$TMP"/cache/*/work-*/hunks/um/kept)"
printf 'kernel-name-the-twenty-and-the-fifty.patch\tkernel/a.c\tso be it\n' >>"$copy/ci/proof/hunks-reasons"
LAST=60 expect 'unless there is a reason' 0 'no difference: so be it' hunks
MISSED=missing expect 'a case that does not come' 0 's\.twenty\(missing\)' hunks
MISSED=died expect 'a guest that dies' 0 'the guest dies in s$' hunks
WARN=1 expect 'a warning' 0 'the build breaks, warning: no fifty' hunks
sed -i 's/s\.twenty/s.absent/' "$copy/ci/lib/cases.py"
expect 'cases that fail with every hunk in place' 1 'fails with every hunk in place: s.absent' hunks
sed -i 's/^# part tests-s390/# part tests-s39/' "$PATCHES/series"
expect 'a part that is left out has to be there' 1 'not each of these is a part: dma tests-x86 tests-s390 tests-arm64' hunks

# --- the other program that compares with parts by name
expect 'no part to compare with is an error, not the base' 1 'no patch is in fixes-powerpc or fixes-pseries' "$copy/ci/proof/svm-off"
