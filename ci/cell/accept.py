#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/cell/accept.py CELL RESULTS

Makes kunit/decisions.tsv and kunit/skips.tsv expect what the boot in RESULTS showed, and
prints the difference.  Only for a boot in which no case failed and the kernel did not
complain.  A new case gets a row, to be filled in; a case that is gone loses its row; a suite
of which nothing is left gets a rule with ABSENT, to be filled in; a skip that is new, gone
or other extends a rule with that reason to this cell, changes a rule, or adds one.
"""
import difflib
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import arch
import cases
import judge_cell
import ktap
from cases import Expected, Row, Rule

ROUNDS = 100


def globs(names: list[str], known: list[str]) -> str:
    """The shortest expression for names that matches no other known case."""
    prefix, suffix = os.path.commonprefix(names), os.path.commonprefix([n[::-1] for n in names])[::-1]
    for glob in f"{prefix}*", f"*{suffix}":
        if len(names) > 1 and {n for n in known if cases.matches(glob, (n,))} == set(names):
            return glob
    return ",".join(names)


def outcomes(expected: Expected, seen: list[ktap.Case]) -> dict[str, str]:
    """What a rule would have to say of each case: PASS, a reason, or ABSENT."""
    result = {case.name: case.why if case.result == "skip" else cases.PASS for case in seen}
    suites = {name.split(".")[0] for name in result}
    return {**result, **{name: cases.ABSENT for name in expected if name.split(".")[0] not in suites}}


def accept_rows(rows: list[Row], expected: Expected, want: dict[str, str]) -> list[Row]:
    """Without the cases that are gone, with the new ones beside their neighbours."""
    result = [row for row in rows if row.case in want or row.case not in expected]
    for name in want:
        if all(row.case != name for row in rows):
            near = [len(os.path.commonprefix([row.case, name])) for row in result]
            last = max((n, i) for i, n in enumerate(near))[1] + 1 if near else 0
            result.insert(last, Row("", "", name))
    return result


def without(where: str, name: str) -> str | None:
    """`where` without the cell, and with it of the architecture of that name."""
    parts = where.split(",") if where else []
    if name not in parts:
        return ",".join([*parts, f"!{name}"])
    parts.remove(name)
    return ",".join(parts) if any(not p.startswith("!") for p in parts) else None


def extended(rules: list[Rule], at: arch.Cell, want: dict[str, str], wrong: set[str]) -> list[Rule] | None:
    """With a rule extended to the cell that makes some of the wrong cases right, and none wrong."""
    for i, rule in enumerate(rules):
        if cases.matches(rule.where, cases.names(at)) or not any(want[n] == rule.what for n in wrong):
            continue
        parts = rule.where.split(",")
        more = [p for p in parts if p != f"!{at.name}"] if f"!{at.name}" in parts else [*parts, at.name]
        changed = rule._replace(where=",".join(more))
        trial = [*rules[:i], changed, *rules[i + 1:]]
        decided = {n for n in want if cases.deciding(trial, at, n) == changed}
        if decided & wrong and all(want[n] == rule.what for n in decided):
            return trial
    return None


def with_change(rules: list[Rule], known: list[str], at: arch.Cell, want: dict[str, str], wrong: list[str]) -> list[Rule]:
    """With one rule changed or added, for the first wrong case and those like it."""
    decided = {name: cases.deciding(rules, at, name) for name in want}
    rule, what = decided[wrong[0]], want[wrong[0]]
    names = [name for name in wrong if (decided[name], want[name]) == (rule, what)]
    whole = rule and all(name in names for name in want if decided[name] == rule)
    index = rules.index(rule) if rule else len(rules)
    if whole and what == cases.PASS:
        where = without(rule.where, at.name)
        return [*rules[:index], *([rule._replace(where=where)] if where else []), *rules[index + 1:]]
    if whole and what != cases.ABSENT and all(r.what != what for r in rules):
        return [*rules[:index], rule._replace(what=what), *rules[index + 1:]]  # in other words
    return [*rules[:index], Rule(globs(names, known), at.name, what), *rules[index:]]


def accept_rules(rows: list[Row], rules: list[Rule], at: arch.Cell, want: dict[str, str]) -> list[Rule]:
    """Changed one by one until they say of the cell what is wanted."""
    for _ in range(ROUNDS):
        decided = {name: cases.deciding(rules, at, name) for name in want}
        wrong = [name for name, rule in decided.items() if (rule.what if rule else cases.PASS) != want[name]]
        if not wrong:
            return rules
        rules = extended(rules, at, want, set(wrong)) or with_change(rules, [r.case for r in rows], at, want, wrong)
    raise RuntimeError("the rules do not settle")


def used(rows: list[Row], rules: list[Rule]) -> set[Rule | None]:
    return {cases.deciding(rules, c, row.case) for c in arch.matrix() for row in rows}


def rewrite(text: str, entries: list) -> str:
    """The table with its comments: an entry that stays keeps its place among them."""
    result, todo = [], ["\t".join(entry).rstrip("\t") for entry in entries]
    for line in text.splitlines():
        if not line or line.startswith("#"):
            result.append(line)
        elif line in todo:
            end = todo.index(line) + 1
            result += todo[:end]
            todo = todo[end:]
    return "\n".join(result + todo) + "\n"


def main(args: list[str]) -> int:
    if args[:1] in (["-h"], ["--help"]):
        print(__doc__, end="")
        return 0
    if len(args) != 2 or args[0].startswith("-"):
        print(f"\nError: accept.py: {'unknown option ' + args[0] if args[:1] and args[0].startswith('-') else 'CELL and RESULTS?'}"
              "\nNext:  ci/cell/accept.py --help", file=sys.stderr)
        return 2
    at, console = arch.cell(args[0]), ktap.read(Path(args[1]) / "console.log")
    shown = ktap.parse(console)
    rows, rules, expected = cases.decisions(), cases.skips(), cases.expected(at)
    differences, splats, unscanned = judge_cell.judge(at, expected, shown, console)
    if splats or unscanned or not shown or any(d.kind == "failed" for d in differences):
        print(f"\nError: nothing is accepted of a run of {at.name} that failed\n"
              "Next:  mend what failed, then ACCEPT=1 again", file=sys.stderr)
        return 1
    want = outcomes(expected, shown)
    new_rows = accept_rows(rows, expected, want)
    new_rules = accept_rules(new_rows, rules, at, want)
    idle = used(rows, rules) - used(new_rows, new_rules)
    new_rules = [rule for rule in new_rules if rule not in idle]
    for name, entries in ("decisions.tsv", new_rows), ("skips.tsv", new_rules):
        path = arch.KUNIT / name
        before = path.read_text()
        after = rewrite(before, entries)
        path.write_text(after)
        print("".join(difflib.unified_diff(before.splitlines(True), after.splitlines(True),
                                           f"a/kunit/{name}", f"b/kunit/{name}", n=1)), end="")
    for text in cases.problems(new_rows, new_rules, arch.matrix()):
        print(f"Next:  {text}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
