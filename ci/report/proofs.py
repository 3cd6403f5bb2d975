# SPDX-License-Identifier: GPL-2.0-only
"""The page's sections on what `make full` and ci/check found."""
from collections import Counter, defaultdict

from findings import coverage_counts, missing_tables, mutant_tone, table_rows
from markup import *
from outcome import plural

TASKS = {"fresh": ("pass", "ok"), "other tools": ("pass", "ok, other tools"), "bad": ("fail", "failed"), "stale": ("stale", "stale"),
         "missing": ("not", "not run")}
SHOWN = "mutants", "before", "coverage", "hunks"


def absent(model: dict, kind: str) -> str:
    """The tables of a kind that nobody has made here."""
    names = [task.partition("-")[2] for task in missing_tables(model, kind)]
    return f"<p>{mark('not', 'not made here')} {h(', '.join(names))}: <code>make full</code></p>" if names else ""


def by_task(model: dict, kind: str) -> dict[str, list[tuple[int, str, list[str]]]]:
    found = defaultdict(list)
    for n, (task, state_, row) in enumerate(table_rows(model, kind), 1):
        found[task].append((n, state_, row))
    return found


def mutants(model: dict, page: dict) -> str:
    parts = []
    for task, entries in by_task(model, "mutants").items():
        tally, rows = Counter(mutant_tone(row[2]) for _, _, row in entries), []
        for n, state_, (_, name, killer, *where) in entries:
            tone = mutant_tone(killer)
            by = link(killer, page["known"]) if tone == "killed" else h(killer) if tone == "equivalent" \
                else mark("fail" if state_ == "fresh" else "stale", killer or "not killed")
            rows.append((f"id=m{n}", [wrap(name), by, wrap(" in ".join(w for w in where if w))]))
        parts.append(details(f"<strong>{h(task.partition('-')[2])}</strong>: {tally['killed']} of {len(entries)} killed, "
                             f"{tally['equivalent']} argued equivalent {state(entries[0][1])}",
                             table("flow", f"Mutants on {task}", ["Mutant", "Killed by", "Where"], rows)))
    return section("mutants", "Mutants", note(
        "Each condition of the functions that decide, made true and made false, one at a time, and the case that fails then."),
        *parts, absent(model, "mutants"))


def before(model: dict, page: dict) -> str:
    tables = {task: Counter(row[3].split(":")[0] for _, _, row in entries) for task, entries in by_task(model, "before").items()}
    kinds = sorted({kind for tally in tables.values() for kind in tally})
    rows = [("", [h(task.partition("-")[2]), *(num(tally[kind]) for kind in kinds), state(model["tables"][task]["state"])])
            for task, tally in tables.items()]
    return section("before", "What fails without the series", note(
        "Each case on the base with the tests and nothing else of the series. A case that passes there guards behaviour that "
        "must not change. The tables of decisions have the result of each case."),
        table("grid", "Cases by what they do without the series", ["Architecture", *kinds, "State"], rows) if rows else "",
        absent(model, "before"))


def coverage(model: dict, page: dict) -> str:
    rows, reasons = [], []
    for task, state_, row in table_rows(model, "coverage"):
        arch, counts = task.partition("-")[2], coverage_counts(row)
        if counts:
            lines, run, branches, taken = counts
            rows.append(("", [h(arch), wrap(row[0]), wrap(row[1]), num(run), num(lines), num(taken), num(branches), state(state_)]))
        else:
            stale = " " + state("stale") if state_ != "fresh" else ""
            reasons.append(f"<li>{h(arch)}: {wrap(' · '.join(row))}{stale}</li>")
    parts = [table("grid", "Coverage by function", ["Architecture", "Function", "File", "Lines run", "of",
                                                    "Branches taken", "of", "State"], rows)] if rows else []
    if reasons:
        said = plural(len(reasons), "line or branch not run, and why", "lines and branches not run, and why")
        parts.append(details(said, "<ul>\n" + "\n".join(reasons) + "\n</ul>", True))
    return section("coverage", "Coverage", note(
        "The lines and branches that the series adds in the functions that decide."), *parts, absent(model, "coverage"))


def hunks(model: dict, page: dict) -> str:
    parts = []
    for task, entries in by_task(model, "hunks").items():
        rows = [("", [h(subject), wrap(file) + (f"<br><code>{wrap(where)}</code>" if where else ""),
                      mark("fail" if state_ == "fresh" else "stale", "nothing fails") if verdict.startswith("NOTHING")
                      else link(verdict, page["known"])]) for _, state_, (subject, file, where, verdict, *_) in entries]
        parts.append(details(f"<strong>{h(task.partition('-')[2])}</strong>: {plural(len(rows), 'hunk')} {state(entries[0][1])}",
                             table("flow", f"Hunks judged on {task}", ["Patch", "Hunk", "Without it"], rows)))
    return section("hunks", "Hunks taken back", note(
        "Each hunk taken back alone: the build breaks, a case fails, or it is not code."), *parts, absent(model, "hunks"))


def patches(model: dict, page: dict) -> str:
    checks, rows = model["checks"], []
    for n, p in enumerate(model["patches"], 1):
        found = checks["by"].get(p["file"])
        if not found:
            said = mark("not", "not checked")
        elif checks["state"] != "fresh":
            said = mark("stale", f"stale, was {found['verdict']}")
        else:
            said = mark("pass", "ok") if found["verdict"] == "ok" else f"{mark('fail', 'fail')} {h('; '.join(found['findings']))}"
        rows.append(("", [f"{n}. {h(p['subject'])}", said, f"+{p['plus']} −{p['minus']}", plural(p["files"], "file")]))
    plus, minus = (sum(p[k] for p in model["patches"]) for k in ("plus", "minus"))
    rows.append(("", ["All", "", f"+{plus} −{minus}", ""]))
    return section("patches", "Patches", note(
        "Each patch checked by itself: checkpatch --strict, codespell, kernel-doc, get_maintainer, the rules for its text. "
        + checks["tools"]), table("flow", "Patches", ["Patch", "Checks", "Lines", "Files"], rows))


def proofs(model: dict, page: dict) -> str:
    """A line for each kind of task: what it shows, and whether it did, for each of its arguments."""
    kinds = defaultdict(list)
    for t in model["tasks"]:
        kind, _, argument = t["task"].partition("-")
        tone, word = TASKS[t["state"]]
        kinds[kind].append(f'<a class=name href="#t-{anchor(t["task"])}">{mark(tone, f"{argument} {word}")}</a>')
    rows = [("", [h(kind), h(model["kinds"].get(kind, "")), " ".join(marks)]) for kind, marks in kinds.items()]
    return section("proofs", "What else is proven", note(
        "The proofs that make full runs, and their verdicts, which are kept in git. Stale: of an earlier state of the series, the base, "
        "or what the proof reads. Other tools: current, but the compiler or QEMU here is another."),
        table("flow", "Proofs by kind", ["Proof", "Shows", "Where"], rows))


def tasks(model: dict, page: dict) -> str:
    rows = []
    for t in model["tasks"]:
        tone = {"fresh": "pass", "other tools": "pass", "bad": "fail", "stale": "stale"}.get(t["state"], "not")
        said = (mark(tone, t["verdict"]) + " " if t["verdict"] else "") + h(t["detail"])
        rows.append((f'id="t-{anchor(t["task"])}"', [h(t["task"]), state(t["state"]), said, h(t["tools"])]))
    parts = []
    for task, found in model["tables"].items():
        if task.split("-")[0] not in SHOWN:
            parts.append(details(f"<strong>{h(task)}</strong>: {plural(len(found['rows']), 'line')} {state(found['state'])}",
                                 "<ul>\n" + "\n".join(f"<li>{wrap(' · '.join(row))}</li>" for row in found["rows"]) + "\n</ul>"))
    return section("tasks", "Tasks of make full: verdicts and tools", details(
        plural(len(rows), "task"), table("flow", "Tasks of make full", ["Task", "State", "Result", "Tools"], rows)), *parts)
