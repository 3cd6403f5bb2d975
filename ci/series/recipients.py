#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/series/recipients.py [--print] PART MAIL...

Writes To and Cc into the mails of a part.  A patch goes to whom get_maintainer.pl names
for it, and to those whom patches/BASE/cc keeps for it: maintainers in To, reviewers and
lists in Cc.  The cover letter, or a patch that is alone, goes to all of them, and to those
whom patches/BASE/cc keeps for the part.
Where these would be more than 25, whoever is named for the fewest patches only gets
these patches.

  --print   print what the cover letter gets, as lines To: and Cc:, and write nothing; who
            would only get single patches is named on standard error
"""
import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from email.utils import formataddr, parseaddr
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import table

MOST = 25
# (a role may hold parentheses, and so may a name)
LINE = re.compile(r"^(.*<[^>]*>|\S+) \((.*)\)$")


class RecipientError(Exception):
    """Why there are no recipients."""


def roles(text: str) -> list[tuple[str, str]]:
    """(address, "to" or "cc" or "list") of what get_maintainer.pl --rolestats prints."""
    found = []
    for line in filter(None, text.splitlines()):
        m = LINE.match(line)
        if not m:
            raise RecipientError(f"get_maintainer.pl says: {line}")
        kind = "list" if re.search(r"\blist\b", m[2].split(":")[0]) else \
            "to" if re.match(r"maintainer|supporter|chief|odd fixer", m[2]) else "cc"
        found.append((m[1], kind))
    return found


def asked(mail: Path, tree: str, cache: Path) -> list[tuple[str, str]]:
    """What get_maintainer.pl says for a patch; asked again if patch or MAINTAINERS change."""
    text = mail.read_text(encoding="utf-8", errors="surrogateescape")
    diff = text[text.find("\ndiff --git "):]
    state = [diff] + [Path(tree, f).read_text(errors="replace") if Path(tree, f).exists() else ""
                      for f in ("MAINTAINERS", ".mailmap", "scripts/get_maintainer.pl")]
    kept = cache / hashlib.sha256("\0".join(state).encode(errors="replace")).hexdigest()[:24]
    if not kept.exists():
        run = subprocess.run(["./scripts/get_maintainer.pl", "--nogit", "--nogit-fallback", "--rolestats", mail.resolve()],
                             cwd=tree, capture_output=True, text=True)
        if run.returncode:
            raise RecipientError(f"get_maintainer.pl failed: {run.stderr.strip()}")
        cache.mkdir(parents=True, exist_ok=True)
        kept.write_text(run.stdout)
    return roles(kept.read_text())


def all_asked(mails: list[Path], tree: str, cache: Path) -> list[list[tuple[str, str]]]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda m: asked(m, tree, cache), mails))


def kept_for(part: str, rows: list[dict[str, str]]) -> list[str]:
    for r in rows:
        if not (r["reason"] and re.search(r"\S@\S+\.\S", r["address"])):
            raise RecipientError(f"cc: a row is parts, address and reason, not {r['parts']} {r['address']} {r['reason']}")
    return [r["address"] for r in rows if r["parts"] == "*" or part in r["parts"].split(",")]


def kept_for_patch(mail: str, rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Those kept for the patch in this mail: both are named after the subject, cut at different lengths."""
    name = re.sub(r"^(v\d+-)?\d+-|\.patch$", "", mail)
    return [(r["address"], "cc") for r in rows
            for word in r["parts"].split(",") if len(word) > 30 and (word.startswith(name) or name.startswith(word))]


def outdated(addresses: list[str], tree: str) -> list[str]:
    """Those for which the kernel's .mailmap has another address."""
    known = [f"<{key(a)}>" for a in addresses]
    now = subprocess.run(["git", "-C", tree, "check-mailmap", *known], capture_output=True, text=True).stdout.splitlines()
    return [f"{key(a)} is now {n}" for a, n in zip(addresses, now) if key(a) != key(n)]


def key(address: str) -> str:
    return parseaddr(address)[1].lower()


def split(named: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """To and Cc, each address once: To wins, lists come last."""
    first: dict[str, tuple[int, str]] = {}
    for address, kind in named:
        rank = ("to", "cc", "list").index(kind)
        first[key(address)] = min(first.get(key(address), (9, "")), (rank, address))
    ordered = sorted(first.values(), key=lambda x: x[0])
    return [a for r, a in ordered if r == 0], [a for r, a in ordered if r > 0]


def everybody(patches: list[list[tuple[str, str]]], kept: list[str]) -> tuple[list[str], list[str], list[str]]:
    """To and Cc of the cover letter, and who is left out of it."""
    count = Counter(key(a) for named in patches for a in {a for a, _ in named})
    to, cc = split([n for named in patches for n in named] + [(a, "cc") for a in kept])
    always = {key(a) for a in kept} | {key(a) for named in patches for a, kind in named if kind == "list"}
    spare = sorted((a for a in to + cc if key(a) not in always), key=lambda a: (count[key(a)], a in to))
    out = spare[:max(0, len(to + cc) - MOST)] if len(patches) > 1 else []
    return [a for a in to if a not in out], [a for a in cc if a not in out], out


def header(name: str, addresses: list[str]) -> str:
    pairs = [parseaddr(a) for a in addresses]
    return f"{name}: " + ",\n\t".join(formataddr(p, "utf-8") for p in pairs) + "\n" if pairs else ""


def address(mail: Path, to: list[str], cc: list[str]) -> None:
    head, _, body = mail.read_bytes().partition(b"\n\n")
    mail.write_bytes(head + b"\n" + (header("To", to) + header("Cc", cc)).encode() + b"\n" + body)


def main(args: list[str]) -> int:
    if args in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    show = args[:1] == ["--print"]
    args = args[show:]
    if len(args) < 2 or args[0].startswith("-"):
        print("\nError: recipients.py: unknown option or missing argument\nNext:  ci/series/recipients.py --help", file=sys.stderr)
        return 2
    part, mails = args[0], [Path(m) for m in args[1:]]
    tree, cache, rows = os.environ["TREE"], Path(os.environ["WORK"], "recipients"), Path(os.environ["PATCHES"], "cc")
    patches = [m for m in mails if "0000-cover-letter" not in m.name]
    try:
        wanted = table.load(rows) if rows.exists() else []
        named = [n + kept_for_patch(m.name, wanted) for n, m in zip(all_asked(patches, tree, cache), patches)]
        kept = kept_for(part, wanted)
        if old := outdated(kept, tree):
            raise RecipientError(f"cc: {'; '.join(old)}")
        to, cc, out = everybody(named, kept)
    except (RecipientError, table.TableError) as why:
        print(f"\nError: {why}\nNext:  make tree, or mend {rows}", file=sys.stderr)
        return 1
    if show:
        if out:
            print(f"  with b4 {', '.join(map(key, out))} would get nothing: take make mails", file=sys.stderr)
        print(*(f"To: {a}" for a in to), *(f"Cc: {a}" for a in cc), sep="\n")
        return 0
    for mail, n in zip(patches, named):
        address(mail, *(split(n) if len(mails) > 1 else (to, cc)))
    for mail in mails:
        if mail not in patches:
            address(mail, to, cc)
    print(f"{len(to) + len(cc)} addresses" + (f"; of single patches only: {', '.join(map(key, out))}" if out else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
