# SPDX-License-Identifier: GPL-2.0-only
"""The page's sections on the decisions: what is proven where, and each row."""
import re
from collections import Counter, defaultdict

from findings import mutant_tone, table_rows
from markup import *
from outcome import plural, skips, verdict

TONES = {"proven": "pass", "failed": "fail", "stale": "stale", "only skipped": "not", "not run": "not"}
ORDER = "fail pass stale not".split()


def by_table(model: dict) -> dict[str, list[list[str]]]:
    found = defaultdict(list)
    for row in model["rows"]:
        found[row[0]].append(row)
    return found


def arches(model: dict) -> list[str]:
    return list(dict.fromkeys(c["arch"] for c in model["cells"]))


def proven(model: dict, page: dict) -> str:
    """Decision by architecture: how many rows pass there."""
    lines = []
    for name, rows in by_table(model).items():
        on = [page["rows"][case] for _, _, case in rows]
        done = Counter(map(verdict, on))
        cells = [mark("pass" if done["proven"] == len(rows) else "fail" if done["failed"] else "stale" if done["stale"] else "not",
                      f"{done['proven']} of {len(rows)}")]
        for arch in arches(model):
            tally = Counter(row[arch] for row in on if row[arch][1])
            cells.append("<br>".join(mark(tone, f"{n} {words}") for (tone, words), n in
                                     sorted(tally.items(), key=lambda item: (ORDER.index(item[0][0]), item[0][1]))))
        lines.append(("", [f'<a href="#d-{anchor(name)}">{h(name)}</a>', *cells]))
    return section("proven", "Are the decisions proven, and where?", table(
        "grid", "Decision by architecture", ["Decision", "Proven", *arches(model)], lines), note(
        "A row of a decision is proven if its case passes somewhere and fails nowhere. Skipped: the architecture does not have "
        "what the row is about; each row says why. Blank: it does not build that suite. Kept: not run here; the verdict is "
        "in git. Stale: the cell's result is of an earlier state of the series or its tests."))


def kept(model: dict, kind: str) -> str:
    """What is known of a kind of proof where its tables are not here."""
    said = [f"<li>{h(t['task'])} {state(t['state'])} {h(t['detail'])}</li>" for t in model["tasks"]
            if t["task"].partition("-")[0] == kind and t["verdict"]]
    return "<ul>\n" + "\n".join(said) + "\n</ul>" if said else ""


def missing(model: dict, kind: str, what: str) -> str:
    if table_rows(model, kind):
        return ""
    known = kept(model, kind)
    return (f"<p class=dim>{what} is not known here by row: <code>make full TASKS='{kind}-*'</code> finds out. "
            + ("The verdicts kept in git:" if known else "No verdict is kept in git.") + f"</p>{known}")


def decisions(model: dict, page: dict) -> str:
    before, kills, parts = defaultdict(lambda: defaultdict(list)), defaultdict(list), []
    for task, state_, (case, _, _, found, *_) in table_rows(model, "before"):
        before[case][found.split(":")[0], state_].append(task.partition("-")[2])
    for n, (task, state_, (arch, name, killer, *_)) in enumerate(table_rows(model, "mutants"), 1):
        if mutant_tone(killer) == "killed":
            kills[killer].append(f"<a href=#m{n}>{h(arch)}: {wrap(name)}</a>" + (" " + state("stale") if state_ != "fresh" else ""))
    for name, of in by_table(model).items():
        rows = []
        for _, text, case in of:
            on = page["rows"][case]
            more = [f"Skipped on {h(', '.join(where))}: {h(why)}" for why, where in skips(page["outcomes"].get(case, []), on).items()]
            more += [f"Without the series: {h(found)} ({h(', '.join(where))})" + (" " + state("stale") if s != "fresh" else "")
                     for (found, s), where in sorted(before[case].items())]
            # (of a guest that ended, the case is known but not its row)
            killed = kills[case] + (kills[case.rpartition(".")[0]] if case.count(".") == 2 else [])
            head = "".join([re.sub("-E[A-Z]+", r"<span class=name>\g<0></span>", h(text)), f'<br><a href="#{anchor(case)}"><code>{wrap(case)}</code></a>',
                            *(f"<br><span class=dim>{line}</span>" for line in more),
                            details(f"Kills {plural(len(killed), 'mutant')}", ", ".join(killed)) if killed else ""])
            rows.append(("class=decision", [head, *(mark(tone, words) if words else "" for tone, words in on.values())]))
        tally = Counter(verdict(page["rows"][case]) for _, _, case in of)
        said = " ".join(mark(TONES[word], f"{n} {word}") for word, n in sorted(tally.items()))
        parts.append(f'<div id="d-{anchor(name)}">' + details(
            f"<strong>{h(name)}</strong>: {plural(len(of), 'row')} {said}",
            table("grid", f"Rows of {name}", ["Row, and the case that proves it", *arches(model)], rows), True) + "</div>")
    return section("decisions", "Each row of each decision", *parts, missing(model, "before", "What a case does without the series"),
                   missing(model, "mutants", "Which case notices which mutant"))
