#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: ci/proof/fixes.py [--only PATTERN] --arch ARCH --out DIR --logs DIR [--table FILE] --cmdline WORDS -- BOOT...

Boots the guests of ci/proof/fixes.tsv: each row with the kernels DIR/kernel-base and
DIR/kernel-fixes, DIR/initrd-base and DIR/initrd-fixes.  What came of a row is what the
guest's init has as results, what the kernel complained of, and whether the guest powered
off; it has to be what the row says.  Prints a line a guest, and writes them to FILE.
"""
from __future__ import annotations

import argparse
import fnmatch
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from fixes_host import COLUMNS, MACHINES, Services, arguments  # noqa: E402

TABLE = Path(__file__).resolve().with_suffix(".tsv")
LIMIT, AFTER = 150, 15   # seconds for a guest, and for its end after its last word
COMPLAINTS = [
    (re.compile(r"kernel (BUG) at "), "{0}"),
    (re.compile(r"DMA-API: \S+ \S+: (device driver (?:failed to check map error|has pending DMA allocations))"), "{0}"),
    (re.compile(r"\[(kmalloc Redzone overwritten)\]"), "{0}"),
    (re.compile(r"(WARNING): "), "{0}"),
    (re.compile(r"BUG: (unable to handle|soft lockup|workqueue lockup)"), "{0}"),
]


def rows(arch: str, pattern: str) -> list[dict[str, str]]:
    found = []
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            row = dict(zip(COLUMNS, line.split("\t"), strict=True))
            if row["arch"] == arch and fnmatch.fnmatch(row["fault"], pattern):
                found.append(row)
    return found


def complaint(line: str) -> str:
    for pattern, text in COMPLAINTS:
        if match := pattern.search(line):
            return text.format(*match.groups())
    return ""


def observed(console: str, powered_off: bool) -> str:
    said: list[str] = []
    done = False
    for line in console.replace("\r", "").split("\n"):
        if match := re.search(r"fixes: result (.*)", line):
            said.append(match[1])
        elif "fixes: done" in line:
            done = True
        elif (text := complaint(line)) and text not in said:
            said.append(text)
    # (dma-debug's complaint is a WARNING of its own)
    if any(text.startswith("device driver") for text in said):
        said = [text for text in said if not text.startswith("WARNING")]
    if not powered_off:
        said.append("no power off" if done else "no end")
    return ", ".join(said) or "powers off"


def boot(row: dict[str, str], which: str, options: argparse.Namespace, console: Path) -> str:
    """What came of it."""
    with tempfile.TemporaryDirectory() as folder, Services(Path(folder), row["devices"], console) as services:
        machine, extra = MACHINES["ccw" if options.arch == "s390" else row["machine"]]
        append = f"{options.cmdline} panic=-1 printk.devkmsg=on {extra} {row['kernel']} -- {row['init']}"
        command = [*options.boot, "-cpu", "max", *machine, *arguments(options.arch, row["devices"]), "-kernel", str(options.out / f"kernel-{which}"),
                   "-initrd", str(options.out / f"initrd-{which}"), "-append", append]
        with console.open("wb") as log:
            guest = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
            begin, done = time.monotonic(), 0.0
            while guest.poll() is None and time.monotonic() - begin < LIMIT and not (done and time.monotonic() - done > AFTER):
                time.sleep(0.1)
                services.serve()
                if not done and "fixes: done" in console.read_text(errors="replace"):
                    done = time.monotonic()
            ended = guest.poll() == 0
            guest.kill()
            guest.wait()
    return observed(console.read_text(errors="replace"), ended)


def main() -> int:
    if set(sys.argv[1:]) & {"-h", "--help"}:
        print(__doc__.rstrip())
        return 0
    parser = argparse.ArgumentParser(add_help=False)
    parser.error = lambda message: sys.exit(  # type: ignore[assignment]
        print(f"Error: fixes.py: {message}\nNext:  ci/proof/fixes.py --help", file=sys.stderr) or 2)
    parser.add_argument("--only", default="*")
    parser.add_argument("--which", default="")
    for name in ("arch", "cmdline"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("out", "logs", "table"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("boot", nargs="+")
    options = parser.parse_args()
    bad, lines = 0, []
    chosen = rows(options.arch, options.only)
    if not chosen:
        print(f"Error: no row of {TABLE} is {options.arch} and {options.only}\nNext:  read its first two columns", file=sys.stderr)
        return 2
    for row in chosen:
        for which in [options.which] if options.which else ["base", "fixes"]:
            console = options.logs / f"fixes-{options.arch}-{re.sub('[^a-z0-9]+', '-', row['fault'].lower())}-{which}.console"
            came = boot(row, which, options, console)
            # (the base hangs if its timer finds something to flush: a race, which one of five boots has to show)
            for _ in range(4):
                if row[which] != "no power off" or came == row[which]:
                    break
                came = boot(row, which, options, console)
            good = came == row[which]
            bad += not good
            line = f"{'ok' if good else 'FAIL'}\t{options.arch}\t{row['fault']}\t{which}\t{came}"
            print(line.replace("\t", "  ") + ("" if good else f"\n  demanded: {row[which]}\n  {console}"), flush=True)
            lines.append(line)
    options.table.write_text("\n".join(lines) + "\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
