#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/series/cover.py COVER-LETTER BASE NAME.patch...

Prints the cover letter as it is sent: @BASE@ becomes BASE, @{NAME}@ the number of the
patch NAME.patch among those given, in order.  Paragraphs and list items that had such a
mark are filled again.  A name that no patch has is an error; with @{NAME?}@ it leaves the
paragraph or list item out.
"""
import re
import sys
import textwrap

MARK = re.compile(r'@\{([^}?]*)(\??)\}@|@BASE@')


def blocks(text: str) -> list[list[str]]:
    """Paragraphs, list items, and the blank lines between them."""
    found: list[list[str]] = []
    blank = True
    for line in text.splitlines():
        if blank or not line or re.match(r' *- ', line):
            found.append([])
        found[-1].append(line)
        blank = not line
    return found


def fill(lines: list[str]) -> str:
    """A paragraph or list item, filled; its first two lines give the indents."""
    dash = re.match(r' *- ', lines[0])
    indent = ' ' * len(dash[0]) if dash else ''
    text = ' '.join(line.strip() for line in lines)
    return textwrap.fill(text, 75, initial_indent=re.match(' *', lines[0])[0], subsequent_indent=indent,
                         break_long_words=False, break_on_hyphens=False, fix_sentence_endings=True)


def cover(text: str, base: str, names: list[str]) -> str:
    """The text with its marks replaced; KeyError for a name that no patch has."""
    number = {name.removesuffix('.patch'): str(n) for n, name in enumerate(names, 1)}
    out = []
    for lines in blocks(text):
        block = '\n'.join(lines)
        if any(m[2] and m[1] not in number for m in MARK.finditer(block)):
            continue
        done = MARK.sub(lambda m: number[m[1]] if m[1] else base, block)
        out.append(fill(done.split('\n')) if done != block else block)
    return '\n'.join(out) + '\n'


def main() -> int:
    if sys.argv[1:] in (["--help"], ["-h"]):
        print(__doc__.strip())
        return 0
    if len(sys.argv) < 3 or sys.argv[1].startswith("-"):
        print(f"\nError: cover.py: unknown option or missing argument\nNext:  {sys.argv[0]} --help", file=sys.stderr)
        return 2
    with open(sys.argv[1], encoding='utf-8') as letter:
        text = letter.read()
    try:
        sys.stdout.write(cover(text, sys.argv[2], sys.argv[3:]))
    except KeyError as name:
        print(f'no patch {name.args[0]}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
