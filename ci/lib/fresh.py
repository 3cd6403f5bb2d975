#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/lib/fresh.py [TASK]... | --tasks | --series | --reads WORD...

Names the state that a recorded verdict depends on, a line a task: KIND-ARGUMENT and an
id, which changes with anything that the kind reads (tasks.tsv).  A verdict with another
id is stale.  --tasks lists every task, --series prints the id of the whole series,
--reads that of words as in the last column of tasks.tsv.
"""
import hashlib
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import arch
import cases
import table

ROOT = arch.ROOT
PATCHES = Path(os.environ.get("PATCHES", ROOT / "patches/v7.3"))
# Lines of a diff that are comment or help as a whole, by how the name of the file ends
WORDS = {r"\.[chS]$": re.compile(r"[ +-]\s*(/\*(?!.*\*/.*\S)|\*(/|\s|$)|//)"), r"/Kconfig[.\w]*$": re.compile(r"[ +-]\t  ")}


@cache
def kinds() -> dict[str, dict[str, str]]:
    return {r["kind"]: r for r in table.load(ROOT / "ci/lib/tasks.tsv")}


def arguments(kind: str) -> list[str]:
    names = kinds()[kind]["arguments"]
    return [c.name for c in arch.matrix()] if names == "matrix" else names.split(",")


def tasks() -> list[str]:
    return [f"{kind}-{arg}" for kind in kinds() for arg in arguments(kind)]


def touches(patch: str) -> list[str]:
    return re.findall(r"^(?:\+\+\+ b|--- a)/(\S+)", patch, re.M)


def compiled(paths: list[str], arch_dir: str | None) -> bool:
    """Can a patch to these files change a kernel for arch/ARCH_DIR?  (None: for any.)"""
    def counts(path: str) -> bool:
        if path.startswith(("Documentation/", "tools/")) or path == "MAINTAINERS":
            return False
        return arch_dir is None or not path.startswith("arch/") or path.startswith(f"arch/{arch_dir}/")
    return any(map(counts, paths))


def without_suites(patch: str) -> str:
    """Without the files in a directory tests/, which no kernel has without KUnit."""
    head, *files = re.split(r"^(?=diff --git )", patch, flags=re.M)
    return "".join([head, *(f for f in files if not re.match(r"diff --git \S*/tests/", f))])


def code_id(patch: str) -> str:
    """Of what a compiler of the kernel sees of a diff: the lines that change and the nearest
    ones around them, but for those that are comment or help.  "" if nothing is left."""
    kept: list[str] = []
    words, file, above, changing = None, "", "", False
    for line in patch.split("\n"):
        if line.startswith(("diff --git ", "@@ ")):
            above, changing = "", False
        if line.startswith("diff --git "):
            file = line if compiled(re.findall(r" b/(\S+)$", line), None) else ""
            words = next((w for ends, w in WORDS.items() if re.search(ends, line)), None)
        text = "".join(line[1:].split())
        if not file or line[:1] not in (" ", "+", "-") or line.startswith(("--- ", "+++ ", "-- ")) or not text or words and words.match(line):
            continue
        if line[0] == " ":
            kept += [text] if changing else []
            above, changing = text, False
        else:
            kept += [line[0] + text] if changing else [file, above, line[0] + text]
            changing = True
    return digest("\n".join(kept)) if kept else ""


@cache
def patches(folder: Path | None = None) -> list[str]:
    folder = folder or PATCHES
    names = re.findall(r"^[^#\s]+", (folder / "series").read_text(), re.M)
    texts = [(folder / n).read_text() for n in names]
    if idle := [n for n, t in zip(names, texts) if not touches(t)]:
        raise table.TableError(f"{folder}/{idle[0]} changes nothing")
    return texts


@cache
def patch_ids(suites: bool = True) -> list[tuple[str, list[str]]]:
    """The series: id of the code and touched files of each patch, so that a rebase, an edited
    message or comment changes nothing."""
    return [(code_id(t), touches(t)) for t in (x if suites else without_suites(x) for x in patches())]


def code(arch_dir: str | None, suites: bool = True) -> str:
    return "\n".join(i for i, paths in patch_ids(suites) if i and compiled(paths, arch_dir))


def boots_suites(name: str) -> bool:
    """Has the lab of this architecture a row with KUnit?"""
    return bool(re.search(rf"^{name}\t.*,kunit\t", (ROOT / "ci/lab/scenarios.tsv").read_text(), re.M))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def architecture(argument: str) -> arch.Arch:
    for c in arch.matrix():
        if c.name == argument:
            return c.arch
    known = arch.arches()
    return known[argument] if argument in known else known["x86_64"]  # i386: the same directory


def is_base(argument: str) -> bool:
    return (ROOT / f"configs/{argument}.base").exists()


def there(base: str, program: str, *args: str) -> str:
    """What a program says of x86_64 on another base."""
    return subprocess.run([ROOT / program, *args, "x86_64"], env={"FIRST_BASE": "v7.3", **os.environ, "BASE": base},
                          capture_output=True, text=True, check=True).stdout


def reads(word: str, argument: str) -> str:
    a = architecture(argument)
    match word:
        case "@code":
            return code(a.dir)
        case "@shipped":
            return code(a.dir, suites=False)
        case "@lab":
            return code(a.dir, boots_suites(a.name))
        case "@series":
            return code(None)
        case "@fixes":
            return "\n".join(map(code_id, patches(ROOT / "patches/fixes")))
        case "@port" | "@ported":
            of = a.dir if word == "@port" else None
            return "\n".join(i for t in patches(ROOT / "patches" / argument) if (i := code_id(t)) and compiled(touches(t), of))
        case "@all":
            return "\n".join(re.sub(r"^(index |@@ ).*", "", t[t.index("diff --git "):], flags=re.M) for t in patches())
        case "@programs":
            files = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "-co", "--exclude-standard"],
                                   capture_output=True, text=True, check=True).stdout.split("\0")
            ours = {f for f in files if f and not f.startswith(("patches/", "MAINTAINERS-notes/", "linux"))}
            return "\n".join(f"{f} {digest((ROOT / f).read_bytes().hex())}" for f in sorted(ours) if (ROOT / f).is_file())
        case "@config":
            lines = (there(argument, "ci/lib/arch.py", "config") if is_base(argument) else arch.cell(argument).config()).splitlines()
            return "\n".join(x for x in lines if not x.startswith("#") or x.endswith("is not set"))
        case "@cases" if is_base(argument):
            return there(argument, "ci/lib/cases.py")
        case "@cases":
            return repr(sorted(cases.expected(arch.cell(argument)).items()))
        case "@command":
            return "\n".join((a.qemu, a.cmdline, a.counted, a.counted_cmdline, a.again))
    paths = sorted(ROOT.glob(word.format(arg=argument, arch=a.name, base=PATCHES.name)))
    return "\n".join(f"{p.relative_to(ROOT)} {digest(p.read_bytes().hex())}" for p in paths if p.is_file())


@cache
def task_id(task: str) -> str:
    kind, _, argument = task.partition("-")
    return digest("\n".join(f"{w}: {reads(w, argument)}" for w in kinds()[kind]["reads"].split()))


def main(args: list[str]) -> int:
    match args:
        case ["-h" | "--help"]:
            print(__doc__.strip())
        case ["--series"]:
            print(digest(code(None)))
        case ["--reads", *words] if words:
            print(digest("\n".join(f"{w}: {reads(w, '')}" for w in words)))
        case ["--tasks"]:
            print(*tasks(), sep="\n")
        case _:
            unknown = [t for t in args if t not in tasks()]
            if unknown:
                print(f"\nError: no such task: {unknown[0]}\nNext:  ci/lib/fresh.py --tasks, or --help", file=sys.stderr)
                return 2
            for t in args or tasks():
                try:
                    print(t, task_id(t), sep="\t")
                except KeyError as unknown:
                    print(f"\nError: {t}: ci/cell/matrix.tsv and ci/lib/arches.tsv do not have {unknown}\n"
                          "Next:  add it there, or take it out of the arguments in ci/lib/tasks.tsv", file=sys.stderr)
                    return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
