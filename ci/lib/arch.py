#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/lib/arch.py list | setup ARCH | cell CELL | config CELL | cannot ARCH

What is known of architectures (arches.tsv) and cells (ci/cell/matrix.tsv): a list of
both, assignments for bash (ci/lib/arch.sh evaluates them), a cell's .kunitconfig, or why
this host cannot build an architecture (nothing, if it can).
"""
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import table

ROOT = Path(os.environ.get("ROOT", Path(__file__).resolve().parents[2]))
KUNIT = Path(os.environ.get("KUNIT", ROOT / "kunit"))
MATRIX = Path(os.environ.get("MATRIX", ROOT / "ci/cell/matrix.tsv"))


@dataclass(frozen=True)
class Arch:
    name: str
    linux: str
    kunit: str
    cross: str
    dir: str
    image: str
    cmdline: str
    qemu: str
    counted: str
    counted_cmdline: str
    again: str
    debian: str
    device: str
    like: str


@cache
def left_out() -> set[str]:
    """The options of patches that are not on this base (ports.tsv: ci/series/port); one that was
    renamed since has its new name there after make port."""
    base = ROOT / "patches" / (os.environ.get("BASE") or ".")
    rows = (base / "ports.tsv").read_text().splitlines() if (base / "ports.tsv").exists() else []
    first = ROOT / "patches" / (os.environ.get("FIRST_BASE") or ".")
    names = [row.split("\t")[0] for row in rows if row.split("\t")[1:2] == ["left out"]]
    return {f"CONFIG_{name}" for patch in names if (first / patch).exists()
            for name in re.findall(r"^\+config (\w+)", (first / patch).read_text(), re.M)}


@dataclass(frozen=True)
class Cell:
    name: str
    arch: Arch
    flavour: str
    virtio: str
    compiler: str
    need: str

    def config(self) -> str:
        """The .kunitconfig: a later line wins.  configs/PART-ARCH.config says what an
        architecture lacks of a part, and why."""
        base = (KUNIT / f"{self.arch.name}.kunitconfig").read_text()
        text = base
        if self.virtio == "m":
            names = re.findall(r"^(CONFIG_(?:VIRTIO_[A-Z]*|VIRTIO_KUNIT_TEST))=y$", base, re.M)
            text += "".join(f"{n}=m\n" for n in names if "VIRTIO_MENU" not in n)
        for part in "init", self.flavour, f"virtio-{self.virtio}":
            for name in part, f"{part}-{self.arch.name}":
                path = ROOT / f"configs/{name}.config"
                text += path.read_text() if path.exists() else ""
        return "".join(line for line in text.splitlines(keepends=True) if line.split("=")[0] not in left_out())

    def cc(self) -> str:
        """The compiler with its launcher: CC='icecc gcc' serves every cell.  Without CC
        it is ccache where that is installed, since a rebase makes most files new."""
        *launcher, name = os.environ.get("CC", "").split() or ["ccache", "gcc"]
        if "CC" not in os.environ and not any(
                os.access(Path(d, "ccache"), os.X_OK) for d in os.environ["PATH"].split(":")):
            launcher = []
        if self.compiler == "clang":
            name = name if "clang" in name else "clang-19"
        elif name.startswith("gcc"):
            name = self.arch.cross + name
        return " ".join([*launcher, name])


@cache
def machine() -> str:
    return subprocess.check_output(["uname", "-m"], text=True).strip()


@cache
def arches() -> dict[str, Arch]:
    rows = table.load(ROOT / "ci/lib/arches.tsv")
    if machine() != "x86_64":
        rows = [{**r, "cross": "x86_64-linux-gnu-"} if r["linux"] == "x86_64" else r for r in rows]
    return {r["name"]: Arch(**r) for r in rows}


def cannot(a: Arch, machine: str) -> str:
    """Why a host (uname -m) cannot build an architecture; empty if it can."""
    if a.linux == "um" and machine not in ("x86_64", "i686"):
        return f"UML exists for x86 hosts only, and this one is {machine}"
    return ""


@cache
def matrix() -> list[Cell]:
    fields = "flavour", "virtio", "compiler", "need"
    return [Cell(r["cell"], arches()[r["arch"]], **{f: r[f] for f in fields}) for r in table.load(MATRIX)]


def cell(name: str) -> Cell:
    for c in matrix():
        if c.name == name:
            return c
    raise KeyError(name)


def assignments(values: dict[str, str | list[str]]) -> str:
    return "\n".join(
        f"{k}=({' '.join(map(shlex.quote, v))})" if isinstance(v, list) else f"{k}={shlex.quote(v)}"
        for k, v in values.items())


def setup(a: Arch) -> dict[str, str | list[str]]:
    # (POWER=power8 takes that processor)
    qemu = a.qemu.replace("-cpu power9", f"-cpu {os.environ.get('POWER') or 'power9'}")
    return {"LINUX_ARCH": a.linux, "KUNIT_ARCH": a.kunit, "CROSS": a.cross, "LINUX_DIR": a.dir, "IMAGE": a.image,
            "CMDLINE": a.cmdline, "BOOT": qemu.split(), "COUNTED": a.counted.split(),
            "COUNTED_CMDLINE": a.counted_cmdline, "AGAIN": a.again, "DEBIAN": a.debian, "DEVICE": a.device}


def main(args: list[str]) -> int:
    match args:
        case ["list"]:
            print("architectures:", *arches())
            print("like others:", *(a.name for a in arches().values() if a.like))
            print("cells:", *(c.name for c in matrix()))
        case ["setup", name] if name in arches():
            print(assignments(setup(arches()[name])))
        case ["cell", name] if name in (c.name for c in matrix()):
            c = cell(name)
            print(assignments({**setup(c.arch), "arch": c.arch.name, "flavour": c.flavour, "virtio": c.virtio,
                               "compiler": c.compiler, "need": c.need, "CELL_CC": c.cc()}))
        case ["config", name] if name in (c.name for c in matrix()):
            print(cell(name).config(), end="")
        case ["cannot", name] if name in arches():
            print(cannot(arches()[name], machine()))
        case ["-h" | "--help"]:
            print(__doc__.strip())
        case ["setup" | "cell" | "config" | "cannot", name]:
            known = arches() if args[0] in ("setup", "cannot") else [c.name for c in matrix()]
            print(f"\nError: no such {'architecture' if args[0] in ('setup', 'cannot') else 'cell'}: {name}\n"
                  f"Next:  one of: {' '.join(known)}", file=sys.stderr)
            return 2
        case _:
            print(__doc__.strip(), file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
