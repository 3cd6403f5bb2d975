# SPDX-License-Identifier: GPL-2.0-only
"""The rows of ci/proof/mutants.tsv."""
import re
from pathlib import Path
from typing import NamedTuple

from .blocks import MutantError


class Row(NamedTuple):
    arch: str
    file: str
    function: str
    text: str  # *, +, - or what is changed, without its "#2"
    nth: int  # 0 where the row does not say which of several
    becomes: str
    note: str
    where: str  # table:line

    def error(self, why: str) -> MutantError:
        return MutantError(f'{self.where}: {self.file}: {self.function}: "{self.label}" {why}')

    @property
    def label(self) -> str:
        return self.text + (f" #{self.nth}" if self.nth else "")

    @property
    def kind(self) -> str:
        return self.text if self.text in ("*", "+", "-") else "text"

    @property
    def name(self) -> str:
        return f"{self.label} -> {self.becomes}"


def parse(text: str, table: str = "mutants.tsv") -> list[Row]:
    rows: list[Row] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        where = f"{table}:{number}"
        fields = line.split("\t")
        if not 4 <= len(fields) <= 6 or not all(fields[:4]):
            raise MutantError(f"{where}: a row has architecture, file, function, text, and may have what it becomes and a note")
        arch, file, function, what, becomes, note = [*fields, "", ""][:6]
        nth = re.search(r" #(\d+)$", what)
        row = Row(arch, file, function, what[:nth.start()] if nth else what, int(nth[1]) if nth else 0, becomes, note, where)
        if arch == "&" and not (rows and rows[-1].kind == "text" and rows[-1][1:3] == row[1:3]):
            raise row.error("belongs to the row before, which is of another function or changes no text")
        rows.append(row)
    return rows


def load(path: Path) -> list[Row]:
    return parse(path.read_text(), path.name)
