#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/bench/catch.py ARCH OBJDUMP BASE-DIR SERIES-DIR SET-UP

Compares every function of the objects below two directories: by its bytes and relocations,
or, in objects that reach into a structure which has grown (OFFSETS), by its instructions
and what they call, without operands.  Only what a row of SET-UP names for ARCH may differ.
Prints the verdict in a line; exit code 1 for a bad one.
"""
import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "lib"), str(HERE.parent / "proof")]
import functions  # noqa: E402
import table  # noqa: E402

MUST = {"drivers/virtio/virtio_ring.o", "kernel/dma/mapping.o", "kernel/dma/direct.o", "kernel/dma/swiotlb.o"}

OFFSETS = {"kernel/dma/direct.o", "kernel/dma/swiotlb.o"}     # struct io_tlb_pool


def without_operands(body: list[str]) -> list[str]:
    """An instruction's name, or type and symbol of a relocation."""
    names = []
    for line in body:
        words = line.split("\t")
        if words[0]:                    # address, bytes, instruction; a long one goes on without a name
            names += words[2].split()[:1] if len(words) > 2 else []
        else:
            names.append(re.split(r"[+-]0x|\*", " ".join(words[3:]).split(": ", 1)[-1])[0])
    return names


def may_differ(rows: list[dict], arch: str, obj: str, name: str) -> dict | None:
    return next((r for r in rows if fnmatchcase(arch, r["arch"]) and r["object"] == obj and r["function"] == name.split(".")[0]),
                None)


def judge(rows: list[dict], arch: str, base: dict[str, dict], series: dict[str, dict]) -> tuple[bool, str]:
    """Both map an object to its functions (functions.bodies)."""
    bad = [f"{o} was not built" for o in sorted(MUST) if not base.get(o) or not series.get(o)]
    same, used = 0, 0
    for obj in sorted(base.keys() | series.keys()):
        b, s = base.get(obj, {}), series.get(obj, {})
        if obj in OFFSETS:
            b, s = ({name: without_operands(body) for name, body in one.items()} for one in (b, s))
        for name in sorted(b.keys() | s.keys()):
            if b.get(name) == s.get(name):
                same += 1
            elif may_differ(rows, arch, obj, name):
                used += 1
            else:
                bad.append(f"{obj}:{name} differs")
    if bad:
        return False, "; ".join(bad)
    return True, f"{same} functions of {len(series)} objects the same, {used} that set up differ"


def read(objdump: str, top: Path) -> dict[str, dict]:
    return {str(path.relative_to(top)): functions.bodies(functions.disassemble(objdump, path)) for path in sorted(top.rglob("*.o"))}


def main(args: list[str]) -> int:
    if args[:1] in (["-h"], ["--help"]):
        print(__doc__.rstrip())
        return 0
    if len(args) != 5 or args[0].startswith("-"):
        print("Error: catch.py ARCH OBJDUMP BASE-DIR SERIES-DIR SET-UP\nNext:  ci/bench/catch.py --help", file=sys.stderr)
        return 2
    arch, objdump, base, series, set_up = args
    good, text = judge(table.load(set_up), arch, read(objdump, Path(base)), read(objdump, Path(series)))
    print(text)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
