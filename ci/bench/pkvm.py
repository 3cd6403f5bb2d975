# SPDX-License-Identifier: GPL-2.0-only
"""Guests of a host that runs pKVM: what a request costs, exits to the host, and pages that change sides.

Host and guest run the same kernel, so a function has one address in both: what drivers and the
DMA API do is the guest's (the host's own devices are idle meanwhile), exits are the host's.
"""
from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Iterator

from lab import pkvm as lab, qemu

from . import guest as one
from .guest import Counts, Guest

DISK = 1 << 20      # of which the host has all in memory, once the guest has warmed up
SLABS = qemu.ARCHES["arm64"]["slabs"]    # the kernel's own choice is too few for a network card
ORDINARY = Guest("lab-series", ("blk",))
PROTECTED = replace(ORDINARY, protected=True)
KINDS = {"ordinary": ORDINARY, "without": PROTECTED, "with": replace(PROTECTED, platform=True),
         "restricted": replace(PROTECTED, restricted=True), "base_with": replace(PROTECTED, platform=True, kernel="lab-base"),
         "dynamic": replace(PROTECTED, kernel="lab-dynamic", slabs=512)}   # (IO_TLB_MIN_SLABS: still enough for one request at a time)
DEVICES = "blk", "net"
PARTS = "copy", "slots", "map", "sync", "ring", "transport", "driver"
APART = "exit", "share"     # counted by calls: they are no part of what a request costs the guest
MOST = 1.001        # without against with: as much as the method can tell


def kernels() -> list[str]:
    return ["lab-base", "lab-series", "lab-dynamic"]


def guests() -> list[Guest]:
    return [replace(g, devices=(d,)) for d in DEVICES for g in KINDS.values()]


@contextmanager
def started(guest: Guest, arch: str, built: Path, boot: list[str], cmdline: str) -> Iterator[tuple[list[str], Path]]:
    """The command of the host, in a directory with all that it reads."""
    (device,) = guest.devices
    case = SimpleNamespace(which="series", protected=guest.protected, lab="on", device=device,
                           machine="restricted" if guest.restricted else "-",
                           properties="iommu_platform=on" if guest.platform else "")
    with one.directory() as where:
        links = {"kernel-base": built / f"kernel-{guest.kernel}", "host": built.parents[1] / "lab" / arch / "host",
                 "kernel": built / f"kernel-{guest.kernel}", "initrd": built / "initrd", "console": where / "said"}
        for name, target in links.items():
            (where / name).symlink_to(target)
        (where / "disk").write_bytes(os.urandom(DISK))
        yield lab.host(case, boot, where, cmdline, f"panic=-1 dma_debug=off printk.devkmsg=on swiotlb={guest.slabs or SLABS} -- {one.job(guest, device)}"), where


def run(guest: Guest, arch: str, built: Path, boot: list[str], cmdline: str, log: Path, limit: float = 900) -> dict[str, Counts]:
    with started(guest, arch, built, boot, cmdline) as (words, where):
        return one.count(guest, words, where, built, log, limit, where / "said")


def kind(c: Counts) -> dict:
    mine = {f: n for f, n in c.instructions.items() if f.split(":")[0] not in APART}
    own = Counts(mine, c.calls, c.copied, c.console, c.before)
    return {"instructions": round(own.total(), 1), "parts": {p: round(own.parts().get(p, 0), 1) for p in PARTS if own.parts().get(p)},
            "bounces": round(c.calls.get("copy:swiotlb_bounce", 0), 2), "exits": round(c.calls.get("exit:handle_exit", 0), 2),
            "shared": round(sum(n for f, n in c.calls.items() if f.startswith("share:")), 2),
            "shared_before": sum(n[1] for f, n in c.before.items() if f.startswith("share:"))}


def judge(arch: str, runs: list[tuple[Guest, dict[str, Counts]]]) -> tuple[dict, list[str]]:
    figures: dict = {}
    bad = []
    for d in DEVICES:
        f = figures[d] = {k: kind(next(c[d] for g, c in runs if g == replace(wanted, devices=(d,)))) for k, wanted in KINDS.items()}
        f["ratio"] = round(f["without"]["instructions"] / f["with"]["instructions"], 5)
        if f["ratio"] > MOST:
            bad.append(f"{arch} {d}: without ACCESS_PLATFORM costs {f['ratio']:.4f} of with it")
        for k in KINDS:
            if (f[k]["bounces"] > 0) != KINDS[k].protected:
                bad.append(f"{arch} {d}, {k}: {f[k]['bounces']} copies a request: the guest is not what it should be")
            if f[k]["shared"]:
                bad.append(f"{arch} {d}, {k}: {f[k]['shared']} calls a request to share memory or take it back")
            if f[k]["exits"] < 1:
                bad.append(f"{arch} {d}, {k}: {f[k]['exits']} exits a request: they are not seen")
    return figures, bad


def lines(arch: str, figures: dict) -> list[str]:
    return [f"{arch:8} {d:4} {k:10} {f[k]['instructions']:10.1f} {f[k]['exits']:8.2f} {f[k]['shared']:6.2f} {f[k]['shared_before']:6d}   "
            + "  ".join(f"{p} {n:.0f}" for p, n in f[k]["parts"].items()) for d, f in figures.items() for k in KINDS]


HEAD = "guests of pKVM, a request: instructions, exits to the host, calls that share memory; such calls before; parts"
