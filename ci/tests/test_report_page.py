# SPDX-License-Identifier: GPL-2.0-only
"""The page as HTML, and the program that makes it (ci/report/report)."""
import fcntl
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from report_model import EXPECTED, Page, cell, everything, html, model, task
import arch
import render

ROOT = Path(__file__).resolve().parents[2]


class Rendered(unittest.TestCase):
    def setUp(self):
        self.html = html(everything())
        self.page = Page(self.html)

    def test_well_formed_and_all_of_it(self):
        self.assertEqual(self.page.faults, [])
        self.assertEqual([s for s in render.SECTIONS if s not in self.page.ids], [])

    def test_the_parser_would_notice(self):
        self.assertNotEqual(Page(self.html.replace("</section>", "", 1)).faults, [])

    def test_each_link_has_its_target_and_each_id_is_unique(self):
        inside = {link[1:] for link in self.page.links if link.startswith("#")}
        self.assertEqual(inside - set(self.page.ids), set())
        self.assertEqual(len(self.page.ids), len(set(self.page.ids)))

    def test_every_case_is_linked(self):
        for case in EXPECTED:
            self.assertIn(f"#{case}", self.page.links)
            self.assertIn(case, self.page.ids)

    def test_asks_nothing_of_a_network(self):
        self.assertEqual(self.page.loads, ["data:,"])
        self.assertNotRegex(self.html, r"https?://|url\(|@import")
        self.assertTrue(all(link.startswith(("#", "cells/")) for link in self.page.links), self.page.links)

    def test_text_is_escaped(self):
        for text in "a &lt;row&gt; &amp; more", "Expected &lt;this&gt; &amp; that", "a &lt;test&gt; &amp; more":
            self.assertIn(text, self.html)
        self.assertNotIn("<row>", self.html)

    def test_a_red_case_is_named_with_its_cell(self):
        self.assertIn('<li class=failing data-cell="x86_64"><a href="#suite.breaks">suite.<wbr>breaks</a>', self.html)

    def test_states_are_named(self):
        for name, mark in (("repeat-um", "<span class=stale>of other tools"), ("hunks-um", "<span class=stale>stale"),
                           ("lab-um", "<span class=fail>failed"), ("before-s390", "<span class=not>not run")):
            self.assertRegex(self.html, f"<th scope=row>{name}</th><td>{mark}<")
        self.assertIn('<span class=not>not made here</span> s390: <code>make full</code>', self.html)
        self.assertIn("the verdict is a recorded one", html(model(cell("um", "fail", recorded=True))).lower())

    def test_the_head_sums_up(self):
        for text in ("2 pass, 4 fail, 1 stale, 1 not run; 8 in the matrix", "1 killed by a named case, 1 argued equivalent, 1 not killed; 0 stale",
                     "9 of 10 added lines run, 4 of 4 branches taken", "1 without findings, 0 with findings, 0 not checked",
                     "3 ok and current, 1 of other tools, 1 failed, 1 stale, 1 not run"):
            self.assertIn(f"<dd>{text}</dd>", self.html)

    def test_the_grid_has_a_column_a_flavour(self):
        self.assertRegex(self.html, r'<th scope=row>um</th><td data-column="plain"><a href="#cell-um" data-cell="um"><span class=pass>'
                                    r'2 passed, 1 skipped</span></a> </td><td data-column="VIRTIO=m"></td><td data-column="debug">'
                                    r'<a href="#cell-um-debug" data-cell="um-debug"><span class=pass>2 passed, 1 skipped, kept</span>')

    def test_every_row_has_its_outcome_on_every_architecture(self):
        rows = [row.partition("</tr>")[0] for row in self.html.split("<tr class=decision><th scope=row>")[1:]]
        self.assertEqual(len(rows), 3)
        found = re.findall(r'data-column="(.*?)"><span class=(\w+)>(.*?)</span>', next(row for row in rows if row.startswith("another row")))
        self.assertEqual(found, [("um", "pass", "passed"), ("x86_64", "fail", "failed"), ("s390", "stale", "stale"),
                                 ("ppc64le", "not", "not run"), ("ppc64", "not", "not run"), ("arm64", "not", "not run")])
        for n, text in enumerate(("Kills 1 mutant<", "Without the series: guards unchanged behaviour (um)<",
                                  "Skipped on um, x86_64, s390: no-room-in-here<")):
            self.assertIn(text, rows[n])

    def test_what_is_known_of_a_proof_without_its_table(self):
        page = html(model(cell("um"), tasks=[task("mutants-um", "stale", "65 mutants")]))
        self.assertIn("<li>mutants-um <span class=stale>stale</span> 65 mutants</li>", page)
        self.assertIn("What a case does without the series is not known here by row: <code>make full TASKS='before-*'</code> finds out. "
                      "No verdict is kept in git.", page)

    def test_proofs_by_kind(self):
        self.assertRegex(self.html, '<th scope=row>mutants</th><td>each &lt;condition&gt;</td><td><a class=name href="#t-mutants-um">'
                                    '<span class=pass>um ok</span></a>')

    def test_the_order_depends_on_nothing_else(self):
        m = everything()
        for c in m["cells"]:
            for key in "cases", "expected":
                c[key] = dict(reversed(c[key].items()))
        self.assertEqual(html(m), self.html)

    def test_an_empty_page_is_one(self):
        self.assertEqual(Page(html(model(cell("um", "")))).faults, [])


class Program(unittest.TestCase):
    """ci/report/report in a cache of its own."""
    def setUp(self):
        self.cache = Path(self.enterContext(tempfile.TemporaryDirectory()))
        hidden = "CI_LOCKED", "TREE", "LOGS", "MAILS", "PATCHES", "KUNIT", "MATRIX"
        self.env = {k: v for k, v in os.environ.items() if k not in hidden} | {
            "XDG_CACHE_HOME": str(self.cache), "VERDICTS": str(self.cache / "none")}
        self.work = Path(self.bash("echo $WORK"))

    def bash(self, command: str) -> str:
        return subprocess.run(["bash", "-c", f'. "{ROOT}/ci/lib/lib.sh"; {command}'], env=self.env, check=True,
                              capture_output=True, text=True).stdout.strip()

    def report(self, *args: str) -> subprocess.CompletedProcess:
        return subprocess.run([ROOT / "ci/report/report", *args], env=self.env, capture_output=True, text=True)

    def test_exit_code_and_page(self):
        run = self.report("--page")
        self.assertRegex(run.stdout, r"^Incomplete: .* \d+ cells were not run; \d+ tasks of make full are stale or missing")
        self.assertEqual(run.returncode, 0, run.stderr)
        page = (self.work / "report/index.html").read_text()
        self.assertEqual(Page(page).faults, [])
        self.assertLess(len(page), 1500000)
        results = self.work / "results/um"
        results.mkdir(parents=True)
        compiler = subprocess.run(["gcc", "--version"], capture_output=True, text=True).stdout.split("\n")[0]
        facts = {"verdict": "hung", "series": "0123", "compiler": compiler, "base": "Linux 7.3.99",
                 "inputs": self.bash('"$ROOT"/ci/lib/fresh.py cell-um').split("\t")[1]}
        (results / "facts").write_text("".join(f"{k}\t{v}\n" for k, v in facts.items()))
        run = self.report("--page")
        self.assertRegex(run.stdout, f"^Red: 1 cell fails; {len(arch.matrix()) - 1} cells were not run")
        self.assertEqual(run.returncode, 1)

    def test_takes_the_lock(self):
        self.work.mkdir(parents=True)
        with open(self.work / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            run = self.report("--page")
        self.assertEqual(run.returncode, 10, run.stdout + run.stderr)
        self.assertFalse((self.work / "report").exists())

    def test_refuses_other_arguments(self):
        for args in ["--keep"], ["--page", "x"], ["x"]:
            self.assertEqual(self.report(*args).returncode, 2, args)

    def test_a_new_file_is_another_tree(self):
        tree = self.work / "tree"
        self.bash('git init -q "$TREE" && pgit -C "$TREE" commit -q --allow-empty -m "Linux 7.3.99"')
        clean = self.bash("tree_series")
        (tree / "new.c").touch()
        self.assertRegex(clean, "^tree [0-9a-f]{12}$")
        self.assertNotEqual(clean, self.bash("tree_series"))
