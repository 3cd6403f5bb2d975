# SPDX-License-Identifier: GPL-2.0-only
"""Ordinary guests: what it costs that a driver gets its device, by guests with some devices more."""
from __future__ import annotations

from dataclasses import replace
from statistics import mean

from .guest import Counts, Guest

RUNS = 3
MORE = 4
BASE = Guest("lab-base", ("blk",), few=10, many=20)
KERNELS = "lab-base", "lab-series"
MOST = 0.01         # of the base's: there is no room for a loop over anything


def kernels() -> list[str]:
    return list(KERNELS)


def guests() -> list[Guest]:
    return [replace(BASE, kernel=k, ports=ports) for _ in range(RUNS) for k in KERNELS for ports in (0, MORE)]


def up_to_then(runs: list[Counts]) -> list[int]:
    return [sum(n[0] for n in c.before.values()) for c in runs]


def judge(arch: str, runs: list[tuple[Guest, dict[str, Counts]]]) -> tuple[dict, list[str]]:
    figures: dict = {}
    for k in KERNELS:
        without, with_ = (up_to_then([c["blk"] for g, c in runs if g.kernel == k and g.ports == ports]) for ports in (0, MORE))
        each = [(b - a) / MORE for a, b in zip(without, with_)]
        figures[k.removeprefix("lab-")] = round(mean(each), 1)
        figures.setdefault("spread", {})[k.removeprefix("lab-")] = round(max(each) - min(each), 1)
    more = figures["more"] = round(figures["series"] - figures["base"], 1)
    bad = []
    if figures["base"] < 1000:
        bad.append(f"{arch}: {figures['base']} instructions a device: no driver got any")
    elif more > MOST * figures["base"]:
        bad.append(f"{arch}: a device costs {more:.0f} instructions more until its driver has it")
    return figures, bad


def lines(arch: str, figures: dict) -> list[str]:
    return [f"{arch:8} {figures['base']:10.1f} {figures['series']:10.1f} {figures['more']:+8.1f}   +- {max(figures['spread'].values()):.1f}"]


HEAD = "ordinary guests, instructions a device (virtio-serial) until its driver has it: base, series, more, spread of equal runs"
