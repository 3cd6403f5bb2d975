# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sourced by every program in ci/: where things are, how programs report and how
# they end.  step.sh and series.sh, sourced at the end, hold the rest.

set -euo pipefail
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
umask 022

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
FIRST_BASE=v7.3 # on which the series is developed; the others follow it
BASE=${BASE:-$FIRST_BASE}
PATCHES=${PATCHES:-$ROOT/patches/$BASE}
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/protected-guest-virtio
[[ $CACHE = /* ]] || CACHE=$(realpath -m "$CACHE")
# A tree and its builds belong to one base of one checkout; sources and packages are shared.
WORK=$CACHE/work-$(printf %s "$ROOT" | sha256sum | cut -c1-8)
[ "$BASE" = "$FIRST_BASE" ] || WORK+=-$BASE
TREE=${TREE:-$WORK/tree}
LOGS=${LOGS:-$WORK/logs}
MAILS=${MAILS:-$WORK/mails}
JOBS=${JOBS:-$(nproc)}
KUNIT=${KUNIT:-$ROOT/kunit}
SENT=${SENT:-$ROOT/sent}
GITBASE=$CACHE/base.git
# (programs change directories, and name these in commands for somebody elsewhere)
for path in PATCHES TREE LOGS MAILS KUNIT SENT; do
	[[ ${!path} = /* ]] || printf -v "$path" %s "$(realpath -m "${!path}")"
done
# What a command has to be told to work on the same base.
BASE_WORD=
[ "$BASE" = "$FIRST_BASE" ] || BASE_WORD=" BASE=$BASE"
export FIRST_BASE ROOT BASE BASE_WORD PATCHES CACHE WORK TREE LOGS MAILS SENT JOBS KUNIT GITBASE
export CCACHE_DIR=${CCACHE_DIR:-$CACHE/ccache} CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-6G}
# Depend mode saves a pass of the preprocessor on each miss; but what an assembler file takes
# by .incbin, such as the kernel in its own boot image, is no dependency there, and would come
# from the cache as it once was.  So no assembler file is cached: this option means nothing
# for one, and ccache refuses it.  (clang does not know it: cell_setup in arch.sh.)
export CCACHE_DEPEND=${CCACHE_DEPEND:-1}
[[ ${CC:-} = *clang* ]] || export KAFLAGS=-fdump-passes
# Relative paths below the cache let one checkout use the objects of another;
# __FILE__ stays what it is below the tree.
export CCACHE_BASEDIR=${CCACHE_BASEDIR-$CACHE}
export KCFLAGS=${KCFLAGS--fmacro-prefix-map=../../tree/=}

say() { printf '%s\n' "$*"; }
note() { printf '  %s\n' "$*" >&2; }

# die CAUSE MESSAGE [NEXT STEP]: the cause gives the exit code, see ci/README.md.
die() {
	local code
	printf '\nError: %s\n' "$2" >&2
	[ -z "${3:-}" ] || printf 'Next:  %s\n' "$3" >&2
	case "$1" in
	fail) code=1 ;; usage) code=2 ;; tools) code=3 ;; source) code=4 ;; apply) code=5 ;;
	dirty) code=6 ;; network) code=7 ;; space) code=8 ;; guest) code=9 ;; busy) code=10 ;;
	*) code=125 ;;
	esac
	exit $code
}

# The head comment of the calling program is its manual.
usage() { sed -n '3,/^[^#]/{/^# shellcheck/d; s/^# \{0,1\}//p}' "$0"; }

# help_or_args "$@": answers --help, refuses unknown options.
help_or_args() {
	case "${1:-}" in
	-h | --help)
		usage
		exit 0
		;;
	-*) die usage "${0##*/}: unknown option $1" "${0##*/} --help" ;;
	esac
}

# need COMMAND...: names the commands that are missing.
need() {
	local c missing=()
	for c; do command -v "$c" >/dev/null 2>&1 || missing+=("$c"); done
	[ ${#missing[@]} -eq 0 ] ||
		die tools "missing: ${missing[*]}" "make deps (as root or with sudo), or install what provides them"
}

free_mb() {
	mkdir -p "$1"
	df -Pm "$1" | awk 'NR == 2 { print $4 }'
}

# need_space MB WHAT: before a step that would fill the cache.
need_space() {
	local mb
	mb=$(free_mb "$CACHE")
	[ "$mb" -ge "$1" ] ||
		die space "$2 needs $1 MB in $CACHE, which has $mb MB free" \
			"make prune, or set XDG_CACHE_HOME to a directory on a larger disk"
}

# at_exit COMMAND: run when the program ends, however it ends, latest first.  (Use
# this rather than trap: the trap also ends whatever the program has started.)
AT_EXIT=()
at_exit() { AT_EXIT=("$1" "${AT_EXIT[@]}"); }
descendants() { # PID
	local child
	for child in $(pgrep -P "$1"); do
		descendants "$child"
		echo "$child"
	done
}
on_exit() {
	local left command i self=$BASHPID
	mapfile -t left < <(descendants $self)
	if [ ${#left[@]} -gt 0 ]; then
		kill "${left[@]}" 2>/dev/null || :
		for ((i = 0; i < 50; i++)); do
			kill -0 "${left[@]}" 2>/dev/null || break
			sleep 0.1
		done
		[ $i -lt 50 ] || kill -KILL "${left[@]}" 2>/dev/null || :
	fi
	for command in "${AT_EXIT[@]}"; do eval "$command" || :; done
}
# (No trap for TERM: bash would only run it after the command in the foreground.)
trap on_exit EXIT

# Whose a work directory is: ci/lib/prune removes those of checkouts that are gone.
work_directory() {
	{ mkdir -p "$WORK" && { [ -s "$WORK/checkout" ] || printf '%s\n' "$ROOT" >"$WORK/checkout"; } } 2>/dev/null && [ -w "$WORK" ] ||
		die usage "cannot write to $WORK" "set XDG_CACHE_HOME to a directory of your own"
}

# One run at a time for each base of a checkout, and for each tree; a program started by
# another inherits its locks, which CI_LOCKED names, and adds that of another base.  None
# waits for another.  Whatever a run starts keeps them, so that nothing of an earlier run
# is still writing when the next one begins.
lock() {
	[[ :${CI_LOCKED:-}: != *:$WORK/lock:* ]] || return 0
	[[ $CACHE$TREE != *[[:space:]:]* ]] ||
		die usage "the kernel's Makefile refuses paths with spaces or colons: $CACHE, $TREE" \
			"set XDG_CACHE_HOME or TREE to a path without"
	work_directory
	complete
	hold "$WORK/lock" "$WORK is locked by another run"
	[ ! -d "$TREE/.git" ] || hold "$TREE/.git/series-lock" "$TREE is locked by a run of another checkout"
}
hold() { # FILE WHAT IF ANOTHER HOLDS IT
	local fd
	[[ :${CI_LOCKED:-}: != *:$1:* ]] || return 0
	exec {fd}>>"$1"
	flock -n "$fd" || die busy "$2" "wait for it, or find it: fuser -v $1"
	export CI_LOCKED=${CI_LOCKED:+$CI_LOCKED:}$1
}
# For a process that needs nothing of the work directories any more: others may go on there.
unlock() {
	local fd
	for fd in "/proc/$BASHPID/fd"/*; do
		case $(readlink "$fd") in
		*/work-*/lock | */series-lock) fd=${fd##*/} && exec {fd}>&- ;;
		esac
	done
}

lock_shared() {
	[ -z "${CI_LOCKED_SHARED:-}" ] || return 0
	mkdir -p "$CACHE"
	exec 8>>"$CACHE/lock"
	flock -n 8 || {
		note "waiting for another run that prepares $CACHE"
		flock 8
	}
	export CI_LOCKED_SHARED=1
}
unlock_shared() { exec 8>&-; }

# shellcheck source=ci/lib/step.sh
. "$ROOT/ci/lib/step.sh"
# shellcheck source=ci/lib/series.sh
. "$ROOT/ci/lib/series.sh"
