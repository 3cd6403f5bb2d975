# SPDX-License-Identifier: GPL-2.0-only
"""What the results of `make full` and the checks of the patches come to: pure functions."""
import re


def table_rows(model: dict, kind: str) -> list[tuple[str, str, list[str]]]:
    """(task, state, row) of every table of a kind, short rows filled up."""
    return [(task, t["state"], row + [""] * (5 - len(row))) for task, t in model["tables"].items() if task.split("-")[0] == kind
            for row in t["rows"]]


def missing_tables(model: dict, kind: str) -> list[str]:
    return [t["task"] for t in model["tasks"] if t["task"].split("-")[0] == kind and t["task"] not in model["tables"]]


def mutant_tone(killer: str) -> str:
    """killed by a named case, argued equivalent, or alive."""
    if killer.startswith("equivalent: "):
        return "equivalent"
    return "alive" if not killer or re.match(r"NOT |KILLED", killer) else "killed"


def coverage_counts(row: list[str]) -> tuple[int, ...] | None:
    """Lines, run, branches, taken of a function; None for a line or branch with a reason."""
    return tuple(map(int, row[2:6])) if len(row) >= 6 and row[2].isdigit() else None


def findings(model: dict) -> list[tuple[str, str]]:
    """What makes the page red besides cells: what is wrong, and the case or mutant (#mN) it names."""
    reds = []
    if model["tree"].startswith("tree "):
        reds.append((f"the tree differs from patches/ (make patches): cells can be of {model['tree']}", ""))
    for n, (task, state, (_, name, killer, *_)) in enumerate(table_rows(model, "mutants"), 1):
        if state == "fresh" and mutant_tone(killer) == "alive":
            reds.append((f"{task}: not killed: {name}", f"#m{n}"))
    for task, state, (case, _, result, verdict, *_) in table_rows(model, "before"):
        if state == "fresh" and result not in ("pass", "skip"):
            reds.append((f"{task}: with the series: {result}", case))
        if state == "fresh" and not re.match(r"(fails before|guards unchanged behaviour|skipped)(:|$)", verdict):
            reds.append((f"{task}: {verdict}", case))
    for task, state, (subject, file, _, verdict, *_) in table_rows(model, "hunks"):
        if state == "fresh" and verdict.startswith("NOTHING"):
            reds.append((f"{task}: nothing fails without a hunk of {file} ({subject})", ""))
    for task, state, row in table_rows(model, "coverage"):
        if state == "fresh" and not coverage_counts(row) and not row[-1]:
            reds.append((f"{task}: not covered, and no reason given: {' '.join(row)}", ""))
    reds += [(f"make full, {t['task']}: {t['detail'] or t['verdict']}", "") for t in model["tasks"] if t["state"] == "bad"]
    if model["checks"]["state"] == "fresh":
        reds += [(f"{name}: {'; '.join(c['findings'])}", "") for name, c in model["checks"]["by"].items()
                 if c["verdict"] != "ok"]
    return reds
