#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/series/parts.py list | patches PART... | needs PART | check | merge OLD

The parts of the series, each a posting of its own.  In patches/BASE/series a comment
begins a part or continues one, up to the next such comment:

    # part NAME: TITLE (needs OTHER OTHER) (taken: BY WHOM)

Who needs a part that was taken need not wait for it.

  list      NAME, number of patches, needs, TITLE: a line a part, in order
  patches   the patches of these parts, in the order of the series; a part may be absent
  needs     the patches that PART needs of other parts, theirs included, in that order
  merge     the series OLD, a file, with the patches that are read: comments stay where they are
  check     the rules: each patch in a part, ten at most, what a part needs is there
"""
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

MOST = 10
LINE = re.compile(r"# part ([A-Za-z0-9-]+)(?:: *(.*?))?(?: *\(needs ([^)]*)\))?(?: *\(taken: ([^)]*)\))? *$")


class Part(NamedTuple):
    name: str
    title: str
    needs: list[str]
    patches: list[str]
    taken: str = ""  # by whom, where nobody need send it any more


class PartError(Exception):
    """What is wrong with the parts, in a sentence."""


def parse(text: str) -> dict[str, Part]:
    """The parts by name, in order.  A patch before the first comment is in no part."""
    parts: dict[str, Part] = {}
    now = None
    for line in text.splitlines():
        if line.startswith("# part "):
            m = LINE.match(line)
            if not m:
                raise PartError(f'"{line}" is not "# part NAME: TITLE (needs OTHER) (taken: BY WHOM)"')
            now = parts.setdefault(m[1], Part(m[1], m[2] or "", [], []))
            if m[2] and not now.title:
                now = parts[m[1]] = now._replace(title=m[2])
            if m[4]:
                now = parts[m[1]] = now._replace(taken=m[4])
            now.needs.extend(n for n in (m[3] or "").replace(",", " ").split() if n not in now.needs)
        elif patch := re.sub(r"\s*#.*", "", line).strip():
            if now:
                now.patches.append(patch.split()[0])
    return parts


def in_series(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines() if line.strip() and not line.startswith("#")]


def needed(parts: dict[str, Part], name: str) -> list[str]:
    """The names of the parts that NAME needs, theirs included."""
    found: list[str] = []
    todo = list(parts[name].needs)
    while todo:
        if (other := todo.pop(0)) not in found and other in parts:
            found.append(other)
            todo += parts[other].needs
    return [n for n in parts if n in found]


def merged(old: str, names: list[str]) -> str:
    """The series with these patches.  A comment stays before its patch; where that is gone,
    before the new one in its place, else before the next one that is there."""
    own: dict[str, tuple[list[str], str]] = {}
    pending: list[str] = []
    for line in old.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            own[line.split()[0]] = pending, line
            pending = []
        else:
            pending.append(line)
    order, there = list(own), set(names)
    place = {name: n for n, name in enumerate(order) if name in there}
    renamed = {}
    for before, name in zip([None, *names], names):
        n = 0 if before is None else place.get(before, len(order)) + 1
        if name not in place and n < len(order) and order[n] not in there:
            place[name], renamed[order[n]] = n, name
    comments: dict[str, list[str]] = {}
    carried: list[str] = []
    for name in order:
        carried = carried + own[name][0]
        if (now := renamed.get(name, name)) in there:
            comments[now], carried = carried, []
    lines = [line for n in names for line in (*comments.get(n, []), own[n][1] if n in own else n)]
    return "\n".join(lines + carried + pending) + "\n"


def check(text: str) -> list[str]:
    """What is wrong, a line each."""
    parts = parse(text)
    own = {patch for p in parts.values() for patch in p.patches}
    bad = [f"{patch} is in no part" for patch in in_series(text) if patch not in own]
    for p in parts.values():
        if len(p.patches) > MOST:
            bad.append(f"part {p.name} has {len(p.patches)} patches: a posting has at most {MOST}")
        for other in p.needs:
            if other not in parts:
                bad.append(f"part {p.name} needs {other}, which is no part")
        if p.name in needed(parts, p.name):
            bad.append(f"part {p.name} needs itself")
    return bad


def main(args: list[str]) -> int:
    if args in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    if not args or args[0] not in ("list", "patches", "needs", "check", "merge") or \
            (args[0] in ("needs", "merge") and len(args) != 2):
        print("\nError: parts.py: unknown option or missing argument\nNext:  ci/series/parts.py --help", file=sys.stderr)
        return 2
    if args[0] == "merge":
        sys.stdout.write(merged(Path(args[1]).read_text(encoding="utf-8"), sys.stdin.read().split()))
        return 0
    if "PATCHES" not in os.environ:  # started by hand: lib.sh knows where things are
        here = Path(__file__).resolve()
        return subprocess.run(["bash", "-c", f'. "{here.parents[1]}/lib/lib.sh"; exec "{here}" "$@"', "-", *args], check=False).returncode
    text = Path(os.environ["PATCHES"], "series").read_text(encoding="utf-8")
    try:
        parts = parse(text)
        if args[0] == "list":
            for p in parts.values():
                print(p.name, len(p.patches), " ".join(p.needs), p.title, sep="\t")
        elif args[0] == "check":
            bad = check(text)
            print(*bad, sep="\n", end="\n" * bool(bad))
            return 1 if bad else 0
        else:
            if args[0] == "needs" and args[1] not in parts:
                raise PartError(f"no part {args[1]}: there are {', '.join(parts) or 'none'}")
            mine = needed(parts, args[1]) if args[0] == "needs" else args[1:]
            wanted = {patch for n in mine if n in parts for patch in parts[n].patches}
            print(*(patch for patch in in_series(text) if patch in wanted), sep="\n", end="\n" * bool(wanted))
    except PartError as why:
        print(why, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
