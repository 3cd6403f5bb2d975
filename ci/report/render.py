# SPDX-License-Identifier: GPL-2.0-only
"""Usage: render.py DIRECTORY

Writes index.html and the files of the cells to DIRECTORY, and prints the verdict.
(ci/report/report sets the environment and runs it.)"""
import sys
from pathlib import Path

import cells
import costs
import decided
import load
import proofs
from findings import coverage_counts, mutant_tone, table_rows
from judge import summary
from markup import h, section
from outcome import by_arch, cases_known, outcomes, plural, proven

def coverage_total(model: dict) -> str:
    fresh = [coverage_counts(row) for _, state, row in table_rows(model, "coverage") if state == "fresh"]
    stale = sum(bool(coverage_counts(row)) for _, state, row in table_rows(model, "coverage") if state != "fresh")
    lines, run, branches, taken = (sum(column) for column in zip(*filter(None, fresh))) if any(fresh) else (0,) * 4
    if lines:
        return f"{run} of {lines} added lines run, {taken} of {branches} branches taken" + \
            (f"; {plural(stale, 'function')} stale" if stale else "")
    return "stale" if stale else "no table here (make full)"


def figures(model: dict, page: dict) -> str:
    """A line for each section."""
    tally, recorded = page["tally"], [t["state"] for t in model["tasks"]]
    mutants = [mutant_tone(row[2]) if state == "fresh" else "stale" for _, state, row in table_rows(model, "mutants")]
    checks = [model["checks"]["by"].get(p["file"], {}).get("verdict", "not checked") for p in model["patches"]]
    found = {
        "Base": model["base"] or "unknown: there is no tree here (make tree)",
        "Series": f"{plural(len(model['patches']), 'patch', 'patches')}, patch ids {model['series']}",
        "Page made": model["date"],
        "Cells": f"{tally['pass']} pass, {tally['fail']} fail, {tally['stale']} stale, {tally['not']} not run; "
                 f"{len(model['cells'])} in the matrix",
        "Mutants": f"{mutants.count('killed')} killed by a named case, {mutants.count('equivalent')} argued equivalent, "
                   f"{mutants.count('alive')} not killed; {mutants.count('stale')} stale" if mutants else "no table here (make full)",
        "Coverage": coverage_total(model),
        "Patches": f"{checks.count('ok')} without findings, {checks.count('FAIL')} with findings, {checks.count('not checked')} "
                   "not checked" + {"fresh": "", "stale": " (stale)", "missing": ""}[model["checks"]["state"]],
        "Tasks of make full": f"{recorded.count('fresh')} ok and current, {recorded.count('other tools')} of other tools, "
                              f"{recorded.count('bad')} failed, {recorded.count('stale')} stale, "
                              f"{recorded.count('missing')} not run"}
    return section("figures", "In figures", "<dl>", *(f"<dt>{h(k)}</dt><dd>{h(v)}</dd>" for k, v in found.items()), "</dl>")


SECTIONS = {"proven": decided.proven, "failures": cells.failures, "matrix": cells.matrix, "proofs": proofs.proofs,
            "figures": figures, "decisions": decided.decisions, "patches": proofs.patches, "mutants": proofs.mutants,
            "before": proofs.before, "coverage": proofs.coverage, "hunks": proofs.hunks, "cases": cells.cases, "cells": cells.cells,
            "tasks": proofs.tasks, "costs": costs.costs}
NAMES = {"proven": "Decisions", "figures": "In figures", "decisions": "Rows", "before": "Without the series"}


def document(model: dict, css: str) -> tuple[str, str]:
    """The page, and its verdict in a sentence."""
    found = outcomes(model)
    page = {**summary(model), "outcomes": found, "known": cases_known(model),
            "rows": {case: by_arch(model, found, case) for _, _, case in model["rows"]}}
    tone, sentence = proven(model, found)
    word = {"pass": "pass", "fail": "FAIL", "stale": "incomplete"}[page["tone"]]
    nav = "\n".join(f"<li><a href=#{s}>{NAMES.get(s, s.capitalize())}</a></li>" for s in SECTIONS)
    sections = "\n".join(make(model, page) for make in SECTIONS.values())
    return f"""<!doctype html>
<html lang=en>
<head>
<meta charset=utf-8>
<meta name=viewport content="width=device-width, initial-scale=1">
<link rel=icon href="data:,">
<title>{word}: {h(model['title'])}</title>
<style>
{css}</style>
</head>
<body>
<header>
<h1>{h(model['title'])}</h1>
<p class="verdict {tone}"><strong>{h(sentence)}</strong></p>
<p class="verdict {page['tone']}" id=verdict>{h(page['sentence'])}</p>
<nav aria-label="Parts of this page"><ul>
{nav}
</ul></nav>
</header>
<main>
{sections}
</main>
</body>
</html>
""", "\n".join([page["sentence"], *(f"  {what}" for what, _ in page["reds"])])


def main(args: list[str]) -> int:
    if args in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    if len(args) != 1 or args[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    out = Path(args[0])
    html, said = document(load.load(out), (Path(__file__).parent / "report.css").read_text())
    (out / "index.html").write_text(html)
    print(said)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
