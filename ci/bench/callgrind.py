# SPDX-License-Identifier: GPL-2.0-only
"""What a file of `valgrind --tool=callgrind` says: instructions and calls of each function."""
from __future__ import annotations

import re

NAME = re.compile(r"(c?fn)=\((\d+)\)(?: (.*))?$")
CALLS = re.compile(r"calls=(\d+) ")
COST = re.compile(r"[+\-*\d]\S* (\d+)$")


def parse(text: str) -> tuple[dict[str, int], dict[str, int]]:
    """Instructions that each function ran itself, and how often it was called."""
    names: dict[str, str] = {}
    own: dict[str, int] = {}
    called: dict[str, int] = {}
    function = callee = ""
    inclusive = False       # the line after calls= is the callee's
    for line in text.splitlines():
        if m := NAME.match(line):
            if m[3]:
                names[m[2]] = m[3].split("'")[0]    # (a recursion's depth)
            if m[1] == "fn":
                function = names[m[2]]
            else:
                callee = names[m[2]]
        elif m := CALLS.match(line):
            called[callee] = called.get(callee, 0) + int(m[1])
            inclusive = True
        elif m := COST.match(line):
            if not inclusive and function:
                own[function] = own.get(function, 0) + int(m[1])
            inclusive = False
    return own, called
