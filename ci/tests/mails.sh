#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The mails: their parts, who they are from and to, what is signed, what is only a draft, and
# the way back.  Versions, trailers and b4: versions.sh.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
fixture
mail_fixture
mails() { "$HERE/ci/series/mails" "$@"; }
"$HERE/ci/series/tree" >/dev/null 2>&1

# --- without a part: the plan
expect 'the plan' 0 '^  now +fixes +1 +list +one' mails
same 'says what waits for what' '  after fixes  later  1        list   the other' "$(grep later "$TMP/out")"
expect 'a part that there is not' 2 'no part nonsense: there are fixes, later' env PART=nonsense "$HERE/ci/series/mails"
same 'nor is a folder made for it' '' "$(ls "$MAILS" 2>/dev/null)"

# --- drafts
export PART=fixes
drafts=$MAILS/fixes/drafts
expect 'without an identity: drafts' 0 'drafts: nobody has signed them off, and their base' mails
same 'which nobody has signed' 0 "$(cat "$drafts"/*.patch | count '^Signed-off-by:')"
same 'and which say so' 1 "$(cat "$drafts"/*.patch | count '^Subject: \[DRAFT PATCH\] kernel: name the ten')"
same 'a patch alone has its letter below the cut' 'of the tests' "$(sed -n '/^---$/{n;p;q}' "$drafts"/*.patch)"
same 'they are what there is to look at' "$drafts" "$(mails --dir)"
expect 'nobody can sign off' 2 'needs to know who signs' env SIGNOFF=1 "$HERE/ci/series/mails"
export GIT_AUTHOR_NAME='S. Ender' GIT_AUTHOR_EMAIL=s@example.invalid
expect 'signed off, but on a base that others do not have: drafts' 0 '^They are drafts: their base is a Linux' env SIGNOFF=1 "$HERE/ci/series/mails"
same 'without a base-commit that nobody knows' 0 "$(cat "$drafts"/* | count '^base-commit')"
same 'the two commands to come further' 2 "$(grep -cE '^  make (rebase TO=|mails PART=fixes SIGNOFF=1)' "$TMP/out")"
expect 'git send-email refuses a draft' 29 'rejected by sendemail-validate' send_email "$drafts"/*.patch
expect 'drafts of another base' 0 'make mails PART=fixes SIGNOFF=1 BASE=v0 TREE=' env BASE=v0 TREE="$TREE" "$HERE/ci/series/mails"
same 'come by commands for that base' 2 "$(grep -c '^  make .* BASE=v0' "$TMP/out")"
PART=later expect 'another part' 0 '3 addresses' mails
same 'is where the first is not' "$MAILS/later/drafts" "$(PART=later mails --dir)"
same 'and says what it needs' 1 "$(cat "$MAILS"/later/drafts/* | count -E '^prerequisite-patch-id: [0-9a-f]{40}$')"
PART=all expect 'all parts at once' 0 '2 mails in .*/all/drafts, to no addresses$' env SIGNOFF=1 "$HERE/ci/series/mails"

# --- in a folder nothing is lost
printf 'a word by hand\n' >>"$(ls "$drafts"/*.patch)"
expect 'a mail that was edited is not overwritten' 6 'edited since' mails
rm -r "$drafts"
mkdir -p "$TMP/own" && echo precious >"$TMP/own/file"
expect 'nor is a folder that holds something else' 6 'did not write' mails "$TMP/own"
same 'with what is in it' precious "$(cat "$TMP/own/file")"
rm "$TMP/own/file"
expect 'an empty one is filled' 0 "1 mail in $TMP/own" mails "$TMP/own"
expect 'and filled again' 0 "1 mail in $TMP/own" env PREFIX='PATCH net-next' "$HERE/ci/series/mails" "$TMP/own"
same 'with the new mails' 1 "$(cat "$TMP/own"/* | count '^Subject: \[DRAFT PATCH net-next\]')"
echo precious >"$TMP/own/file"
expect 'and is left alone with another file in it' 6 'did not write' mails "$TMP/own"

# --- what a sender may get wrong
for wrong in 'SIGNOFF=yes' 'REROLL=v2' 'PREFIX=[PATCH]' 'PREFIX=PATCH v2' 'ASSISTED_BY=LLM gcc' 'IN_REPLY_TO=here' 'RESEND=1'; do
	expect "$wrong" 2 "${wrong%%=*}" env "$wrong" "$HERE/ci/series/mails"
done

# --- on a commit that others have
mainline
same 'the rebase says how to send' 1 "$(grep -c '^ *make mails PART=... SIGNOFF=1 TREE=' "$TMP/rebased")"
signed=$MAILS/fixes/v1
expect 'signed off' 0 'send-email --confirm=always' env SIGNOFF=1 ASSISTED_BY='LLM sparse' "$HERE/ci/series/mails"
same 'with the commit by which others know the base' "base-commit: $(git -C "$TMP/mainline" rev-parse HEAD)" "$(grep -h ^base-commit "$signed"/*)"
same 'from the sender' 1 "$(cat "$signed"/*.patch | count '^From: .*S\. Ender.* <s@example.invalid>')"
same 'to the maintainer' 1 "$(cat "$signed"/*.patch | count '^To: .*m@example.invalid')"
same 'and the list' 1 "$(cat "$signed"/*.patch | count -E '^(Cc:|	| ).*list@example.invalid')"
same 'and no role is left in an address' 0 "$(cat "$signed"/*.patch | count 'KERNEL')"
same 'signed by the sender, last of the trailers' 1 \
	"$(cat "$signed"/*.patch | grep -A 1 '^Assisted-by: LLM sparse' | count '^Signed-off-by: S. Ender <s@example.invalid>')"
same 'with Cc: stable' 1 "$(cat "$signed"/*.patch | count '^Cc: stable@')"
same 'these are the mails to send' "$signed" "$(mails --dir)"
expect 'git send-email takes them' 0 'OK. Log says|Dry-Sent' send_email "$signed"/*.patch
before=$(sha256sum "$signed"/*)
expect 'new drafts' 0 'drafts: nobody has signed' mails
same 'leave the signed mails alone' "$before" "$(sha256sum "$signed"/*)"
expect 'without stable' 0 'To send' env SIGNOFF=1 STABLE=0 "$HERE/ci/series/mails"
same 'there is none' 0 "$(cat "$signed"/*.patch | count '^Cc: stable@')"
PART=later expect 'what somebody else wrote needs his name' 2 'T <t@example.invalid> wrote .*, and has not signed it off' env SIGNOFF=1 "$HERE/ci/series/mails"
same 'nor did anybody send what comes before' 1 "$(grep -c 'part later is to be sent after fixes, of which make sent kept no version' "$TMP/out")"
cp "$PATCHES/series" "$TMP/series"
sed -i '/^# part later/s/$/ (taken: 0123456789ab)/' "$PATCHES/series"
PART=later expect 'what was taken' 2 'part later is not to be sent again; it was taken: 0123456789ab' env SIGNOFF=1 "$HERE/ci/series/mails"
sed 's/^kernel-/other-/' "$TMP/series" >"$PATCHES/series"
for patch in "$PATCHES"/kernel-*; do cp "$patch" "$PATCHES/other-${patch##*/kernel-}"; done
expect 'a tree of other patches' 2 "$TREE has none of the patches" "$HERE/ci/series/tree"
rm "$PATCHES"/other-*
cp "$TMP/series" "$PATCHES/series"

# --- two patches: a cover letter, and everybody on it
printf '# part fixes: both\nkernel-name-the-ten.patch\nkernel-name-the-twenty-and-the-fifty.patch\n' >"$PATCHES/series"
sed -i 's/^From: .*/From: The Sender <sender@example.invalid>/' "$PATCHES"/*.patch
printf '# parts\taddress\treason\nfixes\tK. Kept <k@example.invalid>\tobjected once\nlater\tnot@example.invalid\tanother part\n' >"$PATCHES/cc"
unset TREE
mainline
printf '\nBoth have Cc: stable.\n\nThe end.\n' >>"$PATCHES/cover-letter.fixes"
expect 'without stable' 0 '3 mails' env STABLE=0 "$HERE/ci/series/mails"
same 'the letter does not speak of it' 'The end.' "$(grep -hE 'Cc: stable|^The end' "$drafts"/0000-*)"
expect 'a part of two' 0 '3 mails in .*, to 4 addresses' env SIGNOFF=1 RFC=1 "$HERE/ci/series/mails"
same 'has a cover letter with its subject' 1 "$(cat "$signed"/0000-* | count '^Subject: \[RFC PATCH 0/2\] a test')"
same 'and its text' 1 "$(cat "$signed"/0000-* | count '^of the tests')"
same 'whom cc names gets the cover letter only' "$signed/0000-cover-letter.patch" "$(grep -l 'K. Kept' "$signed"/*)"
same 'in one thread' 2 "$(cat "$signed"/* | count "^In-Reply-To: <$(sed -n 's/^Message-Id: <\(.*\)>/\1/p' "$signed"/0000-*)>")"
printf 'fixes\tK. Kept <k@example.invalid>\n' >>"$PATCHES/cc"
expect 'a row of cc without a reason' 1 'parts, address and reason' mails
sed -i '$d' "$PATCHES/cc"
echo 'K. Kept <new@example.invalid> <k@example.invalid>' >"$TREE/.mailmap"
expect 'an address that .mailmap replaces' 1 'k@example.invalid is now K. Kept <new@example.invalid>' mails
rm "$TREE/.mailmap"

# --- numbers of patches, made with the mails
letter=$PATCHES/cover-letter.fixes
cp "$letter" "$TMP/cover"
# shellcheck disable=SC2016  # nothing is to be expanded
printf '\nPatch @{kernel-name-the-twenty-and-the-fifty}@ after @{kernel-name-the-ten}@, on @BASE@.\n' >>"$letter"
mails >/dev/null 2>&1
same 'a name in the cover letter becomes a number' 1 "$(cat "$drafts"/0000-* | count '^Patch 2 after 1, on Linux 7\.3\.99\.$')"
echo 'See @{kernel-name-the-hundred}@.' >>"$letter"
expect 'one that no patch has' 1 'no patch kernel-name-the-hundred' mails
rm "$letter"
expect 'no letter at all' 4 'no patches/.*cover-letter.fixes' mails
cp "$TMP/cover" "$letter"
same 'no stored text counts patches' '' "$(cd "$HERE" && git grep -nE '\b[Pp]atch(es)? [0-9]+\b' -- . \
	':!LICENSES' ':!ci/tests' ':!patches/*.patch')"

# --- what was tested
printf '@TESTED um@\n\nand after\n' >>"$letter"
export VERDICTS=$TMP/verdicts.tsv
verdict() { # ID
	printf '# task\tverdict\tid\tbase\ttools\tdetail\nrepeat-um\tok\t%s\t%s\tgcc\tten boots\n' "$1" \
		"$(git -C "$TREE" log -1 --format=%s base)" >"$VERDICTS"
}
said() { printf '%s ' "$(cat "$1"/0000-* | count -E 'TESTED|^Tested: Linux|^  ten boots \(um\)$')" "$(cat "$1"/0000-* | count '^and after$')"; }
verdict "$("$HERE/ci/lib/fresh.py" repeat-um | cut -f 2)"
expect 'drafts' 0 'drafts' mails
same 'say what was tested' '2 1 ' "$(said "$drafts")"
SIGNOFF=1 expect 'signed mails' 0 'To send' mails
same 'say so, too' '2 1 ' "$(said "$signed")"
verdict stale
expect 'drafts leave out a stale result' 0 'nothing is claimed as tested' mails
same 'and have all else' '0 1 ' "$(said "$drafts")"
SIGNOFF=1 expect 'signed mails take no stale result, and name it' 1 'stale: repeat-um' mails
sed -i 's/^@TESTED um@/@TESTED s390@/' "$letter"
SIGNOFF=1 expect 'unless it is of an architecture that the letter is not about' 0 'To send' mails
sed -i 's/^@TESTED s390@/@TESTED um@/' "$letter"
SIGNOFF=1 TESTED=0 expect 'or they claim nothing' 0 'To send' mails
same 'with all else' '0 1 ' "$(said "$signed")"
expect 'patches, tree, mails and back, whatever is stale' 0 'both ways, 1 parts' "$HERE/ci/series/roundtrip"
same 'the stored patches are still unsigned' 0 "$(cat "$PATCHES"/*.patch | count '^Signed-off-by:')"

# --- a part that does not apply without another
printf '# part one: a\nkernel-name-the-ten.patch\n# part two: b\nkernel-name-the-twenty-and-the-fifty.patch\n' >"$PATCHES/series"
sed -i '/^ line 17$/,$d' "$PATCHES/kernel-name-the-twenty-and-the-fifty.patch"
printf ' line 9\n-line ten\n+line 10\n line 11\n' >"$TMP/hunk"
sed -i "/^@@/s/.*/@@ -9,3 +9,3 @@/; /^@@/r $TMP/hunk" "$PATCHES/kernel-name-the-twenty-and-the-fifty.patch"
unset TREE
export TREE=$TMP/third
"$HERE/ci/series/tree" >/dev/null 2>&1
PART=two expect 'a part that needs another, and does not say so' 5 'kernel-name-the-twenty-and-the-fifty.patch does not apply' mails
