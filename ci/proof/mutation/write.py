# SPDX-License-Identifier: GPL-2.0-only
"""A source with all its mutants in it, each chosen by the number that the kernel is
booted with, and the list of them."""
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from .blocks import Block, MutantError, blocks, places
from .find import LOGIC, named_conditions, operators
from .lex import tokens
from .rows import Row

INIT = """static int __init mutant_init_{0}(void)
{{
	if (mutant({0})) {{ {1} }}
	return 0;
}}
pure_initcall(mutant_init_{0});
"""


class Mutant(NamedTuple):
    number: int
    arch: str
    file: str
    function: str
    name: str
    note: str


class Edit(NamedTuple):
    """What is put around a part of the source."""
    start: int
    end: int
    before: str
    after: str


@dataclass
class Work:
    """One file: its rows, and what has been made of them so far."""
    file: str
    source: str
    rows: list[Row]
    number: int
    edits: list[Edit] = field(default_factory=list)
    mutants: list[Mutant] = field(default_factory=list)
    used: set[Row] = field(default_factory=set)
    tail: str = ""

    def error(self, block: Block, why: str) -> MutantError:
        return MutantError(f"{self.file}: {block.name}: {why}")

    def enter(self, block: Block, row: Row, name: str) -> int:
        """The mutant's number; negative if it acts in the threads of tests only."""
        if any((m.function, m.name) == (block.name, name) for m in self.mutants):
            raise row.error(f"is a mutant twice: {name}")
        self.number += 1
        self.mutants.append(Mutant(self.number, row.arch, self.file, block.name, name, row.note))
        return -self.number if row.note.startswith("test: ") else self.number


def every_condition(work: Work, block: Block, rows: list[Row], added: set[int]) -> None:
    """Makes those true and false that a row with *, or + for added lines, asks for."""
    every = next((r for r in rows if r.kind == "*"), None)
    some = next((r for r in rows if r.kind in "+-"), None)
    found = list(named_conditions(work.source, block))
    if every and len(found) < operators(block):
        raise work.error(block, f"{operators(block)} conditions, of which only {len(found)} are found")
    work.used |= {r for r in (every, some) if r and (found or r is every)}
    for part, text in found:
        if not every and added.isdisjoint(range(part[0].line, part[-1].line + 1)):
            continue
        rule = every or some
        if not rule:
            raise work.error(block, f'no row in ci/proof/mutants.tsv for its new condition "{text}"')
        if rule.kind == "-":
            continue
        numbers = []
        for value in "true", "false":
            own = next((r for r in rows if r.name == f"{text} -> {value}"), rule)
            work.used.add(own)
            numbers.append(work.enter(block, own, f"{text} -> {value}"))
        work.edits.append(Edit(part[0].start, part[-1].end, "mutant_cond(", ", {}, {})".format(*numbers)))


def by_hand(work: Work, block: Block, rows: list[Row]) -> None:
    """Makes what other rows say."""
    number = 0
    for row in rows:
        if row in work.used or row.kind != "text":
            continue
        found = places(block, row.text)
        if len(found) < max(row.nth, 1):
            continue
        if not row.nth and len(found) > 1:
            raise row.error("is there more than once: say #1 or #2")
        start, end = found[max(row.nth, 1) - 1]
        work.used.add(row)
        if row.arch != "&":
            number = work.enter(block, row, row.name)
        if row.becomes.startswith("@init "):
            work.tail += INIT.format(number, row.becomes.removeprefix("@init "))
        elif row.text.endswith(";"):
            work.edits.append(Edit(start, end, f"{{ if (mutant({number})) {{ {row.becomes} }} else {{ ", " } }"))
        else:
            work.edits.append(Edit(start, end, f"(mutant({number}) ? ({row.becomes}) : (", "))"))


def render(source: str, edits: list[Edit]) -> str:
    """The wider edit outside; of two of the same text the later one."""
    before, after = defaultdict(str), defaultdict(str)
    for edit in sorted(reversed(edits), key=lambda e: e.start - e.end):
        for other in edits:
            if edit.start < other.start < edit.end < other.end:
                texts = (source[e.start:e.end] for e in (edit, other))
                raise MutantError('"{}" and "{}" overlap'.format(*texts))
        before[edit.start] += edit.before
        after[edit.end] = edit.after + after[edit.end]
    cuts = sorted({0, len(source), *before, *after})
    return "".join(after[a] + before[a] + source[a:b] for a, b in zip(cuts, [*cuts[1:], len(source)]))


def mutate(file: str, source: str, rows: list[Row], added: set[int], first: int = 0) -> tuple[str, list[Mutant]]:
    """The source with its mutants, which are numbered from first + 1."""
    work = Work(file, source, [r for r in rows if r.file == file], first)
    found = tokens(source)
    for token in found:
        if token.directive == "define" and token.line in added and token.text in LOGIC | {"?"}:
            raise MutantError(f"{file}: line {token.line}: a condition in a macro")
    for block in blocks(source, found):
        own = [r for r in work.rows if r.function == block.name]
        if own or not added.isdisjoint(block.lines()):
            every_condition(work, block, own, added)
            by_hand(work, block, own)
    for row in work.rows:
        if row not in work.used:
            raise row.error("is not there")
    try:
        text = render(source, work.edits)
    except MutantError as e:
        raise MutantError(f"{file}: {e}") from None
    return f"#include <linux/mutant.h>\n{text}{work.tail}", work.mutants
