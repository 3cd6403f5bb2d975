#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The mails: who they are from and to, what is signed, and the way back.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
fixture
mkdir -p "$TMP/linux/scripts"
cat >"$TMP/linux/scripts/get_maintainer.pl" <<'EOT'
#!/bin/sh
printf '%s\n' '"A. Maintainer" <m@example.invalid> (maintainer:KERNEL (ALL OF IT):Keyword:\b(all))'
printf '%s\n' 'list@example.invalid (open list:KERNEL (ALL OF IT):Keyword:\b(all))'
printf '%s\n' 'R Viewer <r@example.invalid> (reviewer:KERNEL)'
EOT
chmod +x "$TMP/linux/scripts/get_maintainer.pl"
unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL
export HOME=$TMP/home GIT_CONFIG_NOSYSTEM=1 MAILS=$TMP/mails
mkdir -p "$HOME"
sed -i 's/^From: .*/From: The Sender <sender@example.invalid>/' "$PATCHES"/*-ten.patch
"$HERE/ci/series/tree" >/dev/null 2>&1
count() { grep -c "$@" || :; }

drafts=$MAILS/drafts signed=$MAILS/signed
expect 'without an identity: drafts' 0 'drafts' "$HERE/ci/series/mails"
same 'which nobody has signed' 0 "$(cat "$drafts"/*.patch | count '^Signed-off-by:')"
same 'they are what there is to look at' "$drafts" "$("$HERE/ci/series/mails" --dir)"
expect 'nobody can sign off' 2 'needs to know who signs' env SIGNOFF=1 "$HERE/ci/series/mails"

export GIT_AUTHOR_NAME='S. Ender' GIT_AUTHOR_EMAIL=s@example.invalid
expect 'signed off' 0 'git send-email' env SIGNOFF=1 ASSISTED_BY='LLM sparse' REROLL=2 "$HERE/ci/series/mails"
same 'a cover letter and two patches' 3 "$(find "$signed" -name 'v2-*.patch' | wc -l)"
same 'all from the sender' 3 "$(cat "$signed"/*.patch | count '^From: .*S\. Ender.* <s@example.invalid>')"
same 'all to the maintainer' 3 "$(cat "$signed"/*.patch | count '^To: .*m@example.invalid')"
same 'all to the list' 3 "$(cat "$signed"/*.patch | count -E '^(Cc:|	| ).*list@example.invalid')"
same 'and no role is left in an address' 0 "$(cat "$signed"/*.patch | count 'KERNEL')"
same 'each signed by the sender, last of the trailers' 2 \
	"$(cat "$signed"/*.patch | grep -A 1 '^Assisted-by: LLM sparse' | count '^Signed-off-by: S. Ender <s@example.invalid>')"
same 'what nobody else wrote is the sender'\''s' 0 "$(cat "$signed"/*0001-*.patch | count '^From: The Sender')"
same 'what somebody else wrote says so' 1 "$(cat "$signed"/*0002-*.patch | count '^From: T <t@example.invalid>')"
same 'the cover letter has its subject' 1 "$(cat "$signed"/*0000-*.patch | count '^Subject: \[PATCH v2 0/2\] a test')"
same 'and its text' 1 "$(cat "$signed"/*0000-*.patch | count '^of the tests')"

# --- a folder each, in which nothing is lost
same 'the signed mails are the ones to send' "$signed" "$("$HERE/ci/series/mails" --dir)"
before=$(sha256sum "$signed"/*)
expect 'new drafts' 0 'drafts' "$HERE/ci/series/mails"
same 'leave the signed mails alone' "$before" "$(sha256sum "$signed"/*)"
expect 'signed mails of another version' 0 'git send-email' env SIGNOFF=1 REROLL=3 "$HERE/ci/series/mails"
same 'replace the old ones' 3 "$(find "$signed" -name '*.patch' | wc -l)"
echo 'a word by hand' >>"$drafts/0000-cover-letter.patch"
expect 'a mail that was edited is not overwritten' 6 'edited since' "$HERE/ci/series/mails"
rm -r "$drafts"
mkdir -p "$TMP/own" && echo precious >"$TMP/own/file"
expect 'nor is a folder that holds something else' 6 'did not write' "$HERE/ci/series/mails" "$TMP/own"
same 'with what is in it' precious "$(cat "$TMP/own/file")"
rm "$TMP/own/file"
expect 'an empty one is filled' 0 "3 mails in $TMP/own" "$HERE/ci/series/mails" "$TMP/own"
echo precious >"$TMP/own/file"
expect 'and is left alone again with another file in it' 6 'did not write' "$HERE/ci/series/mails" "$TMP/own"

# --- numbers of patches, made with the mails
cp "$PATCHES/cover-letter" "$TMP/cover"
# shellcheck disable=SC2016  # nothing is to be expanded
printf '\nPatch @{kernel-name-the-twenty-and-the-fifty}@ after @{kernel-name-the-ten}@, on @BASE@.\n' >>"$PATCHES/cover-letter"
"$HERE/ci/series/mails" >/dev/null 2>&1
same 'a name in the cover letter becomes a number' 1 "$(cat "$drafts"/0000-* | count '^Patch 2 after 1, on Linux 7\.3\.99\.$')"
echo 'See @{kernel-name-the-hundred}@.' >>"$PATCHES/cover-letter"
expect 'one that no patch has' 1 'no patch kernel-name-the-hundred' "$HERE/ci/series/mails"
cp "$TMP/cover" "$PATCHES/cover-letter"
same 'no stored text counts patches' '' "$(cd "$HERE" && git grep -nE '\b[Pp]atch(es)? [0-9]+\b' -- . \
	':!LICENSES' ':!ci/tests' ':!patches/*.patch')"

# --- what was tested
printf '@TESTED@\n\nand after\n' >>"$PATCHES/cover-letter"
export VERDICTS=$TMP/verdicts.tsv
verdict() { # ID
	printf '# task\tverdict\tid\tbase\ttools\tdetail\nrepeat-um\tok\t%s\t%s\tgcc\tten boots\n' "$1" \
		"$(git -C "$TREE" log -1 --format=%s base)" >"$VERDICTS"
}
letter() { printf '%s ' "$(cat "$1"/0000-* | count -E 'TESTED|^Tested: Linux|^  ten boots \(um\)$')" "$(cat "$1"/0000-* | count '^and after$')"; }
verdict "$("$HERE/ci/lib/fresh.py" repeat-um | cut -f 2)"
expect 'drafts' 0 'drafts' "$HERE/ci/series/mails"
same 'say what was tested' '2 1 ' "$(letter "$drafts")"
SIGNOFF=1 expect 'signed mails' 0 'git send-email' "$HERE/ci/series/mails"
same 'say so, too' '2 1 ' "$(letter "$signed")"
verdict stale
expect 'drafts leave out a stale result' 0 'nothing is claimed as tested' "$HERE/ci/series/mails"
same 'and have all else' '0 1 ' "$(letter "$drafts")"
SIGNOFF=1 expect 'signed mails take no stale result, and name it' 1 'stale: repeat-um' "$HERE/ci/series/mails"
SIGNOFF=1 TESTED=0 expect 'or claim nothing' 0 'git send-email' "$HERE/ci/series/mails"
same 'with all else' '0 1 ' "$(letter "$signed")"
expect 'patches, tree, mails and back, whatever is stale' 0 'both ways' "$HERE/ci/series/roundtrip"
same 'the stored patches are still unsigned' 0 "$(cat "$PATCHES"/*.patch | count '^Signed-off-by:')"
