# SPDX-License-Identifier: GPL-2.0-only
"""The page's sections on cells and cases: failures, matrix, cells, cases."""
from collections import defaultdict

from judge import cell_words, differences
from markup import *
from outcome import by_result, plural

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
            parts.append(f'<pre aria-label="From the console of {h(c["name"])}">{wrap(c["log"])}</pre>')
    if page["reds"]:
        parts.append("<h3>Other findings</h3>\n<ul>\n" + "\n".join(
            f"<li>{mark('fail', 'fail')} {h(text)}{target(case, page['known'])}</li>" for text, case in page["reds"]) + "\n</ul>")
    absent = [c["name"] for c in model["cells"] if c["need"] != "tried" and page["tones"][c["name"]] == "not"]
    if absent:
        parts.append(f"<p>Required, but not run: {', '.join(f'<span class=name>{h(name)}</span>' for name in absent)}.</p>")
    return section("failures", "Failures", *parts)


def matrix(model: dict, page: dict) -> str:
    """Architecture by flavour, linked to each cell."""
    at, rows = defaultdict(str), []
    for c in model["cells"]:
        f, tone = c["facts"], page["tones"][c["name"]]
        words = cell_words(c) if "passed" not in f or tone == "fail" else f"{'stale: ' if tone == 'stale' else ''}{f['passed']} passed, " \
            f"{f['skipped']} skipped{', kept' if c['recorded'] else ''}"
        at[c["arch"], flavour(c)] += f'<a href="#cell-{anchor(c["name"])}" data-cell="{h(c["name"])}">{mark(tone, words)}</a> '
    flavours = list(dict.fromkeys([*FLAVOURS.values(), *map(flavour, model["cells"])]))
    for arch in dict.fromkeys(c["arch"] for c in model["cells"]):
        rows.append(("", [h(arch), *(at[arch, name] for name in flavours)]))
    return section("matrix", "Matrix: architecture by flavour", table("grid", "Architecture by flavour", ["Architecture", *flavours], rows),
                   note("A cell is one kernel. Debug: with KASAN, UBSAN, lockdep, DMA_API_DEBUG and kmemleak, where the architecture has "
                        "them. VIRTIO=m: as modules. Stale: run with other patches, options, cases or tools, or on another base."))


def flavour(c: dict) -> str:
    return FLAVOURS.get((c["flavour"], c["virtio"], c["compiler"]), c["flavour"])


def cells(model: dict, page: dict) -> str:
    rows = []
    for c in model["cells"]:
        f, tone = c["facts"], page["tones"][c["name"]]
        seconds = [num(f[k] + " s" if f.get(k) else "") for k in ("build_seconds", "boot_seconds")]
        size = f"{int(f['kernel_bytes']) / 1e6:.1f} MB" if f.get("kernel_bytes", "0") != "0" else ""
        tools = ", ".join(filter(None, (f.get("compiler") or c["compiler"], f.get("qemu"))))
        of = " ".join(f'<span class=name>{h(word)}</span>' for word in f.get("series", "").split())
        rows.append((f'id="cell-{anchor(c["name"])}"', [
            f'<span class=name>{h(c["name"])}</span>', mark(tone, cell_words(c)), *(num(f.get(k, "")) for k in ("passed", "failed", "skipped")),
            h(tools), h(f.get("base", "")), *seconds, num(size), wrap(f.get("date", "").replace("T", " ").rstrip("Z")), of, files(c)]))
    columns = "Cell Verdict Passed Failed Skipped Tools Base Build Boot Kernel".split() + ["Run at (UTC)", "Series", "Files"]
    return section("cells", "Cells: verdicts, tools, times, sizes", details(
        plural(len(rows), "cell"), table("grid", "Verdict, tools, times and sizes of each cell", columns, rows)))


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
