# SPDX-License-Identifier: GPL-2.0-only
"""What the model of load.py comes to: pure functions, no files, no HTML."""
from collections import Counter

from findings import findings
from outcome import plural, said

WORDS = {"pass": "pass", "fail": "fail", "hung": "fail: the guest hung or died", "build": "fail: does not build"}


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
