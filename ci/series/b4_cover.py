#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/series/b4_cover.py LETTER RECIPIENTS REVISION DRAFT

Reads the message of a cover commit as b4 prep made it and prints it with the letter, the
recipients as trailers, and the revision.  b4's tracking data stay as they are otherwise.
DRAFT: why it is not to be sent; b4 send refuses a letter with EDITME.
"""
import json
import sys
from pathlib import Path

MARKER = "--- b4-submit-tracking ---"


def cover(message: str, letter: str, recipients: str, revision: int, draft: str) -> str:
    head, _, data = message.partition(MARKER)
    if not data:
        raise ValueError("b4 prep left no tracking data")
    note, brace, tracking = data.partition("{")
    series = json.loads(brace + tracking)
    series["series"]["revision"] = revision
    subject, _, body = letter.partition("\n")
    text = [subject, "EDITME: this is a draft: " + draft if draft else "", body.strip(), recipients.strip()]
    return "\n\n".join(filter(None, text)) + f"\n\n{MARKER}{note}{json.dumps(series, indent=2)}\n"


def main(args: list[str]) -> int:
    if args in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    if len(args) != 4 or args[0].startswith("-"):
        print("\nError: b4_cover.py: unknown option or missing argument\nNext:  ci/series/b4_cover.py --help", file=sys.stderr)
        return 2
    letter, recipients, revision, draft = args
    sys.stdout.write(cover(sys.stdin.read(), Path(letter).read_text(encoding="utf-8"),
                           Path(recipients).read_text(encoding="utf-8"), int(revision), draft))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
