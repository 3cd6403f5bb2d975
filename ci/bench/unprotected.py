# SPDX-License-Identifier: GPL-2.0-only
"""Ordinary guests: what the series costs those that gain nothing from it.

The kernels are the lab's, which most often are built already.  Its hooks are in base and
series alike; that virtio_ring.o is the same without them, ci/proof/data-path shows.
"""
from __future__ import annotations

from dataclasses import replace
from statistics import mean

from .guest import Counts, Guest

PAIRS = 5
SPREAD = 0.001      # of base against itself: more, and the method cannot tell
MOST = 0.5          # instructions a request: less than one


def kernels() -> list[str]:
    return ["lab-base", "lab-series"]


def guests() -> list[Guest]:
    """Base and series by turns, and base once more: five pairs of base against base."""
    base = Guest("lab-base")
    return [base] + [g for _ in range(PAIRS) for g in (replace(base, kernel="lab-series"), base)]


def by_function(base: list[Counts], series: list[Counts]) -> dict[str, list[float]]:
    """[base, series] of each function that differs by a tenth of an instruction a request."""
    names = sorted({n for c in base + series for n in c.instructions})
    found = {}
    for name in names:
        b, s = (mean(c.instructions.get(name, 0) for c in runs) for runs in (base, series))
        if abs(b - s) >= 0.1:
            found[name] = [round(b, 2), round(s, 2)]
    return found


def device(runs: list[tuple[Guest, Counts]]) -> dict:
    base = [c for g, c in runs if g.kernel == "lab-base"]
    series = [c for g, c in runs if g.kernel == "lab-series"]
    b, s = [c.total() for c in base], [c.total() for c in series]
    pairs = [y / x for x, y in zip(b, b[1:])]
    return {"base": round(mean(b), 2), "series": round(mean(s), 2), "ratio": round(mean(s) / mean(b), 5),
            "base_base": [round(p, 5) for p in pairs], "spread": round(max(abs(p - 1) for p in pairs), 5),
            "parts": {part: round(mean(c.parts().get(part, 0) for c in series), 2)
                      for part in sorted({p for c in series for p in c.parts()})},
            "differ": by_function(base, series)}


def judge(arch: str, runs: list[tuple[Guest, dict[str, Counts]]]) -> tuple[dict, list[str]]:
    figures = {d: device([(g, counts[d]) for g, counts in runs]) for d in Guest.devices}
    bad = []
    for name, f in figures.items():
        if f["spread"] > SPREAD:
            bad.append(f"{arch} {name}: base against itself differs by {f['spread']:.3%}: too much to tell")
        elif f["series"] - f["base"] > max(MOST, f["spread"] * f["base"]):
            bad.append(f"{arch} {name}: the series costs {f['series'] - f['base']:.1f} instructions a request: {f['differ']}")
    return figures, bad


def lines(arch: str, figures: dict) -> list[str]:
    return [f"{arch:8} {d:4} {f['base']:10.1f} {f['series']:10.1f}   {f['ratio']:.4f} +- {f['spread']:.4f}"
            for d, f in figures.items()]


HEAD = "ordinary guests, instructions a request: base, series, ratio +- spread of base against itself"
