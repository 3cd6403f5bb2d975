#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/lab/device/fuzz/seeds.py DIRECTORY

Writes inputs for the fuzz target: sound requests to a disk and to a card, over split and
packed rings, direct and indirect, with translations and with look-ups.  The encoding is
that of actions.c.
"""
import struct
import sys
from itertools import product
from pathlib import Path

NET, NO_BITMAP, SETUP, ALL_SHARED, LOOK_UP = 1, 8, 16, 32, 64
QUEUE, DESCRIPTOR, AVAILABLE, REQUEST, KICK, TURN, ANSWER = 2, 9, 10, 11, 14, 15, 7
NEXT, WRITE, INDIRECT, AVAIL = 1, 2, 4, 16
MODERN, PACKED, TRANSLATED, EVENTS, TABLES = 1, 2, 4, 8, 16
RING, TABLE, HEAD, DATA = 2, 5, 6, 8  # pages of queue 0; those of queue 1 are 16 further on


def address(page: int, offset: int = 0) -> bytes:
    return struct.pack(">BH", page, offset)


def descriptor(page: int, index: int, mode: int, target: float, length: int, flags: int, other: int) -> bytes:
    how = (1 if mode & TRANSLATED else 0) | 2 | (4 if mode & PACKED else 0)
    where = address(int(target), int(target % 1 * 4096))
    return bytes([DESCRIPTOR, page, index, how]) + where + struct.pack(">IBB", length, flags, other)


def chain(mode: int, base: int, table: bool, segments: list[tuple[float, int, int]]) -> bytes:
    """A request of SEGMENTS: page, length, WRITE or 0."""
    avail = AVAIL if mode & PACKED else 0
    page, out = (base + TABLE if table else base + RING), b""
    for i, (target, length, flags) in enumerate(segments):
        last = i == len(segments) - 1
        flags |= (0 if table and mode & PACKED else 0 if last else NEXT) | (0 if table else avail)
        out += descriptor(page, i, mode, base + target, length, flags, 0 if mode & PACKED else i + 1)
    if table:
        out += descriptor(base + RING, 0, mode, page, 16 * len(segments), INDIRECT | avail, 0)
    return out + bytes([AVAILABLE, base + RING + 1]) + struct.pack(">HBBB", 0, 1, 0, 0)


def queue(mode: int, base: int, number: int) -> bytes:
    how = number | (128 if mode & PACKED else 0)
    user = 0 if mode & TRANSLATED else 1
    return bytes([QUEUE, how, 2, user]) + address(base + RING) + address(base + RING + 1) + address(base + RING + 2)


def disk(mode: int, table: bool) -> bytes:
    """Reads two sectors to pages 6 and 7, of which the second one is private unless ALL_SHARED."""
    header = bytes([REQUEST, HEAD, 0]) + struct.pack(">HB", 0, 1)
    return header + chain(mode, 0, table, [(HEAD, 16, 0), (6.875, 1024, WRITE), (DATA, 1, WRITE)]) + queue(mode, 0, 0)


def card(mode: int, table: bool) -> bytes:
    return (chain(mode, 0, table, [(HEAD, 12, WRITE), (DATA, 2000, WRITE)]) + queue(mode, 0, 0) +
            chain(mode, 16, table, [(HEAD, 12, 0), (DATA, 600, 0)]) + queue(mode, 16, 1))


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        return 0 if sys.argv[1:] in (["--help"], ["-h"]) else 2
    to = Path(sys.argv[1])
    to.mkdir(parents=True, exist_ok=True)
    for net, packed, how, table, shared in product((0, NET), (0, PACKED), (0, TRANSLATED, LOOK_UP), (False, True),
                                                   (0, ALL_SHARED)):
        mode = MODERN | EVENTS | TABLES | packed | (TRANSLATED if how else 0)
        options = net | SETUP | shared | (how & LOOK_UP)
        body = card(mode, table) if net else disk(mode, table)
        answers = bytes([0x10, 0]) * 40 if how == LOOK_UP else b""
        name = f"{net}-{packed}-{how}-{int(table)}-{shared}"
        (to / name).write_bytes(bytes([options, mode]) + body + answers + bytes([KICK, TURN]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
