# SPDX-License-Identifier: GPL-2.0-only
"""What the guests of ci/proof/fixes.py are given: machines, devices, and what the host does."""
from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

COLUMNS = ("arch", "fault", "patch", "machine", "devices", "kernel", "init", "base", "fixes")
MEMORY = ["-object", "memory-backend-memfd,share=on,id=ram,size=512M"]
# QEMU's options, and the kernel's
MACHINES = {
    "pc": ([], "tsc_early_khz=4000000"),
    # (one CPU: another would power off while this one spins)
    "q35": (["-M", "q35", "-smp", "1"], "tsc_early_khz=4000000"),
    # virtio-mmio: QEMU offers ACCESS_PLATFORM for vhost-user devices there
    "microvm": (["-M", "microvm,memory-backend=ram,acpi=on,auto-kernel-cmdline=off", "-global",
                 "virtio-mmio.force-legacy=false", *MEMORY], "tsc_early_khz=4000000"),
    # (only protected guests of s390 have bounce buffers)
    "ccw": (["-M", "memory-backend=ram", *MEMORY], "protected_lab=on"),
}
DEVICES = {
    "blk": ["-drive", "file=disk,format=raw,if=none,id=blk", "-device", "virtio-blk-pci,drive=blk,{more}"],
    "scsi": ["-drive", "file=disk,format=raw,if=none,id=sd", "-device", "virtio-scsi-pci,id=scsi,{more}",
             "-device", "scsi-hd,bus=scsi.0,drive=sd"],
    "esp": ["-drive", "file=disk,format=raw,if=none,id=sd", "-device", "am53c974,id=scsi",
            "-device", "scsi-hd,bus=scsi.0,drive=sd"],
    "net2": ["-netdev", "hubport,id=a,hubid=0", "-netdev", "hubport,id=b,hubid=0",
             "-device", "virtio-net-pci,netdev=a,{more}", "-device", "virtio-net-pci,netdev=b,{more}"],
    "net": ["-netdev", "dgram,id=n,local.type=unix,local.path=guest,remote.type=unix,remote.path=host",
            "-device", "virtio-net-pci,netdev=n,{more}"],
    "rng": ["-device", "virtio-rng-pci,{more}"],
    "gpu": ["-device", "virtio-gpu-pci,{more}"],
    "console": ["-chardev", "socket,id=port,path=port,server=on,wait=off", "-device", "virtio-serial-pci,{more}",
                "-device", "virtserialport,chardev=port"],
    "pmem": ["-m", "512M,slots=1,maxmem=1G", "-object", "memory-backend-file,id=pmem,share=on,mem-path=disk,size=64M",
             "-device", "virtio-pmem-pci,memdev=pmem,{more}"],
    "input": ["-qmp", "unix:qmp,server=on,wait=off", "-device", "virtio-keyboard-pci,{more}"],
    "9p": ["-fsdev", "local,id=f,path=share,security_model=none", "-device", "virtio-9p-pci,fsdev=f,mount_tag=share,{more}"],
    "iommu": ["-device", "virtio-iommu-pci,{more}"],
    "fs": ["-chardev", "socket,id=fs,path=fs", "-device", "vhost-user-fs-device,chardev=fs,tag=share,iommu_platform=on"],
    "vsock": ["-chardev", "socket,id=vsock,path=vsock", "-device", "vhost-user-vsock-device,chardev=vsock,iommu_platform=on"],
}
BACKENDS = {
    "fs": ["/usr/lib/qemu/virtiofsd", "--socket-path=fs", "-f", "-o", "source={folder}/share,sandbox=chroot,cache=none"],
    "vsock": [sys.executable, str(Path(__file__).resolve().parent / "vsock.py"), "vsock"],
}


def arguments(arch: str, devices: str) -> list[str]:
    """Of the devices of a row: NAME or NAME,PROPERTY..., separated by spaces."""
    words = []
    for device in devices.split():
        name, _, more = device.partition(",")
        platform = "iommu_platform=on" + (",disable-legacy=on" if arch != "s390" else "")
        words += [word.format(more=",".join(filter(None, [platform, more]))) for word in DEVICES[name]]
    return words if arch != "s390" else [re.sub(r"^(v[\w-]+)-(pci|device)\b", r"\1-ccw", word) for word in words]


class Services:
    """The host's side of the devices, for one guest."""

    def __init__(self, folder: Path, devices: str, console: Path) -> None:
        self.folder, self.console = folder, console
        self.names = [device.split(",")[0] for device in devices.split()]
        self.done = 0
        self.backends: list[subprocess.Popen] = []
        self.port: socket.socket | None = None
        self.net: socket.socket | None = None

    def __enter__(self) -> Services:
        self.console.write_bytes(b"")
        (self.folder / "share").mkdir()
        with (self.folder / "disk").open("wb") as disk:
            disk.truncate(64 << 20)
        if "net" in self.names:
            self.net = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            self.net.bind(str(self.folder / "host"))
        for name in self.names:
            if name in BACKENDS:
                with self.console.with_suffix(f".{name}").open("wb") as log:
                    command = [word.format(folder=self.folder) for word in BACKENDS[name]]
                    self.backends.append(subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log))
                self.wait_for(self.folder / name)
        return self

    def __exit__(self, *_: object) -> None:
        for backend in self.backends:
            backend.kill()
            backend.wait()

    @staticmethod
    def wait_for(path: Path) -> None:
        for _ in range(50):
            if path.exists():
                return
            time.sleep(0.1)

    def connect(self, name: str) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(5)
        sock.connect(str(self.folder / name))
        return sock

    def serve(self) -> None:
        """Does what the guest has asked for since the last call."""
        if "console" in self.names and not self.port and (self.folder / "port").exists():
            self.port = self.connect("port")
        if self.net:
            self.echo()
        asked = re.findall(r"fixes: host (\w+) (\d+)", self.console.read_text(errors="replace"))
        for what, number in asked[self.done:]:
            getattr(self, what)(int(number))
        self.done = len(asked)

    def keys(self, number: int) -> None:
        with self.connect("qmp") as qmp, qmp.makefile("rw") as talk:
            talk.readline()
            commands = [{"execute": "qmp_capabilities"}]
            for i in range(number):
                key = {"type": "key", "data": {"down": not i % 2, "key": {"type": "qcode", "data": "a"}}}
                commands.append({"execute": "input-send-event", "arguments": {"events": [key]}})
            for command in commands:
                talk.write(json.dumps(command) + "\n")
                talk.flush()
                talk.readline()

    def frames(self, number: int) -> None:
        frame = b"\xff" * 6 + b"\x02" * 6 + b"\x88\xb5" + bytes(586)
        for _ in range(number):
            self.send(frame)

    def send(self, frame: bytes) -> None:
        assert self.net
        try:
            self.net.sendto(frame, str(self.folder / "guest"))
        except OSError:  # it has no room
            pass

    def echo(self) -> None:
        """Frames of the guest go back to it."""
        assert self.net
        try:
            while frame := self.net.recv(65536):
                self.send(frame)
        except BlockingIOError:
            pass

    def lines(self, number: int) -> None:
        assert self.port
        for _ in range(number):
            self.port.sendall(b"to the guest\n")
