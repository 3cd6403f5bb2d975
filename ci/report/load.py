# SPDX-License-Identifier: GPL-2.0-only
"""Reads what the page of ci/report/report shows into one dictionary, the model.

ci/report/report sets NOW_BASE, NOW_TREE, NOW_IDS, NOW_SUM, NOW_PATCHES and NOW_DATE;
all other variables are those of ci/lib/lib.sh."""
import os
import re
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import arch
import cases
import fresh
import verdicts

FILES = "console.log junit.xml kunit.json summary.txt cases.tsv facts diff splats".split()


def lines(path: Path) -> list[str]:
    """The lines of a file in any encoding; none if it does not exist."""
    try:
        return path.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []


def rows(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in lines(path) if line and not line.startswith("#")]


def counts(detail: str) -> dict[str, str]:
    """The detail of a recorded cell, as facts."""
    return {word: n for n, word in re.findall(r"(\d+) (passed|failed|skipped)\b", detail)}


def excerpt(results: Path, logs: Path, cell: str, verdict: str, hide: list[str]) -> str:
    """What a failed cell's logs say about the cause."""
    console, text = lines(results / "console.log"), []
    if verdict == "build":
        text += lines(logs / f"build-{cell}.log")[-25:]
    elif verdict == "hung":
        text += console[-15:]
    text += lines(results / "splats")[:12]
    failed = [i for i, line in enumerate(console) if re.search(r"# .*(EXPECTATION|ASSERTION) FAILED", line)]
    text += [console[j] for j in sorted({j for i in failed for j in range(i, i + 5)}) if j < len(console)][:60]
    joined = "\n".join(text).expandtabs()
    for prefix in hide:
        joined = joined.replace(prefix + "/", "")
    return re.sub(r"[^\n\x20-\x7e]", "", joined)


def other_tools(task: str, tools: str) -> bool:
    return verdicts.tools(task) not in ("", tools)


def run_state(facts: dict, task: str, tree: str) -> str:
    """A cell run here is fresh if it read what is here now, with the same tools, from what
    patches/ holds or the very tree that is here."""
    tools = ", ".join(filter(None, (facts.get("compiler"), facts.get("qemu"))))
    same = facts.get("inputs") == fresh.task_id(task) and verdicts.base() in ("", facts.get("base"))
    edited = facts.get("series", "").startswith("tree ")
    return "fresh" if same and not other_tools(task, tools) and (not edited or facts["series"] == tree) else "stale"


def load_cell(c: arch.Cell, tree: str, work: Path, logs: Path, out: Path | None) -> dict:
    cell = {"name": c.name, "arch": c.arch.name, "flavour": c.flavour, "virtio": c.virtio, "compiler": c.compiler,
            "need": c.need, "state": "missing", "recorded": False, "facts": {}, "cases": {}, "files": [],
            "log": "", "expected": cases.expected(c)}
    task, results = f"cell-{c.name}", work / "results" / c.name
    if (results / "facts").exists():
        facts = dict(row for row in rows(results / "facts") if len(row) == 2)
        cell.update(facts=facts, state=run_state(facts, task, tree),
                    cases={row[1]: (row[0], row[2] if len(row) > 2 else "") for row in rows(results / "cases.tsv")})
        if facts.get("verdict") != "pass":
            cell["log"] = excerpt(results, logs, c.name, facts.get("verdict", ""),
                                  [str(work), os.environ["ROOT"]])
        cell["files"] = [f for f in FILES if (results / f).exists() and (results / f).stat().st_size]
        if out and cell["files"]:
            (out / "cells" / c.name).mkdir(parents=True)
            for f in cell["files"]:
                shutil.copy(results / f, out / "cells" / c.name)
    elif row := verdicts.load().get(task):
        state = verdicts.state(task)
        cell.update(recorded=True, state="fresh" if state == "bad" else state,
                    facts={"verdict": "pass" if row["verdict"] == "ok" else "fail", "base": row["base"],
                           "compiler": row["tools"], **counts(row["detail"])})
    return cell


def load_tasks() -> list[dict]:
    """The tasks of `make full` but for the cells, in the order of ci/lib/tasks.tsv."""
    none, found = dict.fromkeys(verdicts.COLUMNS, ""), []
    for task in fresh.tasks():
        if not task.startswith("cell-"):
            row, state = verdicts.load().get(task, none), verdicts.state(task)
            if state == "fresh" and other_tools(task, row["tools"]):
                state = "other tools"
            found.append({**row, "task": task, "state": state})
    return found


def load_tables(work: Path) -> dict[str, dict]:
    """The long tables, by task.  One of another base than the present is stale even if
    its id is the present one."""
    recorded, base, found = verdicts.load(), verdicts.base(), {}
    for path in sorted((work / "tables").glob("*-*.tsv")):
        head, task = (lines(path) or [""])[0], path.stem
        same = task in fresh.tasks() and head == f"# id={fresh.task_id(task)}"
        moved = base and task in recorded and recorded[task]["base"] != base
        found[task] = {"state": "fresh" if same and not moved else "stale", "rows": rows(path)}
    return found


def load_patches(patches: Path, names: list[str]) -> list[dict]:
    found = []
    for name in names:
        text = (patches / name).read_text(errors="replace")
        head, _, body = text.partition("\ndiff --git ")
        subject = re.search(r"^Subject: (?:\[[^]]*\] )?(.*(?:\n .*)*)", head, re.M)
        changed = [line for line in body.split("\n") if line.startswith(("+", "-")) and not line.startswith(("+++ ", "--- "))]
        found.append({"file": name, "subject": subject[1].replace("\n", "") if subject else name,
                      "plus": sum(line[:1] == "+" for line in changed),
                      "minus": sum(line[:1] == "-" for line in changed),
                      "files": text.count("\ndiff --git ")})
    return found


def load_checks(path: Path, patches_sum: str) -> dict:
    """What ci/check/run --quick left: a line a patch, findings indented below it."""
    checks = {"state": "missing", "tools": "", "by": {}}
    for line in lines(path):
        if line.startswith("#"):
            _, of, checks["tools"] = (line.split("\t") + ["", ""])[:3]
            checks["state"] = "fresh" if of == patches_sum else "stale"
        elif found := re.match(r"(ok|FAIL) +(.*)", line):
            patch = checks["by"][found[2]] = {"verdict": found[1], "findings": []}
        elif line.strip():
            patch["findings"].append(line.strip())
    return checks


def load(out: Path | None = None) -> dict:
    """The model; with OUT, the files of each cell are copied there."""
    work, logs, patches, kunit = (Path(os.environ[k]) for k in ("WORK", "LOGS", "PATCHES", "KUNIT"))
    now = {k: os.environ.get(f"NOW_{k}", "") for k in ("BASE", "TREE", "IDS", "SUM", "PATCHES", "DATE")}
    return {"title": lines(arch.ROOT / "README.md")[0].lstrip("# "), "date": now["DATE"], "base": now["BASE"], "tree": now["TREE"],
            "series": now["IDS"], "rows": [r for r in rows(kunit / "decisions.tsv") if r[0] != "-"],
            "cells": [load_cell(c, now["TREE"], work, logs, out) for c in arch.matrix()],
            "kinds": {kind: row["shows"] for kind, row in fresh.kinds().items()}, "tasks": load_tasks(), "tables": load_tables(work),
            "patches": load_patches(patches, now["PATCHES"].split()),
            "checks": load_checks(work / "results/checks", now["SUM"])}
