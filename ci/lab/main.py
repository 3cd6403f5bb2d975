# SPDX-License-Identifier: GPL-2.0-only
"""Runs the guests of an architecture, as many at a time as there are CPUs; ci/lab/run starts it."""
from __future__ import annotations

import argparse
import asyncio
import errno
import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn, TextIO

from . import guest, judge, qemu, render, scenarios
from .evidence import Run
from .scenarios import Case

CODES = {"fail": 1, "usage": 2, "tools": 3, "space": 8}  # ci/README.md


def die(cause: str, message: str, step: str) -> NoReturn:
    print(f"\nError: {message}\nNext:  {step}", file=sys.stderr)
    sys.exit(CODES[cause])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab.main", description=__doc__)
    for name, kind in (("built", Path), ("logs", Path), ("results", Path), ("scenarios", Path), ("cmdline", str),
                       ("requests", int), ("stall", float), ("limit", float), ("jobs", int)):
        parser.add_argument(f"--{name}", type=kind, required=True)
    parser.add_argument("--id", default="none", help="of what the results depend on (ci/lib/fresh.py)")
    parser.add_argument("--which", choices=("", "base", "series"), default="", help="only guests of this kernel")
    parser.add_argument("arch", choices=sorted(qemu.ARCHES))
    parser.add_argument("pattern")
    parser.add_argument("boot", nargs="+", help="the command of ci/lib/arch.sh")
    return parser.parse_args()


def weight(case: Case, jobs: int) -> int:
    """The CPUs that a guest takes.  The long run waits for its device most of the time, whatever it has."""
    return 1 if case.requests else min(jobs, qemu.cpus(case))


async def run_all(cases: list[Case], setup: guest.Setup, jobs: int, table: TextIO) -> list[str]:
    """Starts the guests in the order of CASES, and prints a line when each has ended.  Adds a row for each
    to the results, in their order.  Returns the verdicts."""
    told = time.monotonic()
    turn, free = asyncio.Lock(), asyncio.Semaphore(jobs)
    done: dict[Case, tuple[Run, str]] = {}

    async def one(case: Case) -> None:
        nonlocal told
        async with turn:
            for _ in range(weight(case, jobs)):
                await free.acquire()
        try:
            run = await guest.run(case, setup)
        finally:
            for _ in range(weight(case, jobs)):
                free.release()
        done[case] = run, judge.verdict(case, run)
        print(render.line(case, *done[case], setup.log(case)), flush=True)
        if time.monotonic() - told >= 10:
            told = time.monotonic()
            print(f"  {case.arch}: {len(done)}/{len(cases)} guests", file=sys.stderr)

    async with asyncio.TaskGroup() as group:
        for case in cases:
            group.create_task(one(case))
    for case in cases:
        print(render.row(case, *done[case]), file=table)
    return [done[case][1] for case in cases]


async def main(options: argparse.Namespace, cases: list[Case]) -> list[str]:
    me = asyncio.current_task()
    # Whatever signal would end the program ends its guests first.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, me.cancel, number)
    setup = guest.Setup(options.boot, options.cmdline, options.built.absolute(), options.logs.absolute(),
                        options.stall, options.limit)
    new = options.results.with_suffix(".new")
    with open(new, "w", encoding="utf-8") as table:
        print(f"# id={options.id}\n#", "\t".join(render.COLUMNS), file=table)
        verdicts = await run_all(cases, setup, max(1, options.jobs), table)
    new.replace(options.results)  # (complete, or not at all)
    return verdicts


def start() -> None:
    options = arguments()
    table, arch = options.scenarios, options.arch
    try:
        cases = scenarios.load(table.read_text(encoding="utf-8"), str(table), options.requests)
    except scenarios.BadTable as bad:
        die("usage", str(bad), "the head of the table says what a row is")
    cases, cannot = scenarios.can(scenarios.choose(cases, arch, options.pattern, options.which),
                                  table.with_name("left-out.tsv").read_text(encoding="utf-8")
                                  if table.with_name("left-out.tsv").exists() else "", os.environ.get("BASE", ""))
    print(*(f"skip  {one}" for one in cannot), sep="\n", end="\n" if cannot else "")
    if not cases:
        die("usage", f"no scenario of {arch} is called {options.pattern}", f"the second column of {table}")
    try:
        verdicts = asyncio.run(main(options, cases))
    except asyncio.CancelledError as signalled:
        sys.exit(128 + (signalled.args or [signal.SIGINT])[0])
    except (OSError, ExceptionGroup) as raised:
        error = raised.exceptions[0] if isinstance(raised, ExceptionGroup) else raised
        if isinstance(error, guest.NoDevice):
            die("tools", f"{options.boot[0]} lacks a device that the lab needs: {error}", "make deps, or another QEMU")
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            die("space", f"no room for the lab in {options.built} or {options.logs}",
                "make prune, or point XDG_CACHE_HOME at a larger disk")
        raise
    if failed := sum(verdict != "ok" for verdict in verdicts):
        die("fail", f"the lab: {failed} of {len(cases)} guests on {arch} did not do what they should",
            f"read the consoles, {options.logs}/{arch}-*")
    controls = sum(map(judge.control, cases, verdicts))
    if not controls:
        die("fail", f"no negative control was seen on {arch}", f"add one to {table}")
    print(f"{len(cases)} guests did what they should; {controls} negative controls saw a violation")


if __name__ == "__main__":
    start()
