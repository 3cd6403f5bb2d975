#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/check/runner.py LAID [--quick | --list] [NAME]...

Runs the checks of checks.tsv on what ci/check/lay laid out, and prints the table of
their results: ci/check/run, which calls this, has the manual.
"""
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path

from checks import OK, WARNING, Check, Exceptions, HERE, Result, Unit, id_of, keep, kept, load, units
from results import WORDS, Row, cannot, print_patches, print_table
import table

WORK, TREE, BASE = Path(os.environ.get("WORK", ".")), os.environ.get("TREE", "."), os.environ.get("BASE", "")
EXCEPTIONS = Exceptions([r for r in table.load(HERE / "exceptions.tsv") if r["base"] == BASE])


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def path_of(check: Check, unit: Unit) -> Path:
    return WORK / "check" / BASE / "kept" / check.name / f"{unit.name or 'all'}.json"


def still(check: Check, unit: Unit) -> Result | None:
    """The result that is kept, if it holds: what failed, or could not run, is run again."""
    r = kept(path_of(check, unit), id_of(check, unit, TREE))
    good = r and "@now" not in check.reads.split() and not cannot(r) and (r.code in (OK, WARNING) or not EXCEPTIONS.left(check, unit, r.lines))
    return r if good and os.environ.get("FRESH") != "1" else None


def run_one(check: Check, unit: Unit) -> Result:
    now, at = id_of(check, unit, TREE), path_of(check, unit)
    if old := still(check, unit):
        return old
    start = time.monotonic()
    log = WORK / "check" / BASE / "logs" / f"{check.name}-{unit.name or 'all'}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as err:
        run = subprocess.run(check.command(unit), stdout=subprocess.PIPE, stderr=err, text=True, errors="replace")
    lines = [x for x in run.stdout.splitlines() if x.strip()]
    if run.returncode not in (OK, WARNING) and (run.returncode != 1 or not lines):
        lines.append(f"ended with {run.returncode}: {log}")
    result = Result(run.returncode, lines, round(time.monotonic() - start, 1))
    keep(at, now, result)
    return result


def estimate(todo: list[tuple[Check, list[Unit]]]) -> str:
    seconds, unknown = 0.0, 0
    for check, some in todo:
        last = [r.seconds for u in some if (r := kept(path_of(check, u)))]
        seconds += sum(last) + (len(some) - len(last)) * (sum(last) / len(last) if last else 0)
        unknown += not last
    return f"about {seconds / 60:.0f} min" + (f" and {unknown} checks that never ran" if unknown else "")


def run_all(chosen: list[Check], laid: Path) -> list[Row]:
    work = [(c, units(c.per, laid)) for c in chosen]
    rows = []
    for n, (check, some) in enumerate(work):
        left = [(c, s) for c, u in work[n:] if (s := [x for x in u if not still(c, x)])]
        mine = [u for u in some if not still(check, u)]
        if mine:
            say(f"{n} of {len(work)} checks done, {estimate(left)} left; now {check.name}")
        results, told = [], time.monotonic()
        with ThreadPoolExecutor(1 if check.set == "build" else int(os.environ["JOBS"])) as pool:
            for k, r in enumerate(pool.map(lambda u: run_one(check, u), some)):
                results.append(r)
                if mine and time.monotonic() - told > 20:
                    say(f"  {check.name}: {k + 1} of {len(some)}")
                    told = time.monotonic()
        rows.append(Row(check, some, results, EXCEPTIONS))
    return rows


def main(args: list[str]) -> int:
    if not args or args[0] in ("-h", "--help"):
        print((__doc__ or "").strip())
        return 0 if args else 2
    if args[0].startswith("-") or any(a.startswith("-") and a not in ("--quick", "--list") for a in args[1:]):
        print("\nError: runner.py: unknown option\nNext:  ci/check/run --help", file=sys.stderr)
        return 2
    laid, quick, every = Path(args[0]), "--quick" in args, load()
    patterns = [a for a in args[1:] if not a.startswith("-")]
    for p in patterns:
        if not any(fnmatchcase(c.name, p) for c in every):
            print(f"\nError: no such check: {p}\nNext:  ci/check/run --list", file=sys.stderr)
            return 2
    chosen = [c for c in every if not patterns or any(fnmatchcase(c.name, p) for p in patterns)]
    chosen = [c for c in chosen if not quick or c.set == "quick"]
    if "--list" in args:
        print(*(f"{c.name}\t{c.per}\t{c.covers()}" for c in chosen), sep="\n")
        return 0
    rows = run_all(chosen, laid)
    if quick:
        print_patches(rows, units("patch", laid), os.environ.get("CHECKS_ABOUT", "#"), WORK / "results/checks")
    else:
        print_table(rows, WORK / "results" / f"check-{BASE}.tsv")
        for line in EXCEPTIONS.unused({r.check.kind for r in rows}):
            print(f"{'warning':10} exceptions.tsv: no finding needs this row any more: {line}")
    count = {w: sum(r.state == s for r in rows) for s, w in WORDS.items()}
    if not quick:
        print(", ".join(f"{n} {w}" for w, n in count.items() if n))
    return 1 if count["FAIL"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
