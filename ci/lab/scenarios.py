# SPDX-License-Identifier: GPL-2.0-only
"""The table of scenarios: its messages and rows, and the four guests of a row."""
from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from . import pkvm
from .qemu import ARCHES, DEVICES, MACHINES

COLUMNS = ("arches", "name", "device", "machine", "properties", "kernel", "init", "lab",
           "base", "base protected", "series", "series protected")
RING = ("desc", "avail", "used", "table", "buffer")  # what the strict device can complain of
GUEST = ("TCE", "CCW", "ring", "indicators")  # what the guest's own check can
HOST = ("poke",)  # what a host that runs pKVM can
FLAGS = {"drop": 1, "raw": 2, "rawbuf": 4, "onepage": 8}  # of protected_lab=, as the device reports them
INIT = r"(blk|sda):(\d+|REQUESTS)(:\d+)?|(net|rng):\d+|flood|rebind(:absent)?|unbind|console|balloon|gpu|kunit:[a-z0-9_,]+|kselftest:(pass|skip)|load:[a-z-]+"


class BadTable(Exception):
    """A row that says nothing, or the same as another."""


@dataclass(frozen=True)
class Case:
    """One guest: a row, a kernel, and whether the guest plays a protected one."""
    arch: str
    name: str
    device: str
    machine: str
    properties: str
    kernel: tuple[str, ...]
    slabs: int  # of the bounce pool; 0: as many as the kernel takes by itself
    force: bool
    init: tuple[str, ...]
    lab: str
    requests: int  # that the device has to count
    which: str  # base or series
    protected: bool
    expected: str  # as the table has it
    kind: str  # works, private, stuck, refused or unprotected
    kinds: tuple[str, ...]  # of private memory
    message: str  # that the kernel has to print

    @property
    def text(self) -> str:
        return "protected" if self.protected else "plain"

    @property
    def key(self) -> tuple[str, ...]:
        return self.arch, self.name, self.device, self.which, self.text

    @property
    def control(self) -> bool:
        return self.name.startswith("control: ")

    @property
    def flags(self) -> int:
        """What the device has to find in the guest's header; pKVM guests have none."""
        return 0 if ARCHES[self.arch].get("pkvm") else sum(FLAGS.get(word, 0) for word in self.lab.split(",")) if self.protected else 0


def expectation(text: str, messages: dict[str, str]) -> tuple[str, tuple[str, ...], str]:
    """(kind, kinds, message) of a cell of the last four columns."""
    kind, colon, rest = text.partition(":")
    if kind == "private" and colon:
        kinds = tuple(rest.split(","))
        if unknown := [k for k in kinds if k not in RING + GUEST + HOST]:
            raise BadTable(f"no such kind of memory: {unknown[0]}")
        return "private", kinds, ""
    if text in ("works", "unprotected"):
        return text, (), ""
    kind, key = ("works", text[6:]) if text.startswith("works+") else \
        ("stuck", rest) if kind == "stuck" and colon else ("refused", text)
    if key not in messages:
        raise BadTable(f"no such outcome, or no message of that key: {text}")
    return kind, (), messages[key]


def guests(line: str, arch: str, messages: dict[str, str], requests: int) -> list[Case]:
    """The guests of a row on ARCH."""
    cells = line.split("\t")
    if len(cells) != len(COLUMNS):
        raise BadTable(f"{len(cells)} columns, not {len(COLUMNS)}")
    row = dict(zip(COLUMNS, cells))
    if empty := [c for c in COLUMNS if not row[c].strip()]:
        raise BadTable(f'column "{empty[0]}" is empty')
    of_pkvm = ARCHES[arch].get("pkvm")
    for column, known in (("device", pkvm.DEVICES if of_pkvm else DEVICES),
                          ("machine", pkvm.MACHINES if of_pkvm else MACHINES)):
        if row[column] not in known:
            raise BadTable(f"no such {column}: {row[column]}")
    if bad := [w for w in row["init"].split() if not re.fullmatch(INIT, w)]:
        raise BadTable(f"init does not know {bad[0]}")
    first, *rest = row["lab"].split(",")
    if first != "on" or [w for w in rest if w not in (pkvm.FLAGS if of_pkvm else FLAGS)]:
        raise BadTable(f'no such value of protected_lab: {row["lab"]}')
    kernel, slabs, force = tuple(row["kernel"].split()), ARCHES[arch].get("slabs", 32768), row["kernel"] == "force"
    if match := re.fullmatch(r"slabs=(\d+)", row["kernel"]):
        slabs = int(match[1])
    if match or force or row["kernel"] == "-":
        kernel = ()
    result = []
    for column in COLUMNS[8:]:
        if row[column] == ".":
            continue
        kind, kinds, message = expectation(row[column], messages)
        protected = column.endswith(" protected")
        result.append(Case(
            arch=arch, name=row["name"], device=row["device"], machine=row["machine"],
            properties="" if row["properties"] == "-" else row["properties"], kernel=kernel, slabs=slabs,
            force=force and not protected, init=tuple(row["init"].replace("REQUESTS", str(requests)).split()),
            lab=row["lab"], requests=requests if "REQUESTS" in row["init"] else 0, which=column.split()[0],
            protected=protected, expected=row[column], kind=kind, kinds=kinds, message=message))
    if not result:
        raise BadTable("no guest is run")
    return result


def load(text: str, path: str, requests: int = 10000) -> list[Case]:
    """Every guest of every architecture, in the table's order."""
    messages: dict[str, str] = {}
    cases: list[Case] = []
    rows: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            if match := re.fullmatch(r"! (\S+)\t(.+)", line):
                if match[1] in messages:
                    raise BadTable(f"a second message {match[1]}")
                messages[match[1]] = match[2]
            elif line.startswith("!"):
                raise BadTable('a message is "!", space, key, tab, text')
            elif line and not line.startswith("#"):
                for arch in line.split("\t")[0].split(","):
                    if arch not in ARCHES:
                        raise BadTable(f"no such architecture: {arch}")
                    new = guests(line, arch, messages, requests)
                    first = rows.setdefault(new[0].key[:3], number)
                    if first != number:
                        raise BadTable(f'{", ".join(new[0].key[:3])}: row {first} is called so, too')
                    cases += new
        except BadTable as error:
            raise BadTable(f"{path}:{number}: {error}") from None
    return cases


def left_out(text: str) -> list[list[str]]:
    """The rows of left-out.tsv: base, architectures, name, reason."""
    return [line.split("\t") for line in text.splitlines() if line and line[0] != "#"]


def whole(text: str, base: str) -> dict[str, str]:
    """The architectures that BASE cannot do at all, and why."""
    return {arch: r[3] for r in left_out(text) if r[0] == base and r[2] == "*" for arch in r[1].split(",")}


def can(cases: list[Case], text: str, base: str) -> tuple[list[Case], list[str]]:
    """The cases without those that TEXT, left-out.tsv, says BASE cannot do; and these, with why."""
    why = {id(c): r[3] for c in cases for r in left_out(text)
           if r[0] == base and c.arch in r[1].split(",") and fnmatchcase(f"{c.device}, {c.name}", r[2])}
    left = dict.fromkeys(f"{c.arch} {c.device}, {c.name}: {why[id(c)]}" for c in cases if id(c) in why)
    return [c for c in cases if id(c) not in why], list(left)


def choose(cases: list[Case], arch: str, pattern: str, which: str = "") -> list[Case]:
    """Those of ARCH whose name matches, and its controls, which are in every run; none if none matches.
    WHICH, base or series: of these only that one's."""
    here = [case for case in cases if case.arch == arch and which in ("", case.which)]
    names = re.fullmatch(r"@\((.*)\)", pattern)
    patterns = names[1].split("|") if names else [pattern]

    def asked(case: Case) -> bool:
        return any(fnmatchcase(case.name, p) for p in patterns)
    return [case for case in here if asked(case) or case.control] if any(map(asked, here)) else []
