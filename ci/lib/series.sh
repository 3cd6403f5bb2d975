# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The series as patches and as a tree.  Sourced by lib.sh.

# Git whose output no user's configuration changes.
pgit() {
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null \
		git -c diff.algorithm=myers -c diff.noprefix=false -c core.abbrev=12 \
		-c gc.auto=0 -c advice.detachedHead=false -c init.defaultBranch=main \
		-c commit.gpgSign=false -c core.hooksPath=/dev/null \
		-c user.name='The Sender' -c user.email=sender@example.invalid "$@"
}

# The patch files, in order.  (Comments in a quilt series are for people, and for parts.)
series() {
	[ -f "$PATCHES/series" ] || die source "$PATCHES has no series file" "git status; git checkout -- patches"
	sed 's/ *#.*//; /^$/d' "$PATCHES/series"
}

# Stops if a patch that `series` names is not there.
complete() {
	local p
	for p in $([ ! -f "$PATCHES/series" ] || series); do
		[ -f "$PATCHES/$p" ] || die source "$PATCHES/$p is missing, which series names" "git checkout -- patches; or take it out of series"
	done
}

# Patches that `series` does not name are somebody's, and not yet in the tree.
unnamed() {
	local f
	for f in "$PATCHES"/*.patch; do
		[ ! -e "$f" ] || grep -qsxF "${f##*/}" <(series 2>/dev/null) || printf '%s\n' "${f##*/}"
	done
}

# What ci/series/apply said, in a line: same 33, moved 1, conflict 1.
merge_summary() { # FILE
	awk '/^[a-z]/ { n[$1]++ }
		END { split("same moved merged there conflict", word, " ")
			for (i = 1; i <= 5; i++) if (word[i] in n) out = out ", " word[i] " " n[word[i]]
			print substr(out, 3) }' "$1"
}

# What patches/ holds, to the byte.
# shellcheck disable=SC2046
patches_sum() { (cd "$PATCHES" && cat series $(series) | sha256sum | cut -c1-16); }

# shellcheck disable=SC2046
touched_files() { (cd "$PATCHES" && sed -n 's,^diff --git a/\([^ ]*\) .*,\1,p' $(series)) | sort -u; }

# corner TREE DIRECTORY COMMIT: a work tree beside TREE's own, with just the files
# that the series touches: quick to make, and what fails in it harms nothing.
corner() {
	rm -rf "$2"
	pgit -C "$1" worktree prune
	pgit -C "$1" worktree add -q --no-checkout --detach "$2" "$3"
	touched_files | sed 's,^,/,' | pgit -C "$2" sparse-checkout set --no-cone --stdin
	pgit -C "$2" checkout -q --detach "$3"
}

# Names the series by its patch ids, so that a rebase or an edited message keeps
# results and an edit of code does not.
series_id() { "$ROOT/ci/lib/fresh.py" --series; }

# Files that git does not know.  (Debian's .gitignore has a line that hides each of them.)
new_files() { # TREE [OPTION]
	local hide
	mapfile -t hide < <(grep -vxE '/\*|#.*|' "$1/.gitignore" 2>/dev/null | sed 's/^/--exclude=/')
	pgit -C "$1" ls-files ${2:+"$2"} --others "${hide[@]}"
}

# What no commit of the tree holds.  Where git cannot tell, that is a line, too: it may be work.
uncommitted() { # TREE
	{ pgit -C "$1" status --short -uno && new_files "$1" | sed 's/^/?? /'; } || say "!! git cannot read $1"
}

# Does a tree hold anything of somebody's that no export has taken: edits, commits, a stash?
# (b4's branches as make b4 made them are nobody's work.)
has_work() { # TREE
	local commit at
	while IFS= read -r at; do
		[ ! -d "$at" ] || [ -z "$(uncommitted "$at")" ] || { note "$at: has an edit that no branch holds" && return 0; }
	done < <(pgit -C "$1" worktree list --porcelain 2>/dev/null | sed -n 's,^worktree \(.*/b4/.*\),\1,p')
	[ -n "$(uncommitted "$1")" ] || pgit -C "$1" rev-parse -q --verify refs/stash >/dev/null ||
		! commit=$(pgit -C "$1" rev-list -n 1 HEAD --branches --not refs/series/exported --glob=refs/series/b4) || [ -n "$commit" ]
}

# Is the tree what patches/ holds?  Only then is a result the series'.
# shellcheck disable=SC2153  # TREE is of lib.sh
exported() {
	[ "$(pgit -C "$TREE" rev-parse HEAD)" = "$(pgit -C "$TREE" rev-parse refs/series/exported)" ] &&
		[ -z "$(uncommitted "$TREE")" ]
}

# What a result is bound to: the series, or the content of a tree that differs from it.
tree_series() {
	local index tree
	if exported 2>/dev/null; then
		series_id
		return
	fi
	# (new files included, and without touching the tree's own index)
	index=$(mktemp)
	tree=$(
		cp "$(pgit -C "$TREE" rev-parse --absolute-git-dir)/index" "$index"
		export GIT_INDEX_FILE=$index
		pgit -C "$TREE" add -u && new_files "$TREE" -z | pgit -C "$TREE" update-index -z --add --stdin &&
			pgit -C "$TREE" write-tree
	) 2>/dev/null || tree=none
	rm -f "$index"
	printf 'tree %s\n' "${tree:0:12}"
}

# The commit by which others know the tree's base; nothing if only this machine has it.
upstream() { # TREE
	local sha
	sha=$(pgit -C "$1" log -1 --format=%b base | sed -nE 's/^commit ([0-9a-f]{40})$/\1/p')
	[ -z "$sha" ] || ! pgit --git-dir="$GITBASE" rev-parse -q --verify "refs/upstream/$sha" >/dev/null || say "$sha"
}

# What git notes says of a commit, the changelog of its patch, stands in the patch's file below
# "---": exported with it, and a note again in a tree that is made of it.
load_notes() { # TREE
	local c file note
	pgit -C "$1" config notes.rewriteRef 'refs/notes/*'
	while IFS=$'\t' read -r c file; do
		[ -n "$file" ] && [ -f "$PATCHES/$file" ] || continue
		note=$(awk '/^diff --git / { exit } on && /^    / { print substr($0, 5); next } on && !/^$/ { exit }
			on { print } cut && /^Notes:$/ { on = 1 } /^---$/ { cut = 1 }' "$PATCHES/$file")
		[ -z "$note" ] || pgit -C "$1" notes add -f -m "$note" "$c" 2>/dev/null
	done < <(TREE=$1 "$ROOT/ci/series/names")
}

# Which version of a part is made: REROLL, and $last, the one that make sent kept last.
version() { # PART
	last=$("$ROOT/ci/series/sent" --last "$1")
	if [ "${RESEND:-}" = 1 ]; then
		[ "$last" -gt 0 ] || die usage "RESEND=1: no version of part $1 was kept" "make sent PART=$1, when it was sent"
		REROLL=$last
	fi
	export REROLL=${REROLL:-1}
	[ "$REROLL" -eq 1 ] || [ "$last" -ge $((REROLL - 1)) ] ||
		die usage "v$((REROLL - 1)) of part $1 was not kept: there is nothing to compare with" "make sent PART=$1, when it was sent"
}

# Stops what is not to be sent as that version, and says what it has to wait for.
may_be_sent() { # PART
	local when
	[ "$REROLL" -gt "$last" ] || [ "${RESEND:-}" = 1 ] || die usage "v$last of part $1 was sent already" "REROLL=$((last + 1)), or RESEND=1"
	when=$("$ROOT/ci/series/plan" --when "$1")
	# (RESEND=0: mails that only programs read)
	[[ $when != taken:* ]] || [ "${RESEND:-}" = 0 ] || die usage "part $1 is not to be sent again; it was $when" "make mails$BASE_WORD: the plan"
	[[ $when != after* ]] || note "part $1 is to be sent $when, of which make sent kept no version"
}
