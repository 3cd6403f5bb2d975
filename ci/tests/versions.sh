#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What comes after the first mail: versions, changelogs, range-diffs, trailers from answers;
# and the branch for b4, with the b4 that there is.  B4S= names directories of others, such as
# unpacked packages of newer ones, each with a program b4.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
fixture
mail_fixture
sent() { "$HERE/ci/series/sent" "$@"; }
tgit() { git -C "$TREE" -c user.name='The Sender' -c user.email=sender@example.invalid "$@"; }
# One part of two patches, and one that needs it.
sed -i 's/^From: .*/From: The Sender <sender@example.invalid>/' "$PATCHES"/*.patch
"$HERE/ci/series/tree" >/dev/null 2>&1
sed -i 's/^line 55$/line LV/' "$TREE/kernel/a.c"
tgit commit -qam 'kernel: name the fifty-five

A line.'
"$HERE/ci/series/export" >/dev/null 2>&1
printf '# part fixes: two\n%s\n%s\n# part later: the other (needs fixes)\n%s\n' kernel-name-the-ten.patch \
	kernel-name-the-twenty-and-the-fifty.patch kernel-name-the-fifty-five.patch >"$PATCHES/series"
export GIT_AUTHOR_NAME='S. Ender' GIT_AUTHOR_EMAIL=s@example.invalid PART=fixes
v1=$MAILS/fixes/v1
expect 'drafts are not what was sent' 2 'only drafts' sent fixes
unset TREE
mainline
id() { sed -n 's/^Message-I[dD]: <\(.*\)>/\1/p;T;q' "$1"; }

# --- v1, kept
expect 'nothing was sent yet' 2 'no version of part fixes was kept' env RESEND=1 "$HERE/ci/series/mails"
expect 'no v2 without a v1' 2 'v1 of part fixes was not kept' env REROLL=2 "$HERE/ci/series/mails"
SIGNOFF=1 "$HERE/ci/series/mails" >/dev/null
expect 'what was sent is kept' 0 'Kept: 3 mails' sent fixes
same 'to the byte' 0 "$(diff -r "$v1" "$SENT/fixes/v1" | grep -vc '^Only in .*: .written')"
expect 'once' 6 'kept already' sent fixes
expect 'the plan knows' 0 'v1 sent +fixes' env -u PART "$HERE/ci/series/mails"
same 'so does the letter of what needs it' "https://lore.kernel.org/r/$(id "$SENT/fixes/v1/0000-cover-letter.patch")" \
	"$("$HERE/ci/series/letter" later | sed -n '/^Needs v1 of "[^"]*":$/{n;p}')"
same 'and what need not wait any more' 1 "$(grep -c '^  now *later' "$TMP/out")"
cp -r "$SENT" "$TMP/long"
yes long | head -n 60000 >>"$TMP/long/fixes/v1/0002-"*
SENT=$TMP/long expect 'however long its mails are' 0 '^Needs v1 of ' "$HERE/ci/series/sent" --needs later
expect 'it is not sent twice by mistake' 2 'v1 of part fixes was sent already' env SIGNOFF=1 "$HERE/ci/series/mails"
cp "$PATCHES/series" "$TMP/series"
sed -i '/^# part later/s/$/ (taken: 0123456789ab)/' "$PATCHES/series"
"$HERE/ci/series/tree" >/dev/null 2>&1
expect 'what was sent or taken still makes the round trip' 0 'both ways, 2 parts' "$HERE/ci/series/roundtrip"
expect 'and is laid out for the checks' 0 '/laid$' "$HERE/ci/check/lay"
same 'each part as mails' '3 1' "$(find "$(tail -n 1 "$TMP/out")/parts" -name '*.patch' | sed 's,/[^/]*$,,' | uniq -c | awk '{ print $1 }' | paste -sd ' ')"
cp "$TMP/series" "$PATCHES/series"
"$HERE/ci/series/tree" >/dev/null 2>&1
expect 'on purpose it is' 0 'To send' env SIGNOFF=1 RESEND=1 "$HERE/ci/series/mails"
same 'as such' 3 "$(cat "$v1"/*.patch | count '^Subject: \[PATCH RESEND ')"
same 'to be kept in place of the first ones' '1 0' "$(grep -c '^Then:    make sent PART=fixes RESEND=1' "$TMP/out") $(grep -c 'has to be v2' "$TMP/out")"
expect 'as they are' 0 'Kept: 3 mails' env RESEND=1 "$HERE/ci/series/sent" fixes
same 'with the Message-ID that answers name' "$(id "$v1/0000-cover-letter.patch")" "$(id "$SENT/fixes/v1/0000-cover-letter.patch")"
cp -r "$SENT" "$TMP/whole"
work=$(echo "$XDG_CACHE_HOME"/protected-guest-virtio/work-*)
expect 'while another run has the tree, it is not kept' 10 'locked by another run' flock "$work/lock" env RESEND=1 "$HERE/ci/series/sent" fixes
same 'not in part, either' '' "$(diff -r "$TMP/whole" "$SENT")"

# --- v2: what git notes says of a patch, what the letter says of the part
sed -i 's/^line fifty$/line 5-0/' "$TREE/kernel/a.c"
tgit commit -qa --fixup "$(tgit log --format=%h --grep 'the twenty')"
GIT_SEQUENCE_EDITOR=: tgit rebase -q -i --autosquash base 2>/dev/null
tgit notes add -m 'v2: fifty has a dash

for reasons' "$(tgit log --format=%h --grep 'the twenty')"
"$HERE/ci/series/export" >/dev/null 2>&1
same 'the changelog is in patches/, below the cut' '    v2: fifty has a dash' "$(sed '1,/^---$/d' "$PATCHES"/*-twenty*.patch | grep dash)"
expect 'which is what the tree exports to' 0 'exports to the bytes' "$HERE/ci/series/export" --check
expect 'a letter without its changelog' 2 'no "Changes in v2:"' env REROLL=2 "$HERE/ci/series/mails"
printf '\nChanges in v2:\n - fifty has a dash\n' >>"$PATCHES/cover-letter.fixes"
expect 'v2' 0 'fixes/v2/' env SIGNOFF=1 REROLL=2 "$HERE/ci/series/mails"
v2=$MAILS/fixes/v2
same 'says so' 3 "$(cat "$v2"/*.patch | count '^Subject: \[PATCH v2 ')"
same 'with a link to v1' "v1: https://lore.kernel.org/r/$(id "$SENT/fixes/v1/0000-cover-letter.patch")" "$(grep -h '^v1: ' "$v2"/*0000*)"
same 'a range-diff' '1 = 2 !' "$(sed -nE 's/^([12]):  [0-9a-f]{12} ([=!]) .*/\1 \2/p' "$v2"/*0000* | paste -sd ' ')"
same 'and the changelog of the patch, which git am drops' 1 "$(sed '1,/^---$/d' "$v2"/v2-0002* | count '^    v2: fifty has a dash')"
same 'not the changelog once more' 0 "$(cat "$v2"/*0000* | count '## Notes')"
before=$(cat "$v2"/*.patch | grep -i '^Message-ID' | sort)
expect 'made again they say the same' 0 'stay, with their Message-IDs' env SIGNOFF=1 REROLL=2 "$HERE/ci/series/mails"
same 'and keep their Message-IDs' "$before" "$(cat "$v2"/*.patch | grep -i '^Message-ID' | sort)"
expect 'with other words they do not' 0 'with new Message-IDs' env SIGNOFF=1 REROLL=2 PREFIX='PATCH next' "$HERE/ci/series/mails"
expect 'nor back again' 0 'with new Message-IDs' env SIGNOFF=1 REROLL=2 "$HERE/ci/series/mails"
same 'no In-Reply-To on the cover letter' 0 "$(cat "$v2"/*0000* | count '^In-Reply-To')"
expect 'unless a list wants it' 0 'To send' env SIGNOFF=1 REROLL=2 IN_REPLY_TO=1@example.invalid "$HERE/ci/series/mails"
same 'then there is' 1 "$(cat "$v2"/*0000* | count '^In-Reply-To: <1@example.invalid>')"
rm -rf "$TMP/again" && TREE=$TMP/again "$HERE/ci/series/tree" >/dev/null 2>&1
same 'another tree of patches/ has the note again' 'v2: fifty has a dash  for reasons' \
	"$(git -C "$TMP/again" notes show "$(git -C "$TMP/again" log --format=%h --grep 'the twenty')" | paste -sd ' ')"

# --- trailers (b4 0.12 cannot read the folded subject of a file)
sed -i '/^Subject: /s/ the / the\n /' "$SENT"/fixes/v1/*.patch
reply() { # MAIL NAME TRAILER
	printf 'From %s Thu Jan  1 00:00:00 1970\nFrom: %s <r@example.invalid>\nSubject: Re: x\nDate: Sun, 29 Nov 2026 01:00:00 +0000\n' x "$2"
	printf 'Message-ID: <%s@example.invalid>\nIn-Reply-To: <%s>\nReferences: <%s>\n\n> quoted\n\nFine.\n\n%s\n\n' "$RANDOM$RANDOM" "$(id "$1")" "$(id "$1")" "$3"
}
{
	reply "$SENT"/fixes/v1/0001* 'R. Viewer' 'Reviewed-by: R. Viewer <r@example.invalid>'
	reply "$SENT"/fixes/v1/0000* 'R. Viewer' 'Acked-by: R. Viewer <r@example.invalid>'
	reply "$SENT"/fixes/v1/0002* 'I. Mpostor' 'Tested-by: Somebody Else <else@example.invalid>'
} >"$TMP/answers"
expect 'answers bring trailers' 0 '^added  kernel-name-the-ten.patch: Reviewed-by: R. Viewer' "$HERE/ci/series/trailers" fixes "$TMP/answers"
same 'to the patch, and to all from the cover letter' '2 1' "$(printf '%s %s' "$(count R..Viewer <"$PATCHES"/kernel-name-the-ten.patch)" "$(count R..Viewer <"$(ls "$PATCHES"/*-twenty*)")")"
same 'but not in the name of another' 0 "$(cat "$PATCHES"/*.patch | count Somebody)"
expect 'once' 0 '' "$HERE/ci/series/trailers" fixes "$TMP/answers"
same 'each' '2 1' "$(printf '%s %s' "$(count R..Viewer <"$PATCHES"/kernel-name-the-ten.patch)" "$(count R..Viewer <"$(ls "$PATCHES"/*-twenty*)")")"
expect 'no answers' 1 'no /nonexistent' "$HERE/ci/series/trailers" fixes /nonexistent

# --- b4 (0.12 wants to know for whom it works)
git config --global user.name 'S. Ender'
git config --global user.email s@example.invalid
unset TREE
mainline
for dir in '' ${B4S:-}; do
	[ -n "$dir" ] || command -v b4 >/dev/null || { skip 'b4' 'not installed' && continue; }
	PATH=${dir:+$dir:}$PATH
	version=$(b4 --version 2>&1 | tail -n 1)
	# (b4 0.16 wants a newer pygit2 than Debian 12 has)
	lacks=$(cd "$TREE" && b4 prep --show-info 2>&1 | sed -n 's/^ModuleNotFoundError: //p')
	if [ -n "$lacks" ]; then
		skip "b4 $version" "$lacks"
		continue
	fi
	env -u TREE "$HERE/ci/series/tree" >/dev/null 2>&1
	expect "b4 $version: a draft, from the tree of patches/" 0 'a draft: nobody has signed it off' env -u TREE REROLL=1 "$HERE/ci/series/b4" fixes
	expect 'nothing is sent twice by mistake' 2 'v1 of part fixes was sent already' env REROLL=1 SIGNOFF=1 "$HERE/ci/series/b4" fixes
	for part in fixes later; do
		SENT=$TMP/none REROLL=1 SIGNOFF=1 expect "b4 $version, $part: a branch" 0 "^Branch b4/$part in .*: [12] patches$" "$HERE/ci/series/b4" $part
		at=$(sed -n 's/^Branch .* in \(.*\): .*/\1/p' "$TMP/out")
		expect 'that b4 prep takes as its own' 0 '^revision: 1' env -C "$at" b4 prep --show-info
		same 'with its patches' "$("$HERE/ci/series/parts.py" patches $part | wc -l)" "$(grep -c '^commit-' "$TMP/out")"
		expect 'and sends, were it for real' 0 'DRYRUN: Would have sent' env -C "$at" b4 send --dry-run --no-sign
		rm -rf "$TMP/b4" && mkdir -p "$TMP"/b4/{cur,tmp} "$TMP/am-$part"
		(cd "$at" && b4 send --no-sign -o "$TMP/b4/new") >/dev/null 2>&1
		same 'to the right people' 1 "$(cat "$TMP"/b4/new/* | count '^To: .*m@example.invalid' | grep -c '[1-3]')"
		same 'on the right base' "base-commit: $(git -C "$TMP/mainline" rev-parse HEAD)" "$(grep -h '^base-commit: ' "$TMP"/b4/new/*)"
		same 'naming what it needs' "$([ $part = later ] && echo 2 || echo 0)" "$(cat "$TMP"/b4/new/* | count '^prerequisite-patch-id: ')"
		expect 'b4 am takes that' 0 "Total patches: $("$HERE/ci/series/parts.py" patches $part | wc -l)" \
			env -C "$TREE" b4 --offline-mode am -m "$TMP/b4" -o "$TMP/am-$part"
	done
	git -C "$TMP/clone" checkout -q -B try origin/HEAD
	expect 'and git am what b4 am wrote, one part on the other' 0 '' git -C "$TMP/clone" -c user.name=M -c user.email=m@example.invalid am \
		"$TMP"/am-fixes/*.mbx "$TMP"/am-later/*.mbx
	same 'to the tree of the series' "$(git -C "$TREE" rev-parse 'HEAD^{tree}')" "$(git -C "$TMP/clone" rev-parse 'HEAD^{tree}')"
	rm -rf "$TMP"/am-*
	REROLL=1 expect "b4 $version: a draft" 0 'a draft: nobody has signed it off' "$HERE/ci/series/b4" fixes
	at=$(sed -n 's/^Branch .* in \(.*\): 2 patches.*/\1/p' "$TMP/out")
	expect 'that b4 refuses to send' 0 'CRITICAL: Looks like the cover letter needs to be edited|^needs-editing: True' \
		sh -c "cd '$at' && b4 prep --show-info && b4 send --dry-run --no-sign || :"
	git -C "$TREE" worktree remove "$at"
	git -C "$TREE" branch -qD b4/fixes
	SIGNOFF=1 REROLL=2 expect "b4 $version: v2" 0 ': 2 patches$' "$HERE/ci/series/b4" fixes
	rm -rf "$TMP/b4" && mkdir -p "$TMP"/b4
	(cd "$at" && b4 send --no-sign -o "$TMP/b4/new") >/dev/null 2>&1
	same 'with a range-diff (the first has a trailer now)' '1 ! 2 !' "$(cat "$TMP"/b4/new/* | sed -nE 's/^([12]):  [0-9a-f]{12} ([=!]) .*/\1 \2/p' | paste -sd ' ')"
	same 'and the changelog of the patch, below the cut' 1 "$(cat "$TMP"/b4/new/*-twenty* | sed '1,/^---$/d' | count '^v2: fifty has a dash')"
	work() { bash -c '. "$1/ci/lib/lib.sh"; has_work "$TREE"' - "$HERE"; }
	expect "as it was made it is nobody's work" 1 '' work
	(cd "$TREE" && echo '/*' >>"$(git rev-parse --git-common-dir)/info/exclude")
	echo >"$at/kernel/new.c"
	expect 'a new file in it is, though git ignores it' 0 '' work
	expect 'and stays' 6 'has changed since it was made' "$HERE/ci/series/b4" fixes
	rm "$at/kernel/new.c"
	echo >>"$at/kernel/a.c"
	expect 'an edit in it is' 0 "^ *$at: has an edit" work
	git -C "$at" commit -qam 'work in it'
	expect 'work in that branch is kept' 6 'has changed since it was made' "$HERE/ci/series/b4" fixes
	git -C "$TREE" worktree remove "$at"
	git -C "$TREE" branch -qD b4/fixes
done
