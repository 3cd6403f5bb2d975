# SPDX-License-Identifier: GPL-2.0-only
"""What came of a guest: "ok", or the first thing that is wrong.  Nothing here reads a file."""
from __future__ import annotations

import re
from collections.abc import Iterator

from .evidence import Run, first, last, line, number, pool, seen
from .qemu import ARCHES, cpus, is_pkvm, is_strict
from .scenarios import RING, Case


def verdict(case: Case, run: Run) -> str:
    return next(faults(case, run), "ok")


def control(case: Case, said: str) -> bool:
    """Did the guest show that a violation is seen?"""
    return said == "ok" and case.control and case.kind == "private"


def faults(case: Case, run: Run) -> Iterator[str]:
    """Only the first is asked for: what follows may rely on what was checked before."""
    if case.kind != "stuck" and (trouble := line(".*(?:WARNING:|BUG:|Oops|Kernel panic|Call Trace)", run.console)):
        yield trouble
    if run.hung and (case.kind != "private" or not run.started):
        yield run.hung
    if case.kind == "unprotected":
        yield from unprotected(run)
        return
    if is_pkvm(case):
        yield from withheld(case, run)
    elif case.protected and run.started and not line("protected_lab: this guest plays a protected one", run.console):
        yield "the guest is not protected"
    if run.device_code:
        yield f"the device ended with {run.device_code}: {last(run.complaints)}"
    if not run.started:
        yield "the device ended before QEMU could start"
    if is_strict(case):
        yield from knowledge(case, run)
    yield from {"private": private, "stuck": stuck, "works": outcome, "refused": outcome}[case.kind](case, run)


def unprotected(run: Run) -> Iterator[str]:
    """A host that cannot protect has to say so, and to start nothing."""
    if not line("device: NOTHING IS PROTECTED: ", run.complaints):
        yield f"the host did not say that nothing is protected: {first(run.complaints)}"
    if run.console or run.figures:
        yield "a guest was started"


def withheld(case: Case, run: Run) -> Iterator[str]:
    """What the host could not read at the end of the guest: its private pages, and no others."""
    if run.figures is None:
        yield f"the host did not report what it saw: {last(run.complaints)}"
    pages = run.figures["pages"]
    if case.protected != bool(pages["private"]):
        yield f'{pages["private"]} pages of {"a protected" if case.protected else "an ordinary"} guest were private'
    if case.kind != "works" or not case.protected:
        return
    if pages["given_private"] and not any("bind" in word for word in case.init):
        yield f'{pages["given_private"]} pages that the device was given were private at the end'
    # (rings have pages of their own, which a driver takes back; bounce buffers stay shared)
    if case.init[-1] == "unbind" and (pages["ring_left"] or not pages["ring"]):
        yield f'{pages["ring_left"]} of {pages["ring"]} pages of rings were left shared'


def knowledge(case: Case, run: Run) -> Iterator[str]:
    """Did the device know what is shared, wherever it looked?"""
    f = run.figures
    if f is None:
        yield "the device did not report what it saw"
    if f["malformed"]:
        yield f"malformed rings: {first(run.complaints)}"
    if case.kind != "refused":
        have = f["protected"], f["bitmap_lost"], f["flags"]
        if have != (case.protected, 0, case.flags):
            yield "what the device knew: protected %d, bitmap_lost %d, flags %d" % have
    # A refused device starts no ring; but where firmware gave it memory, it must be able to look.
    elif f["memory_regions"] and not f["bitmap"]:
        yield "the device had memory but found no bitmap in it"
    if case.protected and f["accesses_before"] and not ARCHES[case.arch].get("firmware"):
        yield f'{f["accesses_before"]} accesses before there was a bitmap'


def private(case: Case, run: Run) -> Iterator[str]:
    for kind in case.kinds:
        if not seen(kind, run.console, run.complaints):
            yield f"no violation of kind {kind} was seen" + (f" ({run.hung})" if run.hung else "")
    for kind in RING:
        if kind not in case.kinds and seen(kind, run.console, run.complaints):
            yield f"a violation of kind {kind}"


def stuck(case: Case, run: Run) -> Iterator[str]:
    if case.message not in run.console:
        yield f'the kernel did not say "{case.message}"'
    yield from violations(run)
    if moved := line("lab: [a-z]+ ok", run.console):
        yield f"not stuck: {moved}"


def violations(run: Run) -> Iterator[str]:
    if run.figures and run.figures["violations"]:
        yield f"private memory for the device: {first(run.complaints)}"


def outcome(case: Case, run: Run) -> Iterator[str]:
    """Of a guest that has to reach its end."""
    if run.qemu_code:
        yield f"QEMU ended with {run.qemu_code}: {last(run.console)}"
    yield from violations(run)
    if told := line("protected_lab: private memory", run.console):
        yield told
    if "lab: done" not in run.console.splitlines():
        yield line("lab: .*FAILED", run.console) or "init did not reach its end"
    if case.message and case.message not in re.findall(r"^[a-z0-9_-]+ [a-z0-9:.]+: (.*)$", run.console, re.M):
        about = re.findall(r"^(?!lab: ).*\bvirtio(?:\d|-pci |_ccw ).*", run.console, re.M)
        yield f'not refused with "{case.message}", but: {"; ".join(about[-3:]) or "nothing about a device"}'
    # each word once for each time that it was asked for, and nothing else
    what, words = "absent" if case.kind == "refused" else "ok", [word.split(":")[0] for word in case.init]
    for word in words:
        if len(re.findall(f"^lab: {word} {what}(?: [^0]|$)", run.console, re.M)) != words.count(word):
            yield f"{word}: not {what}"
    if case.kind == "works":
        yield from works(case, run)
    elif run.figures and run.figures["accesses"]:
        yield f'{run.figures["accesses"]} accesses of a refused device'


def works(case: Case, run: Run) -> Iterator[str]:
    if other := line("lab: .* absent$", run.console):
        yield other
    if cpus(case) > 1 and f"lab: cpus {cpus(case)}" not in run.console.splitlines():
        yield f"not {cpus(case)} CPUs"
    if case.machine == "queues2" and run.figures["queues"] < 2:
        yield f'{run.figures["queues"]} queues were used, not 2'
    slots = dict(re.findall(r"^lab: (first|last) swiotlb .* of (\d+)$", run.console, re.M))
    # (a pool that grows in time does not complain)
    if "flood" in case.init and "swiotlb buffer is full" not in run.console and \
            int(slots.get("last", 0)) <= int(slots.get("first", 0)):
        yield "the pool did not fill up"
    if is_strict(case):
        yield from served(case, run)
    if case.device in ("blk", "disk", "scsi32", "scsi40") and not run.copied:
        yield "the disk does not hold what was written"
    if case.device == "console" and len(re.findall(r"^line \d+ of the guest$", run.port, re.M)) != 100:
        yield "the host did not read every line"
    # Of a pool that is for all, only what goes through the DMA API gets anything.
    most, _ = pool(run)
    if case.protected or (case.force and "iommu_platform=on" in case.properties):
        if not most:
            yield "nothing was bounced"
    elif case.force and most is None:
        yield "there is no pool"
    elif most:
        yield f"{most} slots were bounced in an ordinary guest"
    if ARCHES[case.arch].get("channels") and case.protected and \
            not number(r"lab: last pages .* checked (\d+) .*", run.console):
        yield "no channel program was checked"


def served(case: Case, run: Run) -> Iterator[str]:
    """By the strict device: enough, and nothing that is not there."""
    f = run.figures
    # (firmware drops its mappings before it resets a network card)
    if f["nowhere"] or (f["early"] and not ARCHES[case.arch].get("firmware")):
        yield f"addresses that are no memory: {first(run.complaints)}"
    if not f["accesses" if case.protected else "accesses_before"]:
        yield "not one access"
    if f["requests"] < case.requests:
        yield f'{f["requests"]} requests, not {case.requests}'
