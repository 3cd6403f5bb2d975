# SPDX-License-Identifier: GPL-2.0-only
"""The command lines of one guest: QEMU's and the strict device's.

All files but kernel and initrd have relative names, in the guest's own directory: no
path has to survive QEMU's option syntax (commas), or the length of a socket's address.
"""
from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from . import pkvm

MIB = 512
STRICT = ("blk", "net")  # served by ci/lab/device; the others by QEMU

# What the lab has to know of an architecture beyond ci/lib/arches.tsv.  Adding one is one
# entry here, its rows in scenarios.tsv, and configs/lab-ARCH.config.
#   bus       of its virtio devices
#   options   for QEMU, and cmdline for the kernel, on top of what every guest gets
#   firmware  may use disk and network before the kernel says what is shared
#   channels  the guest checks channel programs
#   pkvm      the guest is one of a host that runs pKVM (pkvm.py), which plays all its devices
#   slabs     of the bounce pool, where a row does not say
ARCHES = {
    # (emulated clocks are calibrated badly on a busy machine)
    "x86_64": {"bus": "pci", "options": ["-cpu", "max"], "cmdline": " tsc_early_khz=4000000"},
    "s390": {"bus": "ccw", "channels": True},
    "ppc64le": {"bus": "pci", "firmware": True},
    "arm64": {"pkvm": True, "slabs": 8192},
}


def memory(name: str, mib: int) -> str:
    return f"memory-backend-memfd,share=on,id={name},size={mib}M"


RAM = ["-object", memory("ram", MIB)]
MACHINES = {
    "-": ["-M", "memory-backend=ram", *RAM],
    # memory in several pieces
    "slots": [word for half in "ab" for word in
              ("-object", memory(half, MIB // 2), "-numa", f"node,memdev={half}")],
    "smp2": ["-M", "memory-backend=ram", *RAM, "-smp", "2"],
    # a function beside the device whose driver wants a narrow mask
    "sibling32": ["-M", "memory-backend=ram", *RAM, "-device", "am53c974"],
    "sibling40": ["-M", "memory-backend=ram", *RAM, "-device", "lsi53c895a"],
    "intel-iommu": ["-M", "q35,memory-backend=ram", *RAM, "-device", "intel-iommu,device-iotlb=on",
                    "-device", "pcie-root-port,id=root0"],
    "virtio-iommu": ["-M", "q35,memory-backend=ram", *RAM,
                     "-device", "virtio-iommu-pci,iommu_platform=on,disable-legacy=on"],
}

SOCKET = ["-chardev", "socket,id=dev,path=socket"]
DRIVE = ["-drive", "file=disk,format=raw,if=none,id=d"]
# {bus} and {more}, the row's properties, are filled in.
DEVICES = {
    "blk": [*SOCKET, "-device", "vhost-user-blk-{bus},chardev=dev,num-queues=1,vectors=0{more}"],
    # (every queue is the strict device's: none for control)
    "net": [*SOCKET, "-netdev", "vhost-user,id=net,chardev=dev", "-device",
            "virtio-net-{bus},netdev=net,ctrl_guest_offloads=off,guest_announce=off{vectors},ctrl_vq=off,"
            "ctrl_rx=off,ctrl_vlan=off,ctrl_rx_extra=off,ctrl_mac_addr=off{more}"],
    "disk": [*DRIVE, "-device", "virtio-blk-{bus},drive=d{more}"],
    "scsi32": [*DRIVE, "-device", "am53c974,id=scsi", "-device", "scsi-hd,bus=scsi.0,drive=d"],
    "scsi40": [*DRIVE, "-device", "lsi53c895a,id=scsi", "-device", "scsi-hd,bus=scsi.0,drive=d"],
    "rng": ["-device", "virtio-rng-{bus}{more}"],
    "balloon": ["-device", "virtio-balloon-{bus}{more}"],
    "gpu": ["-device", "virtio-gpu-{bus}{more}"],
    "console": ["-device", "virtio-serial-{bus}{more}", "-chardev", "file,id=port,path=port",
                "-device", "virtserialport,chardev=port"],
}


def is_pkvm(case) -> bool:
    return ARCHES[case.arch].get("pkvm", False)


def is_strict(case) -> bool:
    """Is the device one that refuses private memory?"""
    return is_pkvm(case) or case.device in STRICT


def cpus(case) -> int:
    return 2 if case.machine in ("smp2", "queues2") else 1


def device_arguments(case) -> list[str]:
    bus = ARCHES[case.arch]["bus"]
    fill = {"bus": bus, "vectors": ",vectors=0" if bus == "pci" else "",
            "more": f",{case.properties}" if case.properties else ""}
    return [word.format(**fill) for word in DEVICES[case.device]]


@cache
def counts_pool() -> str:
    """The word of swiotlb= by which a kernel counts what is used; older ones always do."""
    source = Path(os.environ.get("TREE", "/nonexistent"), "kernel/dma/swiotlb.c")
    return "" if source.exists() and "track_hiwater" not in source.read_text() else "track_hiwater"


def command_line(case, common: str) -> str:
    """The kernel's: arguments, and after "--" what init does."""
    words = [common + ARCHES[case.arch].get("cmdline", ""), "panic=-1", "printk.devkmsg=on", *case.kernel]
    if case.protected and not is_pkvm(case):
        words.append(f"protected_lab={case.lab}")
    pool = ",".join(filter(None, [str(case.slabs or ""), "force" if case.force else "", counts_pool()]))
    words.append(f"swiotlb={pool}" if pool else "")
    return " ".join([*filter(None, words), "--", *case.init])


def guest(case, boot: list[str], built: Path, cmdline: str) -> list[str]:
    """BOOT is the command of ci/lib/arch.sh; of options given twice QEMU takes the last."""
    if is_pkvm(case):
        return pkvm.host(case, boot, built, cmdline, command_line(case, ""))
    return [*boot, "-smp", "1", "-m", str(MIB), *ARCHES[case.arch].get("options", []), *MACHINES[case.machine],
            *device_arguments(case), "-kernel", str(built / f"kernel-{case.which}"), "-initrd", str(built / "initrd"),
            "-append", command_line(case, cmdline)]


def strict_device(case, program: str) -> list[str]:
    """The strict device's command line; none where QEMU has the device."""
    if is_pkvm(case) or case.device not in STRICT:
        return []
    return [program, case.device, "socket", *(["disk"] if case.device == "blk" else [])]
