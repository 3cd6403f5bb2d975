# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Architectures and cells for bash; the facts are in arches.tsv and ci/cell/matrix.tsv.
# Sourced after lib.sh.  arch_setup ARCH sets
#
#   LINUX_ARCH KUNIT_ARCH CROSS LINUX_DIR IMAGE CMDLINE COUNTED_CMDLINE
#   BOOT COUNTED    arrays: QEMU, and its options for a clock that counts instructions
#
# and cell_setup CELL also arch flavour virtio compiler need CELL_CC.
export MATRIX=${MATRIX:-$ROOT/ci/cell/matrix.tsv}

arch_facts() { # QUESTION...
	"$ROOT/ci/lib/arch.py" "$@" || exit
}
arch_setup() {
	local facts
	facts=$(arch_facts setup "$1") || exit
	eval "$facts"
}
cell_setup() {
	local facts
	facts=$(arch_facts cell "$1") || exit
	eval "$facts"
}
cell_config() { arch_facts config "$1"; } # CELL
arches() { arch_facts list | sed -n 's/^architectures: //p'; }
cells() { arch_facts list | sed -n 's/^cells: //p' | tr ' ' '\n'; }

# Names what a kernel of the cell is made of; empty where the tree has uncommitted work.
cell_stamp() {
	[ -z "$(uncommitted "$TREE")" ] || return 0
	{
		pgit -C "$TREE" rev-parse 'HEAD^{tree}'
		cell_config "$cell"
		$CELL_CC --version
		echo "$CELL_CC"
	} | sha256sum | cut -c1-16
}

# --- until the rooms that use these are rewritten
ARCHES_KUNIT=$(arches)
cell_cases() { cat "$KUNIT/$arch.cases"; }
cell_inputs() { "$ROOT/ci/lib/fresh.py" "cell-$cell" | cut -f 2; }
cell_id() { echo "$(cell_stamp)$(cell_inputs)"; }
task_id() { "$ROOT/ci/lib/fresh.py" "$1" | cut -f 2; }
task_tools() { :; }
