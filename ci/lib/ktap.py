#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/lib/ktap.py [--document] CONSOLE

The KUnit cases on a guest's console, read by the kernel's own parser (tools/testing/kunit
of the tree; KUNIT_PY= another place).  A line a case, or a row of one, as they ran:
pass, fail or skip <tab> suite.case[.row] <tab> reason of a skip

  --document   the console as one KTAP document: each module with tests prints its own, and
               kunit.py would read the first
"""
import os
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Iterator, NamedTuple

PREFIX = re.compile(r"^\[ *[0-9.]+\](\[ *[TC][0-9]+\])? ")
START, PLAN, SUITE = re.compile(r"KTAP version 1$"), re.compile(r"1\.\.[0-9]+$"), re.compile(r"(not )?ok [0-9]+ ")

HEADER = re.compile(r" +KTAP version 1$")
KTAP = re.compile(r" *(# Subtest: |KTAP version |1\.\.[0-9]|(not )?ok [0-9])")


class Case(NamedTuple):
    result: str  # pass, fail, skip
    name: str  # suite.case[.row]
    why: str  # the reason of a skip


@lru_cache(maxsize=1)
def kunit_parser() -> ModuleType:
    """The parser of the tree that the guest's kernel was built of."""
    where = os.environ.get("KUNIT_PY")
    if not where:
        lib = Path(__file__).with_name("lib.sh")
        tree = os.environ.get("TREE") or subprocess.check_output(
            ["bash", "-c", '. "$0"; printf %s "$TREE"', str(lib)], text=True)
        where = f"{tree}/tools/testing/kunit"
    if not Path(where, "kunit_parser.py").is_file():
        raise FileNotFoundError(f"no kunit_parser.py in {where}")
    sys.path.insert(0, where)
    kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # the tree is the user's
    try:
        import kunit_parser as module
    finally:
        sys.path.remove(where)
        sys.dont_write_bytecode = kept
    return module


def documents(console: str) -> list[list[str]]:
    """The lines of each KTAP document, without carriage returns and time stamps.  A message of
    the kernel between a test's version line and its name, where the parser would lose the
    name, is left out."""
    found: list[list[str]] = []
    for line in console.removesuffix("\n").split("\n"):
        line = PREFIX.sub("", line.rstrip("\r"))
        if START.match(line):
            found.append([])
        if found and (KTAP.match(line) or not found[-1] or not HEADER.match(found[-1][-1])):
            found[-1].append(line)
    return found


def joined(found: list[list[str]]) -> str:
    """All documents as one, its suites numbered anew."""
    lines = [line for document in found for line in document if not START.match(line) and not PLAN.match(line)]
    number = 0
    for i, line in enumerate(lines):
        if SUITE.match(line):
            number += 1
            lines[i] = re.sub(r"ok [0-9]+", f"ok {number}", line, count=1)
    return "\n".join(["KTAP version 1", f"1..{number}", *lines]) + "\n"


def cases(test, path: tuple[str, ...] = ()) -> Iterator[tuple[Case, list[str]]]:
    """Those below a test of the parser's, each with its diagnostics.  One without a result
    (the kernel died) is left out: it counts as missing."""
    status = kunit_parser().TestStatus
    results = {status.SUCCESS: "pass", status.FAILURE: "fail", status.SKIPPED: "skip"}
    for sub in test.subtests:
        if sub.subtests:
            yield from cases(sub, (*path, sub.name))
        elif path and sub.name and sub.status in results:
            yield Case(results[sub.status], ".".join((*path, sub.name)), sub.skip_reason), sub.log


def merged(found: list[tuple[Case, list[str]]]) -> list[tuple[Case, list[str]]]:
    """Of a case that ran in two guests (ci/cell/boot) a failure counts, or else a pass."""
    order = "fail", "pass", "skip"
    best: dict[str, tuple[Case, list[str]]] = {}
    for case, log in found:
        if case.name not in best or order.index(case.result) < order.index(best[case.name][0].result):
            best[case.name] = case, log
    return list(best.values())


def parse_with_logs(console: str) -> list[tuple[Case, list[str]]]:
    parser = kunit_parser()
    import kunit_printer  # came with the parser
    return merged([found for lines in documents(console)
                   for found in cases(parser.parse_run_tests(lines, kunit_printer.null_printer))])


def parse(console: str) -> list[Case]:
    return [case for case, _ in parse_with_logs(console)]


def read(path: str | Path) -> str:
    return Path(path).read_bytes().decode(errors="replace")  # (the carriage returns as they are)


def load(path: str | Path) -> list[Case]:
    return parse(read(path))


def main(args: list[str]) -> int:
    if args[:1] in (["-h"], ["--help"]):
        print(__doc__, end="")
        return 0
    document = args[:1] == ["--document"]
    args = args[document:]
    if len(args) != 1 or args[0].startswith("-"):
        unknown = f"unknown option {args[0]}" if args and args[0].startswith("-") else "which console?"
        print(f"\nError: ktap.py: {unknown}\nNext:  ci/lib/ktap.py --help", file=sys.stderr)
        return 2
    try:
        if document:
            print(joined(documents(read(args[0]))), end="")
        else:
            print("".join("\t".join(case) + "\n" for case in load(args[0])), end="")
    except FileNotFoundError as e:
        print(f"\nError: {e}\nNext:  make tree", file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
