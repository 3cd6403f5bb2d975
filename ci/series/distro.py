#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: BASE=v6.12 ci/series/distro.py FORMAT [PART]...

Writes the patches of a base, or of these parts of it, as a distribution takes them, with
SHA256SUMS, to a folder that it prints.  Without PART it takes all parts but "later", which
makes x86 accept devices that it refuses today.  FORMAT is one of

  debian   debian/patches/protected-guests/ with DEP-3 fields, and series.add, its lines of series
  rpm      linux-kernel-test.patch, the file that kernel.spec of Fedora and RHEL applies last
  suse     patches.suse/ with Patch-mainline: and References: (REFERENCES=bsc#...)
  ubuntu   an mbox for git am, UBUNTU: SAUCE: in each subject
  yocto    protected-guests.scc and .cfg, and patches with Upstream-Status:
  mbox     an mbox for git am, as it is
  quilt    the patches and their series

What says where a patch stands upstream follows what sent/ keeps, and "taken" in series.  No
patch has a Signed-off-by, which the distribution's own tools add for whom they work for
(git am -s), and its author is a placeholder, The Sender, until somebody has sent it.
"""
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Callable, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
import parts as series

NAME = "protected-guests"
OPTIONAL = ("later",)
SUMS = "SHA256SUMS"


class Patch(NamedTuple):
    name: str
    part: str
    head: str  # From, Date and Subject
    body: str
    link: str  # where the part was sent, if it was
    taken: str  # by whom, and as what, if upstream has it

    def with_head(self, *fields: str) -> str:
        return "\n".join([self.head, *fields]) + "\n\n" + self.body

    def with_trailer(self, *fields: str) -> str:
        message, cut, rest = self.body.partition("\n---\n")
        last = message.rstrip("\n").rpartition("\n")[2]
        between = "\n" if re.match(r"[A-Z][a-z-]+: ", last) else "\n\n"
        return self.head + "\n\n" + message.rstrip("\n") + between + "\n".join(fields) + cut + rest

    def with_subject(self, before: str) -> str:
        return re.sub(r"^Subject: \[PATCH\] ", f"Subject: [PATCH] {before}", self.head, flags=re.M) + "\n\n" + self.body


def link(sent: Path, part: str) -> str:
    """The address of the last cover letter that was kept."""
    found = sorted((int(v.name[1:]), v) for v in (sent / part).glob("v*") if v.name[1:].isdigit())
    for mail in sorted(found[-1][1].glob("0*")) if found else []:
        if match := re.search(r"^Message-I[Dd]: *<(.*)>", mail.read_text(encoding="utf-8"), re.M):
            return f"https://lore.kernel.org/r/{match[1]}"
    return ""


def load(patches: Path, sent: Path, wanted: list[str]) -> list[Patch]:
    text = (patches / "series").read_text(encoding="utf-8")
    known = series.parse(text)
    parts = {p.name: p for p in known.values() if p.patches}
    if unknown := [w for w in wanted if w not in parts]:
        raise ValueError(f"{patches.name} has no patches of a part {unknown[0]}", f"some of {' '.join(parts)}; without any: all but {' '.join(OPTIONAL)}")
    wanted = wanted or [p for p in parts if p not in OPTIONAL]
    for name in wanted:
        if lacks := [n for n in series.needed(known, name) if n in parts and n not in wanted and not parts[n].taken]:
            every = [p for p in parts if p in wanted or p in lacks]
            raise ValueError(f"part {name} needs {' '.join(lacks)}", f"PARTS='{' '.join(every)}'")
    of = {name: p.name for p in parts.values() for name in p.patches}
    found = []
    for name in series.in_series(text):
        if of[name] in wanted:
            head, _, body = (patches / name).read_text(encoding="utf-8").partition("\n\n")
            found.append(Patch(name, of[name], head, body, link(sent, of[name]), parts[of[name]].taken))
    return found


def options(patches: list[Patch]) -> list[str]:
    """The options that they add and that somebody can set, which are those of tests."""
    return sorted({f"CONFIG_{m}" for p in patches for m in re.findall(r'^\+config (\w+)\n\+\t(?:bool|tristate) "', p.body, re.M)})


def debian(patches: list[Patch]) -> dict[str, str]:
    files = {f"debian/patches/{NAME}/{p.name}": p.with_head(
        f"Applied-Upstream: {p.taken}" if p.taken else f"Forwarded: {p.link or 'no'}", "Origin: other") for p in patches}
    return files | {"series.add": "".join(f"{NAME}/{p.name}\n" for p in patches)}


def suse(patches: list[Patch]) -> dict[str, str]:
    references = os.environ.get("REFERENCES", "")
    if not references:
        raise ValueError("REFERENCES= is not given: each patch of a SUSE kernel has to name a bug", "make distro FORMAT=suse REFERENCES=...")
    # ("Queued" wants 40 digits in Git-commit:, and Git-repo:, which series does not say)
    return {f"patches.suse/{p.name}": p.with_head(
        f"Patch-mainline: {'Not yet, queued by ' + p.taken if p.taken else 'Submitted, ' + p.link if p.link else 'Not yet, to be submitted'}",
        f"References: {references}")
        for p in patches} | {"series.add": "".join(f"\tpatches.suse/{p.name}\n" for p in patches)}


def yocto(patches: list[Patch]) -> dict[str, str]:
    files = {p.name: p.with_trailer("Upstream-Status: " + (
        f"Backport [{p.taken}]" if p.taken else f"Submitted [{p.link}]" if p.link else "Pending")) for p in patches}
    scc = "".join(f"patch {p.name}\n" for p in patches)
    if cfg := "".join(f"# {o} is not set\n" for o in options(patches)):
        files[f"{NAME}.cfg"], scc = cfg, f"kconf non-hardware {NAME}.cfg\n{scc}"
    return files | {f"{NAME}.scc": scc}


def mbox(patches: list[Patch], before: str = "") -> dict[str, str]:
    return {f"{NAME}.mbox": "".join(p.with_subject(before) + "\n" for p in patches)}


FORMATS: dict[str, Callable[[list[Patch]], dict[str, str]]] = {
    "debian": debian,
    "rpm": lambda patches: {"linux-kernel-test.patch": "".join(p.with_subject("") + "\n" for p in patches)},
    "suse": suse,
    "ubuntu": lambda patches: mbox(patches, "UBUNTU: SAUCE: "),
    "yocto": yocto,
    "mbox": mbox,
    "quilt": lambda patches: {p.name: p.with_subject("") for p in patches} | {"series": "".join(f"{p.name}\n" for p in patches)}}


def sum_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def written(out: Path) -> list[Path]:
    """What this wrote to OUT before: its sums name it.  Raises if somebody has changed that."""
    if not out.exists() or not any(out.iterdir()):
        return []
    if not (out / SUMS).exists():
        raise PermissionError(f"{out} holds what make distro did not write")
    files = [(out / name, was) for was, name in (line.split("  ", 1) for line in (out / SUMS).read_text().splitlines())]
    for file, was in files:
        if file.exists() and sum_of(file.read_bytes()) != was:
            raise PermissionError(f"{file} has changed since make distro wrote it")
    return [file for file, _ in files]


def main(args: list[str]) -> int:
    if args in (["-h"], ["--help"]):
        print((__doc__ or "").strip())
        return 0
    if not args or args[0] not in FORMATS:
        print(f"\nError: distro.py: unknown option or format\nNext:  FORMAT= one of {' '.join(FORMATS)}", file=sys.stderr)
        return 2
    if not {"WORK", "PATCHES", "SENT"} <= set(os.environ):  # started by hand: lib.sh knows where things are
        here = Path(__file__).resolve()
        return subprocess.run(["bash", "-c", f'. "{here.parents[1]}/lib/lib.sh"; work_directory; exec "{here}" "$@"', "-", *args], check=False).returncode
    try:
        patches = load(Path(os.environ["PATCHES"]), Path(os.environ["SENT"]), args[1:])
        files = FORMATS[args[0]](patches)
    except ValueError as wrong:
        print("\nError: {}\nNext:  {}".format(*wrong.args), file=sys.stderr)
        return 2
    except OSError as why:
        print(f"\nError: {why.strerror}: {why.filename}\nNext:  git status; git checkout -- patches", file=sys.stderr)
        return 1
    out = Path(os.environ["WORK"], "distro", args[0])
    try:
        for file in written(out):
            file.unlink(missing_ok=True)
    except PermissionError as theirs:
        print(f"\nError: {theirs}\nNext:  move it away, or rm -r {out}", file=sys.stderr)
        return 6
    out.mkdir(parents=True, exist_ok=True)
    (out / SUMS).write_text("".join(f"{sum_of(text.encode())}  {name}\n" for name, text in files.items()))
    for name, text in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")
    print(f"{len(patches)} patches of {os.environ['BASE']} ({' '.join(dict.fromkeys(p.part for p in patches))}) in {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
