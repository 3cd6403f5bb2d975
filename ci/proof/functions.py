#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/proof/functions.py same OBJDUMP BASE.o SERIES.o MAY-DIFFER MUST-MATCH...
       ci/proof/functions.py length OBJDUMP BASE-DIR SERIES-DIR MUST-EXIST...

Compares functions of objects, base against series, as objdump -dr prints them.

same: their bytes and relocations.  Only the functions that the file MAY-DIFFER
names may differ, and some function whose name starts with MUST-MATCH has to match.
length: their instructions.  No function may get longer, appear or vanish, in any
object below the two directories.

Prints the verdict in one line; exit code 1 for a bad one.
"""
import re
import subprocess
import sys
from pathlib import Path

HEAD = re.compile(r"[0-9a-f]+ <(.*)>:$")
INSTRUCTION = re.compile(r" +[0-9a-f]+:")
PADDING = re.compile(r"\t(nop|ori +r2,r2,0)$")


def bodies(text: str) -> dict[str, list[str]]:
    """The lines of each function in a .text section of `objdump -dr`."""
    found: dict[str, list[str]] = {}
    section, body = "", None
    for line in text.splitlines():
        if line.startswith("Disassembly of section "):
            section, body = line.split()[3], None
        elif head := HEAD.match(line):
            # (-0x: padding before a function)
            keep = section.startswith(".text") and "-0x" not in head[1]
            body = found.setdefault(head[1], []) if keep else None
        elif body is not None and line.strip():
            # The relocation says what is called; names of labels come and go.
            line = re.sub(r"<[^>]*>", "", line, count=1)
            body.append(re.sub(r"__UNIQUE_ID_\w*", "label", line))
    return found


def lengths(text: str) -> dict[str, int]:
    """The number of instructions of each function, without those that align."""
    found: dict[str, int] = {}
    name = ""
    for line in text.splitlines():
        if head := HEAD.match(line):
            name = head[1]
            found.setdefault(name, 0)
        elif INSTRUCTION.match(line) and not PADDING.search(line):
            found[name] += 1
    return found


def judge_same(base: dict, series: dict, may_differ: set[str], must_match: list[str]) -> tuple[bool, str]:
    same = {name for name in base if series.get(name) == base[name]}
    bad = sorted((base.keys() | series.keys()) - same - may_differ)
    bad += [must for must in must_match if not any(name.startswith(must) for name in same)]
    if bad:
        return False, "these differ: " + " ".join(bad)
    if len(same) <= 50:
        return False, f"only {len(same)} functions were compared"
    return True, f"{len(same)} functions the same, {len(series) - len(same)} that set up a queue differ"


def judge_length(base: dict, series: dict, must_exist: list[str]) -> tuple[bool, str]:
    """Both map (object, function) to a number of instructions."""
    objects = {name for name, _ in base}
    bad = [f"{o}:{f} is new" for o, f in sorted(series.keys() - base.keys())]
    bad += [f"{o}:{f} is gone" for o, f in sorted(base.keys() - series.keys())]
    more = {key: series[key] - base[key] for key in sorted(base.keys() & series.keys())}
    bad += [f"{o}:{f} has {n} more" for (o, f), n in more.items() if n > 0]
    bad += [f"{must} was not built" for must in must_exist if must not in objects]
    if bad:
        return False, "; ".join(bad)
    shorter = "".join(f" {f} {n}" for (_, f), n in more.items() if n < 0)
    same = sum(n == 0 for n in more.values())
    return True, f"{len(objects)} objects, {same} functions of the same length" + (f", shorter:{shorter}" if shorter else "")


def disassemble(objdump: str, path: Path) -> str:
    return subprocess.run([objdump, "-dr", path], check=True, capture_output=True, text=True).stdout


def all_lengths(objdump: str, top: Path) -> dict[tuple[str, str], int]:
    return {(str(path.relative_to(top)), name): n for path in sorted(top.rglob("*.o"))
            for name, n in lengths(disassemble(objdump, path)).items()}


def main(args: list[str]) -> int:
    if args[:1] in (["-h"], ["--help"]):
        print(__doc__.rstrip())
        return 0
    if len(args) < 4 or args[0] not in ("same", "length"):
        print("Error: functions.py same|length OBJDUMP BASE SERIES ...\nNext:  ci/proof/functions.py --help", file=sys.stderr)
        return 2
    how, objdump, base, series, *rest = args
    if how == "same":
        may_differ = {line for line in Path(rest[0]).read_text().splitlines() if not line.startswith("#")}
        good, text = judge_same(bodies(disassemble(objdump, Path(base))), bodies(disassemble(objdump, Path(series))),
                                may_differ, rest[1:])
    else:
        good, text = judge_length(all_lengths(objdump, Path(base)), all_lengths(objdump, Path(series)), rest)
    print(text)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
