#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The lab's runner, with a QEMU and a device that scripts play: what it starts and when
# it ends that.  test_lab.py has the verdicts, device.sh the strict device.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
fixture
# The kernel's argument play= says how the guest behaves.  It leaves for its device what
# that has to say.
export LAB_BUILT="$TMP/a place, built" SCENARIOS="$TMP/the scenarios" LOGS="$TMP/lo gs" FAKE=$TMP/fake
mkdir -p "$LAB_BUILT" "$FAKE"
cat >"$FAKE/qemu-system-x86_64" <<'EOT'
#!/bin/bash
args=" $* "
has() { [[ $args == *" $1"[\ ,]* ]]; }
running() { find "$FAKE" -name 'running.*' | wc -l; }
figures() { # FLAGS VIOLATIONS
	printf '{"protected": true, "bitmap_lost": 0, "bitmap": true, "flags": %d, "accesses_before": 0, "accesses": 5, ' "$1"
	printf '"violations": %d, "kinds": {"avail": {"accesses": 5, "violations": %d, "given": 0, "first": null}}, ' "$2" "$2"
	printf '"nowhere": 0, "early": 0, "malformed": 0, "requests": 9, "memory_regions": 1}\n'
}
echo $$ >>"$FAKE/pids"
figures 0 0 >figures
echo 'protected_lab: this guest plays a protected one, nothing is protected'
if has protected_lab=on,drop; then
	figures 1 3 >figures
	echo 'device: private memory: avail at 0x1' >complaints
	exec sleep 60
fi
touch "$FAKE/running.$$"
has play=hang && exec sleep 60
if has play=violation; then figures 0 1 >figures; fi
if has play=silent; then sleep 4; fi
if has play=slow; then for i in {1..8}; do echo "lab: $i" && sleep 0.5; done; fi
if has play=flood; then while sleep 0.1; do echo more; done; fi
if has play=old; then echo "qemu: -device x: 'x' is not a valid device model name" && exit 1; fi
if has play=pair; then
	for _ in {1..50}; do [ "$(running)" -eq 1 ] || break && sleep 0.1; done
	[ "$(running)" -eq 2 ] || echo 'lab: blk FAILED: alone'
fi
if has '-smp 2'; then
	sleep 0.5
	[ "$(running)" -eq 1 ] || echo 'lab: blk FAILED: not alone'
fi
sleep 0.5
dd if=disk of=disk bs=1M count=2 seek=2 conv=notrunc 2>/dev/null
printf 'lab: %s\n' 'cpus 2' 'blk ok 9 requests 99 bytes' 'rng ok 9 bytes' 'last swiotlb used 0 most 7 of 32768' done
rm "$FAKE/running.$$"
EOT
cat >"$LAB_BUILT/device" <<'EOT'
#!/bin/bash
echo $$ >>"$FAKE/pids"
trap 'cat figures; exit' TERM
touch "$2"
while ! [ -s complaints ]; do sleep 0.05; done
cat complaints >&2
while :; do sleep 0.05; done
EOT
chmod +x "$FAKE/qemu-system-x86_64" "$LAB_BUILT/device"

row() { printf 'x86_64\t%s\t%s\t%s\t-\t%s\t%s:9\t%s\t.\t.\t.\t%s\n' "$@" >>"$SCENARIOS"; }
# The table: a control, and a row NAME of DEVICE whose guest behaves like that.
rows() { # [NAME DEVICE PLAY]...
	: >"$SCENARIOS"
	for (( ; $#; )); do row "$1" "$2" "${MACHINE:--}" "play=$3" "$2" on works && shift 3; done
	row 'control: c' blk - - blk on,drop private:avail
}
lab() { rm -f "$FAKE"/pids "$FAKE"/running.* && PATH=$FAKE:$PATH JOBS=2 "$HERE/ci/lab/run" "${@:-x86_64}"; }
# What was started and still runs; what is left of the guests' directories.
left() {
	ps -o stat=,args= -p "$(paste -sd, "$FAKE/pids")" | grep -v ^Z
	find "$LAB_BUILT" -name 'run.*'
}

rows one blk pair two blk pair
expect 'lab: works, and two guests run at a time' 0 \
	'^ok .* two: works: 9 requests, 5 accesses, 0 violations, bounce 7 of 32768, 99 bytes compared, [0-9]+ s$' lab
cp "$TMP/out" "$TMP/first"
expect 'lab: the violations of the control' 0 '^ok .*private:avail: .*3 violations \(avail 3\)' cat "$TMP/first"
same 'lab: nothing is left of a run' '' "$(left)"
same 'lab: the results, a row a guest' "$(printf '%s\t%s\t%s\n' name verdict violations one ok 0 two ok 0 'control: c' ok 3)" \
	"$(sed 1d "$XDG_CACHE_HOME"/protected-guest-virtio/work-*/results/lab-x86_64.tsv | cut -f 2,7,11)"
rows one blk slow two blk none
expect 'lab: a slow guest, and one beside it' 0 '^ok .* one: works' lab
same 'lab: whose line comes as it ends' 'two one' "$(sed -n 's/^ok .* blk, \(one\|two\):.*/\1/p' "$TMP/out" | paste -sd' ')"
same 'lab: in the results they are in the order of the table' 'one two control: c' \
	"$(sed '1,2d' "$XDG_CACHE_HOME"/protected-guest-virtio/work-*/results/lab-x86_64.tsv | cut -f 2 | paste -sd' ')"
MACHINE=smp2 rows one blk none two blk none
expect 'lab: a guest with two CPUs runs alone' 0 '^ok .* two: works' lab
rows one blk violation
expect 'lab: a violation' 1 'FAIL .* one: expected works: private memory for the device' lab
rows one rng hang
STALL_LIMIT=2 expect 'lab: a guest that hangs' 1 'expected works: hung: nothing new from guest or device for 2 s' lab
same 'lab: nothing is left of one that hung' '' "$(left)"
rows one rng slow two blk silent
STALL_LIMIT=2 expect 'lab: one that is slow, and one whose device is busy, are waited for' 0 '^ok .* two: works' lab
rows one rng flood
TIME_LIMIT=2 expect 'lab: a guest that never ends' 1 'expected works: hung: ended after 2 s' lab
rows one rng old
expect 'lab: a QEMU without a device' 3 'lacks a device .*not a valid device model name' lab
same 'lab: nothing is left of a run that failed' '' "$(left)"
rows one rng none
expect 'lab: no such scenario' 2 'no scenario of x86_64 is called two' lab x86_64 two
sed -i /control/d "$SCENARIOS"
expect 'lab: a run without a control' 1 'no negative control' lab
row one rng - - rng on works
expect 'lab: a table with a row twice' 2 'the scenarios:2: x86_64, one, rng: row 1 is called so, too' lab

# Whatever ends the run ends its guests and their devices.
rows one blk hang two blk hang
for signal in TERM HUP INT KILL; do
	rm -f "$FAKE/pids" "$FAKE"/running.*
	(PATH=$FAKE:$PATH JOBS=2 exec "$HERE/ci/lab/run" x86_64 >"$TMP/out" 2>&1) &
	for _ in {1..100}; do [ "$(find "$FAKE" -name 'running.*' | wc -l)" -eq 2 ] && break; sleep 0.1; done
	kill -s $signal $! && wait $! 2>/dev/null
	rc=$?
	[ $signal != KILL ] || { sleep 0.5 && rm -rf "$LAB_BUILT"/run.*; }
	same "lab: nothing runs on after SIG$signal" "$((128 + $(kill -l $signal))) 4 " "$rc $(wc -l <"$FAKE/pids") $(left)"
done
