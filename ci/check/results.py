# SPDX-License-Identifier: GPL-2.0-only
"""What came of the checks, as a table and as one line per patch."""
from pathlib import Path

from checks import OK, WARNING, Check, Exceptions, Result, Unit

WORDS = {"ok": "ok", "warning": "warning", "failed": "FAIL", "cannot": "cannot run"}


def cannot(r: Result) -> bool:
    return r.code == WARNING and any(x.startswith("cannot run: ") for x in r.lines)


class Row:
    """What came of a check: a word, and a line for each unit that is not ok."""
    def __init__(self, check: Check, todo: list[Unit], results: list[Result], exceptions: Exceptions) -> None:
        self.check, self.findings, states = check, {}, []
        excused = 0
        for unit, r in zip(todo, results):
            left = r.lines if r.code == OK else exceptions.left(check, unit, r.lines)
            excused += len(r.lines) - len(left)
            state = "ok" if r.code == OK or not left else "cannot" if cannot(r) else "warning" if r.code == WARNING else "failed"
            states.append(state)
            if state != "ok":
                self.findings[unit.name] = left
        self.state = max(states, key=list(WORDS).index) if "failed" not in states else "failed"
        detail = [f"{len(todo)} {check.per if len(todo) == 1 else check.per + ('es' if check.per == 'patch' else 's')}"] \
            if check.per != "once" else results[0].lines[-1:]
        detail += [f"{n} {w}" for w, n in (("failed", states.count("failed")), ("with warnings", states.count("warning"))) if n and check.per != "once"]
        self.detail = ", ".join(detail + ([f"{excused} excused"] if excused else []))


def lines_of(row: Row) -> list[str]:
    return [f"{u + ': ' if u else ''}{line}" for u, lines in row.findings.items() for line in lines]


def print_table(rows: list[Row], keep_in: Path) -> None:
    width = max(len(r.check.name) for r in rows)
    for r in rows:
        print(f"{WORDS[r.state]:10} {r.check.name:{width}}  {r.detail or 'done'}: {r.check.covers()}")
        for line in lines_of(r)[:40]:
            print(f"             {line}")
    keep_in.parent.mkdir(parents=True, exist_ok=True)
    keep_in.write_text("# check\tresult\tdetail\tcovers\n" + "".join(
        f"{r.check.name}\t{WORDS[r.state]}\t{r.detail}\t{r.check.covers()}\n" for r in rows))


def print_patches(rows: list[Row], patches: list[Unit], about: str, keep_in: Path) -> None:
    """A line a patch, as the report page reads it."""
    out = []
    for u in patches:
        found = [f"        {r.check.name} {line}" for r in rows for line in r.findings.get(u.name, [])]
        out += [("FAIL  " if found else "ok    ") + u.name, *found]
    print(*out, sep="\n")
    keep_in.parent.mkdir(parents=True, exist_ok=True)
    keep_in.write_text("\n".join([about, *out]) + "\n")
