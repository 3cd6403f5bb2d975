# SPDX-License-Identifier: GPL-2.0-only
# Firmware for ci/tests/bench.sh: calls functions a known number of times.
	.code16
main:
	xorw %ax, %ax
	movw %ax, %ss
	movw %ax, %ds
	movw $0x7000, %sp
	call h			# not by a named function: does not count
	call m
	call f			# 1 + 10 * 3 + 1 instructions, and 10 * 2 of h
	call m
	call f
	nop
	call h			# others have run since f: does not count
	movw $0xf4, %dx
	outb %al, %dx
	hlt
f:	movw $10, %cx
1:	call h
	decw %cx
	jnz 1b
	ret
end_of_f:
h:	movw %ax, 0x500		# stores 2 bytes
	ret
end_of_h:
m:	ret
end_of_m:
	.org 0xfff0
	jmp main
	.org 0x10000
