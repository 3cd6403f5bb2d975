# SPDX-License-Identifier: GPL-2.0-only
"""The conditions in a function."""
from collections import Counter
from itertools import pairwise
from typing import Iterator

from .blocks import Block, MutantError
from .lex import Token

LOGIC = {"&&", "||"}
OPEN = {"(", "[", "{"}
CLOSE = {")", "]", "}"}
ASSIGN = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
CONSTANT = {"true", "false", "NULL"}


class Scan:
    """The conditions of one block, as ranges (start, end) of its tokens' indices."""

    def __init__(self, block: Block):
        self.t = [token.text for token in block.tokens]
        self.atoms: set[tuple[int, int]] = set()
        self.seen: set[int] = set()  # operators whose operands are known
        self.pair: dict[int, int] = {}
        stack = []
        for i, text in enumerate(self.t):
            if text in OPEN:
                stack.append(i)
            elif text in CLOSE:
                if not stack:
                    raise MutantError(f"{block.name}: a bracket without its partner")
                self.pair[i] = stack.pop()
                self.pair[self.pair[i]] = i
        if stack:
            raise MutantError(f"{block.name}: a bracket without its partner")
        self.statements(block.is_bool)
        self.elsewhere()

    def find(self, start: int, end: int, what: set[str]) -> int | None:
        """The first of these tokens outside of brackets."""
        while start < end:
            if self.t[start] in what:
                return start
            start = self.pair[start] + 1 if self.t[start] in OPEN else start + 1
        return None

    def condition(self, start: int, end: int) -> None:
        """Takes a condition apart, down to what is neither !, && nor ||."""
        t = self.t[start:end]
        closed = self.pair.get(end - 1)
        if t[:1] == ["("] and closed == start:
            self.condition(start + 1, end - 1)
        elif t[1:2] == ["("] and closed == start + 1 and t[0] in ("!", "likely", "unlikely"):
            self.condition(start + 2, end - 1)
        elif (question := self.find(start, end, {"?"})) is not None:
            self.seen.add(question)
            colon, depth = question, 1
            while depth:
                colon = self.find(colon + 1, end, {"?", ":"})
                depth += 1 if self.t[colon] == "?" else -1
            for part in (start, question), (question + 1, colon), (colon + 1, end):
                self.condition(*part)
        elif self.find(start, end, LOGIC) is not None:
            while (i := self.find(start, end, LOGIC)) is not None:
                self.seen.add(i)
                self.condition(start, i)
                start = i + 1
            self.condition(start, end)
        elif not (len(t) == 1 and (t[0] in CONSTANT or t[0].isdigit()) or all(x[0] in "\"'" for x in t)):
            self.atoms.add((start, end))

    def statements(self, is_bool: bool) -> None:
        t, n = self.t, len(self.t)
        for i, word in enumerate(t):
            if word in ("if", "while") and t[i + 1] == "(":
                self.condition(i + 2, self.pair[i + 1])
            elif word == "for":
                first = self.find(i + 2, self.pair[i + 1], {";"})
                self.condition(first + 1, self.find(first + 1, self.pair[i + 1], {";"}))
            elif word == "return":
                end = self.find(i + 1, n, {";"})
                question = self.find(i + 1, end, {"?"})
                if is_bool or question is None and self.find(i + 1, end, LOGIC) is not None:
                    self.condition(i + 1, end)
                elif question is not None:  # of another type: what it chooses is no condition
                    self.seen.add(question)
                    self.condition(i + 1, question)
            elif word == "bool" and t[i + 2:i + 3] == ["="]:
                self.condition(i + 3, self.find(i + 3, n, {",", ";"}))

    def elsewhere(self) -> None:
        """Those in assignments and arguments."""
        for i, operator in enumerate(self.t):
            if operator not in LOGIC | {"?"} or i in self.seen:
                continue
            start = end = i
            while start and self.t[start - 1] not in OPEN | ASSIGN | {",", ";", "?", ":", "}"}:
                start = self.pair.get(start - 1, start - 1)
            if operator == "?":
                self.seen.add(i)
            else:
                while self.t[end] not in CLOSE | {",", ";", "?", ":"}:
                    end = self.pair[end] + 1 if self.t[end] in OPEN else end + 1
            self.condition(start, end)


def conditions(block: Block) -> list[tuple[int, int]]:
    return sorted(Scan(block).atoms)


def named_conditions(source: str, block: Block) -> Iterator[tuple[list[Token], str]]:
    """Each condition with its text, and "#2" where it is the second of its kind."""
    count: Counter[str] = Counter()
    for start, end in conditions(block):
        part = block.tokens[start:end]
        text = " ".join(source[part[0].start:part[-1].end].split())
        count[text] += 1
        yield part, text + (f" #{count[text]}" if count[text] > 1 else "")


def operators(block: Block) -> int:
    """Counted in another way: each of these has at least a condition of its own."""
    t = [token.text for token in block.tokens]
    return sum(a in LOGIC | {"?"} or a in ("if", "while") and b == "(" for a, b in pairwise(t))
