# SPDX-License-Identifier: GPL-2.0-only
"""A guest's outcome as a line to read, and as a row of the results."""
from __future__ import annotations

import re
from pathlib import Path

from .evidence import Run, number, pool
from .scenarios import Case

COLUMNS = ("arch", "name", "device", "which", "protected", "expected", "verdict", "seconds", "requests", "accesses",
           "violations", "kinds", "private", "bounced", "pool", "bytes", "withheld", "first")


def facts(run: Run) -> dict:
    """The figures of a run; what there is no figure of is None."""
    f = run.figures or {}
    compared = re.findall(r"^lab: .* ok .* (\d+) bytes$", run.console, re.M)
    bounced, slots = pool(run)
    fault = re.search(r"^device: private memory: \S+ at (0x\w+)$", run.complaints, re.M)
    return {"seconds": run.seconds, "requests": f.get("requests"), "violations": f.get("violations"),
            "withheld": f.get("pages", {}).get("private"), "first": fault and fault[1],
            "accesses": f["accesses"] + f["accesses_before"] if f else None,
            "kinds": " ".join(f'{kind} {n["violations"]}' for kind, n in f.get("kinds", {}).items() if n["violations"]),
            "private": number(r"lab: last pages .* private (\d*)", run.console), "bounced": bounced, "pool": slots,
            "bytes": sum(map(int, compared)) if compared else None}


def row(case: Case, run: Run, verdict: str) -> str:
    values = {"arch": case.arch, "name": case.name, "device": case.device, "which": case.which,
              "protected": int(case.protected), "expected": case.expected, "verdict": verdict, **facts(run)}
    return "\t".join(re.sub(r"\s+", " ", "" if values[c] is None else str(values[c])) for c in COLUMNS)


def line(case: Case, run: Run, verdict: str, log: Path) -> str:
    expected = f"refused ({case.expected})" if case.kind == "refused" else case.expected
    who = f"{case.arch} {case.which} {case.text}, {case.device}, {case.name}"
    if verdict != "ok":
        return f"FAIL  {who}: expected {expected}: {verdict}\n      {log}"
    f = facts(run)
    parts = []
    if f["accesses"] is not None:
        parts += [f'{f["requests"]} requests', f'{f["accesses"]} accesses',
                  f'{f["violations"]} violations' + (f' ({f["kinds"]})' if f["kinds"] else "") +
                  (f' from {f["first"]} on' if f["violations"] and f["first"] else "")]
    if f["withheld"]:
        parts.append(f'{f["withheld"]} pages private')
    if f["private"]:
        parts.append(f'{f["private"]} private mappings')
    if f["bounced"] is not None and f["pool"] is not None:
        parts.append(f'bounce {f["bounced"]} of {f["pool"]}')
    if f["bytes"] is not None:
        parts.append(f'{f["bytes"]} bytes compared')
    return f"ok    {who}: {expected}: " + ", ".join([*parts, f'{f["seconds"]} s'])
