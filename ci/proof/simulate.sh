# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# What makes a pseries guest take itself for a secure one, with an ultravisor that
# agrees to everything: laid over $src, never part of the series.  Sourced after variant.sh.

# This case asks the processor itself, and is right to fail there.
# shellcheck disable=SC2034
unfooled=powerpc_force_dma_unencrypted.powerpc_force_dma_unencrypted_machine

simulate_secure_guest() {
	local svm=arch/powerpc/platforms/pseries/svm.c ucall=arch/powerpc/kernel/ucall.S
	local before
	before=$(sha256sum <"$src/$svm")
	sed -i '/^bool is_secure_guest/,/^}/s/return mfmsr() & MSR_S;/return true;/' "$src/$svm"
	sed -i 's/^\tsc\s2\b.*/\tli r3,0/' "$src/$ucall"
	[ "$before" != "$(sha256sum <"$src/$svm")" ] && ! pgit -C "$src" diff --quiet -- $ucall ||
		die fail "the simulation of a secure guest does not fit these sources" "mend ci/proof/simulate.sh"
}
