#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What comes out of ccache is what was asked for, also where a file takes another by .incbin
# or .include; and one checkout uses the objects of another.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
printf '.section .rodata\n.incbin "%s"\n' "$TMP/image" >"$TMP/piggy.S"
object() { # WORD [CLEAR]: what the object has of an image with that word
	printf '%s\n' "$1" >"$TMP/image"
	# shellcheck disable=SC2016  # the inner shell expands it
	env -C "$TMP" CCACHE_DIR="$TMP/ccache" ${2:+env -u KAFLAGS} bash -c \
		'ccache gcc ${KAFLAGS:-} -MD -MF piggy.d -c piggy.S -o piggy.o' && grep -ao '[a-z]*-kernel' "$TMP/piggy.o"
}
if ! command -v ccache >/dev/null; then
	skip 'an image in the kernel: no ccache here'
	exit
fi
(
	# shellcheck source=ci/lib/lib.sh disable=SC1091
	. "$HERE/ci/lib/lib.sh"
	object former-kernel >/dev/null
	same 'an image that changed is in the object' later-kernel "$(object later-kernel)"
	object former-kernel clear >/dev/null
	same 'without that option it is the former one' former-kernel "$(object later-kernel clear)"
)

(
	# shellcheck source=ci/lib/lib.sh disable=SC1091
	. "$HERE/ci/lib/lib.sh"
	# shellcheck source=ci/lib/arch.sh disable=SC1091
	. "$HERE/ci/lib/arch.sh"
	export CCACHE_DIR=$TMP/ccache CCACHE_BASEDIR=$TMP
	compiled() { # CHECKOUT: hit or miss, as a cell is built
		mkdir -p "$TMP/$1/build"
		TREE=$TMP/$1/tree
		echo 'asm(".include \"asm/x-insn.h\"");' >"$TREE/x.c"
		cell_setup s390
		ccache -z >/dev/null
		env -C "$TMP/$1/build" ccache gcc "-Wa,-I$TREE/arch/s390/include" -MD -MF x.d -c "$TREE/x.c" -o x.o
		ccache --print-stats | sed -n 's/^direct_cache_\(hit\|miss\)\t1$/\1/p'
	}
	for checkout in one two; do
		mkdir -p "$TMP/$checkout/tree/arch/s390/include/asm"
		echo '.ascii "same"' >"$TMP/$checkout/tree/arch/s390/include/asm/x-insn.h"
	done
	compiled one >/dev/null
	same 'another checkout, s390: from the cache' hit "$(compiled two)"
	echo '.ascii "other"' >"$TMP/two/tree/arch/s390/include/asm/x-insn.h"
	same 'with another header for the assembler: not' miss "$(compiled two)"
)
