#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/proof/coverage.py counts BUILD CONSOLE OUT
       ci/proof/coverage.py judge ARCH SRC REASONS DIFF GCOV TABLES

The parts of ci/proof/coverage that read and decide:

counts: writes the .gcda files below BUILD that coverage.c prints on the CONSOLE to OUT/1,
and those of each further boot to OUT/2 and so on, for gcov-tool merge.
judge: of the lines that DIFF (git diff -U0) adds, which were run, by what gcov -b -c -t
prints?  Prints the table of ci/proof/coverage.  Exit code 1 for a line that was not run,
or not all of its branches, without a reason; for a reason without such a line; and for
"run on ARCH" where the table coverage-ARCH in TABLES, which has to be fresh, says no.
"""
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))


class Miss(NamedTuple):
    file: str
    function: str
    what: str  # "not run", or "N of M branches": not taken
    text: str


@dataclass
class Line:
    function: str
    text: str
    runs: int = 0
    branches: dict[str, int] = field(default_factory=dict)  # number: how often taken


Key = tuple[str, int]  # file and line


def counts(console: str, build: str) -> tuple[list[dict[str, bytes]], bool]:
    """The .gcda files of each boot by their names below BUILD, and whether the last has the
    mark of their end."""
    boots: list[dict[str, bytearray]] = []
    path, end = "", True
    for line in console.splitlines():
        line = re.sub(r"^\[ *[\d.]+\](\[[^]]*\])? ", "", line.rstrip("\r"))
        if match := re.fullmatch(r"gcda file (.*\.gcda)", line):
            if end:
                boots.append({})
            path, end = match[1].removeprefix(build + "/"), False
            if path != match[1]:
                boots[-1][path] = bytearray()
        elif path in (boots or [{}])[-1] and (match := re.fullmatch(r"gcda ([0-9a-f]+)", line)):
            boots[-1][path] += bytes.fromhex(match[1])
        elif line.startswith("gcda end"):
            end = True
    return [{name: bytes(data) for name, data in files.items()} for files in boots], end


def added(diff: str) -> set[Key]:
    found, file, line = set(), "", 0
    for text in diff.splitlines():
        if text.startswith("+++ "):
            file = text.split()[1].removeprefix("b/")
        elif match := re.match(r"@@ \S+ \+(\d+)", text):
            line = int(match[1])
        elif text.startswith("+"):
            found.add((file, line))
            line += 1
    return found


def read_gcov(text: str, src: str, wanted: set[Key]) -> dict[Key, Line]:
    """The wanted lines that gcov knows, in its order; a header's come once for each object
    that includes it, and count together."""
    found: dict[Key, Line] = {}
    function, file, line = "", "", None
    for row in text.splitlines():
        if row.startswith("function "):
            function = row.split()[1]
        elif row.startswith("branch "):
            if line:
                _, number, how, *n = row.split()
                line.branches.setdefault(number, 0)
                line.branches[number] += int(n[0]) if how == "taken" else 0
        elif match := re.match(r" *([^:]*): *(\d+):(.*)", row):
            runs, number, source = match[1].strip(), int(match[2]), match[3]
            line = None
            if not number and source.startswith("Source:"):
                file = source.removeprefix("Source:").removeprefix(src)
            if number and runs != "-" and (file, number) in wanted:
                line = found.setdefault((file, number), Line(function, source.strip()))
                line.runs += int(re.match(r"\d*", runs)[0] or 0)
    return found


def miss(key: Key, line: Line) -> Miss | None:
    taken = sum(n > 0 for n in line.branches.values())
    if line.runs and taken == len(line.branches):
        return None
    what = f"{len(line.branches) - taken} of {len(line.branches)} branches" if line.runs else "not run"
    return Miss(key[0], line.function, what, line.text)


def reasons(text: str, arch: str) -> dict[Miss, str]:
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {Miss(*row[1:5]): row[5] for row in rows if arch in row[0].split(",")}


def totals(lines: dict[Key, Line]) -> dict[tuple[str, str], list[int]]:
    """By function and file: lines added, run, branches, taken."""
    found: dict[tuple[str, str], list[int]] = {}
    for (file, _), line in lines.items():
        n = found.setdefault((line.function, file), [0, 0, 0, 0])
        for i, more in enumerate((1, line.runs > 0, len(line.branches), sum(b > 0 for b in line.branches.values()))):
            n[i] += more
    return found


def judge(misses: list[Miss], why: dict[Miss, str]) -> list[str]:
    """What is wrong: lines without a reason, and reasons without a line."""
    wrong = [f"no reason: {m.what}\t{m.function}\t{m.file}\t{m.text}" for m in misses if m not in why]
    return wrong + [f"a reason, and no such line: {m.what}\t{m.function}\t{m.file}\t{m.text}" for m in why if m not in misses]


def run_there(m: Miss, table: str) -> bool:
    """Does the table of another architecture say that the line is run?"""
    rows = [line.split("\t") for line in table.splitlines()]
    ran = any(len(row) == 6 and row[:2] == [m.function, m.file] for row in rows)
    missed = any(len(row) == 5 and row[1:4] == [m.function, m.file, m.text] for row in rows)
    return ran and not missed


def elsewhere(why: dict[Miss, str], tables: Path) -> list[str]:
    """What is wrong with the reasons that are "run on ARCH"."""
    import fresh
    wrong = []
    for m, reason in why.items():
        if not (match := re.fullmatch(r"run on (\w+)", reason)):
            continue
        task = f"coverage-{match[1]}"
        table = tables / f"{task}.tsv"
        text = table.read_text() if table.exists() else ""
        if text.split("\n")[0] != f"# id={fresh.task_id(task)}":
            wrong.append(f'{m.function}: "{m.text}" should be {reason}, but {table} is missing or stale: ci/full {task}')
        elif not run_there(m, text):
            wrong.append(f'{m.function}: "{m.text}" is not {reason}')
    return wrong


def main(args: list[str]) -> int:
    match args:
        case ["-h" | "--help"]:
            print(__doc__.rstrip())
        case ["counts", build, console, out]:
            boots, end = counts(Path(console).read_text(errors="replace"), build)
            for number, files in enumerate(boots, 1):
                for name, data in files.items():
                    (to := Path(out, str(number), name)).parent.mkdir(parents=True, exist_ok=True)
                    to.write_bytes(data)
            return 0 if boots and end else 1
        case ["judge", arch, src, reasons_file, diff, gcov, tables]:
            lines = read_gcov(Path(gcov).read_text(errors="replace"), src, added(Path(diff).read_text()))
            misses = [m for key, line in lines.items() if (m := miss(key, line))]
            why = reasons(Path(reasons_file).read_text(), arch)
            for name, n in totals(lines).items():
                print(*name, *n, sep="\t")
            for m in misses:
                print(m.what, m.function, m.file, m.text, why.get(m, ""), sep="\t")
            wrong = judge(misses, why) + elsewhere(why, Path(tables))
            print(*(f"  {text}" for text in wrong), sep="\n", end="\n" if wrong else "", file=sys.stderr)
            return 1 if wrong or not lines else 0
        case _:
            print("Error: coverage.py counts|judge ...\nNext:  ci/proof/coverage.py --help", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
