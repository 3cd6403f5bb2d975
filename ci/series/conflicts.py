#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/series/conflicts.py TREE PATCH

Prints a line for each file and hunk of PATCH that conflicts with the HEAD of TREE, a
git repository with the blobs that PATCH was made against: "FILE hunk N: what".
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple


class Hunk(NamedTuple):
    start: int        # the first line, from 1
    old: list[str]    # context and removed lines
    new: list[str]    # context and added lines


class File(NamedTuple):
    path: str
    blob: str         # before the patch; zeros: the patch creates it
    hunks: list[Hunk]


def parse(patch: str) -> list[File]:
    """The files and hunks of a patch as git format-patch writes it."""
    files: list[File] = []
    left = 0          # lines of the hunk still to come, old and new
    for line in patch.splitlines(keepends=True):
        if left > 0:
            hunk = files[-1].hunks[-1]
            for side, marks in (hunk.old, ' -'), (hunk.new, ' +'):
                if line[0] in marks:
                    side.append(line[1:])
                    left -= 1
        elif m := re.match(r'diff --git a/(\S+) ', line):
            files.append(File(m[1], '', []))
        elif files and (m := re.match(r'index (\w+)\.\.', line)):
            files[-1] = files[-1]._replace(blob=m[1])
        elif files and (m := re.match(r'@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@', line)):
            files[-1].hunks.append(Hunk(int(m[1]), [], []))
            left = int(m[2] or 1) + int(m[3] or 1)
    return files


def patched(base: list[str], hunk: Hunk) -> list[str] | None:
    """The file with one hunk applied, or None if it was not made against this file."""
    at = hunk.start - 1 if hunk.old else hunk.start
    if base[at:at + len(hunk.old)] != hunk.old:
        return None
    return base[:at] + hunk.new + base[at + len(hunk.old):]


def merge(ours: list[str], base: list[str], theirs: list[str]) -> str:
    """What git merge-file makes of the three, conflicts with the base between |||| and ====."""
    with tempfile.TemporaryDirectory() as tmp:
        paths = []
        for name, lines in ('ours', ours), ('base', base), ('theirs', theirs):
            paths.append(Path(tmp, name))
            paths[-1].write_text(''.join(lines), errors='surrogateescape')
        return subprocess.run(['git', 'merge-file', '-p', '--diff3', '-q', *paths],
                              capture_output=True, text=True, errors='surrogateescape', check=False).stdout


def difference(merged: str) -> str | None:
    """The first line that the patch expects and that is another in a merge with conflicts."""
    m = re.search(r'^<{7} .*?\n(.*?)^\|{7} .*?\n(.*?)^={7}\n', merged, re.M | re.S)
    if not m:
        return None
    ours, base = (side.splitlines() for side in m.groups())
    for i, line in enumerate(base):
        if i >= len(ours) or ours[i] != line:
            there = f'"{ours[i].strip()}"' if i < len(ours) else 'nothing'
            return f'expects "{line.strip()}", finds {there}'
    return f'finds "{ours[len(base)].strip()}" where it adds lines' if len(ours) > len(base) else 'adds what is there already'


def judge(file: File, base: list[str] | None, ours: list[str] | None) -> list[str]:
    """What conflicts in one file: BASE is what the patch was made against, OURS what is there."""
    if not file.blob.strip('0'):
        return [] if ours is None else [f'{file.path}: the patch creates it, and it exists']
    if ours is None:
        return [f'{file.path}: not in that Linux']
    if base is None or ours == base:
        return []
    found = []
    for n, hunk in enumerate(file.hunks, 1):
        theirs = patched(base, hunk)
        what = difference(merge(ours, base, theirs)) if theirs else None
        if what:
            found.append(f'{file.path} hunk {n}: {what}')
    return found


def main() -> int:
    if sys.argv[1:] in (["--help"], ["-h"]):
        print(__doc__.strip())
        return 0
    if len(sys.argv) != 3 or sys.argv[1].startswith("-"):
        print(f"\nError: conflicts.py: unknown option or missing argument\nNext:  {sys.argv[0]} --help", file=sys.stderr)
        return 2
    tree, patch = sys.argv[1:]

    def blob(name: str) -> list[str] | None:
        got = subprocess.run(['git', '-C', tree, 'cat-file', 'blob', name], capture_output=True, text=True,
                             errors='surrogateescape', check=False)
        return None if got.returncode else got.stdout.splitlines(keepends=True)

    for file in parse(Path(patch).read_text(errors='surrogateescape')):
        for line in judge(file, blob(file.blob), blob(f'HEAD:{file.path}')):
            print(line)
    return 0


if __name__ == '__main__':
    sys.exit(main())
