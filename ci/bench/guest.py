# SPDX-License-Identifier: GPL-2.0-only
"""Runs one guest under the plugin and reads what it counted."""
from __future__ import annotations

import subprocess
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

from lab import qemu

WARM, FEW, MANY = 300, 1000, 3000


class Failed(Exception):
    pass


@dataclass(frozen=True)
class Guest:
    kernel: str                 # base, series, lab-base, lab-series
    devices: tuple[str, ...] = ("blk", "net")
    protected: bool = False     # only of the lab's kernels
    platform: bool = False      # with ACCESS_PLATFORM
    flight: int = 1
    cpus: int = 1
    queues: int = 1
    latency: int = 0            # of the disk, in microseconds
    slabs: int = 0              # of the bounce pool; 0: the kernel's own choice
    few: int = FEW
    many: int = MANY
    arguments: str = ""         # more of the kernel's
    restricted: bool = False    # of pKVM: with a restricted-dma-pool
    ports: int = 0              # devices more, which do nothing: virtio-serial


@dataclass(frozen=True)
class Counts:
    """Of one request (the mean of MANY - FEW): what each function did, by part:function."""
    instructions: dict[str, float]
    calls: dict[str, float]
    copied: float               # bytes
    console: dict[str, str]
    before: dict[str, tuple[int, int, int]] = field(default_factory=dict)   # in all, until the first request that counts

    def total(self) -> float:
        return sum(self.instructions.values())

    def parts(self) -> dict[str, float]:
        """A helper is part of what called it."""
        found: Counter[str] = Counter()
        for name, n in self.instructions.items():
            found[name.split(":")[0]] += n
        return dict(found)

    def functions(self) -> dict[str, float]:
        """Without those that ran by chance: less than once in a hundred requests."""
        return {name: n for name, n in self.instructions.items() if abs(n) >= 0.01}


def parse(text: str) -> list[dict[str, tuple[int, int, int]]]:
    """What had been counted at each mark of the plugin."""
    marks: list[dict[str, tuple[int, int, int]]] = []
    for line in text.splitlines():
        words = line.split()
        if words[0] == "mark":
            marks.append({})
        else:
            instructions, calls, copied = (int(w) for w in words[1:])
            # a function that the compiler split is one
            old = marks[-1].get(words[0], (0, 0, 0))
            marks[-1][words[0]] = (old[0] + instructions, old[1] + calls, old[2] + copied)
    return marks


def difference(marks: list[dict], job: int, few: int, many: int, console: dict[str, str]) -> Counts:
    """Three marks a job: before FEW requests, after them, after MANY more."""
    if len(marks) < 3 * job + 3:
        raise Failed(f"only {len(marks)} marks were seen")
    start, middle, end = marks[3 * job:3 * job + 3]
    none = (0, 0, 0)
    per: dict[str, list[float]] = {}
    for name in sorted(end):
        a, b, c = (m.get(name, none) for m in (start, middle, end))
        per[name] = [((c[i] - b[i]) - (b[i] - a[i])) / (many - few) for i in range(3)]
    return Counts({n: p[0] for n, p in per.items() if p[0]}, {n: p[1] for n, p in per.items() if p[1]},
                  sum(p[2] for p in per.values()), console, start)


def device_arguments(guest: Guest, bus: str) -> list[str]:
    pci = bus == "pci"
    more = ("" if not pci else ",disable-legacy=on") + (",iommu_platform=on" if guest.platform else "")
    latency = f",latency-ns={guest.latency * 1000}" if guest.latency else ""
    words: list[str] = []
    if "blk" in guest.devices:
        words += ["-blockdev", f"null-co,node-name=d,size=1073741824,read-zeroes=off{latency}", "-device",
                  f"virtio-blk-{bus},drive=d,num-queues={guest.queues}{more}"]
    if "net" in guest.devices:
        # (tx=timer: a frame leaves when the driver is done with it, whatever the host does;
        # else it is chance whether the driver hears of it by an interrupt)
        for name in "ab":
            words += ["-netdev", f"hubport,hubid=0,id={name}", "-device", f"virtio-net-{bus},netdev={name},tx=timer{more}"]
    return words + ["-device", f"virtio-serial-{bus},max_ports=1{more}"] * guest.ports


def job(guest: Guest, device: str) -> str:
    """What ci/bench/init is told of it."""
    return f"{device}:{WARM}:{guest.few}:{guest.many}" + (f":{guest.flight}" if device == "blk" else "")


def command(guest: Guest, arch: str, built: Path, boot: list[str], cmdline: str) -> list[str]:
    known = qemu.ARCHES[arch]
    pool = [w for w in (str(guest.slabs or ""), "track_hiwater" if guest.flight > 1 else "") if w]
    append = [cmdline + known.get("cmdline", ""), "panic=-1", "printk.devkmsg=on", guest.arguments,
              "dma_debug=off",
              "protected_lab=on" if guest.protected else "", f"swiotlb={','.join(pool)}" if pool else "",
              "--", *(job(guest, d) for d in guest.devices)]
    return [*boot, "-smp", str(guest.cpus), "-m", "512", *known.get("options", []),
            *device_arguments(guest, known["bus"]), "-kernel", str(built / f"kernel-{guest.kernel}"),
            "-initrd", str(built / "initrd"), "-append", " ".join(filter(None, append))]


@contextmanager
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench.") as where:
        yield Path(where)


def count(guest: Guest, words: list[str], where: Path, built: Path, log: Path, limit: float, console: Path | None = None) -> dict[str, Counts]:
    """Runs this command under the plugin; the guest's console is its output, or CONSOLE."""
    out = where / "out"
    words = [*words, "-plugin",
             f"file={built / 'plugin.so'},map={built / f'map-{guest.kernel}'},out={out}{',cpus=1' if guest.cpus == 1 else ''}"]
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=where,
                              timeout=limit, check=False)
        text, code = done.stdout.decode(errors="replace"), done.returncode
    except subprocess.TimeoutExpired as late:
        text, code = (late.stdout or b"").decode(errors="replace"), -1
    if console and console.exists():
        text += console.read_text(errors="replace")
    log.write_text(" ".join(words) + "\n" + text)
    if "bench: done" not in text:
        raise Failed(f"{guest.kernel}: the guest did not end well (exit code {code})")
    marks = parse(out.read_text())
    told = dict(line.split("bench: ", 1)[1].split(maxsplit=1) for line in text.splitlines() if "bench: io_tlb" in line)
    return {d: difference(marks, i, guest.few, guest.many, told) for i, d in enumerate(guest.devices)}


def run(guest: Guest, arch: str, built: Path, boot: list[str], cmdline: str, log: Path, limit: float = 300) -> dict[str, Counts]:
    """Boots the guest; what a request of each device cost."""
    with directory() as where:
        return count(guest, command(guest, arch, built, boot, cmdline), where, built, log, limit)
