#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The lab without a guest: what its strict device refuses and serves, that this test
# sees a device which is less strict than it says; and what ci/lab/run makes of guests
# and devices that scripts play.
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
mutant 'a device that looks at the first page only' 's/i <= (gpa + \*len - 1) >> page_shift/i <= gpa >> page_shift/'
mutant 'a device that writes the used ring unchecked' 's/u ? small(USED, q->used + 2, 2, true) : NULL/(void *)memory(q->used + 2, 2)/; s/^\tif (u) {/\tif (u || (u = (void *)memory(q->used + 4, 8))) {/'
mutant 'a device that reads used_event unchecked' 's/small(AVAIL, q->avail + 4 + q->num \* 2, 2, false)/(void *)memory(q->avail + 4 + q->num * 2, 2)/'
mutant 'a device that writes avail_event unchecked' 's/small(USED, q->used + 4 + q->num \* sizeof(struct vring_used_elem), 2, true)/(void *)memory(q->used + 4 + q->num * 8, 2)/'
mutant "a device that reads the driver's events unchecked" 's/ev = small(AVAIL, q->avail, sizeof(\*ev), false)/ev = (void *)memory(q->avail, 4)/'
mutant "a device that writes its events unchecked" 's/ev = small(USED, q->used, sizeof(\*ev), true)/ev = (void *)memory(q->used, 4)/'
mutant 'a device that takes tables for buffers' 's/small(TABLE,/small(BUFFER,/'
mutant 'a device that touches first and looks then' 's/^\tfor (i = gpa >> page_shift; bitmap/\tmemset(s->at + (gpa - s->gpa), 1, 1);\n&/'
mutant 'a device that looks at what it touches only, of segments' 's/^\tgiven(BUFFER,.*//'
mutant 'a device that looks at what it touches only, of rings' 's/^\t\tgiven(DESC,.*//'
mutant 'a device that writes where it may only read' 's/ && (tlb\[i\].perm & perm)//'
mutant 'a device that serves a ring which was taken back' 's/return q->kick < 0 || q->fresh;/return 0;/'
mutant 'a device that brings the wrong sector' 's/disk + sector, in, false/disk + sector + 512, in, false/'

# --- the verdicts: QEMU says what is in "console", the device what is in "figures"
fixture
export LAB_BUILT=$TMP/lab SCENARIOS=$TMP/scenarios
mkdir -p "$LAB_BUILT" "$TMP/fake"
cat >"$TMP/fake/qemu-system-x86_64" <<'EOT'
#!/bin/bash
cat "$LAB_BUILT/console"
[ ! -e "$LAB_BUILT/copies" ] || dd if="$LAB_BUILT/disk" of="$LAB_BUILT/disk" bs=1M count=2 seek=2 conv=notrunc 2>/dev/null
exec sleep "$(cat "$LAB_BUILT/sleep")"
EOT
cat >"$LAB_BUILT/device" <<'EOT'
#!/bin/bash
touch "$2"
[[ $* != *until-violation ]] || { sleep 0.3; cat "$LAB_BUILT/figures"; exit; }
trap 'cat "$LAB_BUILT/figures"; exit' TERM
while :; do sleep 0.1; done
EOT
chmod +x "$TMP/fake/qemu-system-x86_64" "$LAB_BUILT/device"

# play WORDS: a guest and a device that do all well, but for what WORDS say
play() {
	local accesses=5 violations=0 seen=1 flags=0 most=7 nowhere=0 "$@"
	echo 0 >"$LAB_BUILT/sleep"
	touch "$LAB_BUILT/copies"
	printf '%s\n' 'protected_lab: this guest plays a protected one, nothing is protected' \
		'lab: blk ok 9 requests 99 bytes' "lab: last swiotlb used 0 most $most of 32768" \
		'lab: last pages shared 9 conversions 9 checked 0 private 0' 'lab: done' >"$LAB_BUILT/console"
	printf 'device: protected %d flags %d before 0 accesses %d violations %d desc %d/1 avail 0/1 used 0/1 table 0/1 buffer 0/1 nowhere %d malformed 0 requests 9 bytes 9\n' \
		"$seen" "$flags" "$accesses" "$violations" "$violations" "$nowhere" >"$LAB_BUILT/figures"
}
# The rows that are run: EXPECTED for series, protected; and a control.
rows() { # EXPECTED [CONTROL]
	printf '! ap\tdevice must provide\n' >"$SCENARIOS"
	printf 'x86_64\tone\tblk\t-\t-\t-\tblk:9\ton\t.\t.\t.\t%s\n' "$1" >>"$SCENARIOS"
	[ -z "${2:-}" ] || printf 'x86_64\tcontrol: c\tblk\t-\t-\t-\tblk:9\ton,drop\t.\t.\t.\t%s\n' "$2" >>"$SCENARIOS"
}
lab() { PATH=$TMP/fake:$PATH TIME_LIMIT=${LIMIT:-20} "$HERE/ci/lab/run" x86_64; }
edit() { sed -i "$1" "$LAB_BUILT/console"; }

rows works .
play && expect 'lab: works' 0 '^ok .*works: 5 accesses, 0 violations, bounce 7 of 32768, 99 bytes' lab
play violations=1 && expect 'lab: a violation' 1 'private memory for the device' lab
play accesses=0 && expect 'lab: no access' 1 'not one access' lab
play most=0 && expect 'lab: nothing bounced' 1 'nothing was bounced' lab
play seen=0 && expect 'lab: the device found no bitmap' 1 'protection seen by the device: 0' lab
play nowhere=2 && expect 'lab: an address that is no memory' 1 'addresses that are no memory' lab
play && rm "$LAB_BUILT/copies" && expect 'lab: a disk with other data' 1 'does not hold what was written' lab
play && edit 's/^lab: done/lab: failed/' && expect 'lab: init failed' 1 "init did not end" lab
play && edit '1i WARNING: CPU: 0' && expect 'lab: a warning of the kernel' 1 'WARNING: CPU' lab
play && edit /plays/d && expect 'lab: not protected at all' 1 'the guest is not protected' lab
play && edit '1i protected_lab: private memory for a device: a TCE at 0x1' &&
	expect 'lab: private memory seen in the guest' 1 'a TCE at' lab
play && echo 60 >"$LAB_BUILT/sleep" && LIMIT=2 expect 'lab: a guest that hangs' 1 'hung: ended after 2 s' lab

rows ap .
absent='s/^lab: blk ok.*/lab: blk absent/; 1i virtio_blk virtio0: device must provide'
play accesses=0 seen=0 && edit "$absent" && expect 'lab: refused' 0 '^ok .*refused' lab
play accesses=1 && edit "$absent" && expect 'lab: refused, and accessed' 1 '1 accesses of a refused' lab
play accesses=0 && edit "$absent, please" && expect 'lab: another message' 1 'not refused with "device must' lab
play accesses=0 && edit "$absent" && edit 's/absent/ok/' && expect 'lab: a message, but there' 1 'not absent' lab
rows works private
play flags=1 && echo 5 >"$LAB_BUILT/sleep" && expect 'lab: a control that sees nothing' 1 'control: c.* no violation seen' lab
rows . private
play flags=1 violations=3 && echo 5 >"$LAB_BUILT/sleep" && expect 'lab: a control' 0 '^ok .*private: .*3 violations \(desc 3\)' lab
play violations=3 && echo 5 >"$LAB_BUILT/sleep" && expect 'lab: the wrong control' 1 'flags 0' lab
rows works
play && expect 'lab: a run without a control' 1 'no negative control' lab
