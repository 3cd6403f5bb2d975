# SPDX-License-Identifier: GPL-2.0-only
"""What can show a sentence of a cover letter, and whether it is there (claims.py)."""
import json
import os
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Callable, Iterator, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

ROOT = Path(__file__).resolve().parents[2]
RAN = re.compile(r"\b(ran(?! out)|tested|booted|measured)\b", re.I)
NOT = re.compile(r"\b(not|no|none|nothing|never|nor|without|only)\b", re.I)


def numbers(value: object) -> Iterator[float]:
    if isinstance(value, (dict, list)):
        for v in value.values() if isinstance(value, dict) else value:
            yield from numbers(v)
    elif isinstance(value, (int, float)):
        yield value


class World(NamedTuple):
    """What a claim may point to."""
    patches: Path
    notes: Path
    cases: list[str]
    scenarios: list[tuple[str, str]]  # architectures, name
    tasks: list[str]
    tree: Path | None

    def noted(self, words: str, files: str = "*.md") -> bool:
        texts = [p.read_text(encoding="utf-8") for p in self.notes.glob(files)]
        return any(words in " ".join(re.sub(r"^ *>", "", t, flags=re.M).split()) for t in texts)

    def commit(self, commit: str) -> bool:
        named = any(commit in p.read_text(encoding="utf-8") for p in self.patches.glob("*.patch"))
        return bool(re.fullmatch("[0-9a-f]{12,40}", commit)) and (named or self.noted(commit))

    def source(self, words: str) -> bool:
        file, _, word = words.partition(" ")
        if self.tree is None or not word:
            return bool(word)
        return any(subprocess.run(["git", "-C", str(self.tree), "grep", "-qF", "-e", word, ref, "--", file],
                                  capture_output=True).returncode == 0 for ref in ("base", "series"))

    def figure(self, words: str, sentence: str) -> bool:
        """Are the sentence's numbers with a decimal point among those of the figure, so rounded?"""
        name, _, arch = words.partition(" ")
        file = ROOT / f"ci/bench/figures/{self.patches.name}.json"
        kept = json.loads(file.read_text(encoding="utf-8"))["figures"].get(name, {}).get(arch) if file.exists() else None
        said = re.findall(r"\d+\.\d+", sentence)
        return bool(kept and said) and all(
            any(f"{n:.{len(s.partition('.')[2])}f}" == s for n in numbers(kept)) for s in said)

    def scenario(self, words: str) -> bool:
        arch, _, name = words.partition(": ")
        return any(arch in a.split(",") and name == n for a, n in self.scenarios)


def world() -> World:
    """This repository, and the tree if there is one."""
    import cases
    import fresh
    tree = Path(os.environ.get("TREE") or "/nonexistent")
    lab = [line.split("\t") for line in (ROOT / "ci/lab/scenarios.tsv").read_text(encoding="utf-8").splitlines()
           if line and line[0] not in "#!"]
    return World(fresh.PATCHES, ROOT / "MAINTAINERS-notes", [d.case for d in cases.decisions() if d.table != cases.NOWHERE],
                 [(r[0], r[1]) for r in lab], fresh.tasks(), tree if (tree / ".git").exists() else None)


def wrong(sentence: str, shown: str, there: World) -> str:
    """Why SHOWN does not show SENTENCE; "" if it does."""
    exists: dict[str, Callable[[str], bool]] = {
        "patch": lambda n: (there.patches / f"{n}.patch").is_file(),
        "case": lambda g: any(fnmatchcase(c, g) for c in there.cases),
        "lab": there.scenario,
        "task": lambda g: any(fnmatchcase(t, g) for t in there.tasks),
        "figure": lambda w: there.figure(w, sentence),
        "program": lambda p: (ROOT / p).is_file() and os.access(ROOT / p, os.X_OK),
        "source": there.source,
        "commit": there.commit,
        "link": lambda url: url.startswith("https://") and there.noted(url),
        "notes": lambda f: (there.notes / f).is_file(),
        "quote": lambda _: there.noted(sentence, "objections.md"),
        "once": lambda w: w == "",
        "not": lambda w: w == "run" and bool(NOT.search(sentence)),
        "no": lambda w: w == "claim"}
    words = [w.strip() for w in shown.split(";")]
    for word in words:
        kind, _, what = word.partition(" ")
        if kind not in exists:
            return f'"{word}" is nothing that can show it'
        if not exists[kind](what):
            return f'there is no "{word}"'
    if RAN.search(sentence) and not any(w.split()[0] in ("case", "lab", "task", "figure", "once", "not") for w in words):
        return "it says that something ran: name a case, a scenario or a task"
    return ""
