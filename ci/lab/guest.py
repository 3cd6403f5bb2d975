# SPDX-License-Identifier: GPL-2.0-only
"""One guest and its device: start both, wait until there is no more to see, end both.

Each guest has a directory of its own, where its processes run; it goes when they do.
"""
from __future__ import annotations

import asyncio
import os
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import evidence, pkvm, qemu
from .process import calls, ended, finish, reap, start
from .scenarios import Case

DISK = 2 << 20  # bytes that the guest copies from the disk's first half to its second
STUCK = 15  # seconds after the message in which a guest that is stuck moves no data
TICK = 0.2


class NoDevice(Exception):
    """This QEMU lacks a device that the lab needs."""


@dataclass(frozen=True)
class Setup:
    """What all guests of a run share."""
    boot: list[str]  # the command of ci/lib/arch.sh
    cmdline: str  # of the kernel
    built: Path  # kernels, initrd and strict device
    logs: Path
    stall: float  # seconds without anything new after which a guest is ended
    limit: float  # seconds after which it is ended, whatever it does

    def log(self, case: Case) -> Path:
        name = re.sub("[^A-Za-z0-9]", "-", case.name)
        return self.logs / f"{case.arch}-{case.which}-{case.text}-{case.device}-{name}.log"

    def output(self, case: Case) -> Path:
        """Of QEMU: the guest's console, or its host's."""
        return self.log(case).with_suffix(".host") if qemu.is_pkvm(case) else self.log(case)


def text(path: Path) -> str:
    return path.read_bytes().decode(errors="replace") if path.exists() else ""


def activity(where: Path, log: Path, device) -> list:
    """Changes with every output, write to disk or port, kick, and interrupt of the device."""
    files = [(s.st_size, s.st_mtime_ns) for s in map(os.stat, filter(Path.exists, (log, *sorted(where.iterdir()))))]
    return files + calls(device)


async def listening(device, where: Path, stall: float) -> str:
    """Waits until the device has its socket, or has ended."""
    begun = time.monotonic()
    while not ended(device) and not (where / "socket").exists():
        if time.monotonic() - begun > stall:
            return f"hung: no socket of the device for {stall:g} s"
        await asyncio.sleep(TICK / 4)
    return ""


async def watch(case: Case, setup: Setup, where: Path, device, guest) -> str:
    """Waits until either has ended or shown all it can; says so if the guest hangs."""
    begun = changed = time.monotonic()
    log, last, shown = setup.log(case), None, None
    while not ended(guest) and not ended(device):
        now, state = time.monotonic(), activity(where, setup.output(case), device)
        if state != last:
            changed, last = now, state
            if shown is None and evidence.shown(case, text(log), text(log.with_suffix(".device"))):
                shown = now
        if shown is not None and now - shown >= (STUCK if case.kind == "stuck" else 1):
            break
        if now - changed >= setup.stall:
            return f"hung: nothing new from guest or device for {setup.stall:g} s"
        if now - begun >= setup.limit:
            return f"hung: ended after {setup.limit:g} s"
        await asyncio.sleep(TICK)
    return ""


async def play(case: Case, setup: Setup, where: Path) -> dict:
    """Runs device and QEMU in the directory; what Run is to know of their ends."""
    log, device, guest, hung = setup.log(case), None, None, ""
    try:
        if words := qemu.strict_device(case, str(setup.built / "device")):
            device = await start(words, where, log.with_suffix(".json"), log.with_suffix(".device"))
            hung = await listening(device, where, setup.stall)
        if not hung and not ended(device):
            guest = await start(qemu.guest(case, setup.boot, setup.built, setup.cmdline), where, setup.output(case))
            hung = await watch(case, setup, where, device, guest)
        # (where the device has ended, QEMU may be about to)
        return {"started": guest is not None, "hung": hung, "qemu_code": await finish(guest, 5 if ended(device) else 0),
                "device_code": await finish(device)}
    finally:
        await reap(guest)
        await reap(device)


async def run(case: Case, setup: Setup) -> evidence.Run:
    """Boots one guest and says what came of it.  Leaves its console and what the device said."""
    begun, log = time.monotonic(), setup.log(case)
    complaints, figures = log.with_suffix(".device"), log.with_suffix(".json")
    for old in (complaints, figures):
        old.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="run.", dir=setup.built) as name:
        where = Path(name)
        (where / "disk").write_bytes(os.urandom(DISK) + bytes(DISK))
        log.write_bytes(b"")
        if qemu.is_pkvm(case):
            for link, target in pkvm.links(case, setup.built, log).items():
                (where / link).symlink_to(target)
        ends = await play(case, setup, where)
        disk, port = (where / "disk").read_bytes(), text(where / "port")
    console = evidence.readable(text(log))
    log.write_text(console)
    if lacking := evidence.line(".*is not a valid device model name", text(setup.output(case))):
        raise NoDevice(lacking)
    return evidence.Run(**ends, console=console, complaints=text(complaints), figures=evidence.figures(text(figures)),
                        copied=disk[:DISK] == disk[DISK:], port=port, seconds=round(time.monotonic() - begun))
