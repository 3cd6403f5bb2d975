# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What every script here shares: where things are, how they report, how they
# end.  Sourced, never run.

set -euo pipefail
export LC_ALL=C.UTF-8
umask 022

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BASE=${BASE:-v7.3}
PATCHES=${PATCHES:-$ROOT/patches/$BASE}
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/protected-guest-virtio
# Trees and builds belong to one checkout; sources and packages are shared.
WORK=$CACHE/work-$(printf %s "$ROOT" | sha256sum | cut -c1-8)
TREE=${TREE:-$WORK/tree}
LOGS=${LOGS:-$WORK/logs}
MAILS=${MAILS:-$WORK/mails}
JOBS=${JOBS:-$(nproc)}
export CCACHE_DIR=${CCACHE_DIR:-$CACHE/ccache} CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-6G}
# (one pass of the preprocessor less for what is not cached: virtio_ring.o takes a tenth less)
export CCACHE_DEPEND=${CCACHE_DEPEND:-1}
# Paths in the cache become relative ones, so that another checkout's objects serve;
# __FILE__ stays what it is below the tree.
export CCACHE_BASEDIR=${CCACHE_BASEDIR-$CACHE}
export KCFLAGS=${KCFLAGS--fmacro-prefix-map=../../tree/=}
# shellcheck disable=SC2034
KUNIT=${KUNIT:-$ROOT/kunit}
# shellcheck disable=SC2034  # used by the scripts that source this
GITBASE=$CACHE/base.git

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

# The head comment of the calling script is its manual.
usage() { sed -n '3,/^[^#]/{s/^# \{0,1\}//p}' "$0"; }

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

# need COMMAND...: say which are missing and how to get them.
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
			"make prune, or point XDG_CACHE_HOME at a larger disk"
}

# One run at a time for each checkout; a script started by another inherits.
# The shared parts have a lock of their own: lock_shared.
lock() {
	[ -z "${CI_LOCKED:-}" ] || return 0
	mkdir -p "$WORK"
	printf "%s\n" "$ROOT" >"$WORK/checkout"
	exec 9>"$WORK/lock"
	flock -n 9 || die busy "another run is using $WORK" "wait for it, or look for it with: fuser -v $WORK/lock"
	export CI_LOCKED=1
}

lock_shared() {
	mkdir -p "$CACHE"
	exec 8>"$CACHE/lock"
	flock -n 8 || {
		note "waiting for another run that prepares $CACHE"
		flock 8
	}
}
unlock_shared() { exec 8>&-; }

# step NAME COMMAND...: run it with its output in a log; a line of progress
# every five seconds, the end of the log where it fails.  The progress is the
# last line of the log, or the number of objects below STEP_OBJECTS.
step() {
	local name=$1 log start last pid rc=0 t=0
	shift
	mkdir -p "$LOGS"
	log=$LOGS/${name//[^A-Za-z0-9_.-]/_}.log
	start=$SECONDS
	"$@" >"$log" 2>&1 9>&- &
	pid=$!
	# shellcheck disable=SC2064
	trap "kill $pid 2>/dev/null || :" EXIT
	while kill -0 $pid 2>/dev/null; do
		sleep 0.2
		t=$((t + 1))
		[ $((t % 25)) -eq 0 ] || continue
		if [ -n "${STEP_OBJECTS:-}" ]; then
			last="$(find "$STEP_OBJECTS" -name '*.o' 2>/dev/null | wc -l) objects"
		else
			last=$(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c1-60)
		fi
		printf '  %-28s %4ds  %s\n' "$name" $((SECONDS - start)) "$last" >&2
	done
	wait $pid || rc=$?
	trap - EXIT
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
		die space "the disk is full: $name" "make prune, or point XDG_CACHE_HOME at a larger disk"
	fi
	return $rc
}

# Git that no user's configuration can change the output of.
pgit() {
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null \
		git -c diff.algorithm=myers -c diff.noprefix=false -c core.abbrev=12 \
		-c gc.auto=0 -c advice.detachedHead=false -c init.defaultBranch=main \
		-c commit.gpgSign=false -c core.hooksPath=/dev/null \
		-c user.name='The Sender' -c user.email=sender@example.invalid "$@"
}

series() {
	[ -f "$PATCHES/series" ] || die source "$PATCHES has no series file" "git status; git checkout -- patches"
	cat "$PATCHES/series"
}

# What patches/ holds, to the byte.
# shellcheck disable=SC2046
patches_sum() { (cd "$PATCHES" && cat series $(cat series) | sha256sum | cut -c1-16); }

# shellcheck disable=SC2046
touched_files() { (cd "$PATCHES" && sed -n 's,^diff --git a/\([^ ]*\) .*,\1,p' $(cat series)) | sort -u; }

# corner TREE DIRECTORY COMMIT: a work tree beside TREE's own, with just the files
# that the series touches: quick to make, and what fails in it harms nothing.
corner() {
	rm -rf "$2"
	pgit -C "$1" worktree prune
	pgit -C "$1" worktree add -q --no-checkout --detach "$2" "$3"
	touched_files | sed 's,^,/,' | pgit -C "$2" sparse-checkout set --no-cone --stdin
	pgit -C "$2" checkout -q --detach "$3"
}

# Names the series as it is: patch ids, so that a rebase or an edit of a message
# keeps results and an edit of code does not.  With ARCH, without the patches that
# touch nothing but documentation, programs in tools/ and other architectures.
series_id() { # [ARCH]
	local dir=arch/
	case "${1:-}" in
	um* | x86_64 | i386) dir=arch/x86/ ;;
	ppc64*) dir=arch/powerpc/ ;;
	s390 | arm64) dir=arch/$1/ ;;
	esac
	# (one call of git for all: each starts with its From line)
	# shellcheck disable=SC2016  # awk expands it
	(cd "$PATCHES" && series | xargs awk -v dir="^$dir" '
		sub(/^\+\+\+ b\//, "") && !/^(Documentation|tools)\// && ($0 ~ dir || !/^ar/) { print FILENAME; nextfile }' |
		xargs -r cat | pgit patch-id --stable | cut -d' ' -f1 | sha256sum | cut -c1-16)
}

# Files that git does not know.  (Debian's .gitignore has a line that hides each of them.)
new_files() { # TREE [OPTION]
	local hide
	mapfile -t hide < <(grep -vxE '/\*|#.*|' "$1/.gitignore" 2>/dev/null | sed 's/^/--exclude=/')
	pgit -C "$1" ls-files ${2:+"$2"} --others "${hide[@]}"
}

# What in the tree is in no commit.
uncommitted() { # TREE
	pgit -C "$1" status --short -uno
	new_files "$1" | sed 's/^/?? /'
}

# Is the tree what patches/ holds?  A result of anything else is not the series'.
exported() {
	[ "$(pgit -C "$TREE" rev-parse HEAD)" = "$(pgit -C "$TREE" rev-parse refs/series/exported)" ] &&
		[ -z "$(uncommitted "$TREE")" ]
}

# What a result is bound to: the series, or a tree that is not what patches/ holds.
tree_series() {
	local index tree
	if exported 2>/dev/null; then
		series_id
		return
	fi
	# (of all that is there, new files too, and without a touch of the tree's own index)
	index=$(mktemp)
	igit() { GIT_INDEX_FILE=$index pgit -C "$TREE" "$@"; }
	tree=$(cp "$(pgit -C "$TREE" rev-parse --absolute-git-dir)/index" "$index" && igit add -u &&
		new_files "$TREE" -z | igit update-index -z --add --stdin && igit write-tree) 2>/dev/null || tree=none
	rm -f "$index"
	printf 'tree %s\n' "${tree:0:12}"
}

# What a result of `make full` is bound to: the series, and what the task reads.
task_id() { # TASK
	local arch=${1#*-}
	{
		series_id "${arch%-debug}"
		case "$1" in
		patches-*) ;;
		hunks-*)
			if [ "$arch" = ppc64le ]; then grep '	arch/powerpc/' "$ROOT/ci/proof/hunks-reasons"; else grep -v '^#\|	arch/powerpc/' "$ROOT/ci/proof/hunks-reasons"; fi || :
			;;&
		modules-*) cat "$ROOT/configs/modules.config" ;;
		lab-*)
			find "$ROOT/ci/lab" -type f ! -name '*.md' ! -name scenarios.tsv ! -name device-test.c | sort | xargs cat
			grep -E "^!|^([^#	]*,)?${arch}[,	]" "$ROOT/ci/lab/scenarios.tsv"
			cat "$ROOT"/configs/lab{,-"$arch"}.config
			;;
		devices-*) cat "$ROOT"/configs/devices.config "$ROOT"/ci/proof/devices* ;;
		mutants-*)
			# all lines of its functions: another architecture's may take a mutant over
			awk -F'\t' -v a="$arch" 'FNR == NR { if ($1 == a) f[$2, $3]; next } ($2, $3) in f' "$ROOT"/ci/proof/mutants.tsv{,}
			cat "$ROOT"/ci/proof/mutants.awk "$ROOT"/ci/proof/mutants.d/* "$ROOT"/configs/init{,-"$arch"}.config 2>/dev/null || :
			;;&
		before-*) cat "$ROOT"/ci/proof/before{,-judge,.tsv,.c} "$ROOT/configs/coverage.config" ;;&
		coverage-*)
			grep -E "^([^#	]*,)?${arch}[,	]" "$ROOT/ci/proof/coverage-reasons"
			cat "$ROOT"/ci/proof/coverage{,-judge,.c} "$ROOT/configs/coverage.config"
			;;&
		planted-*) cat "$ROOT"/ci/{proof/planted,cell/kunit,cell/initrd,cell/guest-init.c} "$ROOT"/ci/proof/planted.d/* "$ROOT"/configs/{debug,init}{,-"${arch%-debug}"}.config 2>/dev/null || : ;;&
		*) cat "$KUNIT/${arch%-debug}".{kunitconfig,cases} 2>/dev/null || : ;;
		esac
	} | sha256sum | cut -c1-16
}
