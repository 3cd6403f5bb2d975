# SPDX-License-Identifier: GPL-2.0-only
"""What ACCESS_PLATFORM costs a vhost-user back-end: the lab's device under callgrind; ci/bench/vhost starts it."""
from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import callgrind

# Of one disk: with the feature or without it, and what stands before the device.
#   machine, property of the device, argument of the kernel
CASES = {
    "without": ("q35", "", ""),
    "with": ("q35", ",iommu_platform=on", ""),
    "iommu_passthrough": ("iommu", ",iommu_platform=on,ats=on", "iommu.passthrough=1"),
    "iommu_translated": ("iommu", ",iommu_platform=on,ats=on", "iommu.passthrough=0 iommu.strict=1"),
    "iommu_lazy": ("iommu", ",iommu_platform=on,ats=on", "iommu.passthrough=0 iommu.strict=0"),
}
REQUESTS = (500, 1500)
RUNS = 3
WANTED = {"lookups": "iotlb_find", "messages": "vhost_user_message", "updates": "iotlb_update", "invalidations": "iotlb_invalidate"}


class Failed(Exception):
    pass


def command(case: str, requests: int, options: argparse.Namespace) -> list[str]:
    machine, more, kernel = CASES[case]
    words = [*options.boot, "-smp", "1", "-cpu", "max", "-object", "memory-backend-memfd,share=on,id=ram,size=512M",
             "-M", "q35,memory-backend=ram"]
    bus = "pcie.0"
    if machine == "iommu":
        words += ["-device", "intel-iommu,device-iotlb=on", "-device", "pcie-root-port,id=root0"]
        bus = "root0"
    return words + ["-chardev", "socket,id=dev,path=socket", "-device",
                    f"vhost-user-blk-pci,bus={bus},chardev=dev,num-queues=1,vectors=0,disable-legacy=on{more}",
                    "-kernel", str(options.built / "kernel-lab-series"), "-initrd", str(options.built / "initrd"), "-append",
                    f"{options.cmdline} tsc_early_khz=4000000 panic=-1 {kernel} -- blk:0:{requests}:0"]


def run(case: str, requests: int, options: argparse.Namespace) -> tuple[dict[str, int], dict[str, int], dict]:
    """Instructions and calls of the device's functions, and its own figures."""
    with tempfile.TemporaryDirectory(prefix="bench.") as name:
        where = Path(name)
        (where / "disk").write_bytes(bytes(1 << 24))
        words = ["valgrind", "--tool=callgrind", "--callgrind-out-file=calls", str(options.built / "device/device"),
                 "blk", "socket", "disk"]
        with open(where / "figures", "wb") as figures, open(where / "said", "wb") as said:
            device = subprocess.Popen(words, cwd=where, stdout=figures, stderr=said)
        try:
            until = time.monotonic() + 60
            while not (where / "socket").exists() and device.poll() is None and time.monotonic() < until:
                time.sleep(0.1)
            guest = subprocess.run(command(case, requests, options), cwd=where, stdin=subprocess.DEVNULL, capture_output=True,
                                   timeout=300, check=False)
            console = guest.stdout.decode(errors="replace")
            (options.logs / f"vhost-{case}.log").write_text(console + guest.stderr.decode(errors="replace"))
            if "bench: done" not in console:
                raise Failed(f"{case}: the guest did not end well; read {options.logs}/vhost-{case}.log")
            device.wait(60)
        finally:
            if device.poll() is None:
                device.kill()
                device.wait()
        own, called = callgrind.parse((where / "calls").read_text())
        return own, called, json.loads((where / "figures").read_text().splitlines()[-1])


def case_figures(case: str, options: argparse.Namespace) -> dict:
    """The run with the median of instructions: how often the device sleeps between requests is chance."""
    runs = sorted((one_run(case, options) for _ in range(RUNS)), key=lambda f: f["instructions"])
    return {**runs[RUNS // 2], "spread": round(runs[-1]["instructions"] / runs[0]["instructions"] - 1, 4)}


def one_run(case: str, options: argparse.Namespace) -> dict:
    """Of one request: what MANY took beyond FEW."""
    few, many = (run(case, n, options) for n in REQUESTS)
    n = many[2]["requests"] - few[2]["requests"]
    if n < (REQUESTS[1] - REQUESTS[0]) * 0.9:
        raise Failed(f"{case}: the device served only {n} more requests")
    found = {"instructions": round((sum(many[0].values()) - sum(few[0].values())) / n, 1)}
    found |= {word: round((many[1].get(f, 0) - few[1].get(f, 0)) / n, 3) for word, f in WANTED.items()}
    found["misses"] = round((many[2]["iotlb_misses"] - few[2]["iotlb_misses"]) / n, 3)
    found["access_platform"] = bool(int(many[2]["features"], 0) >> 33 & 1)
    found["searching"] = round((many[0].get("iotlb_find", 0) - few[0].get("iotlb_find", 0)) / n, 1)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.vhost", description=__doc__)
    for name in ("built", "logs", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--cmdline", required=True)
    parser.add_argument("boot", nargs="+")
    options = parser.parse_args()
    figures = {}
    try:
        for case in CASES:
            figures[case] = case_figures(case, options)
            print(f"  vhost x86_64: {case}", file=sys.stderr)
    except (Failed, subprocess.TimeoutExpired) as failed:
        print(f"\nError: {failed}\nNext:  look at the end of that console", file=sys.stderr)
        return 9
    none = figures["without"]["instructions"]
    print("the lab's vhost-user disk: instructions, look-ups, messages, misses a request")
    for case, f in figures.items():
        f["ratio"] = round(f["instructions"] / none, 4)
        print(f"x86_64   {case:18} {f['instructions']:9.1f} {f['ratio']:8.3f} +- {f['spread']:.3f}  look-ups {f['lookups']:.2f}  messages {f['messages']:.2f}"
              f"  misses {f['misses']:.2f}  searching {f['searching']:.0f}")
    bad = [] if figures["iommu_translated"]["lookups"] else ["no address was looked up behind an IOMMU: nothing was measured"]
    for b in bad:
        print(f"FAIL  {b}")
    options.out.write_text(json.dumps({"figure": "vhost", "arch": "x86_64", "series": os.environ.get("SERIES_ID", ""), "pass": not bad,
                                       "command": "make bench ARCH=x86_64 FIGURE=vhost", "figures": figures}, indent=1) + "\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
