# SPDX-License-Identifier: GPL-2.0-only
"""What the model of load.py comes to: pure functions, no files, no HTML."""
from collections import Counter, defaultdict

from findings import findings, table_rows

WORDS = {"pass": "pass", "fail": "fail", "hung": "fail: the guest hung or died", "build": "fail: does not build"}


def plural(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"


# --- cells
def differences(cell: dict) -> list[tuple[str, str]]:
    """Where a failed cell's cases are not the expected ones; of a guest that ended
    early, or was never built, only the cases that failed."""
    seen, found = cell["cases"], {}
    if cell["facts"].get("verdict") == "fail" and seen:
        for name, skip in cell["expected"].items():
            want = ("skip", skip) if skip is not None else ("pass", "")
            if name not in seen:
                found[name] = "expected, but did not run"
            elif seen[name] != want:
                found[name] = f"expected: {said(*want)}, but: {said(*seen[name])}"
        found.update((name, f"not expected: {said(*result)}") for name, result in seen.items()
                     if name not in cell["expected"])
    found.update((name, "fails") for name, (result, _) in seen.items() if result == "fail")
    return sorted(found.items())


def said(result: str, why: str) -> str:
    return f"{result}: {why}" if why else result


def cell_tone(cell: dict) -> str:
    """pass, fail, stale, or not (not run)."""
    if cell["state"] != "fresh":
        return "not" if cell["state"] == "missing" else "stale"
    facts = cell["facts"]
    good = facts.get("verdict") == "pass" and facts.get("failed", "0") == "0" and not differences(cell)
    return "pass" if good else "fail"


def cell_words(cell: dict) -> str:
    tone, verdict = cell_tone(cell), cell["facts"].get("verdict")
    if tone == "not":
        return "not run"
    if tone == "stale":
        return "stale, " + ("passed" if verdict == "pass" else "failed")
    words = WORDS.get(verdict if verdict != "pass" else tone, "fail")
    return words + (", not required" if tone == "fail" and cell["need"] == "tried" else "") \
        + (", recorded" if cell["recorded"] else "")


# --- cases
def shown(cell: dict) -> dict[str, tuple[str, str]]:
    """A cell's results.  A recorded cell that passed showed what is expected of it."""
    if cell["recorded"] and cell["facts"]["verdict"] == "pass" and cell["state"] == "fresh":
        return {name: ("pass", "") if skip is None else ("skip", skip) for name, skip in cell["expected"].items()}
    return cell["cases"]


def outcomes(model: dict) -> dict[str, list[dict]]:
    """Each case's results in the cells; of a case that no cell has, with the series in the tables before-ARCH."""
    found = defaultdict(list)
    for cell in model["cells"]:
        for name, (result, why) in shown(cell).items():
            found[name].append({"where": cell["name"], "kind": "recorded" if cell["recorded"] else "run",
                                "state": cell["state"], "result": result, "why": why})
    in_cells = set(found)
    for task, state, (name, _, result, verdict, *_) in table_rows(model, "before"):
        if name not in in_cells:
            found[name].append({"where": task.partition("-")[2], "kind": "before", "state": state, "result": result,
                                "why": verdict.partition(": ")[2] if result == "skip" else ""})
    return dict(found)


def cases_known(model: dict) -> set[str]:
    """Every case with a line on the page: of a decision, run, expected, or in a table before-ARCH."""
    known = {case for _, _, case in model["rows"]} | {row[0] for _, _, row in table_rows(model, "before")}
    return known.union(*(c["cases"].keys() | c["expected"].keys() for c in model["cells"]))


def row_verdict(results: list[dict]) -> tuple[str, str]:
    """Tone and words for one row of a decision."""
    by = Counter(r["result"] if r["result"] in ("pass", "skip") else "fail" for r in results if r["state"] == "fresh")
    kinds = Counter(r["kind"] for r in results if (r["state"], r["result"]) == ("fresh", "pass"))
    unit = "architecture" if kinds["before"] else "cell"
    passed = f"pass in {plural(by['pass'], unit)}"
    if kinds["before"]:
        passed += " (by make full)"
    elif kinds["recorded"]:
        passed += " (recorded)" if not kinds["run"] else f" ({kinds['recorded']} recorded)"
    if by["fail"]:
        return "fail", f"fail in {plural(by['fail'], unit)}" + (f", {passed}" if by["pass"] else "")
    if by["pass"]:
        return "pass", passed
    if any(r["result"] != "skip" and r["state"] != "fresh" for r in results):
        return "stale", "stale"
    return "not", "only skipped" if results else "not run"


def by_result(results: list[dict]) -> list[tuple[str, str, list[str]]]:
    """(tone, words, where) of a case, failures first: one line for each result it has."""
    found = defaultdict(list)
    for r in results:
        words = said(r["result"], r["why"]).replace("skip:", "skipped:", 1)
        if r["state"] == "fresh":
            tone = {"pass": "pass", "skip": "not"}.get(r["result"], "fail")
        else:
            tone, words = "stale", f"stale, was {words}"
        found["fail pass not stale".split().index(tone), tone, words].append(r["where"])
    return [(tone, words, where) for (_, tone, words), where in sorted(found.items())]


# --- the whole
def summary(model: dict) -> dict:
    """Tally of the cells, and the page's tone and sentence."""
    tones = {c["name"]: cell_tone(c) for c in model["cells"]}
    tally = Counter(tones.values())
    required = sum(tones[c["name"]] == "fail" and c["need"] != "tried" for c in model["cells"])
    reds, tried = findings(model), tally["fail"] - required
    stale = sum(t["state"] in ("stale", "missing") for t in model["tasks"])
    if required or reds:
        tone, parts = "fail", [plural(required, "cell fails", "cells fail")] if required else []
        parts += [plural(len(reds), "other finding" if required else "finding")] if reds else []
        parts = ["Red: " + ", ".join(parts)]
    elif len(tones) > tally["pass"]:
        complete = tally["pass"] + tried == len(tones)
        tone, parts = "stale", ["All required cells pass" if complete else "Incomplete: no required cell fails" if tried
                                else "Incomplete: nothing that was run for this series fails"]
    else:
        unchecked = model["checks"]["state"] != "fresh"
        tone, parts = "stale" if stale or unchecked else "pass", ["All cells pass"]
        parts += ["the patches have not been checked"] if unchecked else []
    if tried:
        parts.append(plural(tried, "cell that is not required fails", "cells that are not required fail"))
    if tally["stale"]:
        parts.append(plural(tally["stale"], "cell is stale (of an earlier state of the series)",
                            "cells are stale (of an earlier state of the series)"))
    if tally["not"]:
        parts.append(plural(tally["not"], "cell was not run", "cells were not run"))
    if stale:
        parts.append(plural(stale, "task of make full is stale or missing", "tasks of make full are stale or missing"))
    return {"tones": tones, "tally": tally, "required": required, "reds": reds, "tone": tone,
            "sentence": "; ".join(parts) + "."}
