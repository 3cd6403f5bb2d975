#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/bench/figures.py RESULTS FILE

Gathers what ci/bench/bench left in the directory RESULTS, bench-FIGURE-ARCH.json, into
FILE, from which the numbers of notes and letters come: figure, architecture, values.
What RESULTS lacks stays as FILE has it.  Nothing that failed is taken.
"""
import json
import sys
from pathlib import Path


def short(value: object) -> object:
    """Without what only the results have: each function's count."""
    if isinstance(value, dict):
        return {k: short(v) for k, v in value.items() if k != "functions"}
    return value


def gather(old: dict, made: list[dict]) -> dict:
    figures = {name: dict(by_arch) for name, by_arch in old.items()}
    for m in made:
        figures.setdefault(m["figure"], {})[m["arch"]] = {"command": m["command"], "series": m["series"], **short(m["figures"])}
    return {name: dict(sorted(by_arch.items())) for name, by_arch in sorted(figures.items())}


def main(args: list[str]) -> int:
    if args[:1] in (["-h"], ["--help"]):
        print(__doc__.rstrip())
        return 0
    if len(args) != 2 or args[0].startswith("-"):
        print("Error: figures.py RESULTS FILE\nNext:  ci/bench/figures.py --help", file=sys.stderr)
        return 2
    found, file = sorted(Path(args[0]).glob("bench-*.json")), Path(args[1])
    made = [json.loads(path.read_text()) for path in found]
    if failed := [path.name for path, m in zip(found, made) if not m["pass"]]:
        print(f"\nError: these did not pass: {' '.join(failed)}\nNext:  make bench", file=sys.stderr)
        return 1
    if not made:
        print(f"\nError: no bench-*.json in {args[0]}\nNext:  make bench", file=sys.stderr)
        return 1
    old = json.loads(file.read_text())["figures"] if file.exists() else {}
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = {"SPDX-License-Identifier": "GPL-2.0-only", "figures": gather(old, made)}
    file.write_text(json.dumps(kept, indent=1) + "\n")
    print(f"{file}: {len(made)} results")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
