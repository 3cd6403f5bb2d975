# SPDX-License-Identifier: GPL-2.0-only
"""pseries guests without the direct window, in which each mapping sets TCEs: what they cost."""
from __future__ import annotations

from statistics import mean

from .guest import Counts, Guest

RUNS = 3
PARTS = ("map", "sync", "tce")
SVM = {"svm_off": "nosvm-", "svm_on": ""}
MOST = 0.5          # instructions a mapping: a tenth of a branch is not one


def guest(kernel: str) -> Guest:
    return Guest(kernel, ("blk",), platform=True, arguments="disable_ddw")


def kernels() -> list[str]:
    return [f"{before}{which}" for before in SVM.values() for which in ("base", "series")]


def guests() -> list[Guest]:
    return [guest(k) for _ in range(RUNS) for k in kernels()]


def per_mapping(runs: list[Counts]) -> dict:
    cost = [sum(c.parts().get(p, 0) for p in PARTS) for c in runs]
    mappings = mean(c.calls.get("map:dma_map_phys", 0) for c in runs)
    return {"instructions": round(mean(cost) / mappings, 2) if mappings else None, "mappings": round(mappings, 2),
            "spread": round(max(cost) / min(cost) - 1, 5) if min(cost) else None,
            "parts": {p: round(mean(c.parts().get(p, 0) for c in runs) / mappings, 2) for p in PARTS} if mappings else {}}


def judge(arch: str, runs: list[tuple[Guest, dict[str, Counts]]]) -> tuple[dict, list[str]]:
    figures, bad = {}, []
    for name, before in SVM.items():
        f = {w: per_mapping([c["blk"] for g, c in runs if g.kernel == before + w]) for w in ("base", "series")}
        figures[name] = f
        if not f["base"]["mappings"] or not f["base"]["parts"]["tce"]:
            bad.append(f"{arch} {name}: no TCE was set")
        elif f["series"]["instructions"] - f["base"]["instructions"] > MOST:
            bad.append(f"{arch} {name}: a mapping costs {f['series']['instructions'] - f['base']['instructions']:.2f} instructions more")
    return figures, bad


def lines(arch: str, figures: dict) -> list[str]:
    return [f"{arch:8} {name:8} {f['base']['instructions']:9.2f} {f['series']['instructions']:9.2f}   +- {f['base']['spread']:.4f}; "
            f"{f['series']['mappings']:.1f} mappings a request" for name, f in figures.items()]


HEAD = "pseries, instructions a mapping through TCEs and its end: base, series"
