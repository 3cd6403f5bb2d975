# SPDX-License-Identifier: GPL-2.0-only
"""The page's sections on cells and cases: failures, matrix, cells, decisions, cases."""
import re
from collections import Counter, defaultdict

from findings import mutant_tone, table_rows
from judge import by_result, cell_words, differences, plural, row_verdict, shown
from markup import *

FLAVOURS = {("plain", "y", "gcc"): "plain", ("plain", "m", "gcc"): "VIRTIO=m", ("debug", "y", "gcc"): "debug",
            ("debug", "m", "gcc"): "debug, VIRTIO=m", ("plain", "y", "clang"): "clang"}


def files(c: dict) -> str:
    return ", ".join(f'<a href="cells/{h(c["name"])}/{f}">{f}</a>' for f in c["files"])


def target(case: str, known: set[str]) -> str:
    """What a finding names: a case, or the anchor of a mutant."""
    return f' <a href="{case}">the mutant</a>' if case.startswith("#") else f" {link(case, known)}" if case else ""


def failures(model: dict, page: dict) -> str:
    parts = [] if page["tally"]["fail"] or page["reds"] else ["<p>Nothing that was run for this series fails.</p>"]
    for c in model["cells"]:
        if page["tones"][c["name"]] != "fail":
            continue
        where = "The verdict is a recorded one: there are no files of this cell here." if c["recorded"] else f"Files: {files(c)}"
        parts.append(f"<h3>{h(c['name'])} {mark('fail', cell_words(c))}</h3>\n<p>{where}</p>")
        items = [f'<li class=failing data-cell="{h(c["name"])}">{link(case, page["known"])} {mark("fail", why)}</li>'
                 for case, why in differences(c)]
        if items:
            rest = details(f"{len(items) - 20} more", "<ul>\n" + "\n".join(items[20:]) + "\n</ul>") if len(items) > 30 else ""
            parts.append("<ul>\n" + "\n".join(items[:20] if rest else items) + "\n</ul>" + rest)
        elif not c["recorded"]:
            parts.append("<p>No case ran: the build failed.</p>" if c["facts"].get("verdict") == "build"
                         else "<p>No case failed: the console says more.</p>")
        if c["log"]:
            parts.append(f'<pre tabindex=0 aria-label="From the console of {h(c["name"])}">{h(c["log"])}</pre>')
    if page["reds"]:
        parts.append("<h3>Other findings</h3>\n<ul>\n" + "\n".join(
            f"<li>{mark('fail', 'fail')} {h(text)}{target(case, page['known'])}</li>" for text, case in page["reds"]) + "\n</ul>")
    absent = [c["name"] for c in model["cells"] if c["need"] != "tried" and page["tones"][c["name"]] == "not"]
    if absent:
        parts.append(f"<p>Required, but not run: {h(', '.join(absent))}.</p>")
    return section("failures", "Failures", *parts)


def grid(model: dict, page: dict) -> str:
    """Architecture by flavour: one word and the counts, linked to the cell."""
    at, rows = defaultdict(str), []
    for c in model["cells"]:
        f, tone = c["facts"], page["tones"][c["name"]]
        counted = "passed" in f and tone in ("pass", "stale")
        words = f"{f['passed']}/{f['skipped']}" if counted else re.split("[:,]", cell_words(c))[0]
        at[c["arch"], FLAVOURS.get((c["flavour"], c["virtio"], c["compiler"]), c["flavour"])] += \
            f'<a href="#cell-{anchor(c["name"])}">{mark(tone, words)}</a> '
    for arch in dict.fromkeys(c["arch"] for c in model["cells"]):
        rows.append(("", [h(arch), *(at[arch, flavour] for flavour in FLAVOURS.values())]))
    return table("wide", "Architecture by flavour", ["", *FLAVOURS.values()], rows)


def matrix(model: dict, page: dict) -> str:
    counts = {c["name"]: Counter((case.split(".")[0], result) for case, (result, _) in shown(c).items())
              for c in model["cells"]}
    suites, rows = sorted({suite for tally in counts.values() for suite, _ in tally}), []
    for c in model["cells"]:
        name, f, tone = c["name"], c["facts"], page["tones"][c["name"]]
        row = [f'<a href="#cell-{anchor(name)}">{h(name)}</a>', mark(tone, cell_words(c)),
               *(num(f.get(k, "")) for k in ("passed", "failed", "skipped"))]
        for suite in suites:
            n = {r: counts[name][suite, r] for r in ("fail", "pass", "skip")}
            tones = {"fail": "fail", "pass": "pass", "skip": "not"}
            said = [mark("stale" if tone == "stale" and r != "skip" else tones[r],
                         f"{n[r]} {dict(fail='failed', skip='skipped')[r] if r != 'pass' else 'passed'}") for r in n if n[r]]
            row.append("<br>".join(said) or ("–" if counts[name] else ""))
        rows.append((f'class=cell data-cell="{h(name)}"', row))
    return section("matrix", "Matrix", note(
        "A cell is an architecture with plain or debug options (KASAN, UBSAN, lockdep, DMA_API_DEBUG, kmemleak, where the "
        "architecture has them), VIRTIO built in or modular, and one compiler. Here: cases passed/skipped. Stale: run with "
        "other patches, options, cases or tools, or on another base."), grid(model, page),
        note("By suite. A dash: the cell does not have the suite."),
        table("wide", "Cells and suites", ["Cell", "Verdict", "Passed", "Failed", "Skipped", *suites], rows))


def cells(model: dict, page: dict) -> str:
    rows = []
    for c in model["cells"]:
        f, tone = c["facts"], page["tones"][c["name"]]
        seconds = [num(f[k] + " s" if f.get(k) else "") for k in ("build_seconds", "boot_seconds")]
        size = f"{int(f['kernel_bytes']) / 1e6:.1f} MB" if f.get("kernel_bytes", "0") != "0" else ""
        said = mark(tone, cell_words(c)) if tone in ("stale", "not") else ""
        rows.append((f'id="cell-{anchor(c["name"])}"', [
            h(c["name"]), h(c["arch"]), h(c["flavour"]), "module" if c["virtio"] == "m" else "built in",
            h(f.get("compiler") or c["compiler"]), h(f.get("qemu", "")), h(f.get("base", "")), *seconds, num(size),
            h(f.get("date", "")), f"{h(f.get('series', ''))} {said}", files(c)]))
    return section("cells", "Cells: tools, times, sizes", table(
        "wide", "Tools, times and sizes of each cell", "Cell Architecture Flavour VIRTIO Compiler QEMU Base Build Boot Kernel"
        .split() + ["Run at", "Series", "Files"], rows))


def decisions(model: dict, page: dict) -> str:
    before, kills, parts = defaultdict(lambda: defaultdict(list)), defaultdict(list), []
    for task, state_, (case, _, _, verdict, *_) in table_rows(model, "before"):
        before[case][verdict.split(":")[0], state_].append(task.partition("-")[2])
    for n, (task, state_, (arch, name, killer, *_)) in enumerate(table_rows(model, "mutants"), 1):
        if mutant_tone(killer) == "killed":
            kills[killer].append(f"<a href=#m{n}>{h(arch)}: {h(name)}</a>" + (" " + state("stale") if state_ != "fresh" else ""))
    for name in dict.fromkeys(t for t, *_ in model["rows"]):
        rows = []
        for _, text, case in (r for r in model["rows"] if r[0] == name):
            without = "<br>".join(f"{h(v)} ({h(', '.join(where))})" + (" " + state("stale") if s != "fresh" else "")
                                  for (v, s), where in sorted(before[case].items()))
            # (of a guest that ended, the case is known but not its row)
            killed = kills[case] + (kills[case.rpartition(".")[0]] if case.count(".") == 2 else [])
            killed = details(f"{len(killed)} mutants", ", ".join(killed)) if len(killed) > 5 else ", ".join(killed)
            rows.append(("", [h(text), f'<a href="#{anchor(case)}"><code>{wrap(case)}</code></a>',
                              mark(*row_verdict(page["outcomes"].get(case, []))), without, killed]))
        parts.append(details(f"<strong>{h(name)}</strong>: {plural(len(rows), 'row')}", table(
            "flow", f"Rows of {name}", ["Row", "Case", "Result", "Without the series", "Mutants killed"], rows), len(rows) <= 60))
    return section("decisions", "Decisions", note(
        "Each row of each decision, the case that proves it, the number of cells where it passes, what the case does without "
        "the series, and the mutants that it kills."), *parts)


def cases(model: dict, page: dict) -> str:
    suites, parts = defaultdict(list), []
    for case in sorted(page["known"]):
        suites[case.split(".")[0]].append(case)
    for suite, names in suites.items():
        rows = []
        for case in names:
            results = page["outcomes"].get(case, [])
            found = [mark(tone, words) + " in " + (f"all {len(where)} cells that have it" if 1 < len(where) == len(results)
                                                   else h(", ".join(where))) for tone, words, where in by_result(results)]
            rows.append((f'id="{anchor(case)}"', [f"<code>{wrap(case.partition('.')[2])}</code>",
                                                  "<br>".join(found) or mark("not", "not run")]))
        parts.append(details(f"<strong>{h(suite)}</strong>: {plural(len(rows), 'case')}",
                             table("flow", f"Cases of {suite}", ["Case", "Result in each cell"], rows)))
    return section("cases", "Cases: the result in each cell", *parts)
