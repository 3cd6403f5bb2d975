# SPDX-License-Identifier: GPL-2.0-only
"""What a guest and its device leave, and how to read it."""
from __future__ import annotations

import json
import re
from dataclasses import dataclass

from .qemu import is_pkvm
from .scenarios import RING, Case


@dataclass(frozen=True)
class Run:
    """What a guest and its device left."""
    console: str
    complaints: str  # the device's, on stderr
    figures: dict | None  # the device's, None where it gave none
    started: bool  # was QEMU?
    qemu_code: int
    device_code: int
    hung: str  # how, or empty
    copied: bool  # does the disk's second half hold its first?
    port: str  # what the host read from the console device
    seconds: int


def readable(console: str) -> str:
    """Without times and what terminals want."""
    return re.sub(r"^\[ *[0-9.]*\] ", "", re.sub("[\r\0]", "", console), flags=re.M)


def figures(stdout: str) -> dict | None:
    """The device's: one JSON object, in the last line of its output."""
    try:
        result = json.loads(stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return None
    return result if isinstance(result, dict) else None


def line(pattern: str, text: str) -> str:
    """The first line that begins like that, or nothing."""
    match = re.search(f"^(?:{pattern}).*", text, re.M)
    return match[0] if match else ""


def first(text: str) -> str:
    return text.split("\n", 1)[0]


def last(text: str) -> str:
    return text.rstrip("\n").rsplit("\n", 1)[-1]


def number(pattern: str, text: str) -> int | None:
    """The pattern's group, of the last line that matches."""
    found = re.findall(f"^{pattern}$", text, re.M)
    return int(found[-1]) if found and found[-1] else None


def pool(run: Run) -> tuple[int | None, int | None]:
    """Most slots of the bounce buffers that were in use at once, and how many there are at the end."""
    said = r"lab: last swiotlb used \d* most "
    return number(rf"{said}(\d*) of .*", run.console), number(rf"{said}\d+ of (\d*)", run.console)


def seen(kind: str, console: str, complaints: str) -> bool:
    """Was private memory of that kind seen: by the device, or on the console by the guest?"""
    if kind in (*RING, "poke"):
        return bool(line(f"device: private memory: {kind} at", complaints))
    return bool(re.search(f"protected_lab: private memory for a device: (an? )?{kind} at", console))


def shown(case: Case, console: str, complaints: str) -> bool:
    """Has the guest shown all it can, so that it may be ended?"""
    if is_pkvm(case):  # (whose host ends it, and then tells what it saw)
        return False
    if case.kind == "private":
        return all(seen(kind, console, complaints) for kind in case.kinds)
    return case.kind == "stuck" and case.message in console
