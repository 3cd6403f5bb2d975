#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/proof/devices.py CONSOLE WINDOW DISKS NAME...

Judges a guest of ci/proof/devices by its console: WINDOW is 1 where DMA goes through the
direct window, 0 where it takes TCEs; the device NAMEs are vda, eth0, sda; DISKS is where
the disks are.  Prints what the devices did; or what is wrong, with exit code 1.
"""
import re
import sys
from pathlib import Path

MIB = 1 << 20
COMPLAINT = re.compile(r"WARNING:|BUG:|Oops|Kernel panic|Call Trace|EEH: Frozen")
MASK = {"sda": "32-bit mask"}
ANY_MASK = "64-bit mask, ACCESS_PLATFORM"


def said(lines: list[str], pattern: str) -> list[str]:
    """The last match of the pattern with a whole line, as its groups; [] if there is none."""
    found = [match for line in lines if (match := re.fullmatch(pattern, line))]
    return list(found[-1].groups()) if found else []


def tces(lines: list[str]) -> int | None:
    n = said(lines, r"devices: tces at last: (\d+) .*")
    return int(n[0]) if n else None


def judge_device(lines: list[str], window: bool, name: str, copied: bool) -> str:
    """What is wrong with the device, "" for nothing."""
    n = said(lines, rf"devices: {name} ok (\d+) bytes")
    if not n or n == ["0"]:
        return next((line for line in lines if line.startswith(f"devices: {name} FAILED")), f"{name}: not a byte compared")
    if not copied:
        return f"{name}: the disk does not hold what was written"
    address, mask = said(lines, rf"devices: {name} is ([^ ,]*), (.*)") or ("", "no such device in sysfs")
    if mask != MASK.get(name, ANY_MASK):
        return f"{name}: {mask}"
    direct = any(f"{address}: iommu: 64-bit OK but direct DMA" in line for line in lines)
    if direct != (window and name != "sda"):
        return f"{name}: {'direct' if direct else 'no direct'} DMA"
    return ""


def judge(console: str, window: bool, names: list[str], copied: dict[str, bool]) -> tuple[bool, str]:
    """Whether the guest is as it has to be, and what its devices did or what is wrong."""
    lines = [line.strip("\r\0") for line in console.split("\n")]
    wrong = next((line for line in lines if COMPLAINT.search(line)), "")
    for name in names:
        wrong = wrong or judge_device(lines, window, name, copied.get(name, True))
    # in the default window, whose first TCE is never given out
    n = tces(lines)
    if not window or "sda" in names:
        wrong = wrong or ("" if n is not None and n > 1 else f"no TCEs: {n}")
    else:
        wrong = wrong or ("" if n is not None and n <= 1 else f"TCEs: {n}")
    mapped = any("direct mapping: 1" in line for line in lines)
    if window:
        whole = any("lsa_required: 0, lsa_enabled: 0, direct mapping: 1" in line for line in lines)
        wrong = wrong or ("" if whole else 'no "direct mapping: 1"')
    else:
        off = any("ppc iommu: disabling ddw" in line for line in lines)
        wrong = wrong or ("" if off else 'no "disabling ddw"') or ('"direct mapping: 1"' if mapped else "")
    wrong = wrong or ("" if "devices: done" in lines else "the guest's init did not end")
    if wrong:
        return False, wrong
    moved = [said(lines, rf"devices: ({name}) ok (\d+) bytes") for name in names]
    how = '"direct mapping: 1"' if window else '"disabling ddw"'
    return True, ", ".join([*(f"{name} {count} bytes" for name, count in moved), how, f"{n} TCEs"])


def main(args: list[str]) -> int:
    if args[:1] in (["-h"], ["--help"]):
        print(__doc__.rstrip())
        return 0
    if len(args) < 4 or args[1] not in ("0", "1"):
        print("Error: devices.py CONSOLE WINDOW DISKS NAME...\nNext:  ci/proof/devices.py --help", file=sys.stderr)
        return 2
    console, window, disks, *names = args
    copied = {}
    for name in names:
        if name != "eth0":
            data = Path(disks, name).read_bytes()
            copied[name] = data[:MIB] == data[MIB:2 * MIB]
    good, says = judge(Path(console).read_text(errors="replace"), window == "1", names, copied)
    print(says)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
