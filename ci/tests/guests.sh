#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Guests and test results that go wrong, with the kernels that make test built.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=ci/lib/lib.sh
. "$HERE/ci/lib/lib.sh"
set +e +o pipefail
lock

# Without its tests, and with no root file system, a kernel panics.  With
# panic=0 it then hangs: on x86, where nobody ends the machine for it.
# shellcheck source=ci/lib/arch.sh
. "$HERE/ci/lib/arch.sh"
panic='kunit.enable=0 kunit_shutdown=none rdinit=/none'
for arch in x86_64 s390 ppc64le; do
	arch_setup "$arch"
	# shellcheck disable=SC2086
	expect "$arch: a kernel that panics at boot" 9 'died before its tests ended' \
		"$HERE/ci/cell/boot" "$arch" "$WORK/build/$arch/$IMAGE" "$TMP/log" $panic
done
arch_setup x86_64
# shellcheck disable=SC2086
expect 'x86_64: a kernel that hangs' 9 'hung: ended after 8 s of silence' \
	env TIME_LIMIT=8 "$HERE/ci/cell/boot" x86_64 "$WORK/build/x86_64/$IMAGE" "$TMP/log" $panic panic=0

# Tables that do not say what the kernel shows.
tables() { # copies them, for KUNIT= to name
	rm -rf "$TMP/kunit"
	cp -r "$HERE/kunit" "$TMP/kunit"
}
um() { env KUNIT="$TMP/kunit" "$HERE/ci/cell/kunit" "$@"; }
# Any case that passes there and has no rows of its own will do.
some=$(awk -F'\t' '$1 == "pass" && split($2, part, ".") == 2 { print $2; exit }' "$WORK/results/um/cases.tsv")
name=${some#*.}
tables
printf 'ring\tanother row\tvirtio_mem_acc.a_case_that_is_not_there\n' >>"$TMP/kunit/decisions.tsv"
expect 'a missing case fails, by name' 1 'missing  virtio_mem_acc.a_case_that_is_not_there: expected pass' um um
same 'and leaves facts that say so' 1 "$(grep -cx 'verdict	fail' "$WORK/results/um/facts")"
tables
sed -i "/\t$some\$/d" "$TMP/kunit/decisions.tsv"
expect 'an unlisted case fails, by name' 1 "unlisted $some: .*seen pass" um um
tables
sed -i 's/	no SWIOTLB in this kernel/	another reason/' "$TMP/kunit/skips.tsv"
expect 'a skip for another reason fails' 1 'expected skip: another reason, seen skip: no SWIOTLB' um um

# --accept: the tables say it afterwards.
expect '--accept changes the rule' 0 '^\+.*	no SWIOTLB in this kernel' um --accept um
expect 'and the cell is green' 0 '^um +[1-9][0-9]* passed' um um
sed -i "/\t$some\$/d" "$TMP/kunit/decisions.tsv"
expect '--accept adds the row of a new case, to be filled in' 0 "^Next: .*what $some proves" um --accept um
expect 'which the check refuses until then' 1 'fill in' env KUNIT="$TMP/kunit" "$HERE/ci/lib/cases.py" --check

# A console with more on it than there was: the kernel complains, a case fails.
"$HERE/ci/cell/kunit" um >/dev/null 2>&1
mkdir "$TMP/results"
sed 's/^\( *# Totals.*\)/WARNING: CPU: 0 PID: 1 at mm\/slub.c:1\n\1/' "$WORK/results/um/console.log" >"$TMP/results/console.log"
expect 'a complaint of the kernel fails' 1 'WARNING: CPU: 0 PID: 1' "$HERE/ci/cell/judge_cell.py" um "$TMP/results"
expect 'and nothing of such a boot is accepted' 1 'nothing is accepted' "$HERE/ci/cell/accept.py" um "$TMP/results"
sed "s/^\( *\)ok \([0-9]* $name\)/\1# $name: EXPECTATION FAILED at a.c:1\n\1not ok \2/" \
	"$WORK/results/um/console.log" >"$TMP/results/console.log"
expect 'a failed case fails, with its expectation' 1 "# $name: EXPECTATION FAILED at a.c:1" \
	"$HERE/ci/cell/judge_cell.py" um "$TMP/results"
expect 'nor of this one' 1 'nothing is accepted' "$HERE/ci/cell/accept.py" um "$TMP/results"

expect 'a single case can be run' 0 '1 passed, 0 skipped' "$HERE/ci/cell/kunit" um "$some"
expect 'a suite that is not there' 1 'no case' "$HERE/ci/cell/kunit" um no_such_suite
