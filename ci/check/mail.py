# SPDX-License-Identifier: GPL-2.0-only
"""What the checks know of a mail with a patch, and of the commit in the tree."""
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from email import message_from_string, policy
from pathlib import Path

OK, FAILED, WARNING = 0, 1, 250
TAG = re.compile(r"^[A-Z][A-Za-z-]+(?:-by|-to|Fixes|Link|Closes|Cc): |^(?:Fixes|Link|Closes|Cc|Assisted-by): ")


@dataclass
class File:
    path: str
    new: bool = False
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)  # of the hunks, context too


@dataclass
class Mail:
    headers: dict[str, str]
    subject: str      # without what stands in brackets
    body: list[str]   # up to the line "---", tags included
    files: list[File]

    def prose(self) -> list[str]:
        return [line for line in self.body if not TAG.match(line)]


def files(diff: str) -> list[File]:
    found: list[File] = []
    hunk = False
    for line in diff.splitlines():
        if m := re.match(r"diff --git a/\S+ b/(\S+)", line):
            found.append(File(m[1]))
            hunk = False
        elif line.startswith("new file mode"):
            found[-1].new = True
        elif line.startswith("@@"):
            hunk = True
        elif hunk and line[:1] in ("+", "-", " ") and line != "-- ":
            found[-1].lines.append(line[1:])
            if line[0] != " ":
                (found[-1].added if line[0] == "+" else found[-1].removed).append(line[1:])
    return found


def read(path: str | Path) -> Mail:
    text = Path(path).read_text(encoding="utf-8", errors="replace")
    # (git's mbox line is no header)
    message = message_from_string(text.split("\n", 1)[1] if text.startswith("From ") else text, policy=policy.default)
    head, _, rest = text.partition("\n\n")
    rest = "\n" + rest
    cut = rest.find("\n---\n")
    body = rest[1:cut + 1] if cut >= 0 else rest
    subject = re.sub(r"^(\[[^]]*\] *)+", "", " ".join(str(message["Subject"]).split()))
    at = rest.find("\ndiff --git ")
    return Mail({k.lower(): " ".join(str(v).split()) for k, v in message.items()}, subject,
                body.strip("\n").splitlines(), files(rest[at + 1:]) if at >= 0 else [])


def git(*args: str) -> str:
    run = subprocess.run(["git", "-C", os.environ["TREE"], *args], capture_output=True, text=True, errors="replace",
                         env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"})
    return run.stdout if run.returncode == 0 else ""


def blob(commit: str, path: str) -> str:
    return git("show", f"{commit}:{path}")


def arguments(doc: str, names: str) -> list[str]:
    """The arguments of a check, or its --help; wrong use ends it."""
    args = sys.argv[1:]
    if args in (["-h"], ["--help"]):
        print(doc.strip())
        sys.exit(0)
    wanted = names.split()
    if len(args) != len(wanted) or any(a.startswith("-") for a in args):
        print(f"\nError: {Path(sys.argv[0]).name}: it takes {names}\nNext:  --help", file=sys.stderr)
        sys.exit(2)
    return args


def end(findings: list[str], otherwise: str, code: int = FAILED) -> None:
    """Prints the findings, each once, a line each; or, if there are none, what was looked at."""
    print(*(dict.fromkeys(findings) or [otherwise]), sep="\n")
    sys.exit(code if findings else OK)


def of_part(folder: str) -> list[Path]:
    """The mails of a part, the letter first; that there are none is a finding."""
    mails = sorted(Path(folder).glob("*.patch"))
    if not mails:
        why = Path(folder, "why")
        end([f"no mails: {why.read_text().strip() if why.exists() else folder}"], "")
    return mails
