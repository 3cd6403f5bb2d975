#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# A long step says how far it is, and ends for lack of progress alone; a run says which part it
# is at, of how many, and how long the rest takes.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
fixture
program() { # NAME TEXT: one that sources lib.sh
	printf '#!/usr/bin/env bash\n. "%s/ci/lib/lib.sh"\n%s\n' "$HERE" "$2" >"$TMP/$1"
	chmod +x "$TMP/$1"
}
# shellcheck disable=SC2016  # of the programs
program run 'step "$@" || exit 1'
objects=$TMP/objects
mkdir "$objects"
# In a limit of 7 s a step is looked at after 5 s and 10 s; these take longer.
silent() { env STEP_SILENCE=7 "$TMP/run" "$@"; }
writing() { env STEP_OBJECTS="$objects" STEP_SILENCE=7 "$TMP/run" "$@"; }
# shellcheck disable=SC2016
{
	expect 'a step that writes one file again and again is left alone' 0 '0 objects' \
		writing build bash -c 'for i in $(seq 9); do sleep 2; echo >"$0/vmlinux"; done' "$objects"
	expect 'so is one that prints, and writes none' 0 'line [0-9]' \
		silent build bash -c 'for i in $(seq 9); do sleep 2; echo "line $i"; done'
	expect 'what it writes elsewhere is none' 1 'no output and no new file for [0-9]+ s.*SILENT_MINUTES=1 ' \
		silent build bash -c 'for i in $(seq 20); do sleep 2; echo >"$0/vmlinux"; done' "$objects"
	expect 'one that is stopped is ended' 1 'build: no progress for [0-9]+ s: ended' silent build bash -c 'kill -STOP $$'
	expect 'one that hears no TERM as well' 1 'build: no progress' silent build bash -c 'trap "" TERM; while :; do sleep 1; done'
}
expect 'how long it took the last time' 0 'again +[0-9]+s \(last time [0-9]+s\)' \
	bash -c "'$TMP/run' again sleep 6 2>/dev/null; '$TMP/run' again sleep 6"

# --- parts, and how long they take
# shellcheck disable=SC2016
program parts 'for p in one two three; do heading "$p" one two three; spent "$p" $1; done'
expect 'the first run' 0 '^== 1 of 3: one \(how long is not known' "$TMP/parts" 60
same 'of a part that has not run yet: as long as the others' '== 2 of 3: two (about 2 min left)' "$(sed -n 2p "$TMP/out")"
expect 'the next one' 0 '^== 1 of 3: one \(about 3 min left\)$' "$TMP/parts" 10
expect 'goes by the last' 0 '^== 1 of 3: one \(about 30 s left\)$' "$TMP/parts" 10
# shellcheck disable=SC2016
program many 'for ((i = 0; i < 9000; i++)); do echo "parts	two	40"; done >>"$WORK/seconds.tsv"; took parts three 20; wc -l <"$WORK/seconds.tsv"'
expect 'what is remembered does not grow' 0 '^[0-9]$' "$TMP/many"
expect 'and is the last' 0 '\(about 70 s left\)$' "$TMP/parts" 10

# --- all parts of `make test` are counted
same 'ci/test counts each of its parts' "$(grep -cE "^([^#]*[[:space:]])?(part|kept|proven [a-z-]+) '" "$HERE/ci/test")" \
	"$(bash -c "$(sed -n '/^beside_names()/,/^part_names()/p' "$HERE/ci/test"); beside_names; main_names" "$HERE/ci/test" | wc -l)"
