# SPDX-License-Identifier: GPL-2.0-only
"""A protected guest's disk with many requests in flight: where the bounce pool limits it."""
from __future__ import annotations

from .guest import Counts, Guest

CPUS = 2
LATENCY = 500           # microseconds for each request in flight: long enough for all to be
REQUESTS = (512, 1536)
QUEUES = (1, 2, 4, 8)
FLIGHT = (1, 4, 16, 64, 128, 256)
POOLS = (512, 2048, 32768)      # slots of 2 KiB: 1 MiB, 4 MiB, the 64 MiB that are the default
PARTS = ("copy", "slots", "map", "ring", "driver")


def kernels() -> list[str]:
    return ["lab-series"]


def one(queues: int, flight: int, slabs: int) -> Guest:
    return Guest("lab-series", ("blk",), protected=True, flight=flight, cpus=CPUS, queues=queues,
                 latency=LATENCY * flight, slabs=slabs, few=REQUESTS[0], many=REQUESTS[1])


def guests() -> list[Guest]:
    flights = [one(1, flight, slabs) for slabs in POOLS for flight in FLIGHT]
    return flights + [one(queues, flight, POOLS[-1]) for queues in QUEUES[1:] for flight in (64, 256)]


def waits(function: str) -> bool:
    return function.endswith("queued_spin_lock_slowpath")


def row(guest: Guest, counts: Counts) -> dict:
    """Waiting for a lock stands apart: how long it lasts, the host's scheduler decides."""
    calls = counts.calls
    busy = Counts({f: n for f, n in counts.instructions.items() if not waits(f)}, calls, 0, {})
    parts = busy.parts()
    return {"queues": guest.queues, "flight": guest.flight, "pool": guest.slabs,
            "instructions": round(busy.total(), 1), "parts": {p: round(parts.get(p, 0), 1) for p in PARTS},
            "mappings": round(calls.get("map:dma_map_phys", 0), 2),
            # a request that finds no slot is given back, and tried again
            "tries": round(calls.get("driver:virtio_queue_rq", 0) + calls.get("driver:virtblk_prep_rq_batch", 0), 3),
            "locks": round(sum(n for f, n in calls.items() if f.startswith("slots:") and "spin_lock" in f), 2),
            "waits": {part: round(sum(n for f, n in calls.items() if waits(f) and f.startswith(part)), 4) for part in ("slots", "driver")},
            "most_slots": int(counts.console["io_tlb_used_hiwater"])}


def judge(arch: str, runs: list[tuple[Guest, dict[str, Counts]]]) -> tuple[dict, list[str]]:
    rows = [row(g, counts["blk"]) for g, counts in runs]
    # (with one in flight the kernel is not asked to keep the maximum)
    bad = [f"{arch}: nothing used the pool" for r in rows if r["flight"] > 1 and not r["most_slots"]][:1]
    return {"rows": rows, "cpus": CPUS, "latency_us_each": LATENCY}, bad


def lines(arch: str, figures: dict) -> list[str]:
    return [f"{arch:8} {r['queues']} queues {r['flight']:4} in flight, pool {r['pool'] * 2 // 1024:3} MiB: {r['instructions']:9.1f}  "
            + "  ".join(f"{p} {n:.0f}" for p, n in r["parts"].items())
            + f"  mappings {r['mappings']}  tries {r['tries']}  locks {r['locks']}  waits {r['waits']['slots']}+{r['waits']['driver']}  most {r['most_slots']} slots"
            for r in figures["rows"]]


HEAD = f"protected guest, disk, {CPUS} CPUs: instructions a request by queues, requests in flight and size of the pool"
