# SPDX-License-Identifier: GPL-2.0-only
"""The section "What it costs": the kept figures of ci/bench, as bars and tables, each with its command."""
from __future__ import annotations

import json
import os
from pathlib import Path

from markup import cell, h, note, num, section, table

COLOURS = {"copy": "#4477aa", "slots": "#ee6677", "map": "#228833", "sync": "#ccbb44", "tce": "#66ccee", "ring": "#aa3377",
           "transport": "#bbbbbb", "driver": "#777777"}
WIDTH, BAR = 640, 18
ABOUT = ("command", "series")


def kept() -> dict:
    path = Path(__file__).parents[1] / "bench/figures" / f"{os.environ.get('BASE', 'v7.3')}.json"
    return json.loads(path.read_text())["figures"] if path.exists() else {}


def svg(height: int, label: str, *shapes: str) -> str:
    return (f'<svg role=img aria-label="{h(label)}" viewBox="0 0 {WIDTH} {height}" width="100%" style="max-width:{WIDTH}px" '
            'font-size="11" fill="currentColor">' + "".join(shapes) + "</svg>")


def text(x: float, y: float, what: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{h(what)}</text>'


def bars(label: str, rows: list[tuple[str, dict[str, float]]]) -> str:
    """A bar a row, of parts."""
    most = max(sum(parts.values()) for _, parts in rows)
    shapes = []
    for i, (name, parts) in enumerate(rows):
        x, y = 170.0, i * (BAR + 6)
        shapes.append(text(164, y + 13, name, "end"))
        for part, n in parts.items():
            width = n / most * (WIDTH - 240)
            shapes.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{COLOURS.get(part, "#4477aa")}">'
                          f"<title>{h(part)} {n:.0f}</title></rect>")
            x += width
        shapes.append(text(x + 4, y + 13, f"{sum(parts.values()):.0f}"))
    y, x = len(rows) * (BAR + 6) + 12, 40
    for part in dict.fromkeys(p for _, parts in rows for p in parts):
        shapes += [f'<rect x="{x}" y="{y - 9}" width="9" height="9" fill="{COLOURS.get(part, "#4477aa")}"/>', text(x + 12, y, part)]
        x += 70
    return svg(y + 8, label, *shapes)


def curves(label: str, series: dict[str, list[tuple[float, float]]]) -> str:
    """A line for each of SERIES; both axes from 0, x by the powers of two."""
    xs = sorted({x for points in series.values() for x, _ in points})
    most = max(y for points in series.values() for _, y in points)
    def at(x: float, y: float) -> tuple[float, float]:
        return 50 + xs.index(x) / max(1, len(xs) - 1) * (WIDTH - 200), 200 - y / most * 180
    shapes = [text(at(x, 0)[0], 216, f"{x:g}", "middle") for x in xs] + [text(44, 24, f"{most:.0f}", "end"), text(44, 204, "0", "end")]
    ends = sorted(series, key=lambda name: -max(series[name])[1])     # from the top: names that don't overlap
    for colour, (name, points) in zip(COLOURS.values(), series.items()):
        line = " ".join(f"{px:.1f},{py:.1f}" for px, py in (at(*p) for p in sorted(points)))
        shapes += [f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>',
                   f'<text x="{WIDTH - 140}" y="{at(*max(series[ends[0]]))[1] + 4 + 16 * ends.index(name):.0f}" fill="{colour}">{h(name)}</text>']
    return svg(224, label, *shapes)


def unprotected(figures: dict) -> str:
    rows = [("", [f"{h(arch)} {h(d)}", num(f"{f['base']:.1f}"), num(f"{f['series']:.1f}"),
                  cell(f"{f['ratio']:.3f}", f"class='n {'pass' if f['ratio'] <= 1 + f['spread'] + 0.0005 else 'fail'}'"), num(f"{f['spread']:.4f}")])
            for arch, found in figures.items() for d, f in found.items() if d not in ABOUT]
    return "<h3>Ordinary guests: instructions a request</h3>" + table(
        "wide", "Instructions a request in ordinary guests", ["guest", "base", "series", "ratio", "spread of base"], rows)


def protected(figures: dict) -> str:
    bar = [(f"{arch} {d} {k}", f[k]["parts"]) for arch, found in figures.items() for d, f in found.items() if d not in ABOUT
           for k in ("without", "with")]
    rows = [("", [f"{h(arch)} {h(d)}", num(f"{f['ratio']:.3f}"), num(f"{f['without']['bytes']:.0f}"), num(str(f["without"]["copy_to_memcpy"]))])
            for arch, found in figures.items() for d, f in found.items() if d not in ABOUT]
    return "<h3>Protected guests: without ACCESS_PLATFORM against with it</h3>" + bars("Parts of a request", bar) + table(
        "wide", "Protected guests", ["guest", "without / with", "bytes bounced", "bounce copy / memcpy()"], rows)


def pkvm(figures: dict) -> str:
    rows = [("", [h(f"{arch} {d}, {k.replace('_', ', ')}"), num(f"{f[k]['instructions']:.0f}"), num(f"{f[k]['exits']:.2f}"), num(f"{f[k]['shared']:.2f}")])
            for arch, found in figures.items() for d, f in found.items() if d not in ABOUT for k in f if k != "ratio"]
    return "<h3>Guests of pKVM: a request</h3>" + table(
        "wide", "Guests of pKVM", ["guest", "instructions", "exits to the host", "calls that share or unshare memory"], rows)


def vhost(figures: dict) -> str:
    rows = [("", [h(case), num(f"{f['instructions']:.0f}"), num(f"{f['ratio']:.2f}"), num(f"{f['lookups']:.1f}"), num(f"{f['messages']:.1f}")])
            for found in figures.values() for case, f in found.items() if case not in ABOUT]
    return "<h3>A vhost-user device</h3>" + table(
        "wide", "A vhost-user device", ["ACCESS_PLATFORM", "instructions a request", "ratio", "look-ups", "messages"], rows)


def scale(figures: dict) -> str:
    html = "<h3>Requests in flight on the bounce pool: instructions a request</h3>"
    for found in figures.values():
        lines: dict[str, list[tuple[float, float]]] = {}
        for r in found["rows"]:
            if r["queues"] == 1:
                lines.setdefault(f"{r['pool'] * 2 // 1024} MiB", []).append((r["flight"], r["instructions"]))
        html += curves("Instructions a request by requests in flight, for each size of the pool", lines)
    return html


def said(by_arch: dict, series: str) -> str:
    """The commands that give the figures, and whether it was another series that they gave."""
    return "; ".join(f["command"] + ("" if f["series"] == series else " (stale: of an earlier series)") for f in by_arch.values())


def costs(model: dict, page: dict) -> str:
    figures = kept()
    made = {"unprotected": unprotected, "protected": protected, "pkvm": pkvm, "vhost": vhost, "scale": scale}
    html = [make(figures[name]) + note(said(figures[name], model["series"])) for name, make in made.items() if name in figures]
    return section("costs", "What it costs", *(html or [note("no figures are kept of this base (make bench)")]))
