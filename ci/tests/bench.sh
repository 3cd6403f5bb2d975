#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: ci/tests/bench.sh
#
# The plugin of ci/bench, in a machine whose firmware calls functions a known number of
# times: it counts exactly those, for the function that called.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
expect 'the plugin compiles' 0 '' gcc -shared -fPIC -O2 -Wall -Wextra -Werror -fvisibility=hidden -o "$TMP/plugin.so" \
	"$HERE"/ci/bench/plugin/*.c
expect 'the firmware assembles' 0 '' gcc -m32 -c -o "$TMP/bench.o" "$HERE/ci/tests/bench.S"
objcopy -O binary -j .text "$TMP/bench.o" "$TMP/rom"
at() { nm "$TMP/bench.o" | awk -v s="$1" '$3 == s { print "ffff" substr($1, length($1) - 3) }'; }
# (h as a helper that copies)
{
	printf '%s %s n part:f\n' "$(at f)" "$(at end_of_f)"
	printf '%s %s C lib:h\n' "$(at h)" "$(at end_of_h)"
	printf '%s %s m marker:m\n' "$(at m)" "$(at end_of_m)"
} >"$TMP/map"
count() { # CPUS
	rm -f "$TMP/counts"
	timeout 60 qemu-system-x86_64 -M pc -m 16 -nodefaults -display none -accel tcg -bios "$TMP/rom" \
		-device isa-debug-exit,iobase=0xf4 -plugin "file=$TMP/plugin.so,map=$TMP/map,out=$TMP/counts$1" || :
	cat "$TMP/counts"
}
want='mark 0
mark 1
part:f 32 1 0
part:f>lib:h 20 10 20
mark 2
part:f 64 2 0
part:f>lib:h 40 20 40'
same 'it counts what was called, and by whom' "$want" "$(count ,cpus=1)"
same 'also where each CPU counts for itself' "$want" "$(count '')"
printf 'ffff0020 ffff0030 n b\nffff0010 ffff0020 n a\n' >"$TMP/map"
expect 'a map out of order is refused' 1 'not a map of functions in order' qemu-system-x86_64 -M none -display none \
	-plugin "file=$TMP/plugin.so,map=$TMP/map,out=$TMP/counts"
