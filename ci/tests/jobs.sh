#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The commands of a CI job in earnest, as the pipeline has them: under bash -e, in a clean
# clone with a home of its own.  (With the sources and objects that are in the cache;
# test_jobs.py says that GitLab runs the same commands as GitHub.)
#
# JOB_CELLS='um s390-clang' runs those jobs; um alone is what a test can afford.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2016  # expanded for this checkout
cache=$(bash -c '. "$0"/ci/lib/lib.sh; echo "$CACHE"' "$HERE")
# (What rustc there is decides on options of each .config, and so on each object's name.)
export RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
export CCACHE_DIR=${CCACHE_DIR:-$cache/ccache} XDG_CACHE_HOME=$TMP/cache HOME=$TMP/home
unset CI_LOCKED TREE LOGS MAILS KUNIT PATCHES KERNEL_SRC CCACHE_BASEDIR ROOT WORK CACHE GITBASE MATRIX CELL CC KUNIT_PY
mkdir -p "$HOME" "$TMP/cache/${cache##*/}"
for there in base.git debs; do
	[ ! -e "$cache/$there" ] || ln -s "$cache/$there" "$TMP/cache/${cache##*/}"
done
for cell in ${JOB_CELLS:-um}; do
	rm -rf "$TMP/clone"
	git clone -q "$HERE" "$TMP/clone"
	"$HERE/ci/tests/job-commands" github "$cell" >"$TMP/block"
	expect "the commands of the CI job $cell" 0 "^$cell +[1-9][0-9]* passed" env -C "$TMP/clone" bash -e "$TMP/block"
	for part in "results/$cell/junit.xml" logs; do
		kept=("$TMP/cache/${cache##*/}"/work-*/"$part")
		same "what it keeps is there: $part" '1 yes' "${#kept[@]} $([ -s "${kept[0]}" ] && echo yes)"
	done
	same 'and nothing new in the checkout' '' "$(git -C "$TMP/clone" status --short)"
done
