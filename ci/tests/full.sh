#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# ci/full: what it records, resumes and refuses; ci/test: what it counts and keeps.  Scripts play
# the tasks and the parts.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
fixture
unset VERDICTS
copy=$TMP/copy
mkdir -p "$copy"
cp -r "$HERE/ci" "$HERE/kunit" "$HERE/configs" "$copy"
rm -rf "$copy/ci/proof/verdicts"
cat >"$copy/ci/lib/tasks.tsv" <<'EOT'
# kind	arguments	program	shows	reads
good	um,s390	ci/proof/good	a task that passes	@code ci/proof/good
bad	um	ci/proof/bad	one that fails	@code ci/proof/bad
busy	um	ci/proof/busy	one that finds a lock	@code
fickle	um	ci/proof/fickle	one whose reads change	ci/proof/fickle
EOT
play() { printf '#!/bin/sh\n%s\n' "$2" >"$copy/ci/proof/$1" && chmod +x "$copy/ci/proof/$1"; } # NAME COMMANDS
# shellcheck disable=SC2016
play good 'echo more; echo "detail of $1"'
play bad 'echo why; exit 1'
play busy 'exit 10'
# shellcheck disable=SC2016
play fickle 'echo "# once more" >>"$0"; echo done'
full() { "$copy/ci/full" "$@"; }

expect 'two tasks run' 0 'ok    good-s390: detail of s390' full 'good-*'
same 'each as PROGRAM ARGUMENT, the last line is the detail' 1 "$(grep -c '^ok    good-um: detail of um,' "$TMP/out")"
expect 'recorded, neither runs again' 0 'good-um \(recorded\): detail of um' full good-um 'good-*'
same 'named twice, once' 2 "$(grep -c '(recorded)' "$TMP/out")"
expect 'a task that fails: the others run' 1 'failed: bad-um' full bad-um 'good-*'
same 'and those that passed are kept' 2 "$(grep -c '(recorded)' "$TMP/out")"
expect 'it is recorded as bad' 0 $'bad-um\tbad\texit code 1: why' full --list
play bad 'echo mended'
expect 'and runs again' 0 'ok    bad-um: mended' full bad-um
expect 'how far, and how long' 0 '2 of 3 tasks done, about [0-9]+ s left; now good-um' \
	bash -c "sed -i '/^good-um/d' '$copy/ci/proof/verdicts/v7.3.tsv'; '$copy/ci/full' 'good-*' bad-um"
expect 'another run ends it' 10 '' full busy-um
expect 'reads that change meanwhile: nothing is recorded' 6 'what fickle-um reads changed' full fickle-um
expect 'indeed' 0 $'fickle-um\tmissing' full --list
echo '# changed' >>"$copy/ci/proof/good"
expect 'a changed program makes its verdicts stale' 0 $'good-um\tstale' full --list
expect 'which can be forgotten' 0 '2 stale verdicts dropped, 1 kept' full --drop-stale
expect 'no such task' 2 'no such task: good-vax' full good-vax
echo mine >>"$TREE/kernel/a.c"
expect 'work in the tree: no results' 6 'work that is not in patches/' full good-um

# --- ci/test, with two parts: one that needs no kernel, and one that does
git -C "$TREE" checkout -q kernel/a.c
unset FRESH ARTIFACTS
sed -i -E "/^[[:blank:]]*((part|kept|proven [a-z-]+) '|WHICH=|REQUESTS=|\"[$]ROOT.*base-info)/{/'the programs and|'Linux and|'the round trip/!d}" "$copy/ci/test"
for program in tests/scripts.sh series/roundtrip; do
	printf '#!/bin/sh\necho "ok    ran %s"\n' "$program" >"$copy/ci/$program"
done
kept() { grep -c 'lines kept' "$TMP/out"; }
expect 'a lane that dies before its end fails' 1 $'^not ok\tthe repository.s own tests ended early' "$copy/ci/test"
git -C "$copy" init -q # (which the words of that part want to know)
expect 'both parts run' 0 '^2 passed, 0 failed' "$copy/ci/test"
same 'but for what passed already' 1 "$(kept)"
expect 'once' 0 '^2 passed, 0 failed' "$copy/ci/test"
same 'then both are kept' 2 "$(kept)"
cp -r "$TMP/linux" "$TMP/next"
echo 'line 61' >>"$TMP/next/kernel/b.c"
KERNEL_SRC=$TMP/next TREE=$TMP/next-tree expect 'on another Linux' 0 '^2 passed, 0 failed' "$copy/ci/test"
same 'only what needs none is kept' 1 "$(kept)"
