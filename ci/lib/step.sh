# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Long commands with their output in a log, and how long the parts of a run took.
# Sourced by lib.sh.

# step NAME COMMAND...: run it with its output in a log; a line of progress every
# five seconds; the end of the log if it fails.  Progress is the last line of the
# log, or the number of objects written below STEP_OBJECTS.  STEP_SILENCE seconds (900)
# without any count as no progress and end it.
step() {
	local name=$1 log start begin last='' seen='' quiet pid rc=0 t=0
	shift
	mkdir -p "$LOGS"
	log=$LOGS/${name//[^A-Za-z0-9_.-]/_}.log
	start=$SECONDS quiet=$SECONDS begin=$(date +%s)
	"$@" >"$log" 2>&1 &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		sleep 0.2
		t=$((t + 1))
		[ $((t % 25)) -eq 0 ] || continue
		last=$(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c1-60)
		[ -z "${STEP_OBJECTS:-}" ] || last="$(find "$STEP_OBJECTS" -name '*.o' -newermt "@$begin" 2>/dev/null | wc -l) objects"
		printf '  %-28s %4ds  %s\n' "$name" $((SECONDS - start)) "$last" >&2
		[ "$last$(stat -c %s "$log")" = "$seen" ] || quiet=$SECONDS
		seen=$last$(stat -c %s "$log")
		[ $((SECONDS - quiet)) -lt "${STEP_SILENCE:-900}" ] || {
			printf '%s: no progress for %d s\n' "$name" $((SECONDS - quiet)) >>"$log"
			mapfile -t left < <(descendants $pid)
			kill $pid "${left[@]}" 2>/dev/null || :
		}
	done
	wait $pid || rc=$?
	STEP_SECONDS=$((SECONDS - start))
	# shellcheck disable=SC2034
	STEP_LOG=$log
	[ $rc -ne 0 ] || return 0
	{
		printf '\n%s failed (exit code %d) after %d s.  The end of its log:\n' "$name" $rc $STEP_SECONDS
		tail -n "${STEP_TAIL:-25}" "$log" | sed 's/^/  | /'
		printf 'The whole log: %s\n' "$log"
	} >&2
	# (the log itself may be what found no room)
	if [ "$(free_mb "$LOGS")" -lt 2 ] ||
		grep -qE 'No space left on device|Disk quota exceeded' "$log"; then
		die space "the disk is full: $name" "make prune, or set XDG_CACHE_HOME to a directory on a larger disk"
	fi
	return $rc
}

# spent PART SECONDS: a line of the table of parts.  parts SECONDS prints it, longest
# first; parts may run beside each other, so SECONDS is what the whole took.
spent() {
	mkdir -p "$WORK"
	printf '%s\t%s\n' "$2" "$1" >>"$WORK/parts.tsv"
}
parts() {
	say 'Where the time went (seconds, part):'
	sort -rn "$WORK/parts.tsv" | awk -F'\t' '{ printf "  %5d  %s\n", $1, $2 }'
	printf '  %5d  in all\n' "$1"
}
