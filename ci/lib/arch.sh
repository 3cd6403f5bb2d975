# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# Architectures and cells for bash; the facts are in arches.tsv and ci/cell/matrix.tsv.
# Sourced after lib.sh.  arch_setup ARCH sets
#
#   LINUX_ARCH KUNIT_ARCH CROSS LINUX_DIR IMAGE CMDLINE COUNTED_CMDLINE AGAIN DEBIAN DEVICE
#   BOOT COUNTED    arrays: QEMU, and its options for a clock that counts instructions
#
# and cell_setup CELL also cell arch flavour virtio compiler need CELL_CC.
export MATRIX=${MATRIX:-$ROOT/ci/cell/matrix.tsv}

arch_facts() { # QUESTION...
	"$ROOT/ci/lib/arch.py" "$@" || exit
}
# s390 tells the assembler of its headers by an absolute path, and its generated headers name
# the program that wrote them by one: both would keep one checkout from using the objects of
# another.  What the assembler includes counts by its contents.
ccache_setup() {
	unset CCACHE_IGNOREOPTIONS CCACHE_EXTRAFILES HOSTCFLAGS
	if [ "$LINUX_ARCH" = s390 ] && [ -d "$TREE/arch/s390/include" ]; then
		export HOSTCFLAGS=-fmacro-prefix-map=$WORK/=
		export CCACHE_IGNOREOPTIONS='-Wa,-I*'
		CCACHE_EXTRAFILES=$(find "$TREE/arch/s390/include/asm" \( -name '*-asm.h' -o -name '*-insn.h' \) -print0 | sort -z | tr '\0' :)
		export CCACHE_EXTRAFILES
	fi
}
arch_setup() {
	local facts
	facts=$(arch_facts setup "$1") || exit
	# (empty first, so that shellcheck knows them)
	LINUX_ARCH='' KUNIT_ARCH='' CROSS='' LINUX_DIR='' IMAGE='' CMDLINE='' COUNTED_CMDLINE='' DEBIAN='' DEVICE='' BOOT=() COUNTED=()
	eval "$facts"
	ccache_setup
}
cell_setup() {
	local facts
	facts=$(arch_facts cell "$1") || exit
	cell=$1 arch='' flavour='' virtio='' compiler='' need='' CELL_CC=''
	eval "$facts"
	ccache_setup
	# (an assembler file is not cached at all by gcc: lib.sh)
	if [ "$compiler" = clang ]; then
		unset CCACHE_DEPEND KAFLAGS
		export CCACHE_NAMESPACE=clang
	elif [ "${CCACHE_NAMESPACE:-}" = clang ]; then
		unset CCACHE_NAMESPACE
	fi
}
cell_config() { arch_facts config "$1"; } # CELL
arches() { arch_facts list | sed -n 's/^architectures: //p'; }
like_others() { arch_facts list | sed -n 's/^like others: //p'; }
cells() { arch_facts list | sed -n 's/^cells: //p' | tr ' ' '\n'; }

# After cell_setup.  Names what a kernel of $cell is made of, and what judged the warnings of
# its build; empty where the tree has uncommitted work.
# shellcheck disable=SC2154
cell_stamp() {
	[ -z "$(uncommitted "$TREE")" ] || return 0
	{
		pgit -C "$TREE" rev-parse 'HEAD^{tree}'
		cell_config "$cell"
		$CELL_CC --version
		echo "$CELL_CC"
		cat "$ROOT/ci/cell/kernel" "$ROOT/ci/cell/warnings-reasons"
	} | sha256sum | cut -c1-16
}
# Names a result of the cell: its kernel, what else it depends on, the emulator.  Empty
# where cell_stamp is.
cell_id() {
	local stamp
	stamp=$(cell_stamp)
	[ -z "$stamp" ] || printf '%s %s %s\n' "$stamp" "$("$ROOT/ci/lib/fresh.py" "cell-$cell" | cut -f 2)" \
		"$([ ${#BOOT[@]} -eq 0 ] || "${BOOT[0]}" --version | head -n 1)"
}
