# SPDX-License-Identifier: GPL-2.0-only
"""The two tables of cases: what a cell has to show, what is refused, what --accept changes."""
import sys
import unittest
from pathlib import Path
from types import SimpleNamespace

HERE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE / "lib"), str(HERE / "cell")]
import accept
import arch
import cases
from cases import Row, Rule
from ktap import Case

ROWS = [Row("t", "one", "s.a"), Row("t", "two", "s.b.x"), Row("t", "two", "s.b.y"), Row("t", "other", "u.c")]


def cell(name, arch_name=None):
    return SimpleNamespace(name=name, arch=SimpleNamespace(name=arch_name or name), flavour="plain")


UM, UM_M, X86 = cell("um"), cell("um-m", "um"), cell("x86_64")
ALL = [UM, UM_M, X86]
PASSES = dict.fromkeys(("s.a", "s.b.x", "s.b.y", "u.c"))


class Expected(unittest.TestCase):
    def test_without_a_rule_every_case_passes(self):
        self.assertEqual(cases.expect(ROWS, [], UM), PASSES)

    def test_skip_and_absent(self):
        rules = [Rule("s.b.*", "um", "no reason"), Rule("u.*", "!x86_64", "ABSENT", "not built")]
        self.assertEqual(cases.expect(ROWS, rules, UM), {"s.a": None, "s.b.x": "no reason", "s.b.y": "no reason"})
        self.assertEqual(cases.expect(ROWS, rules, X86), PASSES)

    def test_a_rule_for_an_architecture_is_for_all_its_cells(self):
        self.assertEqual(cases.expect(ROWS, [Rule("s.a", "um", "why")], UM_M)["s.a"], "why")

    def test_the_first_rule_decides(self):
        rules = [Rule("s.b.x", "*-m", "PASS"), Rule("s.*", "", "why")]
        self.assertIsNone(cases.expect(ROWS, rules, UM_M)["s.b.x"])
        self.assertEqual(cases.expect(ROWS, rules, UM)["s.b.x"], "why")

    def test_exclusions(self):
        self.assertTrue(cases.matches("s.*,!s.b.*", ("s.a",)))
        self.assertFalse(cases.matches("s.*,!s.b.*", ("s.b.x",)))
        self.assertTrue(cases.matches("!um,!s390", ("x86_64",)))

    def test_select_a_suite_and_a_case(self):
        self.assertEqual(list(cases.select(PASSES, "s")), ["s.a", "s.b.x", "s.b.y"])
        self.assertEqual(list(cases.select(PASSES, "s*.b")), ["s.b.x", "s.b.y"])
        self.assertEqual(cases.select(PASSES, "no_such_suite"), {})

    def test_lines(self):
        self.assertEqual(cases.lines({"b": None, "a": "why"}), ["pass\tb\t", "skip\ta\twhy"])


class Problems(unittest.TestCase):
    def found(self, rows=ROWS, rules=()):
        return "\n".join(cases.problems(rows, list(rules), ALL))

    def test_none(self):
        self.assertEqual(self.found(), "")
        self.assertEqual(cases.problems(cases.decisions(), cases.skips(), arch.matrix()), [])

    def test_a_rule_that_decides_nothing(self):
        self.assertIn("`s.q` at `um` of skips.tsv decides no case", self.found(rules=[Rule("s.q", "um", "why")]))
        self.assertIn("`s.a` at `um` of skips.tsv decides no case",
                      self.found(rules=[Rule("s.*", "", "why"), Rule("s.a", "um", "other")]))

    def test_a_decision_whose_case_runs_nowhere(self):
        self.assertIn("u.c runs in no cell, so nothing proves `other`", self.found(rules=[Rule("u.*", "", "why")]))

    def test_a_case_that_runs_and_proves_nothing(self):
        self.assertIn("u.c runs, and proves no row", self.found([*ROWS[:3], Row("-", "text", "u.c")]))

    def test_a_row_that_is_not_filled_in(self):
        self.assertIn("does not say what u.c proves", self.found([*ROWS[:3], Row("", "", "u.c")]))

    def test_a_case_twice(self):
        self.assertIn("has u.c 2 times", self.found([*ROWS, ROWS[3]]))

    def test_absent_needs_a_reason(self):
        self.assertIn("has no reason", self.found(rules=[Rule("u.*", "um", "ABSENT")]))

    def test_a_cell_that_is_not_there(self):
        self.assertIn("no cell is called vax", self.found(rules=[Rule("u.*", "um,vax", "why")]))


class Accept(unittest.TestCase):
    RULES = [Rule("s.b.*", "um", "old"), Rule("u.*", "!x86_64", "ABSENT", "not built")]

    def after(self, seen, rules=RULES, at=UM, rows=ROWS):
        shown = [Case("pass" if why is None else "skip", name, why or "") for name, why in seen.items()]
        expected = cases.expect(rows, rules, at)
        want = accept.outcomes(expected, shown)
        new_rows = accept.accept_rows(rows, expected, want)
        new_rules = accept.accept_rules(new_rows, list(rules), at, want)
        self.assertEqual(cases.expect(new_rows, new_rules, at), seen)
        return new_rows, new_rules

    SEEN = {"s.a": None, "s.b.x": "old", "s.b.y": "old"}

    def test_nothing_to_do(self):
        self.assertEqual(self.after(self.SEEN), (ROWS, self.RULES))

    def test_a_new_case_gets_a_row_beside_its_neighbours_to_be_filled_in(self):
        rows, rules = self.after({**self.SEEN, "s.b.z": "old"})
        self.assertEqual(rows[3], Row("", "", "s.b.z"))
        self.assertEqual(rules, self.RULES)
        self.assertIn("fill in", "\n".join(cases.problems(rows, rules, ALL)))

    def test_a_case_that_is_gone_loses_its_row(self):
        rows, _ = self.after({"s.a": None, "s.b.y": "old"})
        self.assertNotIn("s.b.x", [row.case for row in rows])
        self.assertIn("u.c", [row.case for row in rows], "it is absent here, and only here")

    def test_the_reason_in_other_words(self):
        _, rules = self.after({"s.a": None, "s.b.x": "new", "s.b.y": "new"})
        self.assertEqual(rules[0], Rule("s.b.*", "um", "new"))

    def test_a_skip_of_some(self):
        _, rules = self.after({"s.a": "why", "s.b.x": "old", "s.b.y": None})
        self.assertEqual(set(rules) - set(self.RULES), {Rule("s.a", "um", "why"), Rule("s.b.y", "um", "PASS")})

    def test_no_skip_any_more(self):
        _, rules = self.after({"s.a": None, "s.b.x": None, "s.b.y": None})
        self.assertEqual(rules, self.RULES[1:])

    def test_a_suite_that_is_there_now(self):
        _, rules = self.after({**self.SEEN, "u.c": None})
        self.assertEqual(rules[1].where, "!x86_64,!um")

    def test_one_cell_of_an_architecture(self):
        _, rules = self.after({"s.a": None, "s.b.x": None, "s.b.y": None}, at=UM_M)
        self.assertEqual(rules[0], Rule("s.b.*", "um,!um-m", "old"))

    def test_an_architecture_that_is_new_extends_rules(self):
        _, rules = self.after({**self.SEEN, "u.c": None}, at=X86)
        self.assertEqual(rules, [Rule("s.b.*", "um,x86_64", "old"), self.RULES[1]])
        _, rules = self.after({name: None for name in ("s.a", "s.b.x", "s.b.y")}, at=X86)
        self.assertEqual(rules, [self.RULES[0], Rule("u.*", "", "ABSENT", "not built")])

    def test_a_rule_is_extended_only_where_all_that_it_decides_is_right(self):
        _, rules = self.after({"s.a": None, "s.b.x": "old", "s.b.y": None, "u.c": None}, at=X86)
        self.assertEqual(rules, [*self.RULES, Rule("s.b.x", "x86_64", "old")])

    def test_a_suite_that_is_gone_is_absent_for_a_reason_to_be_filled_in(self):
        rows, rules = self.after({"u.c": None}, rules=[], at=X86)
        self.assertEqual((rows, rules), (ROWS, [Rule("s.*", "x86_64", "ABSENT")]))
        self.assertIn("fill in why", "\n".join(cases.problems(rows, rules, ALL)))

    def test_comments_and_order_stay(self):
        text = "# head\n# cases\twhere\twhat\twhy\na\tum\tx\n\n# part\nb\t\ty\tz\n"
        old = [Rule("a", "um", "x"), Rule("b", "", "y", "z")]
        self.assertEqual(accept.rewrite(text, old), text)
        new = [Rule("n", "um", "w"), *old]
        self.assertEqual(accept.rewrite(text, new), text.replace("a\tum", "n\tum\tw\na\tum"))
        self.assertEqual(accept.rewrite(text, old[1:]), text.replace("a\tum\tx\n", ""))


if __name__ == "__main__":
    unittest.main()
