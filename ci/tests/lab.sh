#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The strict device of the lab without a guest: what it refuses, what it serves, and
# that this test sees a device which is less strict than it says.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
lab=$HERE/ci/lab
compile() { gcc -O2 -Wall -Wextra -Werror -o "$1" "$2"; }
expect 'the device compiles' 0 '' compile "$TMP/device" "$lab/device.c"
expect 'its test compiles' 0 '' compile "$TMP/device-test" "$lab/device-test.c"
head -c 1M /dev/urandom >"$TMP/disk"
run() { timeout 60 "$TMP/device-test" "$1" "$TMP/socket" "$TMP/disk"; }
run "$TMP/device"

# mutant NAME EXPRESSION: the device changed like that has to fail
mutant() {
	sed "$2" "$lab/device.c" >"$TMP/mutant.c"
	! cmp -s "$lab/device.c" "$TMP/mutant.c" || { not_ok "seen: $1 (nothing to change)" && return; }
	gcc -O2 -w -o "$TMP/mutant" "$TMP/mutant.c" || { not_ok "seen: $1 (does not compile)" && return; }
	expect "seen: $1" 1 '^not ok' run "$TMP/mutant"
}
mutant 'a device that looks at no bitmap' 's/if (!is_shared(i << page_shift))/if (0)/'
mutant 'a device that writes the used ring unchecked' 's/idx = small(USED, q->used + 2, 2, true)/idx = (void *)memory(q->used + 2, 2)/; s/if (!u || !idx)/if (!u \&\& (u = (void *)memory(q->used + 4, 8), 0))/'
mutant 'a device that takes tables for buffers' 's/small(TABLE,/small(BUFFER,/'
mutant 'a device that touches first and looks then' 's/^\tif (!bitmap) {$/\tmemset(s->at + (gpa - s->gpa), 1, 1);\n&/'
mutant 'a device that brings the wrong sector' 's/disk + sector, in, false/disk + sector + 512, in, false/'
