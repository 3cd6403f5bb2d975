# SPDX-License-Identifier: GPL-2.0-only
"""What the results come to (ci/report/judge.py, findings.py)."""
import unittest

from report_model import SEEN, cell, everything, html, model, table, task
import findings
import judge


class Cells(unittest.TestCase):
    def tone(self, c: dict) -> tuple[str, str]:
        return judge.cell_tone(c), judge.cell_words(c)

    def test_verdicts_in_words(self):
        self.assertEqual(self.tone(cell("um")), ("pass", "pass"))
        self.assertEqual(self.tone(cell("um", "build", cases={})), ("fail", "fail: does not build"))
        self.assertEqual(self.tone(cell("um", "hung", cases={})), ("fail", "fail: the guest hung or died"))
        self.assertEqual(self.tone(cell("um", state="stale")), ("stale", "stale, passed"))
        self.assertEqual(self.tone(cell("um", "hung", state="stale")), ("stale", "stale, failed"))
        self.assertEqual(self.tone(cell("um", "")), ("not", "not run"))
        self.assertEqual(self.tone(cell("um", "fail", need="tried")), ("fail", "fail, not required"))
        self.assertEqual(self.tone(cell("um", recorded=True, cases={})), ("pass", "pass, recorded"))

    def test_a_pass_with_a_failed_case_is_none(self):
        self.assertEqual(judge.cell_tone(cell("um", cases={"suite.breaks": ("fail", "")})), "fail")
        c = cell("um")
        c["facts"]["failed"] = "1"
        self.assertEqual(self.tone(c), ("fail", "fail"))

    def test_an_unknown_verdict_fails(self):
        self.assertEqual(judge.cell_tone(cell("um", "splendid")), "fail")

    def test_differences(self):
        seen = {"suite.breaks": ("skip", "x"), "suite.rows.deep": ("fail", ""), "suite.new": ("pass", "")}
        self.assertEqual(judge.differences(cell("um", "fail", cases=seen)), [
            ("suite.breaks", "expected: pass, but: skip: x"), ("suite.holds", "expected, but did not run"),
            ("suite.new", "not expected: pass"), ("suite.rows.deep", "fails")])

    def test_of_a_guest_that_died_only_failed_cases_count(self):
        seen = {"suite.holds": ("pass", ""), "suite.breaks": ("fail", "")}
        self.assertEqual(judge.differences(cell("um", "hung", cases=seen)), [("suite.breaks", "fails")])


class Rows(unittest.TestCase):
    def row(self, m: dict, case: str) -> tuple[str, str]:
        return judge.row_verdict(judge.outcomes(m).get(case, []))

    def test_results_of_this_run(self):
        self.assertEqual(self.row(model(cell("um"), cell("s390")), "suite.holds"), ("pass", "pass in 2 cells"))
        self.assertEqual(self.row(model(cell("um")), "suite.rows.deep"), ("not", "only skipped"))
        self.assertEqual(self.row(model(cell("um", state="stale")), "suite.holds"), ("stale", "stale"))
        self.assertEqual(self.row(model(cell("um", "")), "suite.holds"), ("not", "not run"))
        failed = cell("s390", "fail", cases={"suite.holds": ("fail", "")})
        self.assertEqual(self.row(model(cell("um"), failed), "suite.holds"), ("fail", "fail in 1 cell, pass in 1 cell"))

    def test_a_recorded_cell_showed_what_is_expected(self):
        kept = cell("s390", recorded=True, cases={})
        self.assertEqual(self.row(model(cell("um"), kept), "suite.holds"), ("pass", "pass in 2 cells (1 recorded)"))
        self.assertEqual(self.row(model(kept), "suite.holds"), ("pass", "pass in 1 cell (recorded)"))
        self.assertEqual(self.row(model(kept), "suite.rows.deep"), ("not", "only skipped"))

    def test_a_recorded_cell_that_is_stale_or_failed_shows_nothing(self):
        for c in cell("um", recorded=True, cases={}, state="stale"), cell("um", "fail", recorded=True, cases={}):
            self.assertEqual(self.row(model(c), "suite.holds"), ("not", "not run"))

    def test_else_the_tables_of_make_full(self):
        m = model(cell("um", ""), tables={"before-um": table("fresh", "suite.holds|fail|pass|fails before"),
                                          "before-s390": table("stale", "suite.breaks|fail|pass|fails before",
                                                               "suite.rows.deep|skip|skip|skipped: no room")})
        self.assertEqual(self.row(m, "suite.holds"), ("pass", "pass in 1 architecture (by make full)"))
        self.assertEqual(self.row(m, "suite.breaks"), ("stale", "stale"))
        self.assertEqual(self.row(m, "suite.rows.deep"), ("not", "only skipped"))
        self.assertEqual([r["why"] for case in ("suite.holds", "suite.rows.deep") for r in judge.outcomes(m)[case]], ["", "no room"])

    def test_each_result_of_a_case_failures_first(self):
        m = model(cell("um"), cell("s390", state="stale"), cell("arm64", "fail", cases={"suite.holds": ("fail", "")}))
        self.assertEqual(judge.by_result(judge.outcomes(m)["suite.holds"]),
                         [("fail", "fail", ["arm64"]), ("pass", "pass", ["um"]), ("stale", "stale, was pass", ["s390"])])
        self.assertIn(("not", "skipped: no-room-in-here", ["um"]), judge.by_result(judge.outcomes(m)["suite.rows.deep"]))


class Verdict(unittest.TestCase):
    def sentence(self, *cells: dict, **values) -> tuple[str, str]:
        s = judge.summary(model(*cells, **values))
        return s["tone"], s["sentence"]

    def test_everything_passes(self):
        self.assertEqual(self.sentence(cell("um"), tasks=[task("mutants-um")]), ("pass", "All cells pass."))

    def test_red_counts_cells_and_findings(self):
        tone, text = judge.summary(everything())["tone"], judge.summary(everything())["sentence"]
        self.assertEqual(tone, "fail")
        self.assertRegex(text, "^Red: 3 cells fail, 2 other findings; 1 cell that is not required fails; "
                               r"1 cell is stale \(of an earlier state of the series\); 1 cell was not run; "
                               r"2 tasks of make full are stale or missing\.$")

    def test_a_cell_that_is_only_tried_is_not_red(self):
        self.assertEqual(self.sentence(cell("um"), cell("um-clang", "fail", need="tried")),
                         ("stale", "All required cells pass; 1 cell that is not required fails."))

    def test_stale_and_missing_are_no_pass(self):
        self.assertEqual(self.sentence(cell("um"), cell("s390", state="stale"))[0], "stale")
        self.assertRegex(self.sentence(cell("um"), cell("s390", ""))[1], "^Incomplete: nothing .* fails; 1 cell was not run")
        self.assertEqual(self.sentence(cell("um"), tasks=[task("lab-um", "stale")])[0], "stale")
        self.assertEqual(self.sentence(cell("um"), checks={"state": "stale", "tools": "", "by": {}})[0], "stale")

    def test_a_tree_that_is_not_exported(self):
        failed = cell("um", "fail", cases={**SEEN, "suite.breaks": ("fail", "")})
        tone, text = self.sentence(failed, tree="tree 123456789abc")
        self.assertEqual(text, "Red: 1 cell fails, 1 other finding.")
        page = html(model(failed, tree="tree 123456789abc"))
        self.assertIn("the tree differs from patches/", page)
        self.assertIn('<li class=failing data-cell="um"><a href="#suite.breaks">', page)

    def test_a_finding_alone_is_red(self):
        self.assertEqual(self.sentence(cell("um"), tasks=[task("lab-um", "bad")]), ("fail", "Red: 1 finding."))

    def reds(self, **values) -> list[tuple[str, str]]:
        return findings.findings(model(cell("um"), **values))

    def test_each_kind_of_finding(self):
        for name, row, text, case in (
                ("mutants-um", "um|x -> true", "mutants-um: not killed: x -> true", "#m1"),
                ("mutants-um", "um|x -> true|NOT KILLED: never run|f|a.c", "mutants-um: not killed: x -> true", "#m1"),
                ("mutants-um", "um|x -> true|KILLED, though equivalent|f|a.c", "mutants-um: not killed: x -> true", "#m1"),
                ("before-um", "suite.holds|fail|fail|fails before", "before-um: with the series: fail", "suite.holds"),
                ("before-um", "suite.holds|pass|pass|PASSES BEFORE", "before-um: PASSES BEFORE", "suite.holds"),
                ("hunks-um", "subject|a.c|f()|NOTHING FAILS", "hunks-um: nothing fails without a hunk of a.c (subject)", ""),
                ("coverage-um", "not run|f|a.c|return;|", "coverage-um: not covered, and no reason given: not run f a.c return; ", "")):
            self.assertEqual(self.reds(tables={name: table("fresh", row)}), [(text, case)], row)
            self.assertEqual(self.reds(tables={name: table("stale", row)}), [], row)

    def test_a_good_table_has_none(self):
        self.assertEqual(self.reds(tables={
            "mutants-um": table("fresh", "um|x|suite.holds|f|a.c", "um|y|equivalent: why|f|a.c"),
            "before-um": table("fresh", "suite.a|fail|pass|fails before", "suite.b|skip|skip|skipped: why",
                               "suite.c|pass|pass|guards unchanged behaviour"),
            "coverage-um": table("fresh", "f|a.c|10|9|4|4", "not run|f|a.c|return;|why"),
            "hunks-um": table("fresh", "subject|a.c||no code: comments")}), [])

    def test_bad_tasks_and_patches(self):
        self.assertEqual(self.reds(tasks=[task("lab-um", "bad", "1 guest")]), [("make full, lab-um: 1 guest", "")])
        by = {"a.patch": {"verdict": "FAIL", "findings": ["x", "y"]}}
        self.assertEqual(self.reds(checks={"state": "fresh", "tools": "", "by": by}), [("a.patch: x; y", "")])
        self.assertEqual(self.reds(checks={"state": "stale", "tools": "", "by": by}), [])
