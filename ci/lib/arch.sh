# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What differs between the architectures that kernels are built and booted for.
# Sourced after lib.sh.  arch_setup NAME sets:
#
#   LINUX_ARCH   make ARCH=
#   KUNIT_ARCH   kunit.py --arch=
#   CROSS        compiler prefix, empty for the machine's own
#   IMAGE        what is booted, below the build directory
#   BOOT         the command that boots it; the kernel's arguments follow
# shellcheck disable=SC2034

#
# cell_setup CELL does that for a cell of ci/cell/matrix.tsv, and sets its columns (arch
# flavour virtio compiler minutes need) and CELL_CC, its compiler with the launcher
# (ccache, icecc, distcc) that CC has in the environment: CC='icecc gcc' serves all.
# Without CC it is ccache, if that is there: a rebase in the tree makes most files new.

ARCHES_KUNIT='um um-nodma x86_64 s390 ppc64le ppc64 arm64'
MATRIX=${MATRIX:-$ROOT/ci/cell/matrix.tsv}

cells() { awk '!/^#/ { print $1 }' "$MATRIX"; }

cell_setup() {
	local cc=${CC:-gcc} last
	[ -n "${CC:-}" ] || ! command -v ccache >/dev/null || cc='ccache gcc'
	IFS=$'\t' read -r _ arch flavour virtio compiler minutes need < <(grep "^$1	" "$MATRIX") ||
		die usage "no such cell: $1" "one of: $(cells | tr '\n' ' ')"
	arch_setup "$arch"
	last=${cc##* }
	CELL_CC=${cc%"$last"}
	case "$compiler $last" in
	clang\ *clang*) CELL_CC+=$last ;;
	clang\ *) CELL_CC+=clang-19 ;;
	gcc\ gcc*) CELL_CC+=$CROSS$last ;;
	*) CELL_CC+=$last ;;
	esac
}

# What `kunit.py build` gets for the cell: a later line wins over an earlier one.
# A file for a part and an architecture says what it does not have there, and why.
cell_config() {
	local part
	cat "$KUNIT/$arch.kunitconfig"
	[ "$virtio" = y ] || sed -En 's/^(CONFIG_(VIRTIO_[A-Z]*|VIRTIO_KUNIT_TEST|DMA_PROTECTED_KUNIT_TEST))=y$/\1=m/p' \
		"$KUNIT/$arch.kunitconfig" | grep -v VIRTIO_MENU
	for part in init "$flavour" "virtio-$virtio"; do
		cat "$ROOT/configs/$part.config" "$ROOT/configs/$part-$arch.config" 2>/dev/null || :
	done
}

# The cases that the cell has to show, as in kunit/ARCH.cases.
cell_cases() {
	[ "$virtio" = m ] || { cat "$KUNIT/$arch.cases" && return; }
	awk -v arch="$arch" '
		NR == FNR {
			split($1, name, "@")
			if (!/^#/ && (!name[2] || ("," name[2] ",") ~ ("," arch ","))) { sub(/^[^ ]* /, ""); change[name[1]] = $0 }
			next
		}
		{
			split($1, part, "."); how = change[part[1]]; if (!how) how = change[part[1] "." part[2]]
			kind = $1; sub(/.*\//, "", kind); sub(/_.*/, "", kind)
		}
		how == "ABSENT" { next }
		how && NF == 1 { $0 = $1 " " how }
		(part[1] "/" kind) in change { $0 = $1 " " change[part[1] "/" kind] }
		{ print }' "$KUNIT/virtio-m.differences" "$KUNIT/$arch.cases"
}

# What a task of ci/full is compiled and run with.
task_tools() { # TASK
	local LINUX_ARCH KUNIT_ARCH IMAGE CMDLINE CROSS='' BOOT=() arch=${1#*-} tool
	[ "$arch" = i386 ] || arch_setup "${arch%-debug}"
	[[ $1 != patches-* && $1 != modules-* ]] || BOOT=()
	for tool in "${CROSS}gcc" "${BOOT[@]:0:1}"; do "$tool" --version 2>/dev/null | head -n 1 || :; done | paste -sd ,
}

# Names what a result of the cell depends on, but for the tree: configuration, cases, tools.
cell_inputs() {
	local tool
	{
		cell_config || :
		cell_cases || :
		for tool in "${CELL_CC##* }" "${BOOT[@]:0:1}"; do "$tool" --version | head -n 1 || :; done
		echo "$CMDLINE ${BOOT[*]}"
	} 2>/dev/null | sha256sum | cut -c1-16
}
# Names what a kernel of the cell is made of; empty where the tree has uncommitted work.
# cell_id: a result of it.
cell_stamp() {
	[ -z "$(uncommitted "$TREE")" ] || return 0
	{
		pgit -C "$TREE" rev-parse 'HEAD^{tree}'
		cell_config
		$CELL_CC --version
		echo "$CELL_CC"
	} | sha256sum | cut -c1-16
}
cell_id() {
	local stamp
	stamp=$(cell_stamp)
	[ -z "$stamp" ] || {
		echo "$stamp"
		cell_inputs
		cat "$ROOT"/ci/cell/{kunit,boot,ktap,initrd,guest-init.c}
	} | sha256sum | cut -c1-16
}

arch_setup() {
	# shellcheck disable=SC2054  # qemu options have commas
	local qemu='-nodefaults -nographic -no-reboot -accel tcg -m 512 -smp 2 -serial stdio'
	CROSS='' CMDLINE='' BOOT=()
	case "$1" in
	um | um-nodma)
		LINUX_ARCH=um KUNIT_ARCH=um IMAGE=linux
		;;
	x86_64)
		# (the check of the timer panics where the emulator gets too little time)
		LINUX_ARCH=x86_64 KUNIT_ARCH=x86_64 IMAGE=arch/x86/boot/bzImage CMDLINE='console=ttyS0 no_timer_check'
		# shellcheck disable=SC2206
		BOOT=(qemu-system-x86_64 $qemu -bios qboot.rom)
		;;
	s390)
		LINUX_ARCH=s390 KUNIT_ARCH=s390 CROSS=s390x-linux-gnu- IMAGE=arch/s390/boot/bzImage
		CMDLINE='console=ttyS0'
		# shellcheck disable=SC2206
		BOOT=(qemu-system-s390x ${qemu/-serial stdio/-chardev stdio,id=con -device sclpconsole,chardev=con}
			-M s390-ccw-virtio -cpu qemu)
		;;
	ppc64le | ppc64)
		LINUX_ARCH=powerpc KUNIT_ARCH=powerpcle CROSS=powerpc64le-linux-gnu- IMAGE=vmlinux
		[ "$1" = ppc64le ] || KUNIT_ARCH=powerpc CROSS=powerpc64-linux-gnu-
		CMDLINE='console=hvc0'
		# shellcheck disable=SC2206,SC2054
		BOOT=(qemu-system-ppc64 $qemu -cpu "${POWER:-power9}"
			-M pseries,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off)
		;;
	arm64)
		LINUX_ARCH=arm64 KUNIT_ARCH=arm64 CROSS=aarch64-linux-gnu- IMAGE=arch/arm64/boot/Image
		CMDLINE='console=ttyAMA0'
		# shellcheck disable=SC2206
		BOOT=(qemu-system-aarch64 $qemu -M virt -cpu cortex-a57)
		;;
	*)
		die usage "no such architecture: $1" "one of: $ARCHES_KUNIT"
		;;
	esac
	[ "$(uname -m)" = x86_64 ] || [ "$1" != x86_64 ] || CROSS=x86_64-linux-gnu-
}
