# SPDX-License-Identifier: GPL-2.0-only
"""What the results come to (ci/report/judge.py, outcome.py, findings.py)."""
import unittest

from report_model import SEEN, cell, everything, html, model, table, task
import findings
import judge
import outcome


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
    def on(self, m: dict, case: str) -> dict[str, tuple[str, str]]:
        return outcome.by_arch(m, outcome.outcomes(m), case)

    def um(self, c: dict, case: str = "suite.holds", **values) -> tuple[str, str]:
        return self.on(model(c, **values), case)["um"]

    def test_results_of_this_run(self):
        self.assertEqual(self.um(cell("um")), ("pass", "passed"))
        self.assertEqual(self.um(cell("um"), "suite.rows.deep"), ("not", "skipped"))
        self.assertEqual(self.um(cell("um", state="stale")), ("stale", "stale"))
        self.assertEqual(self.um(cell("um", state="stale"), "suite.rows.deep"), ("not", "skipped, stale"))
        self.assertEqual(self.um(cell("um", "")), ("not", "not run"))
        self.assertEqual(self.um(cell("um", "", expected={})), ("", ""))
        self.assertEqual(self.um(cell("um", "fail", cases={"suite.holds": ("crash", "")})), ("fail", "failed"))

    def test_each_architecture_has_its_own(self):
        self.assertEqual(self.on(model(cell("um"), cell("s390", "")), "suite.holds"),
                         {"um": ("pass", "passed"), "s390": ("not", "not run")})

    def test_of_several_cells_a_failure_wins_then_a_pass(self):
        skipped = cell("um-m", cases={"suite.holds": ("skip", "not from a module")})
        failed = cell("um-debug", "fail", cases={"suite.holds": ("fail", "")})
        self.assertEqual(self.on(model(skipped, cell("um")), "suite.holds")["um"], ("pass", "passed"))
        self.assertEqual(self.on(model(skipped, cell("um", state="stale")), "suite.holds")["um"], ("not", "skipped"))
        self.assertEqual(self.on(model(cell("um"), failed), "suite.holds")["um"], ("fail", "failed"))

    def test_a_recorded_cell_showed_what_is_expected(self):
        kept = cell("um", recorded=True, cases={})
        self.assertEqual(self.um(kept), ("pass", "passed, kept"))
        self.assertEqual(self.um(kept, "suite.rows.deep"), ("not", "skipped, kept"))
        self.assertEqual(self.on(model(cell("um-m"), kept), "suite.holds")["um"], ("pass", "passed"))
        self.assertEqual(self.um(cell("um", recorded=True, cases={}, state="stale")), ("stale", "stale"))

    def test_which_case_of_a_recorded_cell_failed_is_not_known(self):
        self.assertEqual(self.um(cell("um", "fail", recorded=True, cases={})), ("stale", "cell failed, kept"))

    def test_else_what_a_task_of_make_full_rests_on(self):
        for name, state, want in (("mutants-um", "fresh", ("pass", "passed, kept")), ("before-um", "other tools", ("pass", "passed, kept")),
                                  ("mutants-um", "stale", ("not", "not run")), ("mutants-um", "bad", ("not", "not run")),
                                  ("lab-um", "fresh", ("not", "not run")), ("mutants-s390", "fresh", ("not", "not run"))):
            self.assertEqual(self.um(cell("um", ""), tasks=[task(name, state)]), want, name)
        m = model(cell("um"), tasks=[task("mutants-um")])
        self.assertEqual([r["where"] for r in outcome.outcomes(m)["suite.holds"]], ["um"])
        self.assertEqual(self.um(cell("um", state="stale"), tasks=[task("mutants-um")]), ("pass", "passed, kept"))

    def test_else_the_tables_before(self):
        m = model(cell("um", ""), cell("s390", ""), tables={"before-um": table("fresh", "suite.holds|fail|pass|fails before"),
                  "before-s390": table("stale", "suite.breaks|fail|pass|fails before", "suite.rows.deep|skip|skip|skipped: no room")})
        self.assertEqual(self.on(m, "suite.holds"), {"um": ("pass", "passed, kept"), "s390": ("not", "not run")})
        self.assertEqual(self.on(m, "suite.breaks"), {"um": ("not", "not run"), "s390": ("stale", "stale")})
        self.assertEqual([r["why"] for case in ("suite.holds", "suite.rows.deep") for r in outcome.outcomes(m)[case]], ["", "no room"])

        m = model(cell("um"), tables={"before-um": table("fresh", "suite.holds|fail|pass|fails before")})
        self.assertEqual([r["where"] for r in outcome.outcomes(m)["suite.holds"]], ["um"])

    def test_why_it_is_skipped(self):
        m = model(cell("um"), cell("um-m"), cell("s390"), cell("arm64", cases={"suite.rows.deep": ("pass", "")}))
        found = outcome.outcomes(m)
        self.assertEqual(outcome.skips(found["suite.rows.deep"], self.on(m, "suite.rows.deep")), {"no-room-in-here": ["um", "s390"]})
        m = model(cell("um"), cell("um-m", cases={"suite.holds": ("skip", "not from a module")}))
        self.assertEqual(outcome.skips(outcome.outcomes(m)["suite.holds"], self.on(m, "suite.holds")), {})

    def test_what_becomes_of_a_row(self):
        for c, want in ((cell("um"), "proven"), (cell("um", state="stale"), "stale"), (cell("um", ""), "not run"),
                        (cell("um", cases={"suite.holds": ("skip", "x")}), "only skipped"),
                        (cell("um", "fail", cases={"suite.holds": ("fail", "")}), "failed")):
            self.assertEqual(outcome.verdict(self.on(model(c), "suite.holds")), want)
        failed = cell("s390", "fail", cases={"suite.holds": ("fail", "")})
        self.assertEqual(outcome.verdict(self.on(model(cell("um"), failed), "suite.holds")), "failed")

    def test_are_all_proven(self):
        def said(*cells: dict) -> tuple[str, str]:
            m = model(*cells)
            m["rows"].pop()
            return outcome.proven(m, outcome.outcomes(m))
        kept = cell("s390", recorded=True, cases={})
        self.assertEqual(said(cell("um"), kept, cell("arm64", "")),
                         ("pass", "All 2 rows of 1 decision are proven, each by a case that passed; on um, s390."))
        self.assertEqual(said(kept)[1], "All 2 rows of 1 decision are proven, each by a case that passed, 2 of them by verdicts "
                                        "kept in git alone; on s390.")
        self.assertEqual(said(cell("um", "")), ("stale", "0 of 2 rows of 1 decision are proven. The others: 2 not run."))
        self.assertEqual(said(cell("um", "fail", cases={"suite.holds": ("fail", ""), "suite.breaks": ("pass", "")})),
                         ("fail", "1 of 2 rows of 1 decision are proven by a case that passed; on um. The others: 1 failed."))

    def test_each_result_of_a_case_failures_first(self):
        m = model(cell("um"), cell("s390", state="stale"), cell("arm64", "fail", cases={"suite.holds": ("fail", "")}),
                  cell("ppc64", recorded=True))
        found = outcome.outcomes(m)
        self.assertEqual(outcome.by_result(found["suite.holds"]), [
            ("fail", "fail", ["arm64"]), ("pass", "pass", ["um"]), ("pass", "pass, kept", ["ppc64"]), ("stale", "stale, was pass", ["s390"])])
        self.assertIn(("not", "skipped: no-room-in-here", ["um"]), outcome.by_result(found["suite.rows.deep"]))


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
