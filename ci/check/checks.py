# SPDX-License-Identifier: GPL-2.0-only
"""The checks of checks.tsv, what each is run on, and the findings that may stay."""
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
import fresh
import table

VOLATILE = re.compile(r"^(?:From [0-9a-f]{40} |-- $|2\.\d+\.\d+|Date:|Message-I[dD]:|In-Reply-To:|References:|prerequisite-patch-id:)")
OK, WARNING = 0, 250


class Unit(NamedTuple):
    """What a check is run on: a patch, a part, or all at once."""
    name: str
    arguments: list[str]
    mails: list[Path]
    touches: set[str]


@dataclass(frozen=True)
class Check:
    kind: str
    program: Path
    argument: str
    per: str
    set: str
    reads: str
    packages: str

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.argument}" if self.argument else self.kind

    def command(self, unit: Unit) -> list[str]:
        return [str(self.program), *([self.argument] if self.argument else []), *unit.arguments]

    def covers(self) -> str:
        return covers(self.program)


def covers(program: Path) -> str:
    """The first sentence of a program's manual, behind its usage."""
    text = re.sub(r"^# ?", "", program.read_text(), flags=re.M)
    m = re.search(r"Usage: .*?\n\s*\n(.*?)\n\s*\n", text.replace("shellcheck source", "\n\n"), re.S)
    first = " ".join(m[1].split()) if m else ""
    return re.split(r"(?<=[a-z)])\.(?: |$)", first)[0].rstrip(".")


def load() -> list[Check]:
    return [Check(r["kind"], HERE.parent.parent / (r["program"] or f"ci/check/{r['kind']}"), a, r["for"], r["set"], r["reads"], r["packages"])
            for r in table.load(HERE / "checks.tsv") for a in (r["arguments"].split(",") if r["arguments"] else [""])]


def mail_text(path: Path, headers: bool) -> str:
    """A mail without what is of the moment; without headers: from its subject on."""
    text = "\n".join(line for line in path.read_text(errors="replace").splitlines() if not VOLATILE.match(line))
    if headers:
        return text
    head, _, body = text.partition("\n\n")
    subject = re.search(r"^Subject: .*(?:\n\s.*)*", head, re.M)
    return (re.sub(r"\[.*?\] *", "", subject[0], count=1) if subject else "") + body


def units(per: str, laid: Path) -> list[Unit]:
    rows = [line.split("\t") for line in (laid / "patches.tsv").read_text().splitlines()]
    if per == "patch":
        return [Unit(name, [mail, commit], [Path(mail)], set(fresh.touches(Path(mail).read_text(errors="replace"))))
                for commit, name, _, mail in rows]
    if per == "part":
        names = list(dict.fromkeys(part for _, _, part, _ in rows))
        mails = {n: sorted((laid / "parts" / n).glob("*.patch")) for n in names}
        return [Unit(n, [n, str(laid / "parts" / n)], mails[n],
                     set(fresh.touches("".join(m.read_text(errors="replace") for m in mails[n])))) for n in names]
    return [Unit("", [], [Path(mail) for *_, mail in rows], set())]


@cache
def tree_of(commit: str, tree: str) -> str:
    return subprocess.run(["git", "-C", tree, "rev-parse", f"{commit}^{{tree}}", f"{commit}^^{{tree}}"],
                          capture_output=True, text=True).stdout


@cache
def version(package: str) -> str:
    return subprocess.run(["dpkg-query", "-W", package], capture_output=True, text=True).stdout


@cache
def words(check: Check) -> str:
    """What all results of a check are bound to."""
    parts = [f"{w}: {fresh.reads(w, check.argument)}" for w in [str(check.program.relative_to(HERE.parent.parent)), *check.reads.split()]
             if w not in ("@mail", "@mails", "@files", "@now")]
    return "\n".join([check.name, *parts, *(version(p) for p in check.packages.split())])


def id_of(check: Check, unit: Unit, tree: str) -> str:
    parts = [words(check)]
    for word in {"@mail", "@mails"} & set(check.reads.split()):
        parts += (mail_text(m, word == "@mails") for m in unit.mails)
    if "@files" in check.reads.split():
        parts.append(tree_of(unit.arguments[1] if check.per == "patch" else "refs/series/exported", tree))
        parts += sorted(unit.touches)
    return fresh.digest("\n".join(parts))


class Result(NamedTuple):
    code: int
    lines: list[str]
    seconds: float


def kept(path: Path, now: str | None = None) -> Result | None:
    """The last result; with an id, only if it is bound to that."""
    try:
        old = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return Result(old["code"], old["lines"], old["seconds"]) if now in (None, old["id"]) else None


def keep(path: Path, now: str, result: Result) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"id": now, **result._asdict()}, indent=1) + "\n")


class Exceptions:
    """exceptions.tsv, and which of its rows were needed."""
    def __init__(self, rows: list[dict[str, str]]) -> None:
        self.rows = rows
        self.needed: set[int] = set()

    def left(self, check: Check, unit: Unit, lines: list[str]) -> list[str]:
        found = []
        for line in lines:
            rows = {n for n, r in enumerate(self.rows) if r["check"] == check.kind and r["finding"] == line
                    and (not r["touches"] or r["touches"] in unit.touches)}
            self.needed |= rows
            if not rows:
                found.append(line)
        return found

    def unused(self, kinds: set[str]) -> list[str]:
        return [f"{r['check']}: {r['finding']}" for n, r in enumerate(self.rows) if r["check"] in kinds and n not in self.needed]
