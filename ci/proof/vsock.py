#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/proof/vsock.py SOCKET

A vhost-user socket device that resets every connection that the guest asks for: on SOCKET,
for one front-end.  Split rings only, without indirect descriptors and event indexes.
"""
from __future__ import annotations

import array
import mmap
import os
import select
import socket
import struct
import sys

GET_FEATURES, SET_FEATURES, SET_MEM_TABLE = 1, 2, 5
SET_VRING_NUM, SET_VRING_ADDR, SET_VRING_BASE, GET_VRING_BASE, SET_VRING_KICK, SET_VRING_CALL = 8, 9, 10, 11, 12, 13
GET_PROTOCOL, GET_CONFIG = 15, 24
FEATURES = 1 << 32 | 1 << 30          # VERSION_1, vhost-user's protocol features
PROTOCOL = 1 << 9                     # messages for the configuration space
CID, RX, TX = 3, 0, 1
HEADER = struct.Struct("<QQIIIHHIII")  # struct virtio_vsock_hdr
REQUEST, RESET = 1, 3
DESC = struct.Struct("<QIHH")
NEXT = 1


class Queue:
    def __init__(self) -> None:
        self.num = self.last = 0
        self.addr: tuple[int, ...] = ()
        self.kick = self.call = -1


class Device:
    def __init__(self) -> None:
        self.regions: list[tuple[int, int, int, mmap.mmap, int]] = []
        self.queues = [Queue(), Queue(), Queue()]
        self.resets: list[bytes] = []

    def memory(self, address: int, size: int, user: bool = False) -> memoryview:
        """Of the guest: by its own address, or by the front-end's."""
        for guest, length, front, data, offset in self.regions:
            begin = front if user else guest
            if begin <= address and address + size <= begin + length:
                at = address - begin + offset
                return memoryview(data)[at:at + size]
        raise SystemExit(f"vsock: no memory at {address:#x}")

    def set_memory(self, payload: bytes, fds: list[int]) -> None:
        self.regions = []
        for i in range(struct.unpack_from("<I", payload)[0]):
            guest, size, front, offset = struct.unpack_from("<QQQQ", payload, 8 + 32 * i)
            self.regions.append((guest, size, front, mmap.mmap(fds[i], size + offset), offset))

    def pop(self, q: Queue) -> tuple[int, list[memoryview]] | None:
        """The next buffer that the driver made available: its number and its pieces."""
        if not q.addr or not q.num:
            return None
        avail = self.memory(q.addr[2], 4 + 2 * q.num, user=True)
        if struct.unpack_from("<H", avail, 2)[0] == q.last & 0xffff:
            return None
        head = i = struct.unpack_from("<H", avail, 4 + 2 * (q.last % q.num))[0]
        q.last += 1
        table, pieces = self.memory(q.addr[0], 16 * q.num, user=True), []
        while True:
            address, size, flags, following = DESC.unpack_from(table, 16 * i)
            pieces.append(self.memory(address, size))
            if not flags & NEXT:
                return head, pieces
            i = following

    def push(self, q: Queue, head: int, size: int) -> None:
        used = self.memory(q.addr[1], 4 + 8 * q.num, user=True)
        index = struct.unpack_from("<H", used, 2)[0]
        struct.pack_into("<II", used, 4 + 8 * (index % q.num), head, size)
        struct.pack_into("<H", used, 2, (index + 1) & 0xffff)
        if q.call >= 0:
            os.eventfd_write(q.call, 1)

    def serve(self) -> None:
        while got := self.pop(self.queues[TX]):
            header = HEADER.unpack(b"".join(bytes(piece) for piece in got[1])[:HEADER.size])
            self.push(self.queues[TX], got[0], 0)
            src, dst, src_port, dst_port, _, kind, op = header[:7]
            if op == REQUEST:
                self.resets.append(HEADER.pack(dst, src, dst_port, src_port, 0, kind, RESET, 0, 0, 0))
        while self.resets and (got := self.pop(self.queues[RX])):
            got[1][0][:HEADER.size] = self.resets.pop(0)
            self.push(self.queues[RX], got[0], HEADER.size)

    def message(self, kind: int, payload: bytes, fds: list[int]) -> bytes | None:
        """The answer to it; None where there is none."""
        if kind == GET_FEATURES:
            return struct.pack("<Q", FEATURES)
        if kind == GET_PROTOCOL:
            return struct.pack("<Q", PROTOCOL)
        if kind == GET_CONFIG:
            return payload[:12] + struct.pack("<Q", CID)
        if kind == SET_MEM_TABLE:
            self.set_memory(payload, fds)
        elif kind in (SET_VRING_NUM, SET_VRING_BASE, GET_VRING_BASE, SET_VRING_ADDR):
            index, number = struct.unpack_from("<II", payload)
            q = self.queues[index]
            if kind == SET_VRING_NUM:
                q.num = number
            elif kind == SET_VRING_BASE:
                q.last = number
            elif kind == SET_VRING_ADDR:
                q.addr = struct.unpack_from("<QQQ", payload, 8)   # table, used, avail
            else:
                q.addr = ()
                return struct.pack("<II", index, q.last)
        elif kind in (SET_VRING_KICK, SET_VRING_CALL):
            q = self.queues[payload[0]]
            setattr(q, "kick" if kind == SET_VRING_KICK else "call", fds[0] if fds else -1)
        return None


def main() -> int:
    if sys.argv[1:2] in (["-h"], ["--help"]):
        print(__doc__.rstrip())
        return 0
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        what = f"unknown option {sys.argv[1]}" if sys.argv[1:2] and sys.argv[1].startswith("-") else "which socket?"
        print(f"Error: vsock.py: {what}\nNext:  ci/proof/vsock.py --help", file=sys.stderr)
        return 2
    listening, device = socket.socket(socket.AF_UNIX), Device()
    listening.bind(sys.argv[1])
    listening.listen(1)
    front, _ = listening.accept()
    while True:
        ready = select.select([front, *(q.kick for q in device.queues if q.kick >= 0)], [], [])[0]
        for fd in ready:
            if fd is not front:
                os.eventfd_read(fd)
        if front in ready:
            header, ancillary, _, _ = front.recvmsg(12, socket.CMSG_SPACE(32))
            if not header:
                return 0
            fds = array.array("i")
            for _, _, data in ancillary:
                fds.frombytes(data[:len(data) - len(data) % fds.itemsize])
            kind, flags, size = struct.unpack("<III", header)
            payload = front.recv(size, socket.MSG_WAITALL) if size else b""
            answer = device.message(kind, payload, list(fds))
            if answer is not None:
                front.sendall(struct.pack("<III", kind, 1 | 4, len(answer)) + answer)
        device.serve()


if __name__ == "__main__":
    sys.exit(main())
