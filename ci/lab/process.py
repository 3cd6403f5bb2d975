# SPDX-License-Identifier: GPL-2.0-only
"""Processes that end when the run does: by finish(), or by the kernel if the run is killed."""
from __future__ import annotations

import asyncio
import os
import re
import signal
from asyncio.subprocess import DEVNULL, STDOUT, Process
from pathlib import Path


async def start(words: list[str], where: Path, out: Path, err: Path | None = None) -> Process:
    """Starts the command in a directory; without ERR, errors go where the output goes."""
    with open(out, "wb") as stdout, open(err or os.devnull, "wb") as stderr:
        return await asyncio.create_subprocess_exec("setpriv", "--pdeathsig", "KILL", "--", *words, cwd=where,
                                                    stdin=DEVNULL, stdout=stdout, stderr=stderr if err else STDOUT)


def ended(process: Process | None) -> bool:
    return process is not None and process.returncode is not None


def tell(process: Process, number: int) -> None:
    """Sends a signal.  (Process.terminate() and kill() reap one that has just ended, so that
    asyncio never learns its exit code and says 255.)"""
    try:
        os.kill(process.pid, number)
    except ProcessLookupError:
        pass


async def finish(process: Process | None, patience: float = 0) -> int:
    """Waits, asks the process to end, kills it.  Returns its exit code, a signal's as the shell has it."""
    for ask, seconds in ((False, patience), (True, 5)):
        if process is None or ended(process):
            break
        if ask:
            tell(process, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), seconds)
        except asyncio.TimeoutError:
            pass
    code = await reap(process)
    return 128 - code if code < 0 else code


async def reap(process: Process | None) -> int:
    """Kills what has not ended."""
    if process is None:
        return 0
    if not ended(process):
        tell(process, signal.SIGKILL)
    return await process.wait()


def calls(process: Process | None) -> list[str]:
    """How often the process has read or written; of no meaning but that it changes."""
    try:
        return re.findall(r"sysc[rw]: \d+", Path(f"/proc/{process.pid}/io").read_text()) if process else []
    except OSError:
        return []
