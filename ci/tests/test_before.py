# SPDX-License-Identifier: GPL-2.0-only
"""ci/proof/before.py: which outcomes, tables and bodies it refuses."""
import os
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ci/proof"))
import before

NAMES = [["c1", "ten.patch"], ["c2", "fifty.patch"]]
C = """extern int f(int);
int g(void)
{
	return f(1);
}

static int f(int x)
{
	if (x) {
		x = 2;
	}
	return x;
}
"""


class Judge(unittest.TestCase):
    def judge(self, b, s, expected=()):
        """Results of s.b before and on the series, beside a case that fails before."""
        was = [["fail", "s.a", ""]] + ([[b, "s.b", ""]] if b else [])
        now = [["pass", "s.a", ""]] + ([[s, "s.b", "why"]] if s else [])
        judged = before.judge(was, now, {"s.a", *expected})
        self.assertEqual(judged[0], (True, ["s.a", "fail", "pass", "fails before"]))
        return judged[1][0], judged[1][1][3]

    def test_outcomes(self):
        self.assertEqual(self.judge("pass", "pass"), (True, "guards unchanged behaviour"))
        self.assertEqual(self.judge("skip", "skip"), (True, "skipped: why"))
        self.assertEqual(self.judge("fail", "pass"), (True, "fails before"))

    def test_refused(self):
        self.assertEqual(self.judge("pass", "fail"), (False, "fails on the series"))
        self.assertEqual(self.judge("fail", "fail"), (False, "fails on the series"))
        self.assertEqual(self.judge("skip", "pass"), (False, "skip before, pass on the series"))
        self.assertEqual(self.judge("pass", "skip"), (False, "pass before, skip on the series"))

    def test_a_guest_that_died(self):
        self.assertEqual(self.judge("", "pass"),
                         (False, "no result before: the guest died or hung there, or in a case before"))
        self.assertEqual(self.judge("pass", ""), (False, "no result on the series"))

    def test_a_case_absent_from_both_sides(self):
        self.assertEqual(self.judge("", "", ["s.b"]), (False, "no result on either side"))

    def test_a_case_that_comes_twice(self):
        judged = before.judge([["fail", "s.a"]] * 2, [["pass", "s.a"]], set())
        self.assertEqual([(good, row[3]) for good, row in judged], [(False, "twice before")])


class Plan(unittest.TestCase):
    def plan(self, *lines, arch="um"):
        return before.plan(before.rows("# comment\n" + "\n".join(lines)), arch, NAMES)

    def test_the_last_patch_is_taken_back_first(self):
        self.assertEqual(self.plan("revert\tten.patch\ta.c\tb.c", "revert\tfifty.patch"),
                         ([["revert", "c2"], ["revert", "c1", "a.c", "b.c"]], []))

    def test_a_patch_that_the_table_does_not_name(self):
        self.assertEqual(self.plan("keep\tten.patch")[1], ["< fifty.patch"])

    def test_an_action_that_is_none(self):
        self.assertEqual(self.plan("keep\tten.patch", "keep\tfifty.patch", "drop\tx")[1], ["drop: keep, revert or body"])

    def test_bodies_of_one_architecture(self):
        lines = "keep\tten.patch", "keep\tfifty.patch", "body\tf\ta.c", "body\tg\ta.h\tum-nodma\ts390"
        self.assertEqual(self.plan(*lines)[0], [["body", "f", "a.c"]])
        self.assertEqual(self.plan(*lines, arch="s390")[0], [["body", "f", "a.c"], ["body", "g", "a.h"]])


class Tables(unittest.TestCase):
    """What make full would only see after hours."""
    series = (ROOT / "patches" / os.environ.get("BASE", "v7.3") / "series").read_text()
    names = [line for line in series.splitlines() if line and not line.startswith("#")]

    def test_a_patch_that_was_left_out(self):
        table = [["keep", "ten.patch"], ["body", "f", "a.c"]]
        self.assertEqual(before.unused(table, [["", "fifty.patch"]]), ["ten.patch"])
        self.assertEqual(before.unused(table, [["", "ten.patch"]]), [])

    def test_before_names_each_patch_of_the_series(self):
        table = before.rows((ROOT / "ci/proof/before.tsv").read_text())
        self.assertEqual(before.plan(table, "um", [["", name] for name in self.names])[1], [],
                         "ci/proof/before.tsv: < no row for this patch")


class Body(unittest.TestCase):
    def test_definition_not_declaration_nor_call(self):
        self.assertEqual(before.body(C, "f"), (7, 13))
        self.assertEqual(before.body(C, "g"), (2, 5))
        self.assertIsNone(before.body(C, "h"))

    def test_replaced_by_the_first_source_that_has_it(self):
        text = before.replace_body(C, "g", ["int g(void);\n", "int g(int y)\n{\n\treturn 7;\n}\n", C])
        self.assertEqual(text, C.replace("return f(1)", "return 7"))

    def test_nowhere(self):
        self.assertIsNone(before.replace_body(C, "g", ["", "int h(void)\n{\n}\n"]))
        self.assertIsNone(before.replace_body("", "g", [C]))


if __name__ == "__main__":
    unittest.main()
