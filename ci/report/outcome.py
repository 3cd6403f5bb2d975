# SPDX-License-Identifier: GPL-2.0-only
"""What came of each case, and of each row of a decision, on each architecture: pure
functions, no files, no HTML."""
from collections import Counter, defaultdict

from findings import table_rows

# These tasks first see that the plain cell of ARCH shows what is expected of it.
CONTROLS = "mutants", "before"


def plural(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"


def said(result: str, why: str) -> str:
    return f"{result}: {why}" if why else result


def shown(cell: dict) -> dict[str, tuple[str, str]]:
    """A cell's results.  A recorded one that passed showed what is expected of it; of one
    that failed nobody knows which case did."""
    if not cell["recorded"]:
        return cell["cases"]
    if cell["facts"]["verdict"] != "pass":
        return dict.fromkeys(cell["expected"], ("unknown", "the cell failed"))
    return {name: ("pass", "") if skip is None else ("skip", skip) for name, skip in cell["expected"].items()}


def outcomes(model: dict) -> dict[str, list[dict]]:
    """Each case's results in the cells; of an architecture where no cell has a current one, those
    that a current task of make full rests on, and of a case that no cell has, those in a table before-ARCH."""
    found = defaultdict(list)

    def add(case: str, where: str, arch: str, kind: str, state: str, result: tuple[str, str]) -> None:
        found[case].append({"where": where, "arch": arch, "kind": kind, "state": state, "result": result[0], "why": result[1]})

    for cell in model["cells"]:
        for case, result in shown(cell).items():
            add(case, cell["name"], cell["arch"], "recorded" if cell["recorded"] else "run", cell["state"], result)
    in_cells, plain = set(found), {c["name"]: c for c in model["cells"]}
    current = {(case, r["arch"]) for case, results in found.items() for r in results if r["state"] == "fresh"}
    for task in model["tasks"]:
        kind, _, arch = task["task"].partition("-")
        if kind in CONTROLS and task["state"] in ("fresh", "other tools") and arch in plain:
            for case, skip in plain[arch]["expected"].items():
                if (case, arch) not in current:
                    add(case, task["task"], arch, "recorded", "fresh", ("pass", "") if skip is None else ("skip", skip))
    for task, state, (case, _, result, verdict, *_) in table_rows(model, "before"):
        if case not in in_cells:
            arch = task.partition("-")[2]
            add(case, task, arch, "recorded", state, (result, verdict.partition(": ")[2] if result == "skip" else ""))
    return dict(found)


def cases_known(model: dict) -> set[str]:
    """Every case with a line on the page: of a decision, run, expected, or in a table before-ARCH."""
    known = {case for _, _, case in model["rows"]} | {row[0] for _, _, row in table_rows(model, "before")}
    return known.union(*(c["cases"].keys() | c["expected"].keys() for c in model["cells"]))


def on_arch(results: list[dict], has: bool) -> tuple[str, str]:
    """Tone and words for a case on one architecture, of its results there; HAS: a cell should show it."""
    fresh = defaultdict(list)
    for r in results:
        if r["state"] == "fresh":
            fresh[r["result"] if r["result"] in ("pass", "skip", "unknown") else "fail"].append(r["kind"])
    for result, tone, words in (("fail", "fail", "failed"), ("pass", "pass", "passed"), ("unknown", "stale", "cell failed"),
                                ("skip", "not", "skipped")):
        if fresh[result]:
            return tone, words + ("" if "run" in fresh[result] else ", kept")
    if results:
        return ("not", "skipped, stale") if all(r["result"] == "skip" for r in results) else ("stale", "stale")
    return ("not", "not run") if has else ("", "")


def by_arch(model: dict, found: dict[str, list[dict]], case: str) -> dict[str, tuple[str, str]]:
    """(tone, words) of a case on every architecture of the matrix."""
    has = {c["arch"] for c in model["cells"] if case in c["expected"]}
    results = defaultdict(list)
    for r in found.get(case, []):
        results[r["arch"]].append(r)
    return {arch: on_arch(results[arch], arch in has) for arch in dict.fromkeys(c["arch"] for c in model["cells"])}


def skips(results: list[dict], arches: dict[str, tuple[str, str]]) -> dict[str, list[str]]:
    """Reason -> the architectures that skip the case in each of their cells."""
    found = defaultdict(list)
    for r in results:
        if r["result"] == "skip" and arches[r["arch"]][1].startswith("skipped") and r["arch"] not in found[r["why"]]:
            found[r["why"]].append(r["arch"])
    return dict(found)


def verdict(arches: dict[str, tuple[str, str]]) -> str:
    """A row: proven by a case that passes somewhere and fails nowhere; else failed, stale, only skipped, or not run."""
    tones = [tone for tone, _ in arches.values()]
    skipped = any(words.startswith("skipped") for _, words in arches.values())
    return next((word for tone, word in (("fail", "failed"), ("pass", "proven"), ("stale", "stale")) if tone in tones),
                "only skipped" if skipped else "not run")


def proven(model: dict, found: dict[str, list[dict]]) -> tuple[str, str]:
    """Tone and sentence: are all decisions proven, and where?"""
    rows = [by_arch(model, found, case) for _, _, case in model["rows"]]
    tally, tables = Counter(map(verdict, rows)), len({name for name, *_ in model["rows"]})
    where = [arch for arch in dict.fromkeys(c["arch"] for c in model["cells"])
             if any(row.get(arch, ("",))[0] == "pass" for row in rows)]
    kept = sum(verdict(row) == "proven" and all(w.endswith("kept") for t, w in row.values() if t == "pass") for row in rows)
    of = f"{plural(len(rows), 'row')} of {plural(tables, 'decision')}"
    proved = ("by a case that passed" + (f", {kept} of them by verdicts kept in git alone" if kept else "")
              + f"; on {', '.join(where)}") if where else ""
    if tally["proven"] == len(rows):
        return "pass", f"All {of} are proven, each {proved}."
    rest = ", ".join(f"{tally[word]} {word}" for word in ("failed", "stale", "only skipped", "not run") if tally[word])
    return "fail" if tally["failed"] else "stale", f"{tally['proven']} of {of} are proven{proved and ' ' + proved}. The others: {rest}."


def by_result(results: list[dict]) -> list[tuple[str, str, list[str]]]:
    """(tone, words, where) of a case, failures first: one line for each result it has."""
    found = defaultdict(list)
    for r in results:
        words = said(r["result"], r["why"]).replace("skip:", "skipped:", 1)
        if r["state"] == "fresh":
            tone = {"pass": "pass", "skip": "not", "unknown": "stale"}.get(r["result"], "fail")
            words += ", kept" if r["kind"] != "run" else ""
        else:
            tone, words = "stale", f"stale, was {words}"
        found["fail pass not stale".split().index(tone), tone, words].append(r["where"])
    return [(tone, words, where) for (_, tone, words), where in sorted(found.items())]
