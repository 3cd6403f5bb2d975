#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/proof/hunks.py list ARCH DIR <NAMES
       ci/proof/hunks.py reason PATCH FILE
       ci/proof/hunks.py failing CASES [EXPECTED]
       ci/proof/hunks.py error|warning LOG
       ci/proof/hunks.py died CONSOLE ERRORS

The parts of ci/proof/hunks that read and decide:

list: splits DIR/COMMIT of each line "commit<TAB>patch" of NAMES into hunks, a file each.
A line a hunk that concerns ARCH: id, commit, patch, file, kind, path, context.  Kind is
"code", or why the hunk is no code.
reason: why nothing can fail without what PATCH does to FILE, from hunks-reasons.
failing: the first case that fails or, of those EXPECTED, is missing.
error, warning: of a build.  died: what to say of a guest that died before a case failed.
Each prints nothing and has exit code 1 where there is none.
"""
import hashlib
import re
import sys
from pathlib import Path
from typing import NamedTuple

ARCHES = "um", "x86_64", "s390", "ppc64le"
ERROR = re.compile(r"error:|undefined reference|No rule to make")
ACCIDENT = re.compile(r"Killed|internal compiler error|ccache: error")
WARNING = re.compile(r":[0-9]+: (warning: .*)|((?:WARNING|warning): (?:modpost|objtool).*)")


class Hunk(NamedTuple):
    file: str
    context: str
    text: str  # with the head of its file, as git apply takes it

    @property
    def changes(self) -> list[str]:
        body = self.text[self.text.index("\n@@") + 1:].split("\n")[1:]
        return [line for line in body if line[:1] in ("+", "-")]

    @property
    def id(self) -> str:
        """The same as long as the hunk is, wherever it stands."""
        text = re.sub(r"^@@ .*@@", "", re.sub(r"^index .*\n", "", self.text, flags=re.M), flags=re.M)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def split(patch: str) -> list[Hunk]:
    """The hunks of `git show --format=`."""
    found = []
    for part in re.split(r"^(?=diff --git )", patch, flags=re.M):
        head, *hunks = re.split(r"^(?=@@ )", part, flags=re.M)
        names = re.findall(r"^(?:\+\+\+ b|--- a)/(.*)$", head, re.M)
        for hunk in hunks:
            context = re.match(r"@@ .*? @@ *(.*)", hunk)
            found.append(Hunk(names[-1], context[1].replace("\t", " ") if context else "", head + hunk))
    return found


def judge(file: str) -> str:
    """The architecture that tells whether a hunk of the file matters, or what kind it is."""
    name = file.rsplit("/", 1)[-1]
    if file.startswith("Documentation/") or "/Documentation/" in file:
        return "documentation"
    if file == "MAINTAINERS":
        return "maintainers"
    if file == "arch/powerpc/platforms/pseries/Kconfig":  # it selects
        return "ppc64le"
    if "/tests/" in file or "/" in file and (name == "Makefile" or name.startswith("Kconfig")):
        return "tests and their wiring"
    if file.startswith("tools/"):
        return "tools, see ci/proof/tools-virtio"
    if file.startswith("include/uapi/"):
        return "comment in a header for user space"
    if file.startswith("arch/s390/"):
        return "s390"
    if file.startswith("arch/powerpc/"):
        return "ppc64le"
    if file.startswith("arch/x86/") or file in ("drivers/virtio/virtio_mem.c", "drivers/iommu/virtio-iommu.c"):
        return "x86_64"
    return "um"


def no_code(hunk: Hunk) -> str:
    """Why the changed lines cannot be code, or "" where they may be."""
    nocode = r"/?\*|$|#include"
    if hunk.file.endswith(".h"):
        nocode += r"|[a-z_ ]+[ *][a-z_]+\([a-z_ *,]*\);$"
    if all(re.match(rf".[ \t]*(?:{nocode})", line) for line in hunk.changes):
        return "comments, includes and declarations"
    # (a module that is not named does not link)
    if all(line[1:].startswith("EXPORT_SYMBOL") for line in hunk.changes):
        return "names of modules in an export, see ci/proof/modules"
    return ""


def kind(hunk: Hunk, arch: str) -> str | None:
    """"code", or why it is none; None if another architecture answers for the hunk."""
    who = judge(hunk.file)
    # (these hooks of generic code have a body on powerpc alone)
    if who == "um" and any(re.search(r"\barch_dma_\w+_direct\(", line) for line in hunk.changes):
        who = "ppc64le"
    if who in ARCHES:
        return None if who != arch else no_code(hunk) or "code"
    return who if arch == "um" else None


def reason(text: str, patch: str, file: str) -> str:
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return next((f"no difference: {row[2]}" for row in rows if row[:2] == [patch, file]), "")


def failing(cases: list[list[str]], expected: list[list[str]]) -> str:
    """The first case that fails; or, where none does, the first that did not come."""
    fails = [row[1] for row in cases if row[0] == "fail"]
    seen = {row[1] for row in cases}
    missing = [f"{row[1]}(missing)" for row in expected if row[1] not in seen]
    return (fails or missing or [""])[0]


def error(log: str) -> bool:
    """Did a build end for an error in the code?"""
    return bool(ERROR.search(log)) and not ACCIDENT.search(log)


def warning(log: str) -> str:
    found = WARNING.search(log)
    return (found[1] or found[2]) if found else ""


def died(console: str, errors: str) -> str | None:
    """None where it was not the guest that ended."""
    if " guest hung" in errors:
        return "NOTHING FAILS, the guest hangs"
    if " guest died" not in errors:
        return None
    suites = re.findall(r"# Subtest: ([a-z0-9_]*)", console)
    return f"the guest dies in {suites[-1] if suites else 'its boot'}"


def rows(path: str) -> list[list[str]]:
    return [line.split("\t") for line in Path(path).read_text().splitlines()]


def listing(arch: str, folder: Path, names: list[list[str]]) -> None:
    for commit, patch in names:
        for number, hunk in enumerate(split((folder / commit).read_text()), 1):
            if what := kind(hunk, arch):
                path = folder / f"{commit}-{number:03}"
                path.write_text(hunk.text)
                print(hunk.id, commit, patch, hunk.file, what, path, hunk.context, sep="\t")


def main(args: list[str]) -> int:
    says: str | None = None
    match args:
        case ["-h" | "--help"]:
            says = __doc__.rstrip()
        case ["list", arch, folder]:
            listing(arch, Path(folder), [line.rstrip("\n").split("\t") for line in sys.stdin])
            return 0
        case ["reason", patch, file]:
            says = reason(Path(__file__).with_name("hunks-reasons").read_text(), patch, file)
        case ["failing", cases, *more] if len(more) <= 1:
            says = failing(rows(cases), rows(more[0]) if more else [])
        case ["error", log]:
            says = "the build breaks" if error(Path(log).read_text(errors="replace")) else ""
        case ["warning", log]:
            says = warning(Path(log).read_text(errors="replace"))
        case ["died", console, errors]:
            says = died(Path(console).read_text(errors="replace"), Path(errors).read_text(errors="replace"))
        case _:
            print("Error: hunks.py list|reason|failing|error|warning|died ...\nNext:  ci/proof/hunks.py --help", file=sys.stderr)
            return 2
    if says:
        print(says)
    return 0 if says else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
