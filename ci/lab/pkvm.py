# SPDX-License-Identifier: GPL-2.0-only
"""The command line of a host that runs pKVM and, in it, one guest: ci/lab/pkvm is its init.

QEMU's devices are the host's.  Those of the guest the host's init plays, with the code of
the strict device; what it says and counts comes out through ports, as files of the guest's
own directory.  No path has to survive QEMU's option syntax: links() has the others.
"""
from __future__ import annotations

from pathlib import Path

MIB = 1024  # the host's
PAGES = 65536  # of the guest: RAM_SIZE of ci/lab/pkvm/pkvm.h
DEVICES = ("blk", "net", "rng", "console", "balloon")
# What ci/lab/pkvm/main.c is told beside the device.
MACHINES = {"-": [], "smp2": ["cpus=2"], "queues2": ["cpus=2", "queues=2"], "incoherent": ["incoherent"], "restricted": ["restricted"]}
# Values of the column lab: the init reads a page of the guest's; its kernel's rings skip
# the DMA API; its kernel runs KUnit and has modules; the host boots without kvm-arm.mode=protected.
FLAGS = ("poke", "raw", "kunit", "nvhe")
PORTS = ("console", "complaints", "figures", "port")
GUEST = "earlycon=pl011,mmio32,0x9000000 keep_bootcon loglevel=5"


def flags(case) -> list[str]:
    return case.lab.split(",")[1:] if case.protected else []


def links(case, built: Path, log: Path) -> dict[str, Path]:
    """What QEMU finds in the guest's directory under a name of ours."""
    which = ({"raw", "kunit"} & set(flags(case)) or {case.which}).pop()
    return {"kernel": built / f"kernel-{which}", "initrd": built / ("initrd-kunit" if which == "kunit" else "initrd"), "console": log,
            "complaints": log.with_suffix(".device"), "figures": log.with_suffix(".json")}


def files() -> list[str]:
    words = ["-global", "virtio-mmio.force-legacy=false", "-device", "virtio-serial-device"]
    for name in PORTS:
        words += ["-chardev", f"file,id={name},path={name}", "-device", f"virtserialport,chardev={name},name={name}"]
    for name, how in (("kernel", "on"), ("initrd", "on"), ("disk", "off")):
        words += ["-drive", f"file={name},format=raw,if=none,id={name},readonly={how}",
                  "-device", f"virtio-blk-device,drive={name},serial={name}"]
    return words


def host(case, boot: list[str], built: Path, cmdline: str, guest: str) -> list[str]:
    """GUEST is the command line of the guest's kernel."""
    init = ["protected"] if case.protected else []
    init += [word for word in flags(case) if word == "poke"] + MACHINES[case.machine]
    init += [",".join(filter(None, [f"device={case.device}", case.properties])), f'kernel="{GUEST} {guest}"']
    mode = "" if "nvhe" in flags(case) else " kvm-arm.mode=protected"
    return [*boot, "-M", "virt,virtualization=on,gic-version=3", "-cpu", "cortex-a72", "-m", str(MIB),
            "-smp", "2" if "cpus=2" in MACHINES[case.machine] else "1", *files(),
            "-kernel", str(built / "kernel-base"), "-initrd", str(built / "host"),
            "-append", " ".join([f"{cmdline}{mode} panic=-1 --", *init])]
