# SPDX-License-Identifier: GPL-2.0-only
"""Base and series side by side, in protected pKVM guests: a screen and a page; ci/lab/demo starts it."""
from __future__ import annotations

import argparse
import asyncio
import sys
import textwrap
from html import escape
from pathlib import Path

from . import guest, judge, pkvm, render, scenarios
from .evidence import Run, line
from .scenarios import Case

# What is shown: a title, and the scenario with its device.
ROWS = (("disk", "no ACCESS_PLATFORM", "blk"), ("network card", "no ACCESS_PLATFORM", "net"),
        ("random numbers", "no ACCESS_PLATFORM", "rng"), ("console", "no ACCESS_PLATFORM", "console"),
        ("disk, packed ring", "packed", "blk"), ("disk, restricted-dma-pool", "restricted-dma-pool", "blk"),
        ("disk with ACCESS_PLATFORM", "ACCESS_PLATFORM", "blk"), ("legacy disk", "legacy", "blk"),
        ("disk, not cache coherent", "not cache coherent", "blk"), ("disk, swiotlb=noforce", "no pool", "blk"),
        ("balloon", "no ACCESS_PLATFORM", "balloon"))
HEAD = ("Virtio devices in protected guests: pKVM, Linux's own hypervisor, takes the guest's pages from the host.",
        f"So a device gets SIGSEGV at a private page; of each guest's {pkvm.PAGES} pages some are private at its end.",
        "Unless a line says so, the device does not offer VIRTIO_F_ACCESS_PLATFORM.")
FOOT = "Host and guests: unchanged kernels under QEMU TCG.  Nothing here ran on SEV, TDX, s390 or POWER."


def cell(case: Case, run: Run, verdict: str) -> tuple[str, str]:
    """(kind, text): bad, good, no, or fail."""
    f = render.facts(run)
    if verdict != "ok":
        return "fail", f"NOT AS EXPECTED: {verdict}"
    private = f'{f["withheld"]} pages private'
    if case.kind == "private":
        return "bad", f'SIGSEGV at {f["first"]}, {f["requests"]} requests, {private}'
    if case.kind == "refused":
        return "no", f'refused: {case.message.removeprefix("memory is protected: ")}'
    return "good", f'works: {f["requests"]} requests, 0 faults in {f["accesses"]} accesses, {private}'


def screen(rows: list[tuple[str, dict[str, tuple[str, str]]]], control: str) -> str:
    lines = [*HEAD, "", f'{"":17} {"base":40} series']
    for title, cells in rows:
        parts = [textwrap.wrap(title, 17), *(textwrap.wrap(cells[w][1], 39) for w in ("base", "series"))]
        for i in range(max(map(len, parts))):
            a, b, c = (part[i] if i < len(part) else "" for part in parts)
            lines.append(f"{a:17} {b:40} {c}".rstrip())
    return "\n".join([*lines, "", *textwrap.wrap(control, 98), *textwrap.wrap(FOOT, 98)])


def page(rows: list[tuple[str, dict[str, tuple[str, str]]]], control: str) -> str:
    body = "".join(f'<tr><th>{escape(title)}</th>' + "".join(
        f'<td class={cells[w][0]}>{escape(cells[w][1])}</td>' for w in ("base", "series")) + "</tr>\n"
        for title, cells in rows)
    return f"""<!DOCTYPE html>
<html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width"><title>Virtio in protected guests</title>
<style>body {{ font: 16px sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em }}
table {{ border-collapse: collapse }} th, td {{ border: 1px solid #999; padding: .4em .7em; text-align: left; vertical-align: top }}
.bad, .fail {{ background: #fbe3e4 }} .good {{ background: #e3f4e4 }} .no {{ background: #fdf5d8 }}</style>
<h1>Virtio in protected guests</h1><p>{escape(" ".join(HEAD))}</p>
<table><tr><td></td><th>base</th><th>series</th></tr>
{body}</table><p>{escape(control)}</p><p>{escape(FOOT)}</p></html>
"""


async def run_all(cases: list[Case], setup: guest.Setup, jobs: int) -> dict[Case, Run]:
    free, runs = asyncio.Semaphore(jobs), {}

    async def one(case: Case) -> None:
        async with free:
            runs[case] = await guest.run(case, setup)
            print(f"  {len(runs)}/{len(cases)} guests", end="\r", file=sys.stderr, flush=True)
    async with asyncio.TaskGroup() as group:
        for case in cases:
            group.create_task(one(case))
    return runs


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab.demo", description=__doc__)
    for name, kind in (("built", Path), ("logs", Path), ("page", Path), ("scenarios", Path), ("cmdline", str), ("jobs", int)):
        parser.add_argument(f"--{name}", type=kind, required=True)
    parser.add_argument("boot", nargs="+", help="the command of ci/lib/arch.sh")
    options = parser.parse_args()
    table = scenarios.load(options.scenarios.read_text(encoding="utf-8"), str(options.scenarios))
    known = {(c.name, c.device, c.which): c for c in table if c.arch == "arm64" and c.protected}
    poke = known["control: a private page is read", "blk", "series"]
    cases = [known[name, device, which] for _, name, device in ROWS for which in ("base", "series")]
    setup = guest.Setup(options.boot, options.cmdline, options.built.absolute(), options.logs.absolute(), 120, 600)
    runs = asyncio.run(run_all([*cases, poke], setup, options.jobs))
    verdicts = {case: judge.verdict(case, run) for case, run in runs.items()}
    rows = [(title, {which: cell(c := known[name, device, which], runs[c], verdicts[c]) for which in ("base", "series")})
            for title, name, device in ROWS]
    told = line("device: SIGSEGV.*", runs[poke].complaints)
    control = f"Control, a page of the guest's kernel is read: {told or 'NOT SEEN'}."
    print(screen(rows, control))
    options.page.write_text(page(rows, control), encoding="utf-8")
    print(f"The same as a page: {options.page}")
    return 0 if set(verdicts.values()) == {"ok"} else 1


if __name__ == "__main__":
    sys.exit(main())
