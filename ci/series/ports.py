#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/series/ports.py old ROOT FIRST PATCHES OUT
       ci/series/ports.py port TREE FIRST PATCHES
       ci/series/ports.py behind PATCHES-OF-ALL FIRST-BASE
       ci/series/ports.py table PATCHES-OF-ALL FIRST-BASE

The parts of ci/series/port that read and decide.  PATCHES/ports.tsv has a row a patch of the
first base: patch, state (same, adapted, left out), the git blob of that patch, why.

old     writes the patches as they were when they were ported, and their series, to OUT, if
        one that is in the port has changed since
port    makes the port's commits, up to a conflict (exit code 5), and ports.tsv
behind  names the patches that have changed since they were ported, base by base
table   every patch on every base, in Markdown
"""
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

HEAD = "# Which patch of the first base is here, from which state of it (a git blob), and why not as it is there."
LEFT_OUT = "left out"


class Row(NamedTuple):
    patch: str
    state: str
    blob: str
    why: str = ""


def read(patches: Path) -> dict[str, Row]:
    """The rows of ports.tsv, by patch, in order."""
    file = patches / "ports.tsv"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return {r.patch: r for r in (Row(*line.split("\t")) for line in lines if line and line[0] != "#")}


def write(patches: Path, rows: list[Row]) -> None:
    (patches / "ports.tsv").write_text("\n".join([HEAD, *("\t".join(r).rstrip("\t") for r in rows)]) + "\n", encoding="utf-8")


def series(patches: Path) -> list[str]:
    text = (patches / "series").read_text(encoding="utf-8") if (patches / "series").exists() else ""
    return [line.split()[0] for line in text.splitlines() if line.strip() and line[0] != "#"]


def blob(file: Path, *keep: str) -> str:
    """Its id; with "-w" git keeps it, so that a later port can merge from it, committed or not."""
    return subprocess.run(["git", "hash-object", *keep, "--no-filters", str(file)], capture_output=True, text=True, check=True).stdout.strip()


def behind(rows: dict[str, Row], first: Path) -> list[str]:
    """The patches that are not as they were when they were ported, new, or gone."""
    names = series(first)
    return [n for n in names if n not in rows or rows[n].blob != blob(first / n)] + [n for n in rows if n not in names]


def write_old(root: str, first: Path, patches: Path, out: Path) -> None:
    rows = read(patches)
    changed = behind(rows, first)
    if all(rows[n].state == LEFT_OUT for n in changed if n in rows):
        return
    out.mkdir(parents=True)
    for row in rows.values():
        text = subprocess.run(["git", "-C", root, "cat-file", "blob", row.blob], capture_output=True, check=False)
        if text.returncode:
            raise RuntimeError(f"{row.patch} was ported from {row.blob[:12]}, which git does not have (git fetch --unshallow?)")
        (out / row.patch).write_bytes(text.stdout)
    (out / "series").write_text("".join(f"{name}\n" for name in rows))


OFTEN = 3   # a reason that stands in as many cells is said once, below the table


def table(everything: Path, first: str) -> str:
    bases = sorted((p.parent for p in everything.glob("*/ports.tsv")), key=lambda p: [-int(n) for n in p.name[1:].split(".")])
    rows = {b.name: read(b) for b in bases}
    names = series(everything / first)
    said = Counter(r.why for b in rows for n in names if (r := rows[b].get(n)) and r.why)
    notes = {why: f"({n})" for n, why in enumerate((w for w, times in said.items() if times >= OFTEN), 1)}
    text = [f"| patch of {first} | " + " | ".join(rows) + " |", "|---" * (len(rows) + 1) + "|"]
    for name in names:
        cells = ["not yet" if not (r := rows[b].get(name)) else r.state if not r.why
                 else f"{r.state} {notes[r.why]}" if r.why in notes else f"{r.state}: {r.why}" for b in rows]
        text.append(f"| {name.removesuffix('.patch')} | " + " | ".join(cells) + " |")
    return "\n".join(text + [f"\n{note} {why}" for why, note in notes.items()])


def main(args: list[str]) -> int:
    match args:
        case ["-h" | "--help"]:
            print((__doc__ or "").strip())
        case ["old", root, first, patches, out]:
            write_old(root, Path(first), Path(patches), Path(out))
        case ["port", tree, first, patches]:
            import porting
            return porting.port(porting.Tree(tree), Path(first), Path(patches))
        case ["behind", everything, first]:
            for file in sorted(Path(everything).glob("*/ports.tsv")):
                for name in behind(read(file.parent), Path(everything, first)):
                    print(file.parent.name, name, sep="\t")
        case ["table", everything, first]:
            print(table(Path(everything), first))
        case _:
            print("\nError: ports.py: unknown option or missing argument\nNext:  ci/series/ports.py --help", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except RuntimeError as wrong:
        print(f"\nError: {wrong}\nNext:  ci/series/port --help", file=sys.stderr)
        sys.exit(1)
