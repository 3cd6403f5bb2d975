#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/cell/silent.py SECONDS TOTAL FILE COMMAND [ARGUMENT]...

Runs COMMAND, and ends it with all it started when FILE has not grown for SECONDS, or after
TOTAL seconds: some guests print for ever.  Exit code: that of COMMAND, 128 and the signal
that killed it, or 124 where it was ended.
"""
import os
import signal
import subprocess
import sys
import time


def size(path: str) -> int:
    return os.stat(path).st_size if os.path.exists(path) else 0


def watch(child: subprocess.Popen, limit: float, total: float, path: str) -> int:
    """The exit code of the child, or 124 where it is silent and still there."""
    begin = grown = time.monotonic()
    last = size(path)
    while True:
        try:
            return child.wait(timeout=min(1, limit / 4))
        except subprocess.TimeoutExpired:
            now, seen = time.monotonic(), size(path)
            if seen != last:
                last, grown = seen, now
            if now - grown >= limit or now - begin >= total:
                return 124


def end(child: subprocess.Popen) -> None:
    for sig, grace in (signal.SIGTERM, 5), (signal.SIGKILL, None):
        try:
            os.killpg(child.pid, sig)
            child.wait(timeout=grace)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass


def main(args: list[str]) -> int:
    if args[:1] in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    if len(args) < 4 or args[0].startswith("-"):
        what = f"unknown option {args[0]}" if args[:1] and args[0].startswith("-") else "too few arguments"
        print(f"\nError: silent.py: {what}\nNext:  ci/cell/silent.py --help", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    child = subprocess.Popen(args[3:], start_new_session=True, close_fds=False)  # (it keeps the lock)
    try:
        rc = watch(child, float(args[0]), float(args[1]), args[2])
    finally:
        end(child)
    return rc if rc >= 0 else 128 - rc


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
