# SPDX-License-Identifier: GPL-2.0-only
"""The commits that a named source has: commits.tsv."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import table


def rows() -> list[dict[str, str]]:
    return table.load(Path(__file__).with_name("commits.tsv"))


def known(rows: list[dict[str, str]], sha: str) -> str | None:
    """The subject of the commit, if a row with a source has it."""
    for r in rows:
        if r["source"] and (r["id"].startswith(sha) or sha.startswith(r["id"])):
            return r["subject"]
    return None
