#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/bench/size.py ARCH BUILT OUT KIND...

Judges what ci/bench/size has left in BUILT: size-KINDbase, map-KINDbase, the same of the
series, and bloat-KIND; and modules-base, modules-series.  Prints a table, writes JSON to OUT; exit code 1 if the data path
grows by a byte, or the whole by more than LIMITS.
"""
import json
import os
import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path

LIMITS = {"lab-": 1024, "bare-": 256, "nosvm-": 256}
ROW = re.compile(r"(\S+) +(\d+|-) +(\d+|-) +([+-]\d+)$")


def sections(text: str) -> dict[str, int]:
    """Of `size -A`: what takes room in memory."""
    rows = (re.match(r"(\S+) +(\d+) +(\d+)$", line) for line in text.splitlines())
    return {m[1]: int(m[2]) for m in rows if m and int(m[3]) and m[1] != "Total"}


def modules(text: str) -> dict[str, int]:
    """Of `size -A` of several objects: bytes of each module, without what is not loaded."""
    found, name = {}, ""
    for line in text.splitlines():
        if m := re.match(r"(\S+)\.o +:$", line):
            name = m[1].rsplit("/", 1)[-1]
            found[name] = 0
        elif (m := re.match(r"(\S+) +(\d+) +\d+$", line)) and not re.match(r"Total|\.comment|\.note|\.discard", m[1]):
            found[name] += int(m[2])
    return found


def bloat(text: str) -> dict[str, int]:
    """Bytes by which each function or object grew."""
    return {m[1]: int(m[4]) for m in map(ROW.match, text.splitlines()) if m and m[1] != "Function"}


def named(text: str) -> dict[str, int]:
    """Bytes of each function of a map of ci/bench/symbols.py, pieces together."""
    found: dict[str, int] = {}
    for line in text.splitlines():
        start, end, kind, name = line.split()
        if kind != "m":
            found[name] = found.get(name, 0) + int(end, 16) - int(start, 16)
    return found


def may_grow(text: str, arch: str) -> list[str]:
    """The patterns of size.set-up for this architecture."""
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return [r[0] for r in rows if len(r) < 3 or r[2] == arch]


def judge(kind: str, base: dict, series: dict, grown: dict, before: dict, after: dict, set_up: list[str]) -> tuple[dict, list[str]]:
    more = {n: after.get(n, 0) - before.get(n, 0) for n in sorted(before.keys() | after.keys())}
    path = {n: b for n, b in more.items() if b and not any(fnmatchcase(n, p) for p in set_up)}
    by_section = {s: series.get(s, 0) - base.get(s, 0) for s in sorted(base.keys() | series.keys())}
    figures = {"sections": {s: b for s, b in by_section.items() if b}, "symbols": grown, "sum": sum(grown.values()),
               "data_path": sum(path.values()), "set_up": sum(b for n, b in more.items() if n not in path)}
    bad = [f"{n} is {b:+d} bytes" for n, b in path.items() if b > 0]
    if figures["sum"] > LIMITS[kind]:
        figures["beyond"] = LIMITS[kind]
    return figures, bad


def main(args: list[str]) -> int:
    if args[:1] in (["-h"], ["--help"]):
        print(__doc__.rstrip())
        return 0
    if len(args) < 4 or args[0].startswith("-"):
        print("Error: size.py ARCH BUILT OUT KIND...\nNext:  ci/bench/size.py --help", file=sys.stderr)
        return 2
    arch, built = args[0], Path(args[1])
    set_up = may_grow(Path(__file__).with_name("size.set-up").read_text(), arch)
    figures, bad, beyond = {}, [], []     # (what is beyond a limit is red, but a figure all the same)
    print("vmlinux, bytes more: by symbol, of them in the data path, by section")
    for kind in args[3:]:
        read = [(built / f"{what}-{kind}{which}").read_text() for what in ("size", "map") for which in ("base", "series")]
        f, wrong = judge(kind, *map(sections, read[:2]), bloat((built / f"bloat-{kind}").read_text()),
                         *map(named, read[2:]), set_up)
        figures[kind.rstrip("-")] = f
        print(f"{arch:8} {kind.rstrip('-'):10} {f['sum']:+6d} {f['data_path']:+6d}   {f['sections']}")
        bad += [f"{arch} {kind}: {w}" for w in wrong]
        if "beyond" in f:
            beyond.append(f"{arch} {kind}: {f['sum']} bytes more in all, beyond {f['beyond']}")
    before, after = (modules((built / f"modules-{which}").read_text()) for which in ("base", "series"))
    grown = {n: after[n] - before.get(n, 0) for n in sorted(after) if after[n] != before.get(n, 0)}
    figures["modules"] = {"symbols": grown, "sum": sum(grown.values())}
    print(f"{arch:8} {'modules':10} {sum(grown.values()):+6d}          {grown}")
    for b in bad + beyond:
        print(f"FAIL  {b}")
    Path(args[2]).write_text(json.dumps({"figure": "size", "arch": arch, "series": os.environ.get("SERIES_ID", ""), "pass": not bad,
                                         "command": f"make bench ARCH={arch} FIGURE=size", "figures": figures}, indent=1) + "\n")
    return 1 if bad + beyond else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
