# SPDX-License-Identifier: GPL-2.0-only
"""pseries guests: what a mapping costs that sets TCEs (no direct window), and one in a secure guest."""
from __future__ import annotations

from statistics import mean

from .guest import Counts, Guest

RUNS = 3
PARTS = ("map", "sync", "tce")
SVM = {"svm_off": "nosvm-", "svm_on": ""}
# The lab's, through the direct window and the bounce pool.  (In the base nothing gets through.)
SECURE, BOUNCED = Guest("lab-series", ("blk",), platform=True, protected=True), (*PARTS, "copy", "slots")
MOST = 0.5          # instructions a mapping more, the aim: a tenth of a branch is not one


def guest(kernel: str) -> Guest:
    return Guest(kernel, ("blk",), platform=True, arguments="disable_ddw")


def ordinary() -> list[str]:
    return [f"{before}{which}" for before in SVM.values() for which in ("base", "series")]


def kernels() -> list[str]:
    return [*ordinary(), SECURE.kernel]


def guests() -> list[Guest]:
    return [g for _ in range(RUNS) for g in (*map(guest, ordinary()), SECURE)]


def per_mapping(runs: list[Counts], parts: tuple[str, ...] = PARTS) -> dict:
    cost = [sum(c.parts().get(p, 0) for p in parts) for c in runs]
    mappings = mean(c.calls.get("map:dma_map_phys", 0) for c in runs)
    return {"instructions": round(mean(cost) / mappings, 2) if mappings else None, "mappings": round(mappings, 2),
            "spread": round(max(cost) / min(cost) - 1, 5) if min(cost) else None,
            "parts": {p: round(mean(c.parts().get(p, 0) for c in runs) / mappings, 2) for p in parts} if mappings else {}}


def judge(arch: str, runs: list[tuple[Guest, dict[str, Counts]]]) -> tuple[dict, list[str]]:
    figures, bad = {}, []
    for name, before in SVM.items():
        f = {w: per_mapping([c["blk"] for g, c in runs if g.kernel == before + w]) for w in ("base", "series")}
        figures[name] = f
        if not f["base"]["mappings"] or not f["base"]["parts"]["tce"]:
            bad.append(f"{arch} {name}: no TCE was set")
        else:
            f["more"] = round(f["series"]["instructions"] - f["base"]["instructions"], 2)
            f.update({"beyond": MOST} if f["more"] > MOST else {})
    figures["secure"] = {"series": per_mapping([c["blk"] for g, c in runs if g == SECURE], BOUNCED)}
    if not figures["secure"]["series"]["parts"].get("copy"):
        bad.append(f"{arch} secure: nothing was bounced: this is no protected guest")
    return figures, bad


def beyond(arch: str, figures: dict) -> list[str]:
    """What is red, but a figure all the same."""
    return [f"{arch} {name}: a mapping costs {f['more']:.2f} instructions more, beyond {f['beyond']}" for name, f in figures.items() if "beyond" in f]


def lines(arch: str, figures: dict) -> list[str]:
    return [f"{arch:8} {name:8} " + (f"{f['base']['instructions']:9.2f}" if "base" in f else f"{'-':>9}")
            + f" {f['series']['instructions']:9.2f}   +- {f['series']['spread']:.4f}; {f['series']['mappings']:.1f} mappings a request"
            for name, f in figures.items()]


HEAD = "pseries, instructions a mapping and its end, through TCEs (secure: direct window, bounced): base, series"
