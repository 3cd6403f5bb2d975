#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/series/claims.py [--update]

Checks that each sentence of the cover letters (patches/BASE/cover-letter.*), and each of
the commit messages that says that something ran, stands in MAINTAINERS-notes/claims.tsv
with what shows it, and that what is named there exists.  An edited sentence is a new one:
somebody has to look again at what shows it.

  --update   takes rows of sentences that are gone out of the table, and puts new sentences
             in, with "?" for what shows them, which is an error until it is filled in

What shows a sentence, several separated by "; ":

  patch NAME         the change is in patches/BASE/NAME.patch
  case GLOB          KUnit cases of kunit/decisions.tsv that run somewhere
  lab ARCH: NAME     a scenario of ci/lab/scenarios.tsv
  task GLOB          tasks of ci/lib/tasks.tsv, whose verdicts are recorded
  figure NAME ARCH   ci/bench counted it: the sentence's numbers stand in ci/bench/figures
  program PATH       a program of this repository that compares or builds
  source FILE WORD   the kernel's source has WORD in FILE (looked up where there is a tree)
  commit ID          a commit that a patch or a note names
  link URL           a note has it, and says what is behind it
  notes FILE         it was read or reasoned, and MAINTAINERS-notes/FILE says how
  quote              objections.md quotes the same words
  once               it ran once, and nothing here repeats it: to be avoided
  not run            it says what did not run
  no claim           it is a question, an intention, or says where things are

A sentence that says that something ran or was tested needs a case, a scenario or a task,
or "once".
"""
import re
import sys
from pathlib import Path
from typing import Iterator, NamedTuple

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "lib")]
import cover
import parts
import shown
import table

TABLE = shown.ROOT / "MAINTAINERS-notes/claims.tsv"
HEAD = ("# SPDX-License-Identifier: GPL-2.0-only\n# Each sentence of the cover letters, each of the commit messages that says "
        "that\n# something ran, and what shows it: ci/series/claims.py --help.\n#\n# letter or patch\tshown by\tsentence\n")


class Claim(NamedTuple):
    letter: str
    sentence: str


def sentences(text: str) -> Iterator[str]:
    """What a cover letter says behind its subject, a sentence at a time.  A quotation is one."""
    body = re.split(r"^Changes in v", "\n".join(text.splitlines()[1:]), maxsplit=1, flags=re.M)[0]
    for block in cover.blocks(body):
        lines = [line.strip() for line in block if line.strip()]
        if not lines or re.match(r"@TESTED\b.*@$|\[\d+\] http", lines[0]):
            continue
        if lines[0].startswith(">"):
            yield " ".join(" ".join(line.lstrip("> ").split()) for line in lines)
            continue
        joined = "".join(line + ("  " if re.search(r"[.?!]$", line) else " ") for line in lines).strip()
        joined = re.sub(r"^- ", "", joined)
        if not re.fullmatch(r"(\S+ ){0,2}\S+:", joined):  # a heading
            yield from re.split(r"(?<=[.?!])  +", joined)


def message(patch: str) -> str:
    """The commit message of a git format-patch file, a line in place of its subject, no tags."""
    body = re.split(r"^---$|^diff --git ", patch.partition("\n\n")[2], maxsplit=1, flags=re.M)[0]
    return "\n" + re.sub(r"^[A-Z][A-Za-z-]+: .*\n", "", body, flags=re.M)


def claims(patches: Path) -> list[Claim]:
    found = [Claim(p.name.removeprefix("cover-letter."), s) for p in sorted(patches.glob("cover-letter.*"))
             for s in sentences(p.read_text(encoding="utf-8"))]
    found += [Claim(name.removesuffix(".patch"), s) for name in parts.in_series((patches / "series").read_text(encoding="utf-8"))
              for s in sentences(message((patches / name).read_text(encoding="utf-8"))) if shown.RAN.search(s)]
    return list(dict.fromkeys(found))


def check(said: list[Claim], known: dict[Claim, str], there: shown.World) -> list[str]:
    """What is wrong, a line each."""
    bad = [f'{c.letter}: nothing shows "{c.sentence}"' for c in said if known.get(c, "?") == "?"]
    bad += [f'{c.letter}: nobody says any more "{c.sentence}"' for c in known if c not in said]
    return bad + [f'{c.letter}: {why}: "{c.sentence}"' for c in said
                  if known.get(c, "?") != "?" and (why := shown.wrong(c.sentence, known[c], there))]


def updated(said: list[Claim], known: dict[Claim, str]) -> str:
    return HEAD + "".join(f"{c.letter}\t{known.get(c, '?')}\t{c.sentence}\n" for c in said)


def main(args: list[str]) -> int:
    if args in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    if args not in ([], ["--update"]):
        print("\nError: claims.py: unknown option\nNext:  ci/series/claims.py --help", file=sys.stderr)
        return 2
    there = shown.world()
    said = claims(there.patches)
    known = {Claim(r["letter or patch"], r["sentence"]): r["shown by"] for r in table.load(TABLE)} if TABLE.exists() else {}
    if args:
        TABLE.write_text(updated(said, known), encoding="utf-8")
        print(f"{sum(known.get(c, '?') == '?' for c in said)} of {len(said)} sentences have no proof yet: {TABLE}")
        return 0
    if bad := check(said, known, there):
        print("\n" + "\n".join(f"  {line}" for line in bad), file=sys.stderr)
        print(f"\nError: {len(bad)} sentences and rows of {TABLE} do not fit\n"
              "Next:  ci/series/claims.py --update, and fill in each \"?\" (--help: with what)", file=sys.stderr)
        return 1
    print(f"  {len(said)} sentences, each with what shows it")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
