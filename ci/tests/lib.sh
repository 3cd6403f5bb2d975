# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For the tests of the repository itself: a kernel tree of three files with a
# series of two patches, so that a test takes a second.  Sourced by the others.

case ${1:-} in
-h | --help)
	said=$(sed -n '3,/^[^#]/ { /^# shellcheck/d; s/^# \{0,1\}//p }' "$0")
	[[ $said = Usage:* ]] || printf 'Usage: ci/tests/%s\n\n' "${0##*/}"
	printf '%s\n' "$said"
	exit 0
	;;
-*)
	printf '\nError: %s: unknown option %s\nNext:  %s --help\n' "${0##*/}" "$1" "$0" >&2
	exit 2
	;;
esac
set -uo pipefail
# shellcheck disable=SC2034
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
TMP=$(mktemp -d)
# A script fails if any of its tests did, whatever the last one says.
trap 'rc=$?; [ ! -e "$TMP/failed" ] || rc=1; umount "$TMP/small" 2>/dev/null; rm -rf "$TMP"; exit $rc' EXIT

# ok NAME, or not_ok NAME [FILE WITH OUTPUT]
ok() { printf 'ok      %s\n' "$1"; }
not_ok() {
	touch "$TMP/failed"
	printf 'not ok  %s\n' "$1"
	[ -z "${2:-}" ] || sed 's/^/  | /' "$2" | tail -n 30
}
# as_task DETAIL: how a test that is a task of `make full` ends.
as_task() { [ ! -e "$TMP/failed" ] && printf '%s\n' "$1"; }
skip() { printf 'skip    %s: %s\n' "$1" "$2"; }

# expect NAME CODE PATTERN COMMAND...: the exit code, and what it says.
expect() {
	local name=$1 code=$2 pattern=$3 rc=0
	shift 3
	"$@" >"$TMP/out" 2>&1 </dev/null || rc=$?
	if [ "$rc" -ne "$code" ]; then
		echo "(exit code $rc, not $code)" >>"$TMP/out"
		not_ok "$name" "$TMP/out"
	elif [ -n "$pattern" ] && ! grep -qE -- "$pattern" "$TMP/out"; then
		echo "(does not say: $pattern)" >>"$TMP/out"
		not_ok "$name" "$TMP/out"
	else
		ok "$name"
	fi
}

# same NAME WANT HAVE
same() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		printf 'want: %s\nhave: %s\n' "$2" "$3" >"$TMP/out"
		not_ok "$1" "$TMP/out"
	fi
}

fixture() {
	unset CI_LOCKED CI_LOCKED_SHARED BASE MAILS LOGS
	export XDG_CACHE_HOME=$TMP/cache KERNEL_SRC=$TMP/linux PATCHES=$TMP/patches
	export TREE=$TMP/tree MIRROR=http://127.0.0.1:9/debian/
	rm -rf "$TMP/cache" "$TMP/linux" "$TMP/patches" "$TMP/tree" "$TMP/work"
	mkdir -p "$TMP/linux/kernel" "$PATCHES"
	printf 'VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 99\nEXTRAVERSION =\n' >"$TMP/linux/Makefile"
	seq 1 60 | sed 's/^/line /' >"$TMP/linux/kernel/a.c"
	seq 1 60 | sed 's/^/line /' >"$TMP/linux/kernel/b.c"
	printf '*.o\n/*\n' >"$TMP/linux/.gitignore"
	echo 'tracked although ignored' >"$TMP/linux/kernel/odd.o"

	cp -r "$TMP/linux" "$TMP/work"
	(
		cd "$TMP/work" || exit
		# shellcheck disable=SC2030
		export GIT_CONFIG_GLOBAL=/dev/null
		git init -q && git config user.name T && git config user.email t@example.invalid
		git add -Af . && git commit -qm base && git branch base
		sed -i 's/^line 10$/line ten/' kernel/a.c && git commit -qam 'kernel: name the ten'
		sed -i 's/^line 20$/line twenty/; s/^line 50$/line fifty/' kernel/a.c
		git commit -qam 'kernel: name the twenty and the fifty'
		git format-patch -q -N --numbered-files --zero-commit --full-index --no-signature --stat=72 -o "$PATCHES" base..HEAD
	)
	mv "$PATCHES/1" "$PATCHES/kernel-name-the-ten.patch"
	mv "$PATCHES/2" "$PATCHES/kernel-name-the-twenty-and-the-fifty.patch"
	printf '%s\n' '# part fixes: a test' kernel-name-the-ten.patch kernel-name-the-twenty-and-the-fifty.patch >"$PATCHES/series"
	printf 'a test\n\nof the tests\n' >"$PATCHES/cover-letter.fixes"
	rm -rf "$TMP/work"
}

# For mails: two parts of a patch each, the second by another author, a get_maintainer.pl, a
# home without configuration, and nothing of the caller's.
mail_fixture() {
	mkdir -p "$TMP/linux/scripts" "$TMP/home"
	cat >"$TMP/linux/scripts/get_maintainer.pl" <<-'EOT'
		#!/bin/sh
		printf '%s\n' '"A. Maintainer" <m@example.invalid> (maintainer:KERNEL (ALL OF IT):Keyword:\b(all))'
		printf '%s\n' 'list@example.invalid (open list:KERNEL (ALL OF IT):Keyword:\b(all))'
		printf '%s\n' 'R Viewer <r@example.invalid> (reviewer:KERNEL)'
	EOT
	chmod +x "$TMP/linux/scripts/get_maintainer.pl"
	touch "$TMP/linux/Kconfig"
	unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL PART SIGNOFF ASSISTED_BY REROLL RFC RESEND \
		PREFIX STABLE TESTED RECIPIENTS IN_REPLY_TO RESULTS
	cd "$TMP" || exit # where git has no configuration of a repository
	# shellcheck disable=SC2031
	export HOME=$TMP/home GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$TMP/home/.gitconfig MAILS=$TMP/mails SENT=$TMP/sent
	git config --global sendemail.smtpserver localhost
	sed -i 's/^From: .*/From: The Sender <sender@example.invalid>/' "$PATCHES"/*-ten.patch
	sed -i '/^Subject: /s/$/\n\nA line.\n\nCc: stable@vger.kernel.org/;T;n;d' "$PATCHES"/*.patch
	printf '# part fixes: one\n%s\n# part later: the other (needs fixes)\n%s\n' kernel-name-the-ten.patch \
		kernel-name-the-twenty-and-the-fifty.patch >"$PATCHES/series"
	printf 'another test\n\nof the tests\n' >"$PATCHES/cover-letter.later"
}
count() { grep -c "$@" || :; }
send_email() { (cd "$TREE" && git send-email --dry-run "$@"); }

# A mainline with history, a clone of it, and the series rebased onto that: TREE.
mainline() {
	[ -d "$TMP/mainline" ] || {
		cp -r "$TMP/linux" "$TMP/mainline"
		git -C "$TMP/mainline" init -q
		git -C "$TMP/mainline" add -Af .
		git -C "$TMP/mainline" -c user.name=L -c user.email=l@example.invalid commit -q -m 'Linux 7.3-rc2'
		git clone -q "$TMP/mainline" "$TMP/clone"
	}
	rm -rf "$TMP/cache/protected-guest-virtio"/work-*/rebase
	"$HERE/ci/series/rebase" "$TMP/clone" >"$TMP/rebased" 2>&1
	TREE=$(sed -n 's/^Tree: //p' "$TMP/rebased")
	export TREE
}

# All of /usr/bin but what matches the pattern.
path_without() {
	mkdir -p "$TMP/bin"
	find /usr/bin /bin /usr/local/bin -maxdepth 1 ! -type d ! -name "$1" \
		-exec ln -sf -t "$TMP/bin" {} + 2>/dev/null
	find "$TMP/bin" -name "$1" -delete
	printf %s "$TMP/bin"
}
