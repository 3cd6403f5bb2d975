# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Long commands with their output in a log, how long the parts of a run took, and by their
# last runs how long the rest will take.  Sourced by lib.sh.

# step NAME COMMAND...: run it with its output in a log; a line of progress every
# five seconds; the end of the log if it fails.  Progress is the last line of the
# log, or the number of objects written below STEP_OBJECTS.
#
# A step may take as long as it likes: what ends it is that for SILENT_MINUTES (15; or
# STEP_SILENCE seconds) its log does not grow and nothing is written below STEP_OBJECTS.
step() {
	local name=$1 log start begin last='' now seen='' quiet pid rc=0 t=0 before limit
	shift
	limit=${STEP_SILENCE:-$((60 * ${SILENT_MINUTES:-15}))}
	work_directory
	mkdir -p "$LOGS"
	log=$LOGS/${name//[^A-Za-z0-9_.-]/_}.log
	before=$(took_last step "$name")
	start=$SECONDS quiet=$SECONDS begin=$(date +%s)
	"$@" >"$log" 2>&1 &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		sleep 0.2
		t=$((t + 1))
		[ $((t % 25)) -eq 0 ] || continue
		now=$(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c1-60) last=$now
		[ -z "${STEP_OBJECTS:-}" ] || {
			now=$(written "$STEP_OBJECTS" "$begin")
			last="${now%% *} objects"
		}
		printf '  %-28s %4ds%s  %s\n' "$name" $((SECONDS - start)) "${before:+ (last time $before)}" "$last" >&2
		now+=" $(stat -c %s "$log")"
		[ "$now" = "$seen" ] || quiet=$SECONDS
		seen=$now
		[ $((SECONDS - quiet)) -lt "$limit" ] || {
			printf '%s: no progress for %d s: ended\n' "$name" $((SECONDS - quiet)) >>"$log"
			end_at_once "$pid"
			note "$name: no output and no new file for $((SECONDS - quiet)) s: it hangs, or the machine is very slow: SILENT_MINUTES=$((limit / 30 + 1)) waits longer"
			break
		}
	done
	wait $pid 2>/dev/null || rc=$?
	STEP_SECONDS=$((SECONDS - start))
	# shellcheck disable=SC2034
	STEP_LOG=$log
	[ $rc -ne 0 ] || {
		took step "$name" $STEP_SECONDS
		return 0
	}
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

# written DIRECTORY SECONDS: the number of objects written there since, and the time of the
# newest file.
written() {
	find "$1" -type f -newermt "@$2" -printf '%T@ %f\n' 2>/dev/null |
		awk '$2 ~ /\.o$/ { n++ } $1 > newest { newest = $1 } END { printf "%d %s\n", n, newest }'
}

# end_at_once PID: and all that it has started; what is stopped hears no TERM.
end_at_once() {
	local i left
	mapfile -t left < <(descendants "$1")
	kill "$1" "${left[@]}" 2>/dev/null || :
	for ((i = 0; i < 20; i++)); do
		kill -0 "$1" "${left[@]}" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -KILL "$1" "${left[@]}" 2>/dev/null || :
}

# took KIND NAME SECONDS: remembers that for the next run.  took_last KIND NAME: seconds of its
# last run, if there was one.
took() {
	local file=$WORK/seconds.tsv
	work_directory
	# (of two lines the last one counts)
	[ "$(stat -c %s "$file" 2>/dev/null || echo 0)" -lt 100000 ] || {
		awk -F'\t' -v OFS='\t' '{ last[$1 OFS $2] = $3 } END { for (key in last) print key, last[key] }' "$file" >"$file.$$" &&
			mv "$file.$$" "$file"
	}
	printf '%s\t%s\t%d\n' "$1" "$2" "$3" >>"$file"
}
took_last() {
	[ ! -f "$WORK/seconds.tsv" ] ||
		awk -F'\t' -v kind="$1" -v name="$2" '$1 == kind && $2 == name { s = $3 "s" } END { if (s) print s }' "$WORK/seconds.tsv"
}

# left KIND NAME...: how long these take together, by their last runs; one that never ran as
# long as the others on average.
left() {
	local kind=$1
	shift
	printf '%s\n' "$@" | awk -F'\t' -v kind="$kind" '!todo { if ($1 == kind) last[$2] = $3; next }
		{ n++ } $1 in last { known++; sum += last[$1] }
		END {
			for (name in last) { all += last[name]; count++ }
			if (!count) { print "how long is not known: nothing has run here yet"; exit }
			seconds = sum + (n - known) * all / count
			if (seconds < 90) printf "about %d s left\n", seconds + 0.5; else printf "about %d min left\n", seconds / 60 + 0.5
		}' "$(if [ -f "$WORK/seconds.tsv" ]; then echo "$WORK/seconds.tsv"; else echo /dev/null; fi)" todo=1 -
}

# heading NAME PART...: NAME is one of these parts of the calling program, which come in this
# order: which it is, of how many, and how long it and those after it will take.
heading() {
	local name=$1 n=0
	shift
	local total=$#
	while [ $# -gt 0 ] && [ "$1" != "$name" ]; do shift && n=$((n + 1)); done
	printf '== %d of %d: %s (%s)\n' $((n + 1)) "$total" "$name" "$(left "${0##*/}" "$@")"
}

# spent PART SECONDS: a line of the table of parts.  parts SECONDS prints it, longest
# first; parts may run beside each other, so SECONDS is what the whole took.
spent() {
	work_directory
	printf '%s\t%s\n' "$2" "$1" >>"$WORK/parts.tsv"
	took "${0##*/}" "$1" "$2"
}
parts() {
	say 'Where the time went (seconds, part):'
	sort -rn "$WORK/parts.tsv" | awk -F'\t' '{ printf "  %5d  %s\n", $1, $2 }'
	printf '  %5d  in all\n' "$1"
}
