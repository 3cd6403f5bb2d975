#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/cell/accept.py CELL RESULTS

Makes kunit/decisions.tsv and kunit/skips.tsv expect what the boot in RESULTS showed, and
prints the difference.  Only of a boot in which no case failed and the kernel did not
complain.  A new case gets a row that is to be filled in; a case that is gone loses its row
(if it is gone in this cell alone, take that back and add a rule with ABSENT); a skip that
is new, gone or other changes a rule or adds one.
"""
import difflib
import os
import sys
from collections import defaultdict
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


def accept_rows(rows: list[Row], expected: Expected, seen: Expected) -> list[Row]:
    """Without the cases that are gone, with the new ones beside their neighbours."""
    result = [row for row in rows if row.case in seen or row.case not in expected]
    for name in seen:
        if all(row.case != name for row in rows):
            near = [len(os.path.commonprefix([row.case, name])) for row in result]
            last = max((n, i) for i, n in enumerate(near))[1] + 1 if near else 0
            result.insert(last, Row("", "", name))
    return result


def without(where: str, at: arch.Cell) -> str | None:
    """`where` without the cell (with all of its architecture, where the plain cell has the same name)."""
    name = at.name
    parts = where.split(",") if where else []
    if name not in parts:
        return ",".join([*parts, f"!{name}"])
    parts.remove(name)
    return ",".join(parts) if any(not p.startswith("!") for p in parts) else None


def accept_rules(rows: list[Row], rules: list[Rule], at: arch.Cell, seen: Expected) -> list[Rule]:
    """Changed one by one until they give what was seen."""
    rules, known = list(rules), [row.case for row in rows]
    for _ in range(ROUNDS):
        decided = {name: cases.deciding(rules, at, name) for name in seen}
        groups: dict[tuple[Rule | None, str], list[str]] = defaultdict(list)
        for name, why in seen.items():
            rule, want = decided[name], cases.PASS if why is None else why
            if (rule.what if rule else cases.PASS) != want:
                groups[rule, want].append(name)
        if not groups:
            return rules
        (rule, want), names = next(iter(groups.items()))
        whole = rule and all(name in names for name in seen if decided[name] == rule)
        index = rules.index(rule) if rule else len(rules)
        if whole and want != cases.PASS and all(r.what != want for r in rules):
            rules[index] = rule._replace(what=want)  # the kernel says it in other words
        elif whole and want == cases.PASS:
            where = without(rule.where, at)
            rules[index:index + 1] = [] if where is None else [rule._replace(where=where)]
        else:
            rules.insert(index, Rule(globs(names, known), at.name, want))
    raise RuntimeError("the rules do not settle")


def used(rows: list[Row], rules: list[Rule]) -> set[Rule | None]:
    return {cases.deciding(rules, c, row.case) for c in arch.matrix() for row in rows}


def rewrite(text: str, old: list, new: list) -> str:
    """The table with its comments: entries that stay keep their line, others are put in order."""
    result, lines = [], text.splitlines()
    entries = [line for line in lines if line and not line.startswith("#")]
    after = ["\t".join(e).rstrip("\t") if e[0] else "\t".join(e) for e in new]
    before = dict(zip(["\t".join(e).rstrip("\t") if e[0] else "\t".join(e) for e in old], entries))
    todo = [before.get(e, e) for e in after]
    keep = set(todo)
    for line in lines:
        if not line or line.startswith("#"):
            result.append(line)
        elif line in keep:
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
    seen = {case.name: case.why if case.result == "skip" else None for case in shown}
    new_rows = accept_rows(rows, expected, seen)
    new_rules = accept_rules(new_rows, rules, at, seen)
    idle = used(rows, rules) - used(new_rows, new_rules)
    new_rules = [rule for rule in new_rules if rule not in idle]
    for name, old, new in ("decisions.tsv", rows, new_rows), ("skips.tsv", rules, new_rules):
        path = arch.KUNIT / name
        before = path.read_text()
        after = rewrite(before, old, new)
        path.write_text(after)
        print("".join(difflib.unified_diff(before.splitlines(True), after.splitlines(True),
                                           f"a/kunit/{name}", f"b/kunit/{name}", n=1)), end="")
    for text in cases.problems(new_rows, new_rules, arch.matrix()):
        print(f"Next:  {text}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
