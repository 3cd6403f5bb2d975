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

ARCHES_KUNIT='um um-nodma x86_64 s390 ppc64le ppc64 arm64'

arch_setup() {
	# shellcheck disable=SC2054  # qemu options have commas
	local qemu='-nodefaults -nographic -no-reboot -accel tcg -m 512 -smp 2 -serial stdio'
	CROSS='' CMDLINE='' BOOT=()
	case "$1" in
	um | um-nodma)
		LINUX_ARCH=um KUNIT_ARCH=um IMAGE=linux
		;;
	x86_64)
		LINUX_ARCH=x86_64 KUNIT_ARCH=x86_64 IMAGE=arch/x86/boot/bzImage CMDLINE='console=ttyS0'
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
