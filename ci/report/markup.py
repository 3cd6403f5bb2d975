# SPDX-License-Identifier: GPL-2.0-only
"""Pieces of HTML that the sections of the page share.  What comes in as `html` is
markup already; all other text is escaped here."""
import re
from html import escape as h

__all__ = ["h", "wrap", "anchor", "mark", "link", "section", "table", "num", "cell", "details", "note", "state"]


def wrap(text: str) -> str:
    """Lets a name or an expression break after the characters that join its words."""
    return re.sub(r"[_/,(:=|]|\.(?=\w{3})", r"\g<0><wbr>", h(text)).replace("-&gt;", "<span class=name>-&gt;</span><wbr>")


def anchor(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_./-]", "_", text)


def mark(tone: str, text: str) -> str:
    return f"<span class={tone}>{h(text)}</span>"


def state(s: str) -> str:
    """Whether a result is of the present series."""
    words = {"fresh": "current", "bad": "failed", "stale": "stale", "missing": "not run", "other tools": "of other tools"}
    return mark({"fresh": "pass", "bad": "fail", "missing": "not"}.get(s, "stale"), words[s])


def link(case: str, known: set[str]) -> str:
    return f'<a href="#{anchor(case)}">{wrap(case)}</a>' if case in known else wrap(case)


def note(text: str) -> str:
    return f"<p class=dim>{h(text)}</p>"


def section(name: str, title: str, *html: str) -> str:
    return f"<section id={name} aria-labelledby=h-{name}>\n<h2 id=h-{name}>{h(title)}</h2>\n" + "\n".join(html) + "\n</section>"


def cell(html: str, attributes: str = "") -> str:
    return f"<td{attributes and ' ' + attributes}>{html}</td>"


def num(text: object) -> str:
    return cell(h(str(text)), "class=n")


def table(kind: str, label: str, columns: list[str], rows: list[tuple[str, list[str]]]) -> str:
    """KIND, on a narrow screen, where a row becomes a block: `flow`, a line for each of its
    cells; `grid`, each cell beside the name of its column.  Rows: attributes of <tr>, and HTML,
    of which the first heads the row; what is not a <td> yet becomes one."""
    body = []
    for attributes, (head, *cells) in rows:
        cells = [c if c.startswith("<td") else cell(c) for c in cells]
        if kind == "grid":
            cells = [c.replace("<td", f'<td data-column="{h(name)}"', 1) for c, name in zip(cells, columns[1:], strict=True)]
        body.append(f"<tr{attributes and ' ' + attributes}><th scope=row>{head}</th>" + "".join(cells) + "</tr>")
    head = "".join(f"<th scope=col>{wrap(c)}</th>" for c in columns)
    return (f'<table class={kind} aria-label="{h(label)}"><thead><tr>{head}</tr></thead><tbody>\n' + "\n".join(body)
            + "\n</tbody></table>")


def details(summary: str, html: str, shown: bool = False) -> str:
    return f"<details{' open' if shown else ''}><summary>{summary}</summary>\n{html}\n</details>"
