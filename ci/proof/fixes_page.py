#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/proof/fixes_page.py [--check]

Puts the rows of ci/proof/fixes.tsv into the tables of MAINTAINERS-notes/full-pool.md, or
says with exit code 1 that they are not there.  ci/proof/fixes has every row shown.
"""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE, PAGE = ROOT / "ci/proof/fixes.tsv", ROOT / "MAINTAINERS-notes/full-pool.md"
POOL = "full pool: "
WORDS = {
    "again": "tried again", "hangs": "hangs", "works": "works again afterwards", "works, ENODATA": "dead afterwards",
    "works, works": "works again afterwards", "not affected": "not affected", "ENODATA": "dead afterwards",
    "WARNING, did not wait, works": "lost, with a WARNING", "waited, works": "tried again",
}


def rows() -> list[list[str]]:
    return [line.split("\t") for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]


def outcome(text: str) -> str:
    """In words: "fails EIO, dead" is "lost (EIO), dead afterwards"."""
    if text in WORDS:
        return WORDS[text]
    words = text.split(", ")
    if words[0].startswith("fails "):
        return f"lost ({words[0][6:]})" + (", dead afterwards" if "dead" in words[1:] else "")
    return text


def tables() -> dict[str, str]:
    of: dict[str, dict[str, tuple[str, str]]] = {}
    for arch, fault, _, _, _, _, _, base, fixes in rows():
        of.setdefault(fault, {})[arch] = (base, fixes)
    pool, other = ([f"| {what} | base | with patches/fixes | s390: base | with patches/fixes |", "|---|---|---|---|---|"]
                   for what in ("driver", "fault"))
    for fault, by in of.items():
        words = [outcome(text) if fault.startswith(POOL) else text for arch in ("x86_64", "s390") for text in by.get(arch, ("-", "-"))]
        (pool if fault.startswith(POOL) else other).append(f"| {fault.removeprefix(POOL)} | {' | '.join(words)} |")
    return {"pool": "\n".join(pool), "faults": "\n".join(other)}


def filled(page: str) -> str:
    for name, table in tables().items():
        begin, end = f"<!-- {name}: ci/proof/fixes_page.py -->\n", f"<!-- end of {name} -->"
        before, rest = page.split(begin)
        page = before + begin + table + "\n" + end + rest.split(end, 1)[1]
    return page


def main(args: list[str]) -> int:
    if args in (["-h"], ["--help"]):
        print(__doc__.rstrip())
        return 0
    if args not in ([], ["--check"]):
        print("Error: ci/proof/fixes_page.py [--check]\nNext:  ci/proof/fixes_page.py --help", file=sys.stderr)
        return 2
    page = PAGE.read_text(encoding="utf-8")
    if args and filled(page) != page:
        print(f"Error: {PAGE} does not have the rows of {TABLE}\nNext:  ci/proof/fixes_page.py", file=sys.stderr)
        return 1
    if not args:
        PAGE.write_text(filled(page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
