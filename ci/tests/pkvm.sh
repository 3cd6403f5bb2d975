#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: ci/tests/pkvm.sh
#
# The VMM of the lab's pKVM guests, without a VM: its virtio-mmio device and its fault
# handler, with mprotect() in the part of the hypervisor; and that its test notices a VMM
# which is less strict.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
lab=$HERE/ci/lab
flags=(-O1 -Wall -Wextra -Werror -I"$lab/device" -I"$lab/pkvm" -I"$lab/kernel/overlay/include/uapi")
build() { # OUT SOURCES of pkvm...
	local out=$1 part parts=()
	shift
	for part in copy device figures memory packed split virtqueue; do parts+=("$lab/device/$part.c"); done
	gcc "${flags[@]}" -pthread -o "$out" "$lab/pkvm/test/main.c" "$@" "${parts[@]}"
}
own=(mmio models properties queues real)
sources=("${own[@]/%/.c}")
sources=("${sources[@]/#/$lab/pkvm/}")
expect 'the VMM compiles with its test' 0 '' build "$TMP/test" "${sources[@]}"
"$TMP/test" 2>"$TMP/complaints" || touch "$TMP/failed"
expect 'what it says of a fault' 0 'device: SIGSEGV, SEGV_ACCERR, at 0x[0-9a-f]+: guest-physical 0x40[0-9a-f]+$' cat "$TMP/complaints"

mutant() { # NAME FILE EXPRESSION
	sed "$3" "$lab/pkvm/$2.c" >"$TMP/$2.c"
	! cmp -s "$lab/pkvm/$2.c" "$TMP/$2.c" || { not_ok "seen: $1 (nothing to change)" && return; }
	flags+=(-w -Wno-error)
	build "$TMP/mutant" "${sources[@]/"$lab/pkvm/$2.c"/"$TMP/$2.c"}" || { not_ok "seen: $1 (does not compile)" && return; }
	expect "seen: $1" 1 '^not ok' "$TMP/mutant"
}
mutant 'a fault that is not counted' real 's/^\tcount_violation(.*//'
mutant 'a fault at the wrong address' real 's/gpa + (guard.at - p)/gpa - PAGE/'
mutant 'a look that looks at nothing' real 's/is_look(op) ? look(p, len)/is_look(op) ? true/'
mutant 'a survey that finds every page open' real 's/bool open = .*/bool open = true;/'
mutant 'a survey that counts rings as buffers' real 's/ | (kind == TABLE || kind == BUFFER ? 0 : RING)//'
mutant 'a poke that nobody notices' real 's/if (!p || guarded(READ, p, &byte, 1))/if (1)/'
mutant 'a device that is served after a reset' queues 's/^\t\t\tstop(dev, i);/\t\t\t;/'
mutant 'a device that accepts what it does not offer' queues 's/if (dev->features & ~dev->offered)/if (0)/'
mutant 'a feature that stays' queues 's/dev->offered &= ~mmio.once/;/'
mutant 'an interrupt that stays' queues 's/vm_irq(MMIO_SPI, value)/vm_irq(MMIO_SPI, level_of(value))/; s/^struct mmio mmio;/&\nstatic int level_of(int v) { static int l; return l |= v; }/'
mutant 'a legacy ring in one piece' queues 's/ + align - 1) \/ align \* align/)/'
mutant 'properties that nobody reads' properties 's/dev->offered = strcmp.*/dev->offered = dev->offered; if (0) dev->offered = 1 ? 0 :/'
