#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The series on another base: what conflicts, what follows by itself, what is left out.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
fixture
R=$TMP/repo
mkdir -p "$R/configs" "$R/patches"
cp -r "$HERE/ci" "$R/"
cp -r "$PATCHES" "$R/patches/v7.3"
cp "$HERE/configs/v7.3.base" "$R/configs/"
cp -r "$TMP/linux" "$TMP/other"
sed -i 's/^line 10$/line X/' "$TMP/other/kernel/a.c"
first=$R/patches/v7.3 to=$R/patches/v7.4
unset PATCHES WORK TREE LOGS MAILS SENT KUNIT
export BASE=v7.4 GIT_CONFIG_GLOBAL=$TMP/gitconfig
git config --file "$TMP/gitconfig" user.name T
git config --file "$TMP/gitconfig" user.email t@example.invalid
git -C "$R" init -q
keep() { git -C "$R" add -Af . && git -C "$R" commit -q -m "$1"; }
keep 'as fetched'
port() { "$R/ci/series/port" "$@"; }
T=$("$R/ci/series/tree" --path)
ten=kernel-name-the-ten.patch twenty=kernel-name-the-twenty-and-the-fifty.patch

expect 'a base that is not there' 2 'which Linux' port
expect 'the first base is ported from nothing' 2 'what the others are ported from' env BASE=v7.3 "$R/ci/series/port" "$TMP/other"
expect 'a conflict is named' 5 "^conflict  $ten: kernel/a.c" port "$TMP/other"
same 'and stands in the tree' 1 "$(grep -c '^<<<<<<<' "$T/kernel/a.c")"
same 'no port is written of it' no "$([ -e "$to/series" ] && echo yes || echo no)"
git -C "$T" checkout -q HEAD -- kernel/a.c
sed -i 's/^line X$/line X-ten/' "$T/kernel/a.c"
git -C "$T" add -u
below=$(git -C "$T" rev-parse --short=12 HEAD)
expect 'resolved, but not committed: refuses' 6 "one commit on $below; or give it up: git -C $T reset --hard $below" port
same 'and the resolution is still there' 'line X-ten' "$(sed -n 10p "$T/kernel/a.c")"
sed -i '1s/$/ more/' "$T/kernel/b.c"
git -C "$T" commit -qm 'half of it' kernel/b.c
git -C "$T" commit -qam 'the other half'
expect 'two commits are refused as well' 6 'commit it as one' port
same 'and are there' 2 "$(git -C "$T" rev-list --count "$below..")"
git -C "$T" reset -q --hard "$below"
expect 'given up, it is the conflict again' 5 "^conflict  $ten: kernel/a.c" port
git -C "$T" checkout -q HEAD -- kernel/a.c
sed -i 's/^line X$/line X-ten/' "$T/kernel/a.c"
git -C "$T" commit -qa --no-edit
expect 'resolved, it goes on' 0 "^adapted   $ten: \?" port
same 'asks why' "$ten" "$(sed -n 's/^why are they adapted.*: //p' "$TMP/out")"
same 'and what needs no hand is the same' "$twenty same" "$(awk -F'\t' '$2 == "same" { print $1, $2 }' "$to/ports.tsv")"
same 'the port has the resolution' '+line X-ten' "$(grep '^+line X' "$to/$ten")"
same 'each says of which Linux its message speaks' 2 "$(cat "$to"/*.patch | grep -c '^\[This message speaks of v7.3, also in what it says was tested.\]$')"
sed -i "s/\t?$/\tother line/" "$to/ports.tsv"
keep 'ported'
expect 'again: nothing changes' 0 '2 patches, 0 files changed' port
same 'the reason stays' 'other line' "$(awk -F'\t' '$2 == "adapted" { print $4 }' "$to/ports.tsv")"

echo mine >"$to/kernel-of-mine.patch"
expect 'a patch that series does not name: refuses' 6 'does not name: kernel-of-mine.patch' port
same 'and it is still there' mine "$(cat "$to/kernel-of-mine.patch")"
rm "$to/kernel-of-mine.patch"

# --- the series goes on
sed -i 's/fifty/5-0/; s/^Subject:.*twenty and the 5-0/Subject: [PATCH] kernel: name the twenty and the fifty/' "$first/$twenty"
same 'what is behind is known' "v7.4	$twenty" "$("$R/ci/series/ports.py" behind "$R/patches" v7.3)"
expect 'a word in a patch' 0 "^same      $twenty" env BASE=v7.3 "$R/ci/series/port"
same 'reaches the port' 1 "$(grep -c '^+line 5-0' "$to/$twenty")"
same 'and leaves the adapted one' '+line X-ten' "$(grep '^+line X' "$to/$ten")"
same 'nothing is behind' '' "$("$R/ci/series/ports.py" behind "$R/patches" v7.3)"
keep 'moved on'
sed -i '/^Subject: /s/$/\n\nTold at length./' "$first/$ten"
expect 'words of a message' 0 "^adapted   $ten" port
same 'reach the adapted patch' '1 1' "$(grep -c '^Told at length' "$to/$ten") $(grep -c '^+line X-ten' "$to/$ten")"
keep 'told'
sed -i 's/^+line ten$/+line TEN/' "$first/$ten"
expect 'a change where the port differs' 5 "^conflict  $ten: kernel/a.c" port
git -C "$T" checkout -q --ours -- kernel/a.c 2>/dev/null || git -C "$T" checkout -q HEAD -- kernel/a.c
sed -i 's/^line X$/line X-TEN/' "$T/kernel/a.c"
git -C "$T" commit -qa --no-edit
expect 'is decided once' 0 "^adapted   $ten: other line" port
same 'and kept' '+line X-TEN' "$(grep '^+line X' "$to/$ten")"
keep 'decided'
# The first patch changes a line beside those of the second, whose port differs elsewhere.
sed -i 's/^line 5-0$/line 5-0 there/' "$T/kernel/a.c"
git -C "$T" commit -qa --amend --no-edit
"$R/ci/series/export" >/dev/null
expect 'a port that says more' 0 "^adapted   $twenty: \?" port
sed -i "s/\t?$/\tother fifty/" "$to/ports.tsv"
keep 'says more'
V=$(BASE=v7.3 "$R/ci/series/tree" --path)
BASE=v7.3 "$R/ci/series/tree" >/dev/null 2>&1
git -C "$V" checkout -q HEAD^
sed -i 's/^line 19$/line nineteen/' "$V/kernel/a.c"
git -C "$V" commit -qa --amend --no-edit
git -C "$V" restore -s series kernel/a.c
sed -i 's/^line 19$/line nineteen/' "$V/kernel/a.c"
git -C "$V" commit -qa -C series
git -C "$V" checkout -q -B series
BASE=v7.3 "$R/ci/series/export" >/dev/null
expect 'a change beside an adapted patch' 0 "^adapted   $twenty: other fifty" port
same 'reaches its port, which keeps what is its own' '+line nineteen +line 5-0 there' "$(grep -h '^+line n' "$to/$ten") $(grep "^+line 5" "$to/$twenty")"
keep 'beside'
sed -i "s/^$twenty\tadapted\t\(.*\)\t.*$/$twenty\tsame\t\1/" "$to/ports.tsv"
sed -i "s/^$twenty\tsame\t\(.*\)$/$twenty\tleft out\t\1\tno twenty there/" "$to/ports.tsv"
expect 'a patch is left out' 0 "^left out  $twenty: no twenty there" port
same 'and gone' "$ten" "$(grep patch "$to/series")"
expect 'the table has no empty cell' 0 '^\| kernel-name-the-twenty-and-the-fifty \| left out: no twenty there \|$' port --table

# --- as distributions take it: each of them comes to the same tree
export BASE=v7.3 REFERENCES=bsc#1
D=$("$R/ci/series/distro.py" quilt | sed 's,.* in \(.*\)/quilt$,\1,')
"$R/ci/series/tree" >/dev/null 2>&1
want=$(git -C "$("$R/ci/series/tree" --path)" show HEAD:kernel/a.c | sha256sum)
fresh() { rm -rf "$TMP/d" && cp -r "$TMP/linux" "$TMP/d" && git -C "$TMP/d" init -q && git -C "$TMP/d" add -Af . && git -C "$TMP/d" commit -qm base; }
for format in debian rpm suse ubuntu yocto mbox quilt; do
	"$R/ci/series/distro.py" $format >/dev/null
	at=$D/$format
	fresh
	case $format in
	ubuntu | mbox) git -C "$TMP/d" am -q "$at"/*.mbox ;;
	yocto) sed -n "s,^patch ,$at/,p" "$at"/*.scc | xargs git -C "$TMP/d" am -q ;;
	rpm) patch -d "$TMP/d" -p1 -s -F0 <"$at/linux-kernel-test.patch" ;;
	debian) sed "s,^,$at/debian/patches/," "$at/series.add" | xargs cat | patch -d "$TMP/d" -p1 -s -F0 ;;
	suse) sed "s,^.patches,$at/patches," "$at/series.add" | xargs cat | patch -d "$TMP/d" -p1 -s -F0 ;;
	quilt) sed "s,^,$at/," "$at/series" | xargs cat | patch -d "$TMP/d" -p1 -s -F0 ;;
	esac
	same "$format" "$want" "$(sha256sum <"$TMP/d/kernel/a.c")"
	same 'with its sums' '' "$(cd "$at" && sha256sum --quiet -c SHA256SUMS 2>&1)"
done
