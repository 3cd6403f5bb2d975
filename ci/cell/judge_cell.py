#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/cell/judge_cell.py CELL RESULTS [SUITE[.CASE]]

Judges the boot of a cell by RESULTS/console.log: every case that kunit/decisions.tsv and
kunit/skips.tsv expect there has to pass, or to be skipped for the reason they have, and no
other may show up; the kernel must not complain; a debug cell must look for leaks.
Leaves in RESULTS: cases.tsv, and after a failure diff (what is wrong with the cases) and
splats (the complaints).
"""
import re
import sys
from pathlib import Path
from typing import Iterable, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import arch
import cases
import ktap

# (the last lines: a tool that has given up finds nothing)
COMPLAINTS = re.compile(
    r"WARNING: |BUG[: ]|UBSAN: |KASAN: |KCSAN: |INFO: (task|rcu|trying|lockdep)|possible (recursive|circular) locking"
    r"|Kernel panic|Oops|Internal error:|Unable to handle|illegal operation|Call [Tt]race:"
    r"|inconsistent lock state|DMA-API: .*device driver|kmemleak: [0-9]+ new|unreferenced object"
    r"|guest-init: FAILED"
    r"|DMA-API: .*disabl|kmemleak: .*(disabled|exhausted|[Pp]ool empty)|turning off the locking")
SCANNED = "guest-init: scanned for leaks"
SHOWN = 10  # complaints, and excerpts of failed cases, on the screen
LINES = 40


class Difference(NamedTuple):
    kind: str  # missing, unlisted, failed, changed
    case: str
    text: str


def outcome(why: str | None) -> str:
    return "pass" if why is None else f"skip: {why}"


def compare(expected: cases.Expected, seen: Iterable[ktap.Case]) -> list[Difference]:
    """Where what was seen is not what is expected, in the order of the console."""
    found, shown = [], set()
    for result, name, why in seen:
        want = outcome(expected[name]) if name in expected else "not to show up"
        have = "failed" if result == "fail" else outcome(why if result == "skip" else None)
        if name in shown:
            found.append(Difference("changed", name, f"showed up again: {have}"))
        elif result == "fail" or name not in expected:
            found.append(Difference("failed" if result == "fail" else "unlisted", name, f"expected {want}, seen {have}"))
        elif want != have:
            found.append(Difference("changed", name, f"expected {want}, seen {have}"))
        shown.add(name)
    return found + [Difference("missing", name, f"expected {outcome(why)}, missing from the console")
                    for name, why in sorted(expected.items()) if name not in shown]


def complaints(console: str) -> list[str]:
    return [line.rstrip("\r") for line in console.split("\n") if COMPLAINTS.search(line)]


def judge(cell: arch.Cell, expected: cases.Expected, seen: list[ktap.Case],
          console: str) -> tuple[list[Difference], list[str], bool]:
    """What is wrong with the cases, the kernel's complaints, and whether the leak scan is missing."""
    unscanned = cell.flavour == "debug" and SCANNED not in console
    return compare(expected, seen), complaints(console), unscanned


def excerpt(log: list[str]) -> list[str]:
    """Of the diagnostics of a failed case: the first expectation that failed."""
    starts = [i for i, line in enumerate(log) if re.search(r"(EXPECTATION|ASSERTION) FAILED", line)]
    return [line.strip() for line in log[starts[0]:starts[0] + 5]] if starts else []


def report(cell: str, differences: list[Difference], logs: dict[str, list[str]]) -> list[str]:
    lines, excerpts = [f"{cell}: {len(differences)} cases are not as kunit/decisions.tsv and kunit/skips.tsv expect:"], 0
    for difference in differences:
        lines.append(f"  | {difference.kind:8} {difference.case}: {difference.text}")
        if difference.kind == "failed" and excerpts < SHOWN:
            excerpts += 1
            lines += [f"  |     {line}" for line in excerpt(logs.get(difference.case, []))]
    return lines


def shorten(lines: list[str], limit: int, rest: Path) -> list[str]:
    return lines if len(lines) <= limit else [*lines[:limit], f"  | and {len(lines) - limit} more lines: {rest}"]


def advice(cell: str, differences: list[Difference], splats: list[str]) -> str:
    failed = [d.case for d in differences if d.kind == "failed"]
    if failed:
        return f"make cell CELL={cell} SUITE={'.'.join(failed[0].split('.')[:2])}, to run that case alone"
    if not differences or splats:
        return f"look at the console; make cell CELL={cell} once more"
    return f"where this is meant: make cell CELL={cell} ACCEPT=1, which changes the two tables and shows how"


def main(args: list[str]) -> int:
    if args[:1] in (["-h"], ["--help"]):
        print(__doc__, end="")
        return 0
    if not 2 <= len(args) <= 3 or args[0].startswith("-"):
        print(f"\nError: judge_cell.py: {'unknown option ' + args[0] if args[:1] and args[0].startswith('-') else 'CELL and RESULTS?'}"
              "\nNext:  ci/cell/judge_cell.py --help", file=sys.stderr)
        return 2
    cell, results = args[0], Path(args[1])
    expected = cases.expected(arch.cell(cell))
    if args[2:]:
        expected = cases.select(expected, args[2])
    path = results / "console.log"
    console = ktap.read(path)
    seen = ktap.parse_with_logs(console)
    (results / "cases.tsv").write_text("".join(sorted("\t".join(case) + "\n" for case, _ in seen)))
    differences, splats, unscanned = judge(arch.cell(cell), expected, [case for case, _ in seen], console)
    wrong = report(cell, differences, {case.name: log for case, log in seen}) if differences else []
    for name, lines in ("diff", wrong), ("splats", splats):
        (results / name).write_text("".join(line + "\n" for line in lines))
    if not differences and not splats and not unscanned:
        return 0
    text = [*shorten(wrong, LINES, results / "diff")]
    if splats:
        text += [f"{cell}: the kernel complained while its tests ran:",
                 *shorten([f"  | {line}" for line in splats], SHOWN, results / "splats")]
    if unscanned:
        text.append(f"{cell}: nobody looked for leaks")
    print("", *text, f"The whole console: {path}", f"Next:  {advice(cell, differences, splats)}", sep="\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
