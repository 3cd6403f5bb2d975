# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# What makes a pseries guest take itself for a secure one, with an ultravisor that
# agrees to everything: laid over $src, never part of the series.  Sourced after variant.sh.

simulate_secure_guest() {
	local svm=(arch/powerpc/platforms/pseries/svm.c arch/powerpc/include/asm/svm.h) ucall=arch/powerpc/kernel/ucall.S
	# (out of line with KUnit, else in the header)
	sed -i '/^\(static inline \)\?bool is_secure_guest/,/^}/s/return mfmsr() & MSR_S;/return true;/' \
		"${svm[@]/#/$src/}"
	sed -i 's/^\tsc\s2\b.*/\tli r3,0/' "$src/$ucall"
	! pgit -C "$src" diff --quiet -- "${svm[0]}" && ! pgit -C "$src" diff --quiet -- "${svm[1]}" &&
		! pgit -C "$src" diff --quiet -- $ucall ||
		die fail "the simulation of a secure guest does not fit these sources" "mend ci/proof/simulate.sh"
}
