#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/series/inputs.py

Judges what the sender says of himself and of the mails, in the environment and in git's
configuration.  Prints three lines: name, email, subject prefix.  Wrong inputs end it with
exit code 2, and with the first thing that is wrong.  Who has no identity and does not
sign is "The Sender".
"""
import os
import re
import subprocess
import sys

PLACEHOLDER = "The Sender", "sender@example.invalid"
SWITCHES = "SIGNOFF", "RFC", "RESEND", "STABLE", "TESTED", "RECIPIENTS"
# coding-assistants.rst: these are not to be listed
BASIC = {"git", "gcc", "clang", "make", "editor", "vim", "vi", "emacs", "nano"}


class Wrong(Exception):
    """An input that is wrong, and what to do."""


def git_config(name: str) -> str:
    """As git sees it here, else in the tree that the mails are made from."""
    for where in (".", os.environ.get("TREE") or "."):
        run = subprocess.run(["git", "-C", where, "config", name], capture_output=True, text=True, check=False)
        if run.stdout.strip():
            return run.stdout.strip()
    return ""


def prefix(env: dict[str, str]) -> str:
    """What stands before the number in the subject, such as RFC PATCH."""
    words = (env.get("PREFIX") or "PATCH").split()
    for word in words:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]*", word):
            raise Wrong(f'PREFIX: "{word}" is no word for a subject', "without brackets: PREFIX='PATCH net-next'")
        if re.fullmatch(r"[vV]\d+", word):
            raise Wrong(f"PREFIX: {word} is a version", "REROLL= numbers it")
        if re.fullmatch(r"\d+/\d+|DRAFT", word):
            raise Wrong(f"PREFIX: {word} is written by make mails", "leave it out")
    if "PATCH" not in words:
        raise Wrong("PREFIX: without the word PATCH no list takes it for a patch", "PREFIX='RFC PATCH'")
    if env.get("RFC") == "1" and "RFC" not in words:
        words.insert(0, "RFC")
    if env.get("RESEND") == "1" and "RESEND" not in words:
        words.append("RESEND")
    return " ".join(words)


def identity(env: dict[str, str], config=git_config) -> tuple[str, str]:
    """Who sends.  Whoever signs has to be a person whom mail reaches."""
    name = env.get("GIT_AUTHOR_NAME") or config("user.name")
    email = env.get("GIT_AUTHOR_EMAIL") or config("user.email")
    if not (name and email):
        if env.get("SIGNOFF") == "1":
            raise Wrong("SIGNOFF=1 needs to know who signs", "git config user.name ...; git config user.email ...")
        return PLACEHOLDER
    if re.search(r'[<>"\n]', name) or not re.search(r"\w", name):
        raise Wrong(f"user.name: {name!r} is no name", "git config user.name 'Your Name'")
    if not re.fullmatch(r"[^@\s<>,]+@[^@\s<>,]+\.[A-Za-z][A-Za-z0-9-]+", email):
        raise Wrong(f"user.email: {email} is no address", "git config user.email you@example.org")
    if env.get("SIGNOFF") == "1":
        if name.lower() in ("root", "user", "anonymous", "unknown", "the sender"):
            raise Wrong(f"SIGNOFF=1: {name} is nobody: the DCO wants a known identity", "git config user.name 'Your Name'")
        if re.search(r"no-?reply|@localhost|@.*\.local(domain)?$", email, re.I):
            raise Wrong(f"SIGNOFF=1: nobody can answer to {email}", "git config user.email you@example.org")
    return name, email


def judge(env: dict[str, str], config=git_config) -> tuple[str, str, str]:
    for name in SWITCHES:
        if env.get(name, "") not in ("", "0", "1"):
            raise Wrong(f"{name}={env[name]}: 0 or 1", "ci/series/mails --help")
    reroll = env.get("REROLL", "")
    if reroll and not re.fullmatch(r"[1-9]\d?", reroll):
        raise Wrong(f"REROLL={reroll}: the version is a number", "REROLL=2")
    assisted = env.get("ASSISTED_BY", "")
    words = assisted.split(" ")
    if assisted and not all(re.fullmatch(r"[A-Za-z0-9][\w.:+-]*", w) for w in words):
        raise Wrong(f'ASSISTED_BY: "{assisted}" is not "ASSISTANT [TOOL] [TOOL]"', "see coding-assistants.rst: ASSISTED_BY='LLM sparse'")
    if basic := [w for w in words[1:] if w.lower() in BASIC]:
        raise Wrong(f"ASSISTED_BY: {basic[0]} is not to be listed", "only analysis tools are: coding-assistants.rst")
    if reply := env.get("IN_REPLY_TO", ""):
        if not re.fullmatch(r"<?[^\s<>@]+@[^\s<>@]+>?", reply):
            raise Wrong(f"IN_REPLY_TO={reply} is no Message-ID", "IN_REPLY_TO=20260101.1@example.org")
    return *identity(env, config), prefix(env)


def main(args: list[str]) -> int:
    if args in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    if args:
        print("\nError: inputs.py: unknown option\nNext:  ci/series/inputs.py --help", file=sys.stderr)
        return 2
    try:
        print(*judge(dict(os.environ)), sep="\n")
    except Wrong as wrong:
        print(f"\nError: {wrong.args[0]}\nNext:  {wrong.args[1]}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
