# SPDX-License-Identifier: GPL-2.0-only
"""Protected guests (the lab's): without ACCESS_PLATFORM against with it, and what a request is made of."""
from __future__ import annotations

from statistics import mean

from .guest import Counts, Guest

RUNS = 3
PARTS = ("copy", "slots", "map", "sync", "tce", "ring", "transport", "driver")
KINDS = {"without": Guest("lab-series", protected=True), "with": Guest("lab-series", protected=True, platform=True),
         "base_with": Guest("lab-base", protected=True, platform=True)}
MOST = 1.001        # without against with: as much as the method can tell


def kernels() -> list[str]:
    return ["lab-base", "lab-series"]


def guests() -> list[Guest]:
    return [g for _ in range(RUNS) for g in KINDS.values()]


def memcpy(counts: Counts) -> float:
    """Instructions that memcpy() of the same bytes takes: its own, or one a byte of a string move."""
    apart = sum(n for name, n in counts.instructions.items() if name.startswith("copy:") and "memcpy" in name)
    return apart or counts.copied


def kind(runs: list[Counts]) -> dict:
    copy = mean(c.parts().get("copy", 0) for c in runs)
    plain = mean(memcpy(c) for c in runs)
    totals = [c.total() for c in runs]
    return {"instructions": round(mean(totals), 1), "spread": round(max(totals) / min(totals) - 1, 5),
            "parts": {p: round(mean(c.parts().get(p, 0) for c in runs), 1) for p in PARTS
                      if any(c.parts().get(p) for c in runs)},
            "bounces": round(mean(sum(n for f, n in c.calls.items() if f == "copy:swiotlb_bounce") for c in runs), 2),
            "bytes": round(mean(c.copied for c in runs), 1), "memcpy": round(plain, 1),
            "copy_to_memcpy": round(copy / plain, 4) if plain else None,
            "functions": {n: round(mean(c.instructions.get(n, 0) for c in runs), 1)
                          for n in sorted({n for c in runs for n in c.functions()})}}


def judge(arch: str, runs: list[tuple[Guest, dict[str, Counts]]]) -> tuple[dict, list[str]]:
    figures: dict = {}
    bad = []
    for d in Guest.devices:
        mine = {k: [counts[d] for g, counts in runs if g == wanted] for k, wanted in KINDS.items()}
        figures[d] = {k: kind(c) for k, c in mine.items()}
        ratio = figures[d]["without"]["instructions"] / figures[d]["with"]["instructions"]
        figures[d]["ratio"] = round(ratio, 5)
        if not figures[d]["without"]["bounces"]:
            bad.append(f"{arch} {d}: nothing was bounced: this is no protected guest")
        if ratio > MOST:
            bad.append(f"{arch} {d}: without ACCESS_PLATFORM costs {ratio:.4f} of with it")
    return figures, bad


def lines(arch: str, figures: dict) -> list[str]:
    found = []
    for d, f in figures.items():
        for k in KINDS:
            parts = "  ".join(f"{p} {n:.0f}" for p, n in f[k]["parts"].items())
            found.append(f"{arch:8} {d:4} {k:10} {f[k]['instructions']:10.1f}   {parts}")
        found.append(f"{arch:8} {d:4} without/with {f['ratio']:.4f}; bounced {f['without']['bytes']:.0f} bytes in "
                     f"{f['without']['bounces']:.1f} copies, {f['without']['copy_to_memcpy']} of memcpy()")
    return found


HEAD = "protected guests, instructions a request: without ACCESS_PLATFORM, with it, base with it; parts"
