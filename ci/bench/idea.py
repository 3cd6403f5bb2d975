# SPDX-License-Identifier: GPL-2.0-only
"""Protected guests: what the patch in ideas/ would save them; the series without it and with it."""
from __future__ import annotations

from .guest import Counts, Guest
from .protected import PARTS
from .scale import CPUS, LATENCY, POOLS, REQUESTS, waits

SPREAD = 1.1        # equal runs with many in flight differ by as much: in how often a full pool is tried
KERNELS = {"series": "lab-series", "idea": "lab-planted"}


def shapes(kernel: str) -> dict[str, Guest]:
    """One request at a time; and many, on two CPUs, in the pool that is the default and in a small one."""
    def many(flight: int, pool: int) -> Guest:
        return Guest(kernel, ("blk",), protected=True, flight=flight, cpus=CPUS, latency=LATENCY * flight, slabs=pool,
                     few=REQUESTS[0], many=REQUESTS[1])
    return {"blk": Guest(kernel, ("blk",), protected=True), "net": Guest(kernel, ("net",), protected=True),
            "blk, 64 in flight": many(64, POOLS[-1]), "blk, 256 in flight": many(256, POOLS[-1]),
            "blk, 256 in flight, 1 MiB": many(256, POOLS[0])}


def kernels() -> list[str]:
    return list(KERNELS.values())


def guests() -> list[Guest]:
    return [g for k in KERNELS.values() for g in shapes(k).values()]


def parts(c: Counts) -> dict[str, float]:
    busy = Counts({f: n for f, n in c.instructions.items() if not waits(f)}, c.calls, 0, {}).parts()
    return {p: round(busy[p], 1) for p in PARTS if busy.get(p)}


def judge(arch: str, runs: list[tuple[Guest, dict[str, Counts]]]) -> tuple[dict, list[str]]:
    counted = {g: next(iter(c.values())) for g, c in runs}
    figures, bad = {}, []
    for name in shapes(""):
        f = figures[name] = {which: {"parts": (p := parts(counted[shapes(kernel)[name]])), "instructions": round(sum(p.values()), 1)}
                             for which, kernel in KERNELS.items()}
        f["ratio"] = round(f["idea"]["instructions"] / f["series"]["instructions"], 4)
        if f["ratio"] > (SPREAD if "flight" in name else 1):
            bad.append(f"{arch} {name}: the idea costs {f['ratio']:.4f}")
    return figures, bad


def lines(arch: str, figures: dict) -> list[str]:
    return [f"{arch:8} {name:26} {f['series']['instructions']:10.1f} {f['idea']['instructions']:10.1f}   {f['ratio']:.3f}   slots "
            f"{f['series']['parts'].get('slots', 0):.0f} -> {f['idea']['parts'].get('slots', 0):.0f}" for name, f in figures.items()]


HEAD = "protected guests, instructions a request: series, with the patch in ci/bench/ideas, ratio"
