# SPDX-License-Identifier: GPL-2.0-only
"""ci/report/load.py on a work directory made up here."""
import os
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from report_model import EXPECTED
import fresh
import judge
import load
import verdicts


class Loaded(unittest.TestCase):
    def setUp(self):
        self.dir = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name in "work/results/um", "work/tables", "patches", "kunit", "logs", "out":
            (self.dir / name).mkdir(parents=True)
        paths = {"WORK": "work", "LOGS": "logs", "PATCHES": "patches", "KUNIT": "kunit", "ROOT": "."}
        self.enterContext(mock.patch.dict(os.environ, {k: str(self.dir / v) for k, v in paths.items()}))
        os.environ.update(NOW_PATCHES="a.patch", NOW_SUM="feed", NOW_TREE="")
        arch = SimpleNamespace(name="um")
        self.recorded = {}
        for target, name, value in (
                (load.arch, "matrix", lambda: [SimpleNamespace(name="um", arch=arch, flavour="plain", virtio="y",
                                                               compiler="gcc", need="required")]),
                (load.cases, "expected", lambda c: EXPECTED), (fresh, "task_id", lambda t: f"id-{t}"),
                (fresh, "tasks", lambda: ["cell-um", "mutants-um", "lab-um"]), (verdicts, "load", lambda: self.recorded),
                (verdicts, "base", lambda: "Linux 7.3.99"), (verdicts, "tools", lambda t: "gcc 12")):
            self.enterContext(mock.patch.object(target, name, value))
        (self.dir / "kunit/decisions.tsv").write_text("# table\trow\tcase\nring\ta row\tsuite.holds\n-\tnowhere\tsuite.none\n")
        (self.dir / "patches/a.patch").write_text(
            "From: A\nSubject: [PATCH] kernel: name\n the ten\n\ntext\n---\n\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n"
            "@@ -1 +1 @@\n-old\n+new\n+++newer\n")
        self.results = self.dir / "work/results/um"

    def facts(self, **values):
        facts = {"verdict": "pass", "compiler": "gcc 12", "qemu": "", "base": "Linux 7.3.99", "inputs": "id-cell-um",
                 "series": "0123", **values}
        (self.results / "facts").write_text("".join(f"{k}\t{v}\n" for k, v in facts.items()))
        (self.results / "cases.tsv").write_text("pass\tsuite.holds\t\nskip\tsuite.rows.deep\tno room\n")

    def record(self, name: str, verdict: str, detail: str, **values):
        self.recorded[name] = {"task": name, "verdict": verdict, "id": f"id-{name}", "base": "Linux 7.3.99",
                               "tools": "gcc 12", "detail": detail, **values}

    def cell(self) -> dict:
        return load.load()["cells"][0]

    def test_a_cell_run_here(self):
        self.facts()
        self.assertEqual((self.cell()["state"], self.cell()["cases"]),
                         ("fresh", {"suite.holds": ("pass", ""), "suite.rows.deep": ("skip", "no room")}))

    def test_what_makes_it_stale(self):
        for change in {"inputs": "other options or cases"}, {"compiler": "gcc 11"}, {"base": "Linux 7.3.98"}, \
                {"series": "tree 123456789abc"}:
            self.facts(**change)
            self.assertEqual(self.cell()["state"], "stale", change)

    def test_the_tree_that_is_here_counts_though_it_is_not_exported(self):
        self.facts(series="tree 123456789abc")
        with mock.patch.dict(os.environ, {"NOW_TREE": "tree 123456789abc"}):
            self.assertEqual(self.cell()["state"], "fresh")
        with mock.patch.dict(os.environ, {"NOW_TREE": "tree cba987654321"}):
            self.assertEqual(self.cell()["state"], "stale")

    def test_a_recorded_verdict_where_there_is_no_other(self):
        self.record("cell-um", "ok", "315 passed, 0 failed, 405 skipped")
        c = self.cell()
        self.assertEqual((c["state"], c["recorded"], c["facts"]["passed"], c["facts"]["skipped"]), ("fresh", True, "315", "405"))
        self.record("cell-um", "bad", "1 failed")
        self.assertEqual(judge.cell_words(self.cell()), "fail, recorded")
        self.record("cell-um", "ok", "", id="older")
        self.assertEqual(judge.cell_words(self.cell()), "stale, passed")
        self.facts()
        self.assertFalse(self.cell()["recorded"])

    def test_files_beside_the_page(self):
        self.facts(verdict="fail")
        (self.results / "console.log").write_bytes(
            b"# x: EXPECTATION FAILED at a.c:1\r\n\xff\x1b[0m" + os.fsencode(self.dir / "work/x.c") + b"\n")
        c = load.load(self.dir / "out")["cells"][0]
        self.assertEqual(c["files"], ["console.log", "cases.tsv", "facts"])
        for f in c["files"]:
            self.assertTrue((self.dir / "out/cells/um" / f).exists())
        self.assertEqual(c["log"].split("\n"), ["# x: EXPECTATION FAILED at a.c:1", "[0mx.c"])

    def test_what_a_failed_build_says(self):
        self.facts(verdict="build")
        (self.dir / "logs/build-um.log").write_text("error: no\n")
        self.assertEqual(self.cell()["log"], "error: no")

    def test_tasks(self):
        self.record("mutants-um", "ok", "2 mutants", tools="gcc 1.0")
        self.assertEqual([(t["task"], t["state"]) for t in load.load()["tasks"]],
                         [("mutants-um", "other tools"), ("lab-um", "missing")])

    def test_tables(self):
        path = self.dir / "work/tables/mutants-um.tsv"
        for head, base, want in (("id-mutants-um", "Linux 7.3.99", "fresh"), ("older", "Linux 7.3.99", "stale"),
                                 ("id-mutants-um", "Linux 7.3.98", "stale")):
            path.write_text(f"# id={head}\num\tx\tsuite.holds\tf\ta.c\n")
            self.record("mutants-um", "ok", "", base=base)
            found = load.load()["tables"]["mutants-um"]
            self.assertEqual((found["state"], found["rows"]), (want, [["um", "x", "suite.holds", "f", "a.c"]]))

    def test_patches_and_their_checks(self):
        m = load.load()
        self.assertEqual(m["patches"], [{"file": "a.patch", "subject": "kernel: name the ten", "plus": 2, "minus": 1, "files": 1}])
        self.assertEqual(m["checks"]["state"], "missing")
        checks = self.dir / "work/results/checks"
        for of, state in ("feed", "fresh"), ("dead", "stale"):
            checks.write_text(f"#\t{of}\tcodespell\nok    b.patch\nFAIL  a.patch\n        one\n        two\n")
            self.assertEqual(load.load()["checks"], {"state": state, "tools": "codespell", "by": {
                "b.patch": {"verdict": "ok", "findings": []}, "a.patch": {"verdict": "FAIL", "findings": ["one", "two"]}}})

    def test_rows_of_cases_that_run_nowhere_are_no_decision(self):
        self.assertEqual(load.load()["rows"], [["ring", "a row", "suite.holds"]])
