#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The lab without a guest: what ci/lab/run makes of guests and devices that scripts play.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
# --- the verdicts: QEMU says what is in "console", the device what is in "kinds" (at
# once) and "figures" (at its end); where shares are dropped, what is in "console.drop"...
fixture
export LAB_BUILT=$TMP/lab SCENARIOS=$TMP/scenarios
mkdir -p "$LAB_BUILT" "$TMP/fake"
cat >"$TMP/fake/qemu-system-x86_64" <<'EOT'
#!/bin/bash
which=
[[ $* != *,drop* ]] || which=.drop
echo "$which" >"$LAB_BUILT/now"
echo $$ >>"$LAB_BUILT/pids"
cat "$LAB_BUILT/console$which"
[ ! -e "$LAB_BUILT/copies" ] || for disk in "$LAB_BUILT"/run.*/disk; do
	dd if="$disk" of="$disk" bs=1M count=2 seek=2 conv=notrunc 2>/dev/null
done
[ ! -s "$LAB_BUILT/kinds$which" ] || sleep 0.3
exec sleep "$(cat "$LAB_BUILT/sleep$which")"
EOT
ln -s qemu-system-x86_64 "$TMP/fake/qemu-system-s390x"
cat >"$LAB_BUILT/device" <<'EOT'
#!/bin/bash
rm -f "$LAB_BUILT/now"
echo $$ >>"$LAB_BUILT/pids"
trap 'cat "$LAB_BUILT/figures$(cat "$LAB_BUILT/now")"; exit "$(cat "$LAB_BUILT/device-rc")"' TERM
touch "$2"
while ! [ -s "$LAB_BUILT/now" ]; do sleep 0.05; done
cat "$LAB_BUILT/kinds$(cat "$LAB_BUILT/now")"
while :; do sleep 0.05; done
EOT
chmod +x "$TMP/fake/qemu-system-x86_64" "$LAB_BUILT/device"

# play WORDS: a guest and a device that do all well, but for what WORDS say
play() {
	local accesses=5 violations=0 seen=1 flags=0 most=7 nowhere=0 early=0 before=0 lost=0 header=1 slots=1
	local kinds='' kind which='' checked=0 rc=0 drop='' "$@"
	[ -z "$drop" ] || which=.drop
	echo $rc >"$LAB_BUILT/device-rc"
	echo 0 >"$LAB_BUILT/sleep$which"
	touch "$LAB_BUILT/copies"
	printf '%s\n' 'protected_lab: this guest plays a protected one, nothing is protected' \
		"lab: first pages shared 9 conversions 9 checked $checked private 0" \
		'lab: blk ok 9 requests 99 bytes' "lab: last swiotlb used 0 most $most of 32768" \
		"lab: last pages shared 9 conversions 9 checked $checked private 0" 'lab: done' >"$LAB_BUILT/console$which"
	for kind in $kinds; do echo "device: private memory: $kind at 0x1"; done >"$LAB_BUILT/kinds$which"
	{
		printf 'device: protected %d lost %d header %d flags %d ' "$seen" "$lost" "$header" "$flags"
		printf 'before %d accesses %d violations %d ' "$before" "$accesses" "$violations"
		printf 'desc %d/1 avail 0/1 used 0/1 table 0/1 buffer 0/1 ' "$violations"
		printf 'nowhere %d early %d malformed 0 requests 9 bytes 9 slots %d\n' "$nowhere" "$early" "$slots"
	} >"$LAB_BUILT/figures$which"
}
row() { printf 'x86_64\t%s\tblk\t-\t%s\t%s\t%s\ton%s\t.\t.\t%s\t%s\n' "$@" >>"$SCENARIOS"; }
# The rows that are run: EXPECTED for series, protected; and a control.
rows() { # EXPECTED [CONTROL] [INIT]
	printf '! ap\tdevice must provide\n' >"$SCENARIOS"
	row one - - "${3:-blk:9}" '' . "$1"
	[ -z "${2:-}" ] || row 'control: c' - - blk:9 ,drop . "$2"
}
lab() { PATH=$TMP/fake:$PATH TIME_LIMIT=${LIMIT:-20} REQUESTS=10 "$HERE/ci/lab/run" "${@:-x86_64}"; }
edit() { sed -i "$1" "$LAB_BUILT/console${2:-}"; }

rows works private:avail
play drop=1 flags=1 violations=3 kinds=avail && echo 20 >"$LAB_BUILT/sleep.drop"
play && expect 'lab: works, and a control' 0 \
	'^ok .*works: 9 requests, 5 accesses, 0 violations, bounce 7 of 32768, 99 bytes' lab
expect 'lab: the violations of the control' 0 '^ok .*private:avail: .*3 violations \(desc 3\)' lab
same 'lab: nothing is left of a run' '' "$(find "$LAB_BUILT" -name 'run.*')"
play drop=1 flags=1 && expect 'lab: a control that sees nothing' 1 'control: c.* no violation seen of kind avail' lab
play drop=1 flags=1 violations=3 kinds='avail buffer' &&
	expect 'lab: a control that sees too much' 1 'control: c.* a violation of kind buffer' lab
play drop=1 violations=3 kinds=avail && expect 'lab: the wrong control' 1 'flags 0' lab
rows works
play && expect 'lab: a run without a control' 1 'no negative control' lab
rows works works
play drop=1 flags=1 && expect 'lab: a control that is none' 1 'no negative control' lab
rows works .
play && expect 'lab: a control that is not run' 1 'no negative control' lab
expect 'lab: no such scenario' 2 'no scenario of x86_64 is called two' lab x86_64 two
play violations=1 && expect 'lab: a violation' 1 'private memory for the device' lab
play accesses=0 && expect 'lab: no access' 1 'not one access' lab
play before=2 && expect 'lab: an access that was not checked' 1 '2 accesses before there was a bitmap' lab
play most=0 && expect 'lab: nothing bounced' 1 'nothing was bounced' lab
play seen=0 && expect 'lab: the device found no bitmap' 1 'knew: protected 0' lab
play lost=1 && expect 'lab: the device lost the bitmap' 1 'knew: protected 1 lost 1' lab
play early=1 && expect 'lab: one before the first request' 1 'addresses that are no memory' lab
play nowhere=2 && expect 'lab: an address that is no memory' 1 'addresses that are no memory' lab
play rc=1 && expect 'lab: a device that fails' 1 'the device ended with 1' lab
play && rm "$LAB_BUILT/copies" && expect 'lab: a disk with other data' 1 'does not hold what was written' lab
play && edit 's/^lab: done/lab: failed/' && expect 'lab: init failed' 1 "init did not end" lab
play && edit '1i WARNING: CPU: 0' && expect 'lab: a warning of the kernel' 1 'WARNING: CPU' lab
play && edit /plays/d && expect 'lab: not protected at all' 1 'the guest is not protected' lab
play && edit '1i protected_lab: private memory for a device: a TCE at 0x1' &&
	expect 'lab: private memory seen in the guest' 1 'a TCE at' lab
play && edit '1i lab: net absent' && expect 'lab: something else is absent' 1 'net absent' lab
play && echo 60 >"$LAB_BUILT/sleep" && LIMIT=2 expect 'lab: a guest that hangs' 1 'hung: ended after 2 s' lab
play && edit "1i qemu: -device x: 'x' is not a valid device model name" &&
	expect 'lab: a QEMU without a device' 3 'not a valid device model name' lab

# SIGTERM ends the guest and its device
play && echo 60 >"$LAB_BUILT/sleep" && rm -f "$LAB_BUILT/pids"
(exec env PATH="$TMP/fake:$PATH" "$HERE/ci/lab/run" x86_64 >"$TMP/out" 2>&1) &
for _ in {1..50}; do [ "$(wc -l 2>/dev/null <"$LAB_BUILT/pids")" = 2 ] && break; sleep 0.2; done
kill $! && wait $!
left=$(while read -r pid; do ! kill -0 "$pid" 2>/dev/null || ps -p "$pid" -o args=; done <"$LAB_BUILT/pids")
same 'lab: nothing runs on after SIGTERM' '2 ' "$(wc -l <"$LAB_BUILT/pids") $left"

rows works . 'blk:9 blk:9'
play && expect 'lab: the second time is missing' 1 'blk: not ok' lab
rows works . 'blk:9 rebind'
play && edit '1i lab: rebind ok 0' && expect 'lab: nothing was bound anew' 1 'rebind: not ok' lab
rows works+ap .
play && expect 'lab: nothing refused beside it' 1 'not refused with "device must' lab
# what fills the pool: it complains, or it grew
rows works private:avail 'blk:9 flood'
play drop=1 flags=1 violations=3 kinds=avail
flood() { # SLOTS at the end
	play && edit '/^lab: blk ok/i lab: first swiotlb used 0 most 1 of 512' &&
		edit 's/^lab: blk ok.*/&\nlab: flood ok 4 times 8 bytes/; s/of 32768/of '"$1/"
}
flood 512 && expect 'lab: a pool that did not get full' 1 'one: has to be works: the pool did not get full' lab
flood 1024 && expect 'lab: one that grew' 0 '^ok .*bounce 7 of 1024' lab
flood 512 && edit '1i virtio: swiotlb buffer is full' && expect 'lab: one that complained' 0 '^ok .*bounce 7 of 512' lab
: >"$SCENARIOS"
row 'long run' - - blk:REQUESTS:2 '' . works
play && expect 'lab: a long run that is too short' 1 '9 requests, not 10' lab

: >"$SCENARIOS"
row one iommu_platform=on force blk:9 '' works .
play seen=0 before=5 most=0 && expect 'lab: not mapped in an ordinary guest' 1 'nothing was bounced' lab
play seen=0 before=5 && edit /swiotlb/d && expect 'lab: no figure of an ordinary guest' 1 'nothing was bounced' lab
: >"$SCENARIOS"
row one - force blk:9 '' works .
play seen=0 before=5 && expect 'lab: mapped in an ordinary guest' 1 'bounced 7 slots' lab
play seen=0 before=5 most= && expect 'lab: an ordinary guest without a pool' 1 'there is no pool' lab

rows ap .
absent='s/^lab: blk ok.*/lab: blk absent/; 1i virtio_blk virtio0: device must provide'
play accesses=0 seen=0 slots=0 && edit "$absent" && expect 'lab: refused' 1 '^ok .*refused' lab
play accesses=1 && edit "$absent" && expect 'lab: refused, and accessed' 1 '1 accesses of a refused' lab
play accesses=0 seen=0 header=0 && edit "$absent" &&
	expect 'lab: refused, with memory and no bitmap' 1 'found no bitmap' lab
play accesses=0 && edit "$absent, please" && expect 'lab: another message' 1 'not refused with "device must' lab
play accesses=0 && edit "$absent" && edit 's/absent/ok/' && expect 'lab: a message, but there' 1 'blk: not absent' lab

rows stuck:ap .
play && edit '/blk ok/d; s/done/failed/; 1i WARNING: device must provide 7' &&
	expect 'lab: stuck' 1 '^ok .*stuck:ap' lab
play && edit '1i device must provide 7' && expect 'lab: stuck, and moves data' 1 'FAIL .*blk ok' lab
rows private:TCE .
play && expect 'lab: the guest saw nothing' 1 'no violation seen of kind TCE' lab
play && edit '1i protected_lab: private memory for a device: a TCE at 0x1' &&
	expect 'lab: the guest saw it' 1 '^ok .*private:TCE' lab

rows works && sed -i 's/^x86_64\(.*\)\tblk\t/s390\1\tdisk\t/' "$SCENARIOS"
play && expect 'lab: no channel program was checked' 1 'no channel program' lab s390
play checked=3 && expect 'lab: channel programs were checked' 1 '^ok .*works' lab s390

# --- the notes name scenarios that are there, and each is a row of that architecture
missing=$(awk -F'\t' 'FNR == NR { if (/^[a-z]/) { n = split($1, a, ","); for (i = 1; i <= n; i++) row[a[i] ": " $2] = 1 } next }
	FNR == 1 { FS = " *[|] *" }
	/^[|] / && !/^[|] claim / {
		$0 = $0
		n = split($4, part, "; ")
		for (i = 1; i <= n; i++) {
			name = part[i]
			sub(/ [(][^)]*[)]$/, "", name)
			if (match(name, /^[a-z0-9_, ]+: /)) { archs = substr(name, 1, RLENGTH - 2); name = substr(name, RLENGTH + 1) }
			m = split(archs, a, ", ")
			for (j = 1; j <= m; j++) { named++; if (!((a[j] ": " name) in row)) print a[j] ": " name }
		}
	}
	END { if (named < 20) print "only " named + 0 " named" }' "$HERE/ci/lab/scenarios.tsv" "$HERE/MAINTAINERS-notes/lab.md")
same 'lab: the scenarios of the notes are there' '' "$missing"
