#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/proof/before.py plan TABLE ARCH NAMES
       ci/proof/before.py body FUNCTION FILE FROM...
       ci/proof/before.py judge BEFORE SERIES EXPECTED

The parts of ci/proof/before that read and decide:

plan: what to do to the series, a line each: revert, commit, files; or body, function,
file.  TABLE is before.tsv; NAMES has commit and patch file a line, as ci/series/names.
body: replaces the body of FUNCTION in FILE by that of the first FROM that defines it.
judge: compares two lists of ci/lib/ktap.py; EXPECTED is what ci/lib/cases.py prints.
A line a case: case, before, series, outcome.  Exit code 1 if a case has no outcome on
some side, fails on the series, or is skipped on one side only.
"""
import re
import sys
from pathlib import Path

OUTCOME = {"fail": "fails before", "pass": "guards unchanged behaviour"}


def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def plan(table: list[list[str]], arch: str, names: list[list[str]]) -> tuple[list[list[str]], list[str]]:
    """The steps, the last patch first; and what is wrong with the table."""
    actions = {row[1]: row for row in table if row[0] in ("keep", "revert")}
    patches = [name for _, name in names]
    wrong = [f"{row[0]}: keep, revert or body" for row in table if row[0] not in ("keep", "revert", "body")]
    wrong += [f"< {name}" for name in patches if name not in actions]
    steps = [["revert", commit, *actions[name][2:]] for commit, name in reversed(names)
             if name in actions and actions[name][0] == "revert"]
    steps += [row[:3] for row in table if row[0] == "body" and (len(row) == 3 or arch in row[3:])]
    return steps, wrong


def unused(table: list[list[str]], names: list[list[str]]) -> list[str]:
    """Rows of patches that were left out: one file less to edit for who leaves one out."""
    patches = {name for _, name in names}
    return [row[1] for row in table if row[0] in ("keep", "revert") and row[1] not in patches]


def body(text: str, function: str) -> tuple[int, int] | None:
    """From the { to the } of the function's definition, as indices of lines: not where
    it is declared or called."""
    head = re.compile(rf"[a-z].*[ *]{re.escape(function)}\(")
    inside, start = False, None
    for i, line in enumerate(text.splitlines()):
        inside = inside or bool(head.match(line))
        if inside and line.startswith("{"):
            start = i
        elif inside and start is None and line.endswith(";"):
            inside = False
        elif start is not None and line.startswith("}"):
            return start, i + 1
    return None


def replace_body(text: str, function: str, sources: list[str]) -> str | None:
    """The text with the body from the first source that has one; None if there is none."""
    at = body(text, function)
    found = [(source, span) for source in sources if (span := body(source, function))]
    if not at or not found:
        return None
    (source, (start, end)), lines = found[0], text.splitlines()
    return "\n".join([*lines[:at[0]], *source.splitlines()[start:end], *lines[at[1]:]]) + "\n"


def results(lines: list[list[str]], what: str) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Result and reason by case; and those that came twice."""
    found: dict[str, tuple[str, str]] = {}
    twice = {}
    for result, name, *why in lines:
        if name in found:
            twice[name] = f"twice {what}"
        found[name] = result, "".join(why)
    return found, twice


def outcome(before: str, series: str, why: str) -> tuple[bool, str]:
    if not before:
        return False, "no result before: the guest died or hung there, or in a case before"
    if not series:
        return False, "no result on the series"
    if series == "fail":
        return False, "fails on the series"
    if (before == "skip") != (series == "skip"):
        return False, f"{before} before, {series} on the series"
    return True, f"skipped: {why}" if series == "skip" else OUTCOME[before]


def judge(before: list[list[str]], series: list[list[str]], expected: set[str]) -> list[tuple[bool, list[str]]]:
    """For each case whether it is as it has to be, and its row."""
    b, twice_before = results(before, "before")
    s, twice_series = results(series, "on the series")
    twice = twice_before | twice_series
    found = []
    for name in sorted(b.keys() | s.keys() | expected):
        was, now = b.get(name, ("", ""))[0], s.get(name, ("", ""))[0]
        good, says = outcome(was, now, s.get(name, ("", ""))[1])
        if name in twice:
            good, says = False, twice[name]
        elif not was and not now:
            says = "no result on either side"
        found.append((good, [name, was, now, says]))
    return found


def main(args: list[str]) -> int:
    def read(path: str) -> str:
        return Path(path).read_text()

    match args:
        case ["-h" | "--help"]:
            print(__doc__.rstrip())
        case ["plan", table, arch, names]:
            steps, wrong = plan(rows(read(table)), arch, rows(read(names)))
            for name in unused(rows(read(table)), rows(read(names))):
                print(f"  {table}: {name} is not in the series, its row does nothing", file=sys.stderr)
            print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
            for step in steps:
                print(*step, sep="\t")
            return 1 if wrong else 0
        case ["body", function, path, *sources]:
            text = replace_body(read(path), function, [read(s) for s in sources])
            if text is None:
                return 1
            Path(path).write_text(text)
        case ["judge", before, series, expected]:
            judged = judge(rows(read(before)), rows(read(series)), {row[1] for row in rows(read(expected))})
            for good, row in judged:
                print(*row, sep="\t")
                if not good:
                    print(f"  {row[0]}: {row[3]}", file=sys.stderr)
            return 0 if all(good for good, _ in judged) else 1
        case _:
            print("Error: before.py plan|body|judge ...\nNext:  ci/proof/before.py --help", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
