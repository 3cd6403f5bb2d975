# SPDX-License-Identifier: GPL-2.0-only
"""The tokens of a C source, as clang's own raw lexer sees them.

Nothing is preprocessed, so that positions are those of the file and no header is
needed.  Why not something else:
- Coccinelle passes over a function that it cannot parse, exits with 0, and brings OCaml;
- libclang's Python binding needs 300 MB of libclang-19-dev for this same lexer, while
  the cells built with clang have clang-19 installed already;
- Pygments takes "&&" for two operators, and pycparser wants preprocessed ISO C.
"""
import re
import subprocess
from typing import NamedTuple

LEXER = "clang-19", "-cc1", "-dump-raw-tokens", "-x", "c", "-"


class Token(NamedTuple):
    text: str
    start: int  # offset into the source
    line: int
    directive: str  # of the preprocessor that it belongs to: "define", "if"; "" for code

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def starts(source: str) -> list[int]:
    """Where tokens start; they join without a gap, white space and comments are some."""
    dump = subprocess.run(LEXER, input=source.encode("latin-1"), capture_output=True, check=True).stderr
    lines = [0, *(m.end() for m in re.finditer("\n", source))]
    places = re.findall(r"\tLoc=<<stdin>:(\d+):(\d+)>$", dump.decode("latin-1"), re.M)
    return [lines[int(line) - 1] + int(column) - 1 for line, column in places]


def tokens(source: str) -> list[Token]:
    """The tokens but white space and comments.  A character of the source is a byte
    (latin-1), as clang counts columns in bytes."""
    found = []
    line, directive, fresh = 1, "", True  # fresh: nothing but white space on this line so far
    begin = starts(source)
    for start, end in zip(begin, [*begin[1:], len(source)]):
        text = source[start:end]
        if text.isspace() or text[0] == "\\":
            if re.search(r"(?<!\\)\n", text):
                directive, fresh = "", True
        elif not text.startswith(("/*", "//")):
            if fresh and text == "#" or directive == "#":
                directive = text
            found.append(Token(text, start, line, directive))
            fresh = False
        line += text.count("\n")
    return found
