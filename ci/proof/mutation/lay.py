#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/proof/mutation/lay.py TREE [DIRECTORY]

Lists the mutants of what the series changes in TREE: number, architecture, file,
function, what is done, note.  With DIRECTORY, also writes there what differs from TREE
in a kernel with all of them.
"""
import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from mutation import rows as table  # noqa: E402
from mutation.blocks import MutantError  # noqa: E402
from mutation.write import Mutant, mutate  # noqa: E402

CHANGED = "*.[ch]", ":!*/tests/*", ":!tools/", ":!include/uapi/"


def added_lines(diff: str) -> dict[str, set[int]]:
    """Of each changed file, from git diff -U0."""
    added: dict[str, set[int]] = defaultdict(set)
    file = ""
    for line in diff.splitlines():
        if line.startswith("diff --git "):
            file = ""
        elif not file and line.startswith("+++ b/"):
            file = line.removeprefix("+++ b/")
        elif hunk := re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line):
            start, count = int(hunk[1]), int(hunk[2] or 1)
            added[file].update(range(start, start + count))
    return added


def series_diff(tree: Path) -> str:
    command = ["git", "-C", str(tree), "-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false",
               "-c", "diff.algorithm=myers", "diff", "--no-ext-diff", "--no-color", "-U0", "base", "--", *CHANGED]
    env = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    return subprocess.run(command, env=env, capture_output=True, check=True).stdout.decode("latin-1")


def mutated(tree: Path, rows: list[table.Row], added: dict[str, set[int]]) -> dict[str, tuple[str, list[Mutant]]]:
    """Each file with mutants, and these.  A thousand numbers a file: a mutant more in one
    compiles no other anew."""
    found: dict[str, tuple[str, list[Mutant]]] = {}
    for file in sorted({*added, *(r.file for r in rows)}):
        path = tree / file
        if not path.exists():
            raise MutantError(f"{file} is not in {tree}, but has rows in ci/proof/mutants.tsv")
        text, mutants = mutate(file, path.read_text("latin-1"), rows, added.get(file, set()), 1000 * len(found))
        if mutants:
            found[file] = text, mutants
    return found


def main(args: list[str]) -> int:
    if args[:1] in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    if not 1 <= len(args) <= 2 or args[0].startswith("-"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    tree = Path(args[0])
    try:
        rows = table.load(HERE.parent / "mutants.tsv")
        files = mutated(tree, rows, added_lines(series_diff(tree)))
    except MutantError as e:
        print(f"\nError: {e}\nNext:  edit ci/proof/mutants.tsv, whose head says what its rows mean", file=sys.stderr)
        return 1
    for _, mutants in files.values():
        for mutant in mutants:
            print(*mutant, sep="\t")
    if len(args) == 2:
        makefile = (tree / "kernel/Makefile").read_text("latin-1")
        new = {file: text for file, (text, _) in files.items()}
        new["kernel/Makefile"] = makefile + "obj-y += mutant.o\n"
        new["kernel/mutant.c"] = (HERE / "mutant.c").read_text()
        new["include/linux/mutant.h"] = (HERE / "mutant.h").read_text()
        for file, text in new.items():
            path = Path(args[1], file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "latin-1")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
