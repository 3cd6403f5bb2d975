# SPDX-License-Identifier: GPL-2.0-only
"""Runs the guests of a figure, prints it, and keeps it as JSON; ci/bench/bench starts it."""
from __future__ import annotations

import argparse
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from . import guest, idea, pkvm, probe, protected, scale, tce, unprotected

FIGURES = {"unprotected": unprotected, "protected": protected, "scale": scale, "tce": tce, "pkvm": pkvm, "probe": probe, "idea": idea}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.main", description=__doc__)
    parser.add_argument("--kernels", action="store_true", help="only print the kernels that the figure needs")
    for name in ("built", "logs", "out"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--planted", action="store_true", help="what is said of the series, of the series with PLANT on top")
    parser.add_argument("--cmdline", default="")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("figure", choices=sorted(FIGURES))
    parser.add_argument("arch")
    parser.add_argument("boot", nargs="*", help="the command of ci/lib/arch.sh")
    return parser.parse_args()


def planted(kernel: str) -> str:
    return kernel.replace("series", "planted")


def run_all(options: argparse.Namespace, guests: list[guest.Guest]) -> list[tuple[guest.Guest, dict[str, guest.Counts]]]:
    def one(numbered: tuple[int, guest.Guest]) -> dict[str, guest.Counts]:
        number, g = numbered
        if options.planted:
            g = replace(g, kernel=planted(g.kernel))
        log = options.logs / f"{options.figure}-{options.arch}-{number}.log"
        try:
            return run(g, options.arch, options.built, options.boot, options.cmdline, log)
        except guest.Failed as failed:
            raise guest.Failed(f"{failed}; read {log}") from failed
    begun, results = time.monotonic(), []
    run = getattr(FIGURES[options.figure], "run", guest.run)
    with ThreadPoolExecutor(max(1, options.jobs)) as pool:
        for g, counts in zip(guests, pool.map(one, enumerate(guests))):
            results.append((g, counts))
            if len(results) % 4 == 0:
                print(f"  {options.figure} {options.arch}: {len(results)}/{len(guests)} guests, "
                      f"{time.monotonic() - begun:.0f} s", file=sys.stderr)
    return results


def main() -> int:
    options = arguments()
    figure = FIGURES[options.figure]
    if options.kernels:
        print(*(planted(k) if options.planted else k for k in figure.kernels()))
        return 0
    try:
        results = run_all(options, figure.guests())
        figures, bad = figure.judge(options.arch, results)
    except guest.Failed as failed:
        print(f"\nError: {failed}\nNext:  look at the end of that console", file=sys.stderr)
        return 9
    print(figure.HEAD)
    print(*figure.lines(options.arch, figures), sep="\n")
    beyond = figure.beyond(options.arch, figures) if hasattr(figure, "beyond") else []
    for b in bad + beyond:
        print(f"FAIL  {b}")
    made = {"figure": options.figure, "arch": options.arch, "series": os.environ.get("SERIES_ID", ""), "pass": not bad,
            "command": f"make bench ARCH={options.arch} FIGURE={options.figure}", "figures": figures}
    options.out.write_text(json.dumps(made, indent=1) + "\n")
    return 1 if bad or beyond else 0


if __name__ == "__main__":
    sys.exit(main())
