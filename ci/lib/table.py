# SPDX-License-Identifier: GPL-2.0-only
"""Tab-separated tables: comments begin with "#", and the last comment before the
first row names the columns."""
from pathlib import Path


class TableError(Exception):
    """A table that cannot be read: says file, line and what is wrong."""


def parse(text: str, name: str = "table") -> list[dict[str, str]]:
    columns: list[str] = []
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            if not rows and "\t" in line:
                columns = line.lstrip("# ").split("\t")
        elif line:
            fields = line.split("\t")
            if len(fields) > len(columns):
                raise TableError(f"{name}:{number}: {len(fields)} fields for {len(columns)} columns")
            fields += [""] * (len(columns) - len(fields))
            rows.append(dict(zip(columns, fields)))
    return rows


def load(path: Path | str) -> list[dict[str, str]]:
    try:
        return parse(Path(path).read_text(), str(path))
    except OSError as e:
        raise TableError(f"{path}: {e.strerror}") from e
