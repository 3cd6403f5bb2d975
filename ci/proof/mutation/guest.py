# SPDX-License-Identifier: GPL-2.0-only
"""Guests that end with their first failing case."""
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import ktap

from .judge import FAILING, Boot

BOOT = Path(__file__).resolve().parents[2] / "cell/boot"
ENDED = threading.Event()  # this program is to end, and its guests with it


def watch(guest: subprocess.Popen, log: Path) -> bool:
    """Waits for the guest.  Ends it, and says so, once a case has failed."""
    try:
        while True:
            try:
                guest.wait(0.2)
                return False
            except subprocess.TimeoutExpired:
                if FAILING.search(log.read_bytes()):
                    time.sleep(0.3)  # (for the rest of the line)
                    return True
                if ENDED.is_set():
                    return True
    finally:
        if guest.poll() is None:
            os.killpg(guest.pid, signal.SIGTERM)
            guest.wait()


def boot(arch: str, image: Path, log: Path, *arguments: str) -> Boot:
    """Tries three times if the guest ends before its tests, as a loaded emulator may."""
    tries = 0
    console, died = "", ""
    while "KTAP version" not in console and tries < 3 and not ENDED.is_set():
        tries += 1
        log.write_bytes(b"")
        with open(log.with_suffix(".err"), "w+") as err:
            guest = subprocess.Popen([BOOT, arch, image, log, *arguments], stdin=subprocess.DEVNULL,
                                     stdout=subprocess.DEVNULL, stderr=err, start_new_session=True)
            stopped = watch(guest, log)
            err.seek(0)
            said = re.search("^Error: (.*)$", err.read(), re.M)
        died = "" if stopped or guest.returncode == 0 else said[1] if said else f"ci/cell/boot ended with {guest.returncode}"
        console = log.read_text("latin-1")
    return Boot(console, ktap.load(log), died, tries)
