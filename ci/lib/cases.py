#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/lib/cases.py CELL [SUITE[.CASE]]
       ci/lib/cases.py --check

What a cell of ci/cell/matrix.tsv has to show, of two tables: kunit/decisions.tsv has
every case, kunit/skips.tsv says where one is skipped or absent.  A line a case:
pass or skip <tab> suite.case[.row] <tab> reason, sorted.

  --check   rows, rules and cases fit together: each row of a decision has a case that runs
            in some cell, each case that runs proves a row, each rule decides a case
"""
import os
import sys
from collections import Counter
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Iterable, NamedTuple

import arch
import table

ABSENT, PASS, NOWHERE = "ABSENT", "PASS", "-"
Expected = dict[str, str | None]  # case -> None (passes) or the reason of its skip


class Row(NamedTuple):
    table: str
    row: str
    case: str


class Rule(NamedTuple):
    cases: str
    where: str
    what: str
    why: str = ""


def decisions() -> list[Row]:
    return [Row(**row) for row in table.load(arch.KUNIT / "decisions.tsv")]


def skips() -> list[Rule]:
    return [Rule(**row) for row in table.load(arch.KUNIT / "skips.tsv")]


def names(cell: arch.Cell) -> tuple[str, ...]:
    """What `where` can call it: on this base, too."""
    return cell.name, cell.arch.name, os.environ.get("BASE", "")


def bases() -> list[str]:
    return [p.stem for p in (arch.ROOT / "configs").glob("*.base")]


@lru_cache(maxsize=None)
def matches(globs: str, called: tuple[str, ...]) -> bool:
    """Comma-separated globs; with nothing but exclusions, all the rest is meant."""
    wanted = [g for g in globs.split(",") if not g.startswith("!")]
    excluded = [g[1:] for g in globs.split(",") if g.startswith("!")]
    return (not any(fnmatchcase(n, g) for g in excluded for n in called)
            and (not any(wanted) or any(fnmatchcase(n, g) for g in wanted for n in called)))


def deciding(rules: Iterable[Rule], at: arch.Cell, case: str) -> Rule | None:
    return next((r for r in rules if matches(r.where, names(at)) and matches(r.cases, (case,))), None)


def expect(rows: Iterable[Row], rules: Iterable[Rule], at: arch.Cell) -> Expected:
    here = [r for r in rules if matches(r.where, names(at))]
    result: Expected = {}
    for row in rows:
        rule = deciding(here, at, row.case)
        if not rule or rule.what == PASS:
            result[row.case] = None
        elif rule.what != ABSENT:
            result[row.case] = rule.what
    return result


def select(expected: Expected, only: str) -> Expected:
    """Those of SUITE or SUITE.CASE, both of which may be patterns, as kunit.filter_glob= has it."""
    suite, _, case = only.partition(".")
    parts = {name: name.split(".") for name in expected}
    return {name: why for name, why in expected.items() if fnmatchcase(parts[name][0], suite)
            and (not case or fnmatchcase(parts[name][1], case))}


def expected(cell: arch.Cell) -> Expected:
    return expect(decisions(), skips(), cell)


def lines(cases: Expected) -> list[str]:
    return sorted(f"{'pass' if why is None else 'skip'}\t{name}\t{why or ''}" for name, why in cases.items())


def problems(rows: list[Row], rules: list[Rule], at: list[arch.Cell]) -> list[str]:
    """What is wrong with the two tables, a sentence each."""
    found = []
    pairs = [(row.case, deciding(rules, c, row.case)) for c in at for row in rows]
    used = {rule for _, rule in pairs}
    runs = {case for case, rule in pairs if not rule or rule.what == PASS}
    for case, n in Counter(row.case for row in rows).items():
        if n > 1:
            found.append(f"decisions.tsv has {case} {n} times")
    for row in rows:
        if not row.table or not row.row:
            found.append(f"decisions.tsv does not say what {row.case} proves: fill in table and row")
        elif row.table == NOWHERE and row.case in runs:
            found.append(f"{row.case} runs, and proves no row of decisions.tsv: its table is `{NOWHERE}`")
        elif row.table != NOWHERE and row.case not in runs:
            found.append(f"{row.case} runs in no cell, so nothing proves `{row.row}` in decisions.tsv")
    for rule in rules:
        if any(glob in bases() for glob in rule.where.split(",")):  # seen where that base is
            continue
        name = f"the rule `{rule.cases}` at `{rule.where or 'everywhere'}` of skips.tsv"
        if rule not in used:
            found.append(f"{name} decides no case in any cell")
        if not rule.what or rule.what == ABSENT and not rule.why:
            found.append(f"{name} has no {'reason: fill in why' if rule.what else 'what'}")
        for glob in filter(None, rule.where.split(",")):
            if not any(fnmatchcase(n, glob.lstrip("!")) for c in at for n in names(c)):
                found.append(f"{name}: no cell is called {glob}")
    return found


def check() -> int:
    rows, rules = decisions(), skips()
    found = problems(rows, rules, arch.matrix())
    print("".join(f"FAIL  {text}\n" for text in found), end="")
    if found:
        print("\nError: rows, rules and cases do not fit together\n"
              "Next:  mend kunit/decisions.tsv, kunit/skips.tsv or the suite", file=sys.stderr)
        return 1
    for why, n in Counter(row.row for row in rows if row.table == NOWHERE).items():
        print(f"  nowhere: {n} {why}")
    proving = [row for row in rows if row.table != NOWHERE]
    print(f"ok    {len({row[:2] for row in proving})} rows of {len({row.table for row in proving})} tables, "
          f"{len(proving)} cases: the same list both ways; {len(rules)} rules for what is skipped or absent")
    return 0


def main(args: list[str]) -> int:
    match args:
        case ["-h" | "--help"]:
            print(__doc__.strip())
        case ["--check"]:
            return check()
        case [name] | [name, _] if name in (c.name for c in arch.matrix()):
            cases = expected(arch.cell(name))
            print("".join(f"{line}\n" for line in lines(select(cases, args[1]) if args[1:] else cases)), end="")
        case _:
            what = f"unknown option {args[0]}" if args and args[0].startswith("-") else f"no such cell: {' '.join(args)}"
            print(f"\nError: cases.py: {what}\nNext:  ci/lib/cases.py --help, ci/lib/arch.py list", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
