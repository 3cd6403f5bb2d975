#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/deb/judge.py KERNEL EXIT_CODE CONSOLE

Judges one guest of ci/deb/boot by its console, CONSOLE.json (what the strict device counted)
and CONSOLE.device (what it complained of).  Prints a line; exit code 1 if the guest is not
as it has to be: what else went wrong stands below.
"""
import json
import re
import sys
from pathlib import Path

RUNS = 6  # lines "in-guest: ok", one a run of in-guest
PLAYS = "protected_lab: this guest plays a protected one"
REFUSED = re.compile(r"virtio_blk virtio\d+: device must provide VIRTIO_F_ACCESS_PLATFORM|protected_lab: private memory for a device: ")


def judge(kernel: str, code: int, console: str, counted: dict, complaints: str) -> tuple[str, list[str]]:
    """What was seen, and what is wrong with it."""
    said = re.findall(r"in-guest: (.*)", console)
    ok = [line for line in said if line.startswith("ok ")]
    private = counted.get("violations", 0)
    if kernel == "lab-base":
        bad = [] if "Unable to mount root fs" in console or "/dev/vda: Can't open" in console or private else ["it got its disk, or ended before"]
        if ok:
            bad.append("it runs")
        if PLAYS not in console:
            bad.append("it does not play a protected guest")
        if not private and not REFUSED.search(console):
            bad.append("nothing says why it has no disk: no refusal, no private memory")
        return f"no disk; {private} accesses to private memory refused", bad
    bad = [line for line in said if line.startswith("FAILED")]
    if not said or said[-1] != "end":
        bad.append("no end: " + (console.strip().splitlines() or ["no console"])[-1])
    if len(ok) != RUNS:
        bad.append(f"{len(ok)} of {RUNS} runs")
    if "0 warnings" not in said:
        bad.append("the kernel warned: " + ", ".join(line for line in said if line.endswith("warnings")))
    if not any("root on /dev/vda" in line for line in said):
        bad.append("its root is not on the virtio disk")
    if code:
        bad.append(f"QEMU: exit code {code}")
    if kernel == "lab-series":
        if PLAYS not in console:
            bad.append("it does not play a protected guest")
        if private or complaints.strip():
            bad.append(f"private memory: {private}, {complaints.strip()[:200]}")
        if not counted.get("requests"):
            bad.append("the strict device counted nothing")
    return f"{len(ok)} runs, {counted.get('requests', 'uncounted')} requests of the disk, {private} accesses to private memory", bad


def main(args: list[str]) -> int:
    if args[:1] in (["-h"], ["--help"]):
        print(__doc__.rstrip())
        return 0
    if len(args) != 3:
        print("Error: judge.py KERNEL EXIT_CODE CONSOLE\nNext:  ci/deb/judge.py --help", file=sys.stderr)
        return 2
    path = Path(args[2])
    console, counts, complaints = (p.read_text(errors="replace") if p.exists() else ""
                                   for p in (path, Path(f"{path}.json"), Path(f"{path}.device")))
    lines = [line for line in counts.splitlines() if line.startswith("{")]
    seen, bad = judge(args[0], int(args[1]), console, json.loads(lines[-1]) if lines else {}, complaints)
    print(f"{'FAIL' if bad else 'ok  '}  {args[0]:11} {seen}")
    for b in bad:
        print(f"      {b}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
