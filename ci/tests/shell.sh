#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: ci/tests/shell.sh [ARCH]...
#
# Guests to look around in (um and x86_64; `make kunit` builds their kernels): commands from a
# pipe, and a terminal, which a program plays.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
[ "${1:-}" != --help ] || { sed -n '3,/^[^#]/{/^# shellcheck/d; s/^# \{0,1\}//p}' "$0" && exit; }
[[ ${1:-} != -* ]] || { echo "Error: shell.sh: unknown option $1" >&2 && exit 2; }
[ $# -gt 0 ] || set -- um x86_64
declare -A machine=([um]=$(uname -m) [x86_64]=x86_64 [s390]=s390x [ppc64le]=ppc64le [arm64]=aarch64)
piped() { printf '%s\n' "$2" | "$HERE/ci/cell/shell" "$1" 2>"$TMP/err"; } # ARCH COMMANDS

for arch; do
	expect "$arch: what the machine is, and the suites of the cell" 0 '' piped "$arch" $'uname -m\nls -1 /sys/kernel/debug/kunit'
	same "$arch: that and nothing else" "$(printf '%s\n' "${machine[$arch]}" && "$HERE/ci/lib/cases.py" "$arch" | cut -f 2 | cut -d . -f 1 | sort -u)" \
		"$(cat "$TMP/out")"
	expect "$arch: a suite runs again" 0 'ok [0-9]+ virtio_ring$' piped "$arch" \
		'dmesg -c >/dev/null; echo 1 >/sys/kernel/debug/kunit/virtio_ring/run; dmesg'
done
expect 'the exit code of the last command' 1 '' piped um 'true; false'
expect 'or one of their own, and output without an end of line' 7 '^here$' piped um 'printf here; exit 7'
expect 'commands that print nothing' 0 '' piped um true
same 'print nothing' '' "$(cat "$TMP/out")"
expect 'a guest that ends before its commands' 9 'did not end its commands' bash -c "echo 'poweroff -f; sleep 9' | '$HERE/ci/cell/shell' um"

cat >"$TMP/terminal" <<'EOT'
import os, pty, re, select, sys, time
# (its shell asks where the cursor is)
PROMPT = rb"guest# (\x1b\[6n)?$"
seen, (pid, fd) = b"", pty.fork()
if not pid:
    os.execvp(sys.argv[1], sys.argv[1:3])
for want, answer in (PROMPT, b"echo $((6 * 7)) on a terminal\r"), (b"42 on a terminal", b""), (PROMPT, sys.argv[3].encode().decode("unicode_escape").encode()):
    end = time.monotonic() + 100
    while not re.search(want, seen) and time.monotonic() < end:
        if select.select([fd], [], [], 1)[0]:
            seen += os.read(fd, 4096)
    print(seen.decode(errors="replace"))
    seen = b""
    os.write(fd, answer)
try:
    while os.read(fd, 4096):
        pass
except OSError:  # (the other side has ended)
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
EOT
terminal() { timeout 250 python3 "$TMP/terminal" "$HERE/ci/cell/shell" "$@" 2>"$TMP/err"; } # ARCH LAST KEYS
expect 'um: a terminal, what to try, and exit' 0 'cat /sys/kernel/debug/kunit/\*/results' terminal um 'exit\r'
same 'um: a command in it' 1 "$(grep -c '^42 on a terminal' "$TMP/out")"
for arch; do
	[ "$arch" = um ] || expect "$arch: a terminal, and Ctrl-A X" 0 '^42 on a terminal' terminal "$arch" '\x01x'
done
