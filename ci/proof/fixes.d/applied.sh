# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sourced by ci/proof/fixes and fixes-ring.
export GIT_AUTHOR_DATE='@0 +0000' GIT_COMMITTER_DATE='@0 +0000'

# The commit with these patches on top, on no branch.  (One mends beside another: a line of
# context has to do.)
applied() { # COMMIT PATCH...
	# shellcheck disable=SC2031  # (not the one of series.sh)
	local -x GIT_INDEX_FILE=$WORK/fixes/index
	local patch
	pgit -C "$TREE" read-tree "$1" || return
	for patch in "${@:2}"; do
		pgit -C "$TREE" apply --cached -C1 "$patch" || return
	done
	pgit -C "$TREE" commit-tree -p "$1" -m 'For ci/proof/fixes' "$(pgit -C "$TREE" write-tree)"
}
