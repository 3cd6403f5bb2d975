#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/proof/mutation/run.py ARCH IMAGE LIST ID

Boots IMAGE with each mutant for ARCH in LIST (as lay.py prints it), JOBS guests at a time
and each up to the first case that fails.  ci/proof/mutants says what the controls are, and
what becomes of MUTANTS= and of the table, whose first line has the ID.
"""
import os
import re
import signal
import sys
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "ci/proof"), str(ROOT / "ci/lib")]
import cases  # noqa: E402
from arch import cell  # noqa: E402
from mutation import guest, judge  # noqa: E402
from mutation.write import Mutant  # noqa: E402


class Failure(Exception):
    """What is wrong, and the next thing to try."""


def controls(arch: str, image: Path, logs: Path, pool: Executor) -> tuple[int, list[str]]:
    """Without a mutant all cases are as expected, and each suite passes alone, too, as it is
    tried first.  How many cases there are, and the suites."""
    whole = guest.boot(arch, image, logs / "0.log", "mutant=0")
    if faults := judge.control(whole, cases.expected(cell(arch))):
        raise Failure(f"without a mutant, the kernel of the mutants fails on {arch}:\n  | " + "\n  | ".join(faults[:20]),
                      f"the console is {logs}/0.log")

    def alone(suite: str) -> judge.Boot:
        return guest.boot(arch, image, logs / f"{suite}.log", "mutant=0", f"kunit.filter_glob={suite}")

    suites = sorted({case.name.split(".")[0] for case in whole.cases})
    for suite, result in zip(suites, pool.map(alone, suites)):
        if failed := judge.first_failure(result.cases):
            raise Failure(f"without a mutant, {failed} fails on {arch} when its suite runs alone",
                          f"the console is {logs}/{suite}.log")
    return len(whole.cases), suites


def try_mutant(arch: str, image: Path, logs: Path, mutant: Mutant, first: str, total: int, suites: list[str]) -> str:
    log, choice = logs / f"{mutant.number}.log", f"mutant={mutant.number}"
    result = guest.boot(arch, image, log, choice, f"kunit.filter_glob={first}") if first else None
    if not result or not judge.first_failure(result.cases):
        result = guest.boot(arch, image, log, choice)
    # A guest that one suite brings down has yet to run others.
    if len(result.cases) < total and not judge.first_failure(result.cases):
        for suite in suites:
            alone = guest.boot(arch, image, log.with_suffix(f".{suite}.log"), choice, f"kunit.filter_glob={suite}")
            if judge.first_failure(alone.cases):
                return judge.verdict(mutant.number, alone, total)
    return judge.verdict(mutant.number, result, total)


def kill_all(arch: str, image: Path, logs: Path, mutants: list[Mutant], killers: dict[tuple[str, str], str]) -> list[str]:
    """The verdict on each.  killers: which suite killed what so far."""
    def one(mutant: Mutant) -> str:
        found = try_mutant(arch, image, logs, mutant, judge.guess(mutant, killers), *whole)
        judge.learn(killers, mutant.file, mutant.function, mutant.name, found)
        if not guest.ENDED.is_set():
            print(f"  {arch}: mutant {mutant.number}: {found}", file=sys.stderr, flush=True)
        return judge.final(mutant, found)

    with ThreadPoolExecutor(int(os.environ["JOBS"])) as pool:
        try:
            whole = controls(arch, image, logs, pool)
            return list(pool.map(one, mutants))
        finally:
            guest.ENDED.set()
            pool.shutdown(cancel_futures=True)


def known(table: Path) -> dict[tuple[str, str], str]:
    """Which suite killed what in the run before."""
    killers: dict[tuple[str, str], str] = {}
    for line in table.read_text().splitlines() if table.exists() else []:
        if not line.startswith("#"):
            _, name, killer, function, file = line.split("\t")
            judge.learn(killers, file, function, name, killer)
    return killers


def chosen(arch: str, listed: Path, only: str) -> list[Mutant]:
    try:
        lines = [line.split("\t") for line in listed.read_text().splitlines() if re.search(only, line)]
    except re.error as e:
        raise Failure(f'MUTANTS="{only}" is no regular expression: {e}', "one of Python's (re)") from None
    mutants = [Mutant(int(number), *rest) for number, *rest in lines if rest[0] == arch]
    if not mutants:
        raise Failure(f'no mutant for {arch} matches "{only}"', f"ci/proof/mutants --list {arch}")
    return mutants


def main(args: list[str]) -> int:
    if args[:1] in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    if len(args) != 4 or args[0].startswith("-"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, lambda which, _: sys.exit(128 + which))
    arch, image, only = args[0], Path(args[1]), os.environ.get("MUTANTS", "")
    table = Path(os.environ["WORK"], f"tables/mutants-{arch}.tsv")
    logs = Path(os.environ["LOGS"], f"mutants-{arch}")
    logs.mkdir(parents=True, exist_ok=True)
    for old in logs.iterdir():
        old.unlink()
    try:
        mutants = chosen(arch, Path(args[2]), only)
        verdicts = kill_all(arch, image, logs, mutants, known(table))
    except Failure as e:
        print(f"\nError: {e.args[0]}\nNext:  {e.args[1]}", file=sys.stderr)
        return 1
    rows = ["\t".join((arch, m.name, v, m.function, m.file)) for m, v in zip(mutants, verdicts)]
    if not only:
        table.parent.mkdir(parents=True, exist_ok=True)
        table.write_text("\n".join([f"# id={args[3]}", *rows]) + "\n")
    if bad := [row for row, v in zip(rows, verdicts) if judge.is_bad(v)]:
        print("\nError: {} of {} mutants are not as they should be:\n  | {}".format(len(bad), len(rows), "\n  | ".join(bad)),
              f"Next:  add a case that fails with it, or correct its row in ci/proof/mutants.tsv; the consoles are in {logs}",
              sep="\n", file=sys.stderr)
    print(judge.detail(verdicts))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
