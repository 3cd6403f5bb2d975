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
same 'as a change of that one patch' 1 "$(diff <(echo "$before") <(sums) | grep -c '^> .*0002-')"
same 'and of nothing else' 1 "$(diff <(echo "$before") <(sums) | grep -c '^>')"

# --- Signed-off-by stays behind, another author does not
tgit commit -q --amend --author='A Person <person@example.invalid>' -m "$(tgit log -1 --format=%B)

Signed-off-by: A Person <person@example.invalid>"
expect 'a signed-off commit exports' 0 'left out' "$HERE/ci/series/export"
same 'without the Signed-off-by' 0 "$(grep -c '^Signed-off-by' "$PATCHES"/0002-*.patch)"
same 'with its author' 1 "$(grep -c '^From: A Person' "$PATCHES"/0002-*.patch)"

# --- patches/ changes, as by git pull
sed -i 's/^Subject: .*/Subject: [PATCH] kernel: another subject/' "$PATCHES"/0001-*.patch
echo 'mine' >>"$TREE/kernel/b.c"
expect 'tree and patches both changed: refuses' 6 'patches/ has changed as well' "$HERE/ci/series/tree"
same 'and the work is still there, too' mine "$(tail -n 1 "$TREE/kernel/b.c")"
expect 'as does the export' 6 'uncommitted work' "$HERE/ci/series/export"

# --- a patch that no longer applies
fixture
"$HERE/ci/series/tree" >/dev/null 2>&1
head=$(tgit rev-parse HEAD)
sed -i 's/^-line 50$/-line FIFTY/' "$PATCHES"/0002-*.patch
expect 'a patch that does not apply is named' 5 '0002-kernel-name-the-twenty' "$HERE/ci/series/tree"
same 'with its file' 1 "$(grep -c 'kernel/a.c' <(grep '^  | .*file' "$TMP/out"))"
same 'and its hunk' 1 "$(grep -c 'Hunk #2 FAILED' "$TMP/out")"
same 'and the tree stays as it was' "$head" "$(tgit rev-parse HEAD)"

# --- wrong and missing bases
fixture
echo 'another line' >>"$TMP/linux/kernel/a.c"
expect 'a source that does not fit is named, with the file' 7 'does not fit: kernel/a.c is' "$HERE/ci/series/tree"
same 'and the next is tried' 1 "$(grep -c 'mirror of this machine cannot be reached' "$TMP/out")"
rm "$TMP/linux/kernel/a.c"
expect 'as is one that lacks a file' 7 'kernel/a.c is not there' "$HERE/ci/series/source"
expect 'a source that is not there' 4 'no such tree or tarball' env KERNEL_SRC=/nonexistent "$HERE/ci/series/source"
fixture
touch "$TMP/linux/.config"
expect 'a source that was built in' 7 'make mrproper' "$HERE/ci/series/source"
fixture
tar -C "$TMP" -cJf "$TMP/linux.tar.xz" linux
expect 'a tarball is imported' 0 '2 patches on Linux 7.3.99' env KERNEL_SRC="$TMP/linux.tar.xz" "$HERE/ci/series/tree"
fixture
(cd "$TMP/linux" && git init -q && git add -Af . &&
	git -c user.name=T -c user.email=t@example.invalid commit -qm x && echo dirt >>kernel/b.c)
expect 'a git tree is taken at its HEAD' 0 'taking its HEAD' "$HERE/ci/series/tree"
same 'and the dirt stays behind' 'line 60' "$(tail -n 1 "$TREE/kernel/b.c")"
expect 'no source at all, no network' 7 'cannot be reached' env KERNEL_SRC= "$HERE/ci/series/source"

# --- somebody else's directory
fixture
mkdir -p "$TREE" && echo precious >"$TREE/file"
expect 'a directory that is not ours is left alone' 6 'not made by make tree' "$HERE/ci/series/tree"
same 'with what is in it' precious "$(cat "$TREE/file")"

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
expect 'and says nothing of one without' 0 '' "$HERE/ci/lib/prune"
same 'at all' 0 "$(grep -c 'has work' "$TMP/out")"
