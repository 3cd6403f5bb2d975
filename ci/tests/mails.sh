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

expect 'without an identity: drafts' 0 'drafts' "$HERE/ci/series/mails"
same 'which nobody has signed' 0 "$(cat "$MAILS"/*.patch | count '^Signed-off-by:')"
expect 'nobody can sign off' 2 'needs to know who signs' env SIGNOFF=1 "$HERE/ci/series/mails"

export GIT_AUTHOR_NAME='S. Ender' GIT_AUTHOR_EMAIL=s@example.invalid
expect 'signed off' 0 'git send-email' env SIGNOFF=1 ASSISTED_BY='LLM sparse' REROLL=2 "$HERE/ci/series/mails"
same 'a cover letter and two patches' 3 "$(find "$MAILS" -name 'v2-*.patch' | wc -l)"
same 'all from the sender' 3 "$(cat "$MAILS"/*.patch | count '^From: .*S\. Ender.* <s@example.invalid>')"
same 'all to the maintainer' 3 "$(cat "$MAILS"/*.patch | count '^To: .*m@example.invalid')"
same 'all to the list' 3 "$(cat "$MAILS"/*.patch | count -E '^(Cc:|	| ).*list@example.invalid')"
same 'and no role is left in an address' 0 "$(cat "$MAILS"/*.patch | count 'KERNEL')"
same 'each signed by the sender, last of the trailers' 2 \
	"$(cat "$MAILS"/*.patch | grep -A 1 '^Assisted-by: LLM sparse' | count '^Signed-off-by: S. Ender <s@example.invalid>')"
same 'what nobody else wrote is the sender'\''s' 0 "$(cat "$MAILS"/*0001-*.patch | count '^From: The Sender')"
same 'what somebody else wrote says so' 1 "$(cat "$MAILS"/*0002-*.patch | count '^From: T <t@example.invalid>')"
same 'the cover letter has its subject' 1 "$(cat "$MAILS"/*0000-*.patch | count '^Subject: \[PATCH v2 0/2\] a test')"
same 'and its text' 1 "$(cat "$MAILS"/*0000-*.patch | count '^of the tests')"
printf '@TESTED@\n\nand after\n' >>"$PATCHES/cover-letter"
export RESULTS=$TMP/results
mkdir -p "$RESULTS"
task() { # WHAT IT IS BOUND TO
	printf 'repeat-um\tok\t%s\t%s\tgcc\tten boots\n' "$1" "$(git -C "$TREE" log -1 --format=%s base)" >"$RESULTS/v7.3.tsv"
}
task "$(bash -c ". '$HERE/ci/lib/lib.sh'; task_id repeat-um")"
"$HERE/ci/series/mails" >/dev/null 2>&1
same 'the cover letter says what was tested' 1 "$(cat "$MAILS"/0000-* | count '^  um: *ten boots$')"
task stale
expect 'and of another series nothing' 0 'nothing is claimed as tested' "$HERE/ci/series/mails"
same 'nor has it the mark, but all else' '0 1' "$(cat "$MAILS"/0000-* | count -E 'TESTED|Tested|boots') $(cat "$MAILS"/0000-* | count '^and after$')"
expect 'patches, tree, mails and back' 0 'both ways' "$HERE/ci/series/roundtrip"
same 'the stored patches are still unsigned' 0 "$(cat "$PATCHES"/*.patch | count '^Signed-off-by:')"
