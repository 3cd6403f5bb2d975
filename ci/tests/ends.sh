#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# However a program ends, it ends what it started, and nothing runs without the lock.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
fixture
cat >"$TMP/program" <<EOT
#!/usr/bin/env bash
. "$HERE/ci/lib/lib.sh"
at_exit 'touch "$TMP/tidied"'
lock
"\$@"
EOT
chmod +x "$TMP/program"
cp "$(command -v sleep)" "$TMP/compiler-$$"
start() { # COMMAND...: and waits until the compiler runs
	rm -f "$TMP/tidied"
	"$@" >"$TMP/log" 2>&1 &
	pid=$!
	for _ in $(seq 50); do pgrep -x "compiler-$$" >/dev/null && break; sleep 0.1; done
}
inner=(bash -c ". '$HERE/ci/lib/lib.sh'; step build '$TMP/compiler-$$' 100 || exit 1")

for signal in TERM INT HUP; do
	# (a background job of a script ignores INT, as do its children)
	[ $signal != INT ] || continue
	start "$TMP/program" "${inner[@]}"
	kill -$signal $pid
	wait $pid 2>/dev/null
	same "$signal to a run ends the compiler in its step" '' "$(pgrep -x "compiler-$$")"
	same "$signal: what it has to tidy up is tidied up" yes "$([ -e "$TMP/tidied" ] && echo yes)"
	expect "$signal: the lock is free" 0 '' "$TMP/program" true
done
start "$TMP/program" "${inner[@]}"
kill -KILL $pid
wait $pid 2>/dev/null
expect 'KILL leaves a compiler behind, and the lock with it' 10 'locked by another run' "$TMP/program" true
pkill -x "compiler-$$"
# (on a busy machine it takes a while to end)
for _ in {1..50}; do
	"$TMP/program" true >/dev/null 2>&1 && break
	sleep 0.2
done
expect 'until that ends' 0 '' "$TMP/program" true
expect 'a step that makes no progress is ended' 1 'no progress for [0-9]+ s' \
	env STEP_SILENCE=5 "$TMP/program" "${inner[@]}"

# --- one tree, two checkouts
mkdir -p "$TREE/.git" "$TMP/other"
start "$TMP/program" "${inner[@]}"
cp -r "$HERE/ci" "$TMP/other/"
sed "s,$HERE,$TMP/other," "$TMP/program" >"$TMP/program2"
chmod +x "$TMP/program2"
expect 'another checkout that uses the same tree is refused' 10 'locked by a run of another checkout' "$TMP/program2" true
TREE=$TMP/tree2 expect 'and served with a tree of its own' 0 '' "$TMP/program2" true
kill $pid
wait $pid 2>/dev/null

# --- one run, two bases
BASE=fixes start "$TMP/program" "${inner[@]}"
TREE=$TMP/tree2 expect 'a run that goes on to a base of another run is refused there' 10 'work-[0-9a-f]*-fixes is locked' \
	"$TMP/program" env BASE=fixes "$TMP/program" true
same 'that base is one of this checkout' "$HERE" "$(cat "$TMP"/cache/*/work-*-fixes/checkout)"
kill $pid
wait $pid 2>/dev/null
expect 'what a run holds, all that it starts may use, whatever comes between' 0 '' \
	"$TMP/program" env BASE=fixes "$TMP/program" env -u BASE "$TMP/program" env BASE=fixes "$TMP/program" true
expect 'and nothing that gave it up keeps it' 0 '' "$TMP/program" bash -c ". '$HERE/ci/lib/lib.sh'; unlock
	(! readlink /proc/\$BASHPID/fd/* | grep -E '/(series-)?lock\$')"

# --- a cache that no kernel can be built in, before anything is downloaded
mkdir "$TMP/a b"
expect 'a space in the path of the cache' 2 'refuses paths with spaces or colons' env XDG_CACHE_HOME="$TMP/a b" "$TMP/program" true
expect 'a cache that cannot be written' 2 'cannot write to' env XDG_CACHE_HOME=/proc/nowhere "$TMP/program" true
