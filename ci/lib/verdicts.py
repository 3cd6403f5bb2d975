#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/lib/verdicts.py list | state TASK | record TASK ok|bad DETAIL | drop-stale

The verdicts in git, a line a task: what came of it, the id of what it depends on
(fresh.py), the base, the tools, and a line of detail.  States: fresh, bad (fresh, but the
task failed), stale, missing.
"""
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import arch
import fresh
import table

COLUMNS = "task", "verdict", "id", "base", "tools", "detail"
HEAD = "# SPDX-License-Identifier: GPL-2.0-only\n# Written by ci/lib/verdicts.py record.\n# " + "\t".join(COLUMNS) + "\n"


def path() -> Path:
    default = arch.ROOT / f"ci/proof/verdicts/{os.environ.get('BASE', 'v7.3')}.tsv"
    return Path(os.environ.get("VERDICTS", default))


def load() -> dict[str, dict[str, str]]:
    return {r["task"]: r for r in table.load(path())} if path().exists() else {}


@cache
def base() -> str:
    """The kernel that the tree is on, "" where there is no tree."""
    tree = os.environ.get("TREE", "")
    log = subprocess.run(["git", "-C", tree, "log", "-1", "--format=%s", "base"], capture_output=True, text=True)
    return log.stdout.strip()


@cache
def first_line(program: str) -> str:
    try:
        out = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    except OSError:
        return ""
    return out.splitlines()[0] if out else ""


@cache
def tools(task: str) -> str:
    """The compiler and the emulator, by what they say of themselves."""
    kind, _, argument = task.partition("-")
    a = fresh.architecture(argument)
    cell = [c for c in arch.matrix() if c.name == argument and kind == "cell"]
    compiler = cell[0].cc().split()[-1] if cell else a.cross + "gcc"
    boots = "@command" in fresh.kinds()[kind]["reads"] and a.qemu
    return ", ".join(filter(None, map(first_line, [compiler, *a.qemu.split()[:1]] if boots else [compiler])))


def judge(row: dict[str, str] | None, task_id: str, on: str, using: str = "") -> str:
    """Of another state, base (if one is given) or tools (likewise), a verdict is stale."""
    if row is None:
        return "missing"
    if row["id"] != task_id or (on and row["base"] != on) or (using and row["tools"] != using):
        return "stale"
    return "fresh" if row["verdict"] == "ok" else "bad"


def state(task: str, here: bool = False) -> str:
    """With HERE: also stale if this machine has other tools.  What is claimed to others
    does not depend on the sender's machine."""
    return judge(load().get(task), fresh.task_id(task), base(), tools(task) if here else "")


def save(rows: dict[str, dict[str, str]]) -> None:
    order = {t: n for n, t in enumerate(fresh.tasks())}
    lines = ["\t".join(rows[t][c] for c in COLUMNS) + "\n" for t in sorted(rows, key=lambda t: order.get(t, 999))]
    path().parent.mkdir(parents=True, exist_ok=True)
    new = path().with_suffix(".new")
    new.write_text(HEAD + "".join(lines))
    new.replace(path())


def record(task: str, verdict: str, detail: str) -> None:
    detail = re.sub(r"\s+", " ", detail).strip()
    row = dict(zip(COLUMNS, (task, verdict, fresh.task_id(task), base(), tools(task), detail)))
    save({**load(), task: row})


def main(args: list[str]) -> int:
    rows = load()
    match args:
        case ["-h" | "--help"]:
            print(__doc__.strip())
        case ["list"]:
            for t in fresh.tasks():
                print(t, state(t, here=True), rows.get(t, {}).get("detail", ""), sep="\t")
        case ["state", task] if task in fresh.tasks():
            print(state(task))
        case ["record", task, "ok" | "bad" as verdict, detail] if task in fresh.tasks():
            record(task, verdict, detail)
        case ["drop-stale"]:
            kept = {t: r for t, r in rows.items() if t in fresh.tasks() and state(t) != "stale"}
            save(kept)
            print(f"{len(rows) - len(kept)} stale verdicts dropped, {len(kept)} kept")
        case _:
            print(__doc__.strip(), file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
