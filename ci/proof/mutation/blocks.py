# SPDX-License-Identifier: GPL-2.0-only
"""The functions of a source and its variables with a value, by name."""
import re
from itertools import pairwise
from typing import Iterator, NamedTuple

from .lex import Token


class MutantError(Exception):
    """What is wrong with the table, or with a source: where, and what."""


class Block(NamedTuple):
    name: str
    is_bool: bool  # a function that returns bool
    tokens: list[Token]  # from its { to its }

    def lines(self) -> range:
        return range(self.tokens[0].line, self.tokens[-1].line + 1)


def block_name(head: list[str], first_column: bool) -> str:
    """What begins at the { after head: a function, or a variable with its value."""
    if head[-1:] == ["="]:
        return head[next(i for i, text in enumerate(head) if text in ("[", "=")) - 1]
    calls = (a for a, b in pairwise(head) if b == "(" and re.match(r"\w", a))
    return next(calls, "") if first_column else ""


def blocks(source: str, tokens: list[Token]) -> Iterator[Block]:
    """They end at a } in the first column, as the kernel's coding style has it."""
    def first_column(token: Token) -> bool:
        return source[token.start - 1:token.start] in ("", "\n")

    code = [t for t in tokens if not t.directive]
    head: list[str] = []
    i = 0
    while i < len(code):
        token = code[i]
        if i and re.search(r"\n\s*\n", source[code[i - 1].end:token.start]):
            head = []
        name = ""
        if token.text == "{" and re.match(r"[ \t]*\n", source[token.end:token.end + 80]):
            name = block_name(head, first_column(token))
        if name:
            end = next((j for j in range(i, len(code)) if code[j].text == "}" and first_column(code[j])), len(code) - 1)
            yield Block(name, ("bool", name) in pairwise(head), code[i:end + 1])
            i, head = end, []
        else:
            head = [] if token.text in (";", "}") else [*head, token.text]
        i += 1


def places(block: Block, text: str) -> list[tuple[int, int]]:
    """Where the text is in the block, from one token to another, whatever the white space."""
    want, found = "".join(text.split()), []
    for i in range(len(block.tokens)):
        have = ""
        for token in block.tokens[i:]:
            have += "".join(token.text.split())
            if have == want:
                found.append((block.tokens[i].start, token.end))
            if len(have) >= len(want) or not want.startswith(have):
                break
    return found
