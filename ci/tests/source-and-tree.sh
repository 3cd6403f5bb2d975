#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Finding Linux, making the tree, exporting it: what works, and bad input.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
fixture
tgit() { git -C "$TREE" -c user.name=T -c user.email=t@example.invalid "$@"; }
sums() { (cd "$PATCHES" && sha256sum -- *); }

# --- the way it should go
expect 'a plain tree is imported and the series applied' 0 '2 patches on Linux 7.3.99' "$HERE/ci/series/tree"
same 'files that .gitignore hides are imported' 'tracked although ignored' "$(cat "$TREE/kernel/odd.o")"
before=$(sums)
expect 'an untouched tree exports' 0 '2 patches, 0 files changed' "$HERE/ci/series/export"
same 'and no byte changes' "$before" "$(sums)"
expect 'an export that would change nothing' 0 'exports to the bytes' "$HERE/ci/series/export" --check
inode=$(stat -c '%i %Y' "$TREE/kernel/a.c")
expect 'making the tree again' 0 '' "$HERE/ci/series/tree"
same 'touches no file' "$inode" "$(stat -c '%i %Y' "$TREE/kernel/a.c")"
mv "$PATCHES/kernel-name-the-ten.patch" "$TMP/gone"
for each in tree export mails; do
	expect "a patch that is not there: $each" 4 'kernel-name-the-ten.patch is missing, which series names' env PART=fixes "$HERE/ci/series/$each"
done
mv "$TMP/gone" "$PATCHES/kernel-name-the-ten.patch"
tgit update-ref refs/heads/b4/x "$(tgit commit-tree -p HEAD -m x 'HEAD^{tree}')"
tgit update-ref refs/series/b4/x refs/heads/b4/x
work() { bash -c '. "$1/ci/lib/lib.sh"; has_work "$TREE"' - "$HERE"; }
expect "a branch as make b4 left it is nobody's work" 1 '' work
tgit update-ref refs/heads/b4/x "$(tgit commit-tree -p b4/x -m y 'HEAD^{tree}')"
expect 'one that b4 or somebody changed is' 0 '' work
tgit update-ref -d refs/heads/b4/x

# --- an edit of one line, in the second patch
sed -i 's/^line fifty$/line 5-0/' "$TREE/kernel/a.c"
expect 'uncommitted work: export refuses' 6 'uncommitted work' "$HERE/ci/series/export"
expect 'uncommitted work: the tree is kept' 0 'kept' "$HERE/ci/series/tree"
same 'and the work is still there' 'line 5-0' "$(sed -n 50p "$TREE/kernel/a.c")"
tgit stash -q
touch "$TREE/kernel/new.c" "$TREE/kernel/built.o"
expect 'a new file, which .gitignore hides: export refuses' 6 '\?\? kernel/new.c' "$HERE/ci/series/export"
same 'and what was built is none' 0 "$(grep -c built.o "$TMP/out")"
rm "$TREE/kernel/new.c"
tgit stash pop -q
tgit commit -qam 'fixup! kernel: name the twenty and the fifty'
expect 'a fixup that is not squashed: export refuses' 6 'not squashed' "$HERE/ci/series/export"
GIT_SEQUENCE_EDITOR=: tgit rebase -q -i --autosquash base >/dev/null 2>&1
expect 'an export that would change something' 1 'is not what the tree exports to' "$HERE/ci/series/export" --check
expect 'the edit exports' 0 '2 patches, 1 files changed' "$HERE/ci/series/export"
same 'as a change of that one patch' 1 "$(diff <(echo "$before") <(sums) | grep -c '^> .*-fifty')"
same 'and of nothing else' 1 "$(diff <(echo "$before") <(sums) | grep -c '^>')"

# --- Signed-off-by stays behind, another author does not
tgit commit -q --amend --author='A Person <person@example.invalid>' -m "$(tgit log -1 --format=%B)

Signed-off-by: A Person <person@example.invalid>"
expect 'a signed-off commit exports' 0 'left out' "$HERE/ci/series/export"
same 'without the Signed-off-by' 0 "$(grep -c '^Signed-off-by' "$PATCHES"/*-fifty.patch)"
same 'with its author' 1 "$(grep -c '^From: A Person' "$PATCHES"/*-fifty.patch)"

# --- patches/ changes, as by git pull
sed -i 's/^Subject: .*/Subject: [PATCH] kernel: another subject/' "$PATCHES"/*-ten.patch
echo 'mine' >>"$TREE/kernel/b.c"
expect 'tree and patches both changed: refuses' 6 'patches/ has changed as well' "$HERE/ci/series/tree"
same 'and the work is still there, too' mine "$(tail -n 1 "$TREE/kernel/b.c")"
expect 'as does the export' 6 'uncommitted work' "$HERE/ci/series/export"

# --- a patch that no longer applies
fixture
"$HERE/ci/series/tree" >/dev/null 2>&1
head=$(tgit rev-parse HEAD)
sed -i 's/^-line 50$/-line FIFTY/' "$PATCHES"/*-fifty.patch
expect 'a patch that does not apply is named' 5 'kernel-name-the-twenty' "$HERE/ci/series/tree"
same 'with its file' 1 "$(grep -c 'kernel/a.c' <(grep '^  | .*file' "$TMP/out"))"
same 'and its hunk' 1 "$(grep -c 'Hunk #2 FAILED' "$TMP/out")"
same 'and the tree stays as it was' "$head" "$(tgit rev-parse HEAD)"

# --- Linux with other files than the patches were made against
line() { sed -i "s/^line $1\$/$2/" "$TMP/linux/kernel/a.c"; }
fixture
line 30 'line XXX'
expect 'a change elsewhere in a touched file' 0 '^ +same +kernel-name-the-ten.patch' "$HERE/ci/series/tree"
same 'is in the tree, with the series' 'line ten line XXX' "$(sed -n '10p;30p' "$TREE/kernel/a.c" | paste -sd ' ')"
expect 'it exports as what it is' 0 'merged: make patches makes it the series for Linux 7.3.99' "$HERE/ci/series/export" --check
expect 'or as the series for that Linux' 0 '2 patches, 2 files changed' "$HERE/ci/series/export"
expect 'which then fits' 0 'exports to the bytes' "$HERE/ci/series/export" --check
fixture
sed -i '1i line 0' "$TMP/linux/kernel/a.c"
expect 'lines that have moved' 0 '^ +moved +kernel-name-the-ten.patch' "$HERE/ci/series/tree"
fixture
"$HERE/ci/series/tree" >/dev/null 2>&1
rm -rf "$TREE"
line 12 'line XII'
expect 'a change in the context is merged three-way' 0 '^ +merged +kernel-name-the-ten.patch: kernel/a.c' "$HERE/ci/series/tree"
same 'and both are there' 'line ten line XII' "$(sed -n '10p;12p' "$TREE/kernel/a.c" | paste -sd ' ')"
line 50 'line L'
rm -rf "$TREE"
expect 'a conflict is named, with file, hunk and reason' 5 \
	'^ +\| kernel/a.c hunk 2: expects "line 50", finds "line L"' "$HERE/ci/series/tree"
same 'and no tree is left' '' "$(ls "$TREE" 2>/dev/null)"
fixture
line 12 'line XII'
echo 'another line' >>"$TMP/linux/kernel/b.c"
expect 'without the base there is no three-way merge: it says so' 5 'no three-way merges' "$HERE/ci/series/tree"
same 'and patch(1) names the hunk' 1 "$(grep -c 'Hunk #1 FAILED' "$TMP/out")"

# --- wrong and missing bases
fixture
rm "$TMP/linux/kernel/a.c"
expect 'a source that lacks a file is named, with the file' 4 'does not fit: kernel/a.c is not there' "$HERE/ci/series/source"
same 'and nothing else takes its place' 0 "$(grep -c 'mirror of this machine' "$TMP/out")"
expect 'a source that is not there' 4 'no such tree or tarball' env KERNEL_SRC=/nonexistent "$HERE/ci/series/source"
expect 'one that is no Linux' 4 'no Makefile' env KERNEL_SRC="$PATCHES" "$HERE/ci/series/source"
fixture
touch "$TMP/linux/.config"
expect 'a source that was built in' 4 'make mrproper' "$HERE/ci/series/source"
fixture
tar -C "$TMP" -cJf "$TMP/linux.tar.xz" linux
expect 'a tarball is imported' 0 '2 patches on Linux 7.3.99' env KERNEL_SRC="$TMP/linux.tar.xz" "$HERE/ci/series/tree"
fixture
(cd "$TMP/linux" && git init -q && git add -Af . &&
	git -c user.name=T -c user.email=t@example.invalid commit -qm x && echo dirt >>kernel/b.c)
expect 'a git tree is taken at its HEAD' 0 'taking its HEAD' "$HERE/ci/series/tree"
same 'and the dirt stays behind' 'line 60' "$(tail -n 1 "$TREE/kernel/b.c")"
git -C "$TMP/linux" -c user.name=T -c user.email=t@example.invalid commit -qam 'another last line'
expect 'or at the commit that is named' 0 '' env KERNEL_SRC="$TMP/linux@HEAD^" "$HERE/ci/series/source"
same 'and no other' "$(git -C "$TMP/linux" rev-parse 'HEAD^^{tree}')" \
	"$(git --git-dir="$TMP/cache/protected-guest-virtio/base.git" rev-parse "$(tail -n 1 "$TMP/out")^{tree}")"
git -C "$TMP/linux" archive -o "$TMP/archive.tar" HEAD^
expect 'a tarball without a top directory' 0 '' env KERNEL_SRC="$TMP/archive.tar" "$HERE/ci/series/source"
expect 'a tree by a relative path' 0 '' env -C "$TMP" KERNEL_SRC=linux@HEAD^ "$HERE/ci/series/source"
expect 'a tarball by a relative path' 0 '' env -C "$TMP" KERNEL_SRC=archive.tar "$HERE/ci/series/source"
expect 'a place, patches and a cache by relative paths' 0 "^  $TMP/tree2: 2 patches on" \
	env -C "$TMP" XDG_CACHE_HOME=cache TREE=tree2 PATCHES=patches LOGS=logs KERNEL_SRC=archive.tar "$HERE/ci/series/tree"
same 'mails, too' "$TMP/mails/fixes/drafts" "$(cd "$TMP" && PART=fixes MAILS=mails "$HERE/ci/series/mails" --dir)"
expect 'a cache with a space in its path' 0 '' env XDG_CACHE_HOME="$TMP/a cache" KERNEL_SRC="$TMP/archive.tar" "$HERE/ci/series/source"
expect 'in which no kernel can be built, as make tree says' 2 'refuses paths with spaces' \
	env XDG_CACHE_HOME="$TMP/a cache" "$HERE/ci/series/tree"
expect 'no source at all, no network' 7 'cannot be reached' env KERNEL_SRC= "$HERE/ci/series/source"

# --- hosts that are not Debian on x86_64
fixture
PATH=$(path_without '*dpkg*') expect 'without dpkg a named source will do' 0 '2 patches on Linux 7.3.99' "$HERE/ci/series/tree"
PATH=$(path_without '*dpkg*') expect 'and Debian'\''s will not' 3 'needs apt-get and dpkg-deb' env KERNEL_SRC= "$HERE/ci/series/source"
PATH=$(path_without '*dpkg*') expect 'nothing is installed there, and nothing stops' 0 'by hand' "$HERE/ci/lib/deps"
mkdir "$TMP/aarch64"
printf '#!/bin/sh\necho aarch64\n' >"$TMP/aarch64/uname"
printf '#!/bin/sh\nexit 1\n' >"$TMP/aarch64/dpkg-query"
chmod +x "$TMP/aarch64"/*
expect 'an aarch64 host needs a compiler for x86_64' 3 'gcc-x86-64-linux-gnu' env PATH="$TMP/aarch64:$PATH" "$HERE/ci/lib/deps" --check
same 'and none for itself' 0 "$(grep -c gcc-aarch64-linux-gnu "$TMP/out")"

expect 'no UML' 0 '^skip  um: UML exists for x86 hosts only, and this one is aarch64' env PATH="$TMP/aarch64:$PATH" "$HERE/ci/cell/matrix" um um-debug
expect 'and a compiler with its prefix for x86_64' 0 "^CROSS=x86_64-linux-gnu-" env PATH="$TMP/aarch64:$PATH" "$HERE/ci/lib/arch.py" setup x86_64

# --- names of patches
fixture
"$HERE/ci/series/tree" >/dev/null 2>&1
same 'commits and files' "$(tgit log --reverse --format=%H base.. | paste - <(grep -v '^#' "$PATCHES/series"))" "$("$HERE/ci/series/names")"
sed -i '1i # Part A' "$PATCHES/series" && echo '# the end' >>"$PATCHES/series"
"$HERE/ci/series/tree" >/dev/null 2>&1
before=$(sums)
changed() { diff <(echo "$before") <(sums) | sed -n 's/^[<>] [0-9a-f]* *//p' | sort -u | paste -sd ' '; }
sed -i 's/^line 60$/line sixty/' "$TREE/kernel/b.c"
long='kernel: a subject, with punctuation in it, that has more characters than a name of a file'
tgit commit -qam "$long"
expect 'a patch more' 0 '3 patches, 2 files changed' "$HERE/ci/series/export"
same 'touches its file and the order' 'kernel-a-subject-with-punctuation-in-it-that-has-more.patch series' "$(changed)"
same 'in which comments stay' '# Part A # part fixes: a test kernel-name-the-ten.patch' "$(head -n 3 "$PATCHES/series" | paste -sd ' ')"
before=$(sums)
tgit reset -q --hard HEAD^
expect 'a patch less' 0 '2 patches, 2 files changed' "$HERE/ci/series/export"
same 'touches the same two' 'kernel-a-subject-with-punctuation-in-it-that-has-more.patch series' "$(changed)"
same 'and the last comment is the last' '# the end' "$(tail -n 1 "$PATCHES/series")"
sed -i 's/^line 60$/line sixty/' "$TREE/kernel/b.c" && tgit commit -qam "$long"
for own in mine kernel-a-subject-with-punctuation-in-it-that-has-more; do
	echo precious >"$PATCHES/$own.patch"
	expect 'a patch that the series does not name: export refuses' 6 "series does not name: .*$own.patch" "$HERE/ci/series/export"
	same 'and neither removes it nor overwrites it' precious "$(cat "$PATCHES/$own.patch")"
done
FORCE=1 expect 'unless it is told to' 0 '3 patches, 3 files changed' "$HERE/ci/series/export"
tgit reset -q --hard HEAD^
"$HERE/ci/series/export" >/dev/null 2>&1
for n in 1 2; do
	echo $n >>"$TREE/kernel/b.c" && tgit commit -qam "$long, $n"
done
expect 'two subjects with one name' 1 'name kernel-a-subject.*\.patch for two subjects: [0-9a-f]{40} [0-9a-f]{40}' "$HERE/ci/series/export"
same 'are not exported' 2 "$(find "$PATCHES" -name '*.patch' | wc -l)"

# --- another Linux: rebase
fixture
"$HERE/ci/series/tree" >/dev/null 2>&1
cp -r "$TMP/linux" "$TMP/next"
sed -i 's/^PATCHLEVEL.*/PATCHLEVEL = 4/; s/^SUBLEVEL.*/SUBLEVEL = 0/' "$TMP/next/Makefile"
sed -i 's/^line 12$/line XII/; 1i line 0' "$TMP/next/kernel/a.c"
rebase() { "$HERE/ci/series/rebase" "$@"; }
rebased() { sed -n 's/^Tree: //p' "$TMP/out"; }
head=$(tgit rev-parse HEAD)
expect 'a Linux on which it merges' 0 '^merged +kernel-name-the-ten.patch: kernel/a.c' rebase "$TMP/next"
same 'and only moves' 1 "$(grep -c '^moved  *kernel-name-the-twenty' "$TMP/out")"
same 'the options that it lacks' 1 "$(grep -cE '^  CONFIG_KUNIT	.*kunit/um.kunitconfig' "$TMP/out")"
there=$(rebased)
same 'a tree to continue in' 'Linux 7.4.0 2' "$(git -C "$there" log -1 --format=%s base) $(git -C "$there" rev-list --count base..series)"
same 'with both changes' 'line ten line XII' "$(sed -n '11p;13p' "$there/kernel/a.c" | paste -sd ' ')"
same 'and the other tree is untouched' "$head" "$(tgit rev-parse HEAD)"
TREE=$there expect 'it keeps its Linux' 0 '' "$HERE/ci/series/tree"
same 'whatever KERNEL_SRC is' 'Linux 7.4.0' "$(git -C "$there" log -1 --format=%s base)"
TREE=$there expect 'as a base-info says' 0 '^Base: Linux 7.4.0' "$HERE/ci/series/base-info"
echo mine >>"$there/kernel/b.c"
expect 'a rebase with work in it is not made again' 6 'work in it' rebase "$TMP/next"
same 'and the work is still there' mine "$(tail -n 1 "$there/kernel/b.c")"
git -C "$there" checkout -q kernel/b.c
mkdir "$TMP/repo"
cp -r "$HERE"/{ci,configs,kunit} "$TMP/repo/"
mkdir "$TMP/repo/patches" && mv "$PATCHES" "$TMP/repo/patches/v7.3"
unset PATCHES TREE
expect 'a new base in one command' 0 'patches/v7.4: 2 patches' "$TMP/repo/ci/series/rebase" --adopt v7.4 "$TMP/next"
same 'with its order, cover letter and origin' 'cover-letter.fixes kernel-name-the-ten.patch kernel-name-the-twenty-and-the-fifty.patch series  KERNEL=7.4' \
	"$(cd "$TMP/repo/patches/v7.4" && printf '%s ' *) $(grep ^KERNEL "$TMP/repo/configs/v7.4.base")"
expect 'which a second does not overwrite' 6 'patches/v7.4 exists' "$TMP/repo/ci/series/rebase" --adopt v7.4 "$TMP/next"
expect 'it is the series for that Linux' 0 '2 patches on Linux 7.4.0' env BASE=v7.4 KERNEL_SRC="$TMP/next" "$TMP/repo/ci/series/tree"
same 'with nothing to merge' 0 "$(grep -cE ' (moved|merged) ' "$TMP/out")"

fixture
"$HERE/ci/series/tree" >/dev/null 2>&1
sed -i 's/^line 10$/line X/' "$TMP/next/kernel/a.c"
expect 'a Linux with a conflict' 5 '^conflict +kernel-name-the-ten.patch' rebase "$TMP/next"
same 'it says where and what' 1 "$(grep -c '^  | kernel/a.c hunk 1: expects "line 10", finds "line X"' "$TMP/out")"
same 'and how the others do' 1 "$(grep -c '^moved  *kernel-name-the-twenty' "$TMP/out")"
there=$(sed -n 's/^Error: .*: \(.*\) is at the first one$/\1/p' "$TMP/out")
TREE=$there expect 'an unfinished one does not export' 6 'am is under way' "$HERE/ci/series/export"
sed -i '/^<<<<<<</,/^>>>>>>>/c line ten' "$there/kernel/a.c"
git -C "$there" add -u
expect 'resolved, it continues' 0 '' git -C "$there" -c user.name=T -c user.email=t@example.invalid am --continue
same 'to the end' 'line ten line twenty' "$(sed -n '11p;21p' "$there/kernel/a.c" | paste -sd ' ')"
TREE=$there expect 'and exports' 0 '2 patches, 2 files changed' "$HERE/ci/series/export"
expect 'a Linux that has a patch already' 0 '^there +kernel-name-the-ten.patch$' rebase "$there@HEAD^"
same 'and why mails on it stay drafts' 1 "$(grep -c 'others cannot name it: to send, TO= a commit' "$TMP/out")"
expect 'what is no Linux' 4 'no such tree or tarball' rebase /nonexistent
left() { (cd "$XDG_CACHE_HOME/protected-guest-virtio" && git --git-dir=base.git for-each-ref && ls -d apt/*.* debs/* 2>/dev/null); }
before=$(left)
git init -q "$TMP/none" && git -C "$TMP/none" -c user.name=T -c user.email=t@example.invalid commit -q --allow-empty -m x && git -C "$TMP/none" tag x
expect 'nor is this, though others know it' 4 'has no Makefile' rebase "$TMP/none"
[ -z "$(command -v apt-get)" ] || expect 'a suite that is not to be had' 7 'cannot be reached, or does not have nosuite' rebase debian:nosuite
same 'neither leaves anything in the cache' "$before" "$(left)"
expect 'which Linux?' 2 'TO=debian:sid' rebase

# --- somebody else's directory
fixture
mkdir -p "$TREE" && echo precious >"$TREE/file"
expect 'a directory that is not ours is left alone' 6 'not made by make tree' "$HERE/ci/series/tree"
same 'with what is in it' precious "$(cat "$TREE/file")"
mv "$TREE" "$TREE.new"
expect 'as is one beside it' 0 '2 patches on' "$HERE/ci/series/tree"
same 'with what is in that' precious "$(cat "$TREE.new/file")"
same 'and nothing else stays there' "$TREE.new" "$(echo "$TREE".*)"

# --- interrupted at any moment, the next run goes on
fixture
for t in 0.02 0.05 0.1 0.15 0.2 0.3 0.4; do
	(timeout -s KILL "$t" "$HERE/ci/series/tree" || :) >/dev/null 2>&1
done
expect 'after seven kills the next run goes on' 0 '' "$HERE/ci/series/tree"
expect 'and the tree is whole' 0 '2 patches, 0 files changed' "$HERE/ci/series/export"

# --- two at once
fixture
work=$(XDG_CACHE_HOME=$TMP/cache bash -c ". '$HERE/ci/lib/lib.sh'; echo \$WORK")
mkdir -p "$work"
(flock 9 && sleep 3) 9>"$work/lock" &
sleep 0.3
expect 'a second run at the same time is refused' 10 'another run' "$HERE/ci/series/tree"
wait

# --- the disk is full
fixture
mkdir -p "$TMP/small"
if mount -t tmpfs -o size=64m none "$TMP/small" 2>/dev/null; then
	expect 'too little space: says so before it starts' 8 'MB free' env XDG_CACHE_HOME="$TMP/small" "$HERE/ci/series/tree"
	expect 'a disk that fills up on the way' 8 'the disk is full' env XDG_CACHE_HOME="$TMP/small" \
		bash -c ". '$HERE/ci/lib/lib.sh'; step fill dd if=/dev/zero of='$TMP/small/file' bs=1M || exit 99"
	umount "$TMP/small"
else
	skip 'the disk is full' 'mounting a small file system needs root'
fi

# --- prune keeps what is somebody's
fixture
unset TREE
"$HERE/ci/series/tree" >/dev/null 2>&1
TREE=$("$HERE/ci/series/tree" --path)
echo mine >>"$TREE/kernel/b.c"
expect 'prune says that it keeps a tree with work' 0 'has work' "$HERE/ci/lib/prune"
same 'and does' mine "$(tail -n 1 "$TREE/kernel/b.c")"
tgit checkout -q kernel/b.c
touch "$TREE/kernel/new.c"
expect 'one with a new file, too' 0 'has work' "$HERE/ci/lib/prune"
rm "$TREE/kernel/new.c"
tgit branch mine "$(tgit commit-tree -p HEAD -m mine 'HEAD^{tree}')"
expect 'and one with another branch' 0 'has work' "$HERE/ci/lib/prune"
tgit branch -q -D mine
cp -r "$TMP/linux" "$TMP/another" && sed -i '1i line 0' "$TMP/another/kernel/a.c"
"$HERE/ci/series/rebase" "$TMP/another" >"$TMP/out" 2>&1
there=$(rebased)
echo mine >>"$there/kernel/b.c"
expect 'a tree of make rebase with work in it' 0 'rebase/.*has work' "$HERE/ci/lib/prune"
git -C "$there" checkout -q kernel/b.c
# (such as one of another user, or whose base is gone from the cache)
GIT_TEST_ASSUME_DIFFERENT_OWNER=1 expect 'a tree that git cannot read counts as one with work' 0 'rebase/.*has work' "$HERE/ci/lib/prune"
same 'and is there' yes "$([ -e "$there/kernel/b.c" ] && echo yes)"
GIT_TEST_ASSUME_DIFFERENT_OWNER=1 expect 'for make rebase, too' 6 'work in it' rebase "$TMP/another"
at=${there%/rebase/*}/b4/${there##*/}/fixes
git -C "$there" worktree add -q -b b4/fixes "$at" refs/series/exported && echo >>"$at/kernel/a.c"
expect 'an edit in a branch of make b4 is work in the tree' 6 'work in it' rebase "$TMP/another"
same 'and its place is named' 1 "$(grep -c "$at: has an edit" "$TMP/out")"
expect 'for prune, too' 0 'rebase/.*has work' "$HERE/ci/lib/prune"
mv "$there" "$there.away"
expect 'though the tree is gone, it stays' 6 "is of a tree that is gone" rebase "$TMP/another"
same 'with what is in it' '' "$(tail -n 1 "$at/kernel/a.c")"
mv "$there.away" "$there"
git -C "$at" checkout -q kernel/a.c && git -C "$there" worktree remove "$at" && git -C "$there" branch -q -D b4/fixes
mv "$TMP/cache/protected-guest-virtio/base.git" "$TMP/base.git"
expect 'as does one whose base is not to be found' 0 'rebase/.*has work' "$HERE/ci/lib/prune"
mv "$TMP/base.git" "$TMP/cache/protected-guest-virtio/base.git"
PATH=$(path_without git) expect 'and without git nothing is removed' 3 'missing: git' "$HERE/ci/lib/prune"
expect 'and says nothing of one without' 0 '' "$HERE/ci/lib/prune"
same 'at all' 0 "$(grep -c 'has work' "$TMP/out")"
same 'and removes the tree of make rebase' '' "$(ls "$there" 2>/dev/null)"

# --- and removes what checkouts that are gone have left, while nobody uses it
cache=$TMP/cache/protected-guest-virtio
mkdir -p "$cache"/work-{gone,used,unknown}/mails "$cache"/{ccache,roots} "$TMP/rm"
echo "$TMP/gone" | tee "$cache/work-gone/checkout" >"$cache/work-used/checkout"
# shellcheck disable=SC2016
printf '#!/bin/sh\nfor last; do :; done\ncase $last in *work-gone) flock -n "$last/lock" touch %s ;; esac\nexec %s "$@"\n' \
	"$TMP/free" "$(command -v rm)" >"$TMP/rm/rm"
chmod +x "$TMP/rm/rm"
(flock 9 && sleep 5) 9>"$cache/work-used/lock" &
PATH=$TMP/rm:$PATH expect 'a work directory in use' 0 'work-used: in use, left alone' "$HERE/ci/lib/prune"
same 'and one that names no checkout stay, others go' 'work-unknown work-used' "$(cd "$cache" && echo work-[gu]*)"
same 'while nobody else can take its lock' '' "$(ls "$TMP/free" 2>/dev/null)"
same 'and what that one may use stays' 'ccache roots' "$(cd "$cache" && echo ccache* roots*)"
wait
mkdir -p "$cache/work-gone" && echo "$TMP/gone" >"$cache/work-gone/checkout"
git -C "$TMP/none" worktree add -q "$cache/work-gone/b4/none/x" && echo >"$cache/work-gone/b4/none/x/new"
expect 'a branch of make b4, of a tree that is elsewhere' 0 'none/x: has an edit .*kept' "$HERE/ci/lib/prune"
rm "$cache/work-gone/b4/none/x/new"
expect 'without an edit' 0 '' "$HERE/ci/lib/prune"
same 'goes with what its checkout has left' '' "$(ls -d "$cache/work-gone" 2>/dev/null)"

# --- and packages of which there is a newer version
mkdir -p "$cache/debs/a_b"
(cd "$cache/debs/a_b" && touch linux-source-7.3_7.3.{4-1,10-1,4-1~bpo13+1}_all.deb linux-source-7.2_7.2.9-1_all.deb x_1_{amd64,arm64}.deb)
refs=$(git --git-dir="$cache/base.git" for-each-ref)
expect 'prune, with old packages in the cache' 0 '' "$HERE/ci/lib/prune"
same 'removes what nobody uses now' '' "$(cd "$cache" && ls -d ccache roots 2>/dev/null)"
same 'keeps the newest of each' 'linux-source-7.2_7.2.9-1_all.deb linux-source-7.3_7.3.10-1_all.deb x_1_amd64.deb x_1_arm64.deb' \
	"$(cd "$cache/debs/a_b" && echo *)"
same 'and each Linux, of which trees borrow' "$refs" "$(git --git-dir="$cache/base.git" for-each-ref)"
