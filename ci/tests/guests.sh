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
expect 'x86_64: a kernel that hangs' 9 'hung: ended after 8 s' \
	env TIME_LIMIT=8 "$HERE/ci/cell/boot" x86_64 "$WORK/build/x86_64/$IMAGE" "$TMP/log" $panic panic=0

# A case that is expected and does not come, one that comes and is not expected.
mkdir "$TMP/kunit"
cp "$HERE"/kunit/{um.*,virtio-m.differences} "$TMP/kunit"
echo 'dma_protected.a_case_that_is_not_there' >>"$TMP/kunit/um.cases"
expect 'a missing case fails, by name' 1 '< pass	dma_protected.a_case_that_is_not_there' \
	env KUNIT="$TMP/kunit" "$HERE/ci/cell/kunit" um
same 'and leaves facts that say so' 1 "$(grep -cx 'verdict	fail' "$WORK/results/um/facts")"
grep -v 'needs_shared' "$HERE/kunit/um.cases" >"$TMP/kunit/um.cases"
expect 'an unlisted case fails, by name' 1 '> pass	dma_protected.dma_protected_needs_shared' \
	env KUNIT="$TMP/kunit" "$HERE/ci/cell/kunit" um
sed 's/ SKIP no SWIOTLB.*/ SKIP another reason/' "$HERE/kunit/um.cases" >"$TMP/kunit/um.cases"
expect 'a skip for another reason fails' 1 'SWIOTLB' env KUNIT="$TMP/kunit" "$HERE/ci/cell/kunit" um
expect 'a single case can be run' 0 '1 passed, 0 skipped' "$HERE/ci/cell/kunit" um dma_protected.dma_protected_needs_shared
expect 'a suite that is not there' 1 'no case' "$HERE/ci/cell/kunit" um no_such_suite
# leave the results of a whole run behind
"$HERE/ci/cell/kunit" um >/dev/null 2>&1
