# SPDX-License-Identifier: GPL-2.0-only
"""Results made up for the tests of the report: a model as load.py reads it, and what it
looks like as a page."""
import sys
from html.parser import HTMLParser
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / d) for d in ("lib", "report")]
import render

EXPECTED = {"suite.holds": None, "suite.breaks": None, "suite.rows.deep": "no-room-in-here"}
SEEN = {"suite.holds": ("pass", ""), "suite.breaks": ("pass", ""), "suite.rows.deep": ("skip", "no-room-in-here")}


def cell(name: str, verdict: str = "pass", **values) -> dict:
    facts = {"verdict": verdict, "passed": "2", "failed": "0", "skipped": "1", "build_seconds": "71", "boot_seconds": "2",
             "compiler": "gcc (Debian 12.2.0-14) 12.2.0", "base": "Linux 7.3.99", "series": "0123456789abcdef",
             "kernel_bytes": "12345678", "date": "2026-01-02T03:04:05Z"} if verdict else {}
    return {"name": name, "arch": name.split("-")[0], "flavour": "plain", "virtio": "y", "compiler": "gcc",
            "need": "required", "state": "fresh" if verdict else "missing", "recorded": False, "facts": facts,
            "cases": dict(SEEN) if verdict else {}, "expected": dict(EXPECTED), "log": "", "files": [], **values}


def task(name: str, state: str = "fresh", detail: str = "fine") -> dict:
    verdict = {"missing": "", "bad": "bad"}.get(state, "ok")
    return {"task": name, "state": state, "verdict": verdict, "id": "1", "base": "", "tools": "gcc 12", "detail": detail}


def model(*cells: dict, **values) -> dict:
    return {"title": "a <test> & more", "date": "2026-01-02 03:04 UTC", "base": "Linux 7.3.99", "tree": "", "series": "0123",
            "rows": [["ring", "a <row> & more", "suite.holds"], ["ring", "another row", "suite.breaks"],
                     ["dma", "deep", "suite.rows.deep"]],
            "cells": list(cells), "kinds": {"mutants": "each <condition>"}, "tasks": [], "tables": {},
            "patches": [{"file": "a.patch", "subject": "kernel: name the ten", "plus": 1, "minus": 1, "files": 1}],
            "checks": {"state": "fresh", "tools": "codespell 2", "by": {"a.patch": {"verdict": "ok", "findings": []}}},
            **values}


def table(state: str, *rows: str) -> dict:
    return {"state": state, "rows": [row.split("|") for row in rows]}


def everything() -> dict:
    """A page with something of every kind: also what ci/tests/browser.sh looks at."""
    broken = {**SEEN, "suite.breaks": ("fail", "")}
    return model(
        cell("um"), cell("x86_64", "fail", cases=broken, files=["console.log"], log="EXPECTATION FAILED\nExpected <this> & that"),
        cell("s390", state="stale"), cell("ppc64le", "hung", cases={}), cell("ppc64", "build", cases={}),
        cell("arm64", ""), cell("um-clang", "fail", compiler="clang", need="tried"),
        cell("um-debug", flavour="debug", recorded=True, cases={}),
        tasks=[task("mutants-um"), task("before-um"), task("before-s390", "missing"), task("coverage-um"),
               task("hunks-um", "stale"), task("repeat-um", "other tools"), task("lab-um", "bad", "1 guest")],
        tables={"mutants-um": table("fresh", "um|condition inverted|suite.holds|f|a.c", "um|other removed|NOT KILLED: run|g|b.c",
                                    "um|same|equivalent: why|g|b.c"),
                "before-um": table("fresh", "suite.holds|fail|pass|fails before", "suite.breaks|pass|pass|guards unchanged behaviour",
                                   "suite.rows.deep|skip|skip|skipped: no-room-in-here"),
                "coverage-um": table("fresh", "f|a.c|10|9|4|4", "not run|f|a.c|return;|out of memory"),
                "hunks-um": table("stale", "kernel: name the ten|a.c|f()|the build breaks", "kernel: name|a.c||suite.holds"),
                "lab-um": table("fresh", "um base plain, blk: works")})


class Page(HTMLParser):
    """Well-formed, and what it links to."""
    VOID = "meta link br wbr img".split()

    def __init__(self, html: str):
        super().__init__()
        self.open, self.ids, self.links, self.faults, self.loads = [], [], [], [], []
        self.feed(html)
        self.faults += [f"not closed: {t}" for t in self.open]

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.open += [] if tag in self.VOID else [tag]
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values["href"]] if tag == "a" else []
        self.loads += [v for k, v in attributes if k in ("src", "srcset") or k == "href" and tag != "a"]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"unexpected </{tag}> at {self.getpos()}")


def html(m: dict) -> str:
    return render.document(m, (Path(render.__file__).with_name("report.css")).read_text())[0]
