#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/bench/symbols.py READELF VMLINUX OBJECTS [OFFSET]

Prints the map that ci/bench/plugin reads: the functions of VMLINUX that functions.tsv
names, a line "START END KIND NAME" each, in order.  NAME is part:function.  OBJECTS has
what `nm -A` says of the objects that the kernel was linked from.  The kernel runs at OFFSET
from where it was linked (s390: CONFIG_KERNEL_IMAGE_BASE).
"""
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import table  # noqa: E402

MARKER = re.compile(r"(__\w+_)?sys_sethostname")  # ci/bench/init calls it
# On powerpc calls enter behind the first instructions of a global function, which set r2.
LOCAL_ENTRY = re.compile(r"\[<localentry>: (\d+)\]")
# A compiler splits a function into pieces, which are still that function.
PIECE = re.compile(r"\.(isra|constprop|part|cold|lto_priv)(\.\d+)*")


class Symbol(NamedTuple):
    start: int
    size: int
    name: str
    file: str  # the source file's name; empty for a global one


class Mistake(Exception):
    pass


def symbols(text: str) -> list[Symbol]:
    """The functions that `readelf -sW` lists: before a local one stands its file."""
    found, file = [], ""
    for line in text.splitlines():
        entry = LOCAL_ENTRY.search(line)
        words = LOCAL_ENTRY.sub("", line).split(maxsplit=7)
        if len(words) < 7 or not words[0][:-1].isdigit():
            continue
        name = words[7].split("[<")[0].strip() if len(words) == 8 else ""
        if words[3] == "FILE":
            file = name
        elif words[3] in ("FUNC", "NOTYPE") and name and words[6] not in ("UND", "ABS"):
            skip = int(entry[1]) if entry else 0
            found.append(Symbol(int(words[1], 16) + skip, max(0, int(words[2], 0) - skip), name, file if words[4] == "LOCAL" else ""))
    # (assembly may not say how long a function is: up to the next one)
    starts = sorted({s.start for s in found})
    after = dict(zip(starts, starts[1:]))
    return [s if s.size else s._replace(size=after.get(s.start, s.start) - s.start) for s in found]


def defined(text: str) -> list[tuple[str, str, bool]]:
    """Object, function, and whether it is local, of each line of `nm -A`."""
    lines = (re.match(r"(.+?):\S* +([tTwW]) (\S+)$", line) for line in text.splitlines())
    return [(m[1], m[3], m[2] == "t") for m in lines if m]


def row_for(rows: list[dict], obj: str, name: str) -> dict | None:
    base = PIECE.sub("", name)
    return next((r for r in rows if fnmatchcase(obj, r["object"]) and fnmatchcase(base, r["function"])), None)


def chosen(rows: list[dict], found: list[Symbol], objects: list[tuple[str, str, bool]]) -> dict[int, tuple[int, str, str]]:
    """Start: end, kind and part:function, of every function that a row names."""
    by_name: dict[str, list[Symbol]] = {}
    for s in found:
        by_name.setdefault(s.name, []).append(s)
    result: dict[int, tuple[int, str, str]] = {}
    for obj, name, local in objects:
        row = row_for(rows, obj, name)
        for s in by_name.get(name, []) if row else []:
            # (local names are not unique in a kernel; the linker names their file)
            if s.size and (not local and not s.file or local and Path(s.file).stem == Path(obj).stem):
                result.setdefault(s.start, (s.start + s.size, row["kind"], f"{row['part']}:{PIECE.sub('', name)}"))
    for s in found:
        if s.size and MARKER.fullmatch(s.name):
            result[s.start] = (s.start + s.size, "m", f"marker:{s.name}")
    return result


def check(result: dict[int, tuple[int, str, str]]) -> None:
    last, before = 0, ""
    for start, (end, _, name) in sorted(result.items()):
        if start < last:
            raise Mistake(f"{name} begins inside {before}")
        last, before = end, name
    names = {name for _, _, name in result.values()}
    for must in ("ring:virtqueue_add_", "map:dma_map_phys", "driver:virtblk_done", "marker:"):
        if not any(name.startswith(must) for name in names):
            raise Mistake(f"no function {must}... in this kernel")


def main(args: list[str]) -> int:
    if args[:1] in (["-h"], ["--help"]):
        print(__doc__.rstrip())
        return 0
    if len(args) not in (3, 4) or args[0].startswith("-"):
        print("Error: symbols.py READELF VMLINUX OBJECTS\nNext:  ci/bench/symbols.py --help", file=sys.stderr)
        return 2
    rows = table.load(Path(__file__).with_name("functions.tsv"))
    listing = subprocess.run([args[0], "-sW", args[1]], check=True, capture_output=True, text=True).stdout
    result = chosen(rows, symbols(listing), defined(Path(args[2]).read_text(encoding="utf-8")))
    try:
        check(result)
    except Mistake as mistake:
        print(f"\nError: {args[1]}: {mistake}\nNext:  look into ci/bench/functions.tsv", file=sys.stderr)
        return 1
    offset = int(args[3], 0) if len(args) == 4 else 0
    for start, (end, kind, name) in sorted(result.items()):
        print(f"{start + offset:x} {end + offset:x} {kind} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
