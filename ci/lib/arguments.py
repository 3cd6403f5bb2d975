#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/lib/arguments.py GOALS [VARIABLE]...

What the Makefile asks before it does anything: does each goal, of a list in one word,
take the variables that were given on make's command line (targets.tsv), and can
their values, which are in the environment, be right?  Prints nothing if so, else the
first mistake and what would be right.
"""
import os
import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Callable, Iterable

import arch
import cases
import table

sys.path[:0] = [str(arch.ROOT / "ci"), str(arch.ROOT / "ci/series")]


class Wrong(Exception):
    """A mistake, and what would be right."""


def takes() -> dict[str, list[str]]:
    return {r["target"]: r["takes"].split() for r in table.load(arch.ROOT / "ci/lib/targets.tsv")}


def one_of(name: str, value: str, known: Iterable[str]) -> None:
    if name not in ("CELLS", "PARTS") and len(value.split()) > 1:
        raise Wrong(f"{name}={value}: one at a time", f"{name}={value.split()[0]}")
    for word in value.split():
        if word not in known:
            raise Wrong(f"{name}={value}: there is no {word}", "one of: " + " ".join(known))


def words(*known: str) -> Callable[[str, str, str], None]:
    return lambda name, value, goal: one_of(name, value, known)


def number(name: str, value: str, goal: str) -> None:
    if not value.isdecimal() or int(value) < 1:
        raise Wrong(f"{name}={value} must be a positive integer", f"{name}=2")


def figures() -> dict[str, list[str]]:
    """What make bench counts, by architecture."""
    rows = table.load(arch.ROOT / "ci/bench/figures.tsv")
    return {a: [r["figure"] for r in rows if a in r["architectures"].split()] for r in rows for a in r["architectures"].split()}


def figure(name: str, value: str, goal: str) -> None:
    one_of(name, value, figures().get(os.environ.get("ARCH") or "x86_64", []))


def architecture(name: str, value: str, goal: str) -> None:
    known: Iterable[str] = arch.arches()
    if goal == "lab":
        from lab import qemu, scenarios
        known = qemu.ARCHES
        out = scenarios.whole((arch.ROOT / "ci/lab/left-out.tsv").read_text(encoding="utf-8"), os.environ.get("BASE", ""))
        if value in out:
            raise Wrong(f"{name}={value}: {os.environ['BASE']} cannot do that: {out[value]}", "one of: " + " ".join(a for a in known if a not in out))
    elif goal == "shell":
        known = [name for name, a in arch.arches().items() if a.debian]
    elif goal == "bench":
        known = figures()
    elif goal in ("before", "coverage", "mutants"):
        kinds = {r["kind"]: r["arguments"].split(",") for r in table.load(arch.ROOT / "ci/lib/tasks.tsv")}
        known = kinds[goal]
    one_of(name, value, known)


def cell(name: str, value: str, goal: str) -> None:
    one_of(name, value, [c.name for c in arch.matrix()])


def suite(name: str, value: str, goal: str) -> None:
    at = os.environ.get("CELL") or os.environ.get("ARCH") or "um"
    if not cases.select(cases.expected(arch.cell(at)), value):
        suites = sorted({case.split(".")[0] for case in cases.expected(arch.cell(at))})
        raise Wrong(f"{name}={value}: {at} has no such suite or case", "one of " + " ".join(suites) + ", or SUITE=suite.case")


def scenario(name: str, value: str, goal: str) -> None:
    from lab import scenarios
    path = arch.ROOT / "ci/lab/scenarios.tsv"
    at = os.environ.get("ARCH") or "x86_64"
    if not scenarios.choose(scenarios.load(path.read_text(), str(path)), at, value):
        raise Wrong(f"{name}={value}: {at} has no such scenario", f"the second column of {path.relative_to(arch.ROOT)}")


def part(name: str, value: str, goal: str) -> None:
    import parts
    patches = Path(os.environ.get("PATCHES") or arch.ROOT / "patches" / (os.environ.get("BASE") or "v7.3"))
    known = parts.parse((patches / "series").read_text())
    # (all are to look at, not to send)
    one_of(name, value, ["all", *known] if goal in ("mails", "mails-dir") else known)


def distro(name: str, value: str, goal: str) -> None:
    import distro as formats
    one_of(name, value, formats.FORMATS)


def task(name: str, value: str, goal: str) -> None:
    import fresh
    for pattern in value.split():
        if not any(fnmatchcase(t, pattern) for t in fresh.tasks()):
            raise Wrong(f"{name}={value}: no task is called {pattern}", "ci/full --list")


def checks(name: str, value: str, goal: str) -> None:
    rows = table.load(arch.ROOT / "ci/check/checks.tsv")
    known = [f"{r['kind']}-{a}" if a else r["kind"] for r in rows for a in r["arguments"].split(",")]
    for pattern in value.split():
        if not any(fnmatchcase(c, pattern) for c in known):
            raise Wrong(f"{name}={value}: no check is called {pattern}", "ci/check/run --list")


def base(name: str, value: str, goal: str) -> None:
    if goal == "port":  # which may be new
        return new_base(name, value, goal)
    one_of(name, value, sorted(p.stem for p in (arch.ROOT / "configs").glob("*.base")))
    if goal in ("kunit", "cell", "matrix", "before", "coverage", "mutants") and not cases.expected(arch.cell("x86_64")):
        raise Wrong(f"patches/{value} has no suites (kunit/skips.tsv says why)", f"make lab BASE={value} ARCH=x86_64")


def new_base(name: str, value: str, goal: str) -> None:
    if not re.fullmatch(r"v\d+\.\d+", value):
        raise Wrong(f"{name}={value}: a base is named after its Linux", f"{name}=v7.4")


def tree(name: str, value: str, goal: str) -> None:
    """One that was made: a misspelt name is not to get a tree of its own."""
    if not (Path(value) / ".git/series-state").exists():
        raise Wrong(f"{name}={value}: there is no tree", f"make tree TREE={value} makes one; make rebase says where the rebased one is")


def source(name: str, value: str, goal: str) -> None:
    path = Path(value if Path(value).exists() else value.rsplit("@", 1)[0])
    if not path.exists():
        raise Wrong(f"{name}={value}: no such tree or tarball", "a Linux tree, a git repository, also as TREE@COMMIT, or a tarball")
    if path.is_dir() and not (path / "Makefile").exists() and not (path / "HEAD").exists() and not (path / ".git").exists():
        raise Wrong(f"{name}={value} has no Makefile: not a Linux source tree", "a Linux tree, a git repository or a tarball")
    if path.is_file() and ".tar" not in path.name:
        raise Wrong(f"{name}={value} is no tarball", "linux-VERSION.tar.xz or the like")


def mailbox(name: str, value: str, goal: str) -> None:
    if not Path(value).exists():
        raise Wrong(f"{name}={value}: no such file", "an mbox or maildir with the answers")


VALUES: dict[str, Callable[[str, str, str], None]] = {
    "JOBS": number, "TIME_LIMIT": number, "SILENT_MINUTES": number, "REPEAT": number, "REQUESTS": number, "ARCH": architecture, "CELL": cell,
    "CELLS": cell, "SUITE": suite, "FIGURE": figure, "SCENARIO": scenario, "WHICH": words("base", "series"), "PART": part, "PARTS": part, "FORMAT": distro, "CONFIG": words("small", "cloud"), "TASKS": task, "CHECKS": checks, "BASE": base,
    "KERNEL_SRC": source, "MBOX": mailbox, "NEW_BASE": new_base, "TREE": tree}


def check(goals: list[str], given: list[str], values: dict[str, str], known: dict[str, list[str]]) -> None:
    goals = [g for g in goals if g in known]  # of others make says what it does not know
    take = {w.rstrip("!") for goal in ["*", *goals] for w in known[goal]}
    for name in given:
        if goals and name not in take:
            own = " ".join(w.rstrip("!") for goal in goals for w in known[goal]) or "nothing of its own"
            raise Wrong(f"make {' '.join(goals)} does not take {name}", f"it takes {own}; all take {' '.join(known['*'])}")
    if "deb-boot" in goals and os.geteuid() != 0:
        raise Wrong("make deb-boot makes a Debian root, as root",
                    'sudo XDG_CACHE_HOME="${XDG_CACHE_HOME:-$HOME/.cache}" make deb-boot BASE=...')
    for goal in goals:
        for word in known[goal]:
            if word.endswith("!") and not values.get(word[:-1]):
                raise Wrong(f"make {goal} needs {word[:-1]}=", "make help")
    # (a base first: others are looked up in it)
    for name in sorted(VALUES, key="BASE".__ne__):
        for goal in goals if name != "TREE" or not {"tree", "rebase", "port"} & {*goals} else []:  # (these make one)
            if values.get(name) and (name in given or name in take):
                VALUES[name](name, values[name], goal)


def main(args: list[str]) -> int:
    if not args or args[0].startswith("-"):
        asked = args[:1] in (["-h"], ["--help"])
        print((__doc__ or "").strip(), file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    try:
        check(args[0].split(), args[1:], dict(os.environ), takes())
    except Wrong as wrong:
        print(f"{wrong.args[0]}.  Next: {wrong.args[1]}")
    except OSError as why:
        print(f"{why.strerror}: {why.filename}.  Next: git status; git checkout -- patches")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
