# SPDX-License-Identifier: GPL-2.0-only
"""How the boot of a cell is judged."""
import sys
import unittest
from pathlib import Path
from types import SimpleNamespace

HERE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE / "lib"), str(HERE / "cell")]
import judge_cell
from judge_cell import Difference
from ktap import Case

EXPECTED = {"s.a": None, "s.b": "no SWIOTLB"}
GOOD = [Case("pass", "s.a", ""), Case("skip", "s.b", "no SWIOTLB")]


class Cases(unittest.TestCase):
    def kinds(self, seen):
        return [(d.kind, d.case) for d in judge_cell.compare(EXPECTED, seen)]

    def test_as_expected(self):
        self.assertEqual(judge_cell.compare(EXPECTED, GOOD), [])

    def test_missing(self):
        self.assertEqual(judge_cell.compare(EXPECTED, GOOD[1:]),
                         [Difference("missing", "s.a", "expected pass, missing from the console")])

    def test_unlisted(self):
        self.assertEqual(judge_cell.compare(EXPECTED, [*GOOD, Case("pass", "s.c", "")]),
                         [Difference("unlisted", "s.c", "expected not to show up, seen pass")])

    def test_failed(self):
        self.assertEqual(judge_cell.compare(EXPECTED, [Case("fail", "s.a", ""), GOOD[1]]),
                         [Difference("failed", "s.a", "expected pass, seen failed")])
        self.assertEqual(self.kinds([*GOOD, Case("fail", "s.c", "")]), [("failed", "s.c")])

    def test_another_reason(self):
        self.assertEqual(judge_cell.compare(EXPECTED, [GOOD[0], Case("skip", "s.b", "no DMA")]),
                         [Difference("changed", "s.b", "expected skip: no SWIOTLB, seen skip: no DMA")])

    def test_a_skip_instead_of_a_pass_and_the_reverse(self):
        self.assertEqual(self.kinds([Case("skip", "s.a", "why"), Case("pass", "s.b", "")]), [("changed", "s.a"), ("changed", "s.b")])

    def test_a_skip_without_a_reason(self):
        self.assertEqual(self.kinds([Case("skip", "s.a", ""), GOOD[1]]), [("changed", "s.a")])

    def test_a_case_twice(self):
        self.assertEqual(self.kinds([*GOOD, GOOD[0]]), [("changed", "s.a")])


class Complaints(unittest.TestCase):
    def test_each_kind(self):
        for line in ("WARNING: CPU: 0 at a.c", "BUG: KASAN: use-after-free", "UBSAN: shift", "INFO: task a blocked",
                     "possible circular locking dependency", "Kernel panic - not syncing", "Oops: 0", "Internal error: Oops",
                     "Unable to handle kernel paging request", "illegal operation: 0001", "Call Trace:", "Call trace:",
                     "inconsistent lock state", "DMA-API: fake: device driver frees", "kmemleak: 3 new suspected",
                     "unreferenced object 0x1", "guest-init: FAILED to load /a.ko", "DMA-API: debugging out of memory - disabling",
                     "kmemleak: Kernel memory leak detector disabled", "turning off the locking correctness validator.",
                     "KCSAN: data-race", "INFO: rcu detected stall", "INFO: trying to register non-static key"):
            with self.subTest(line):
                self.assertEqual(judge_cell.complaints(f"ok\n[    1.0] {line}\r\nend\n"), [f"[    1.0] {line}"])

    def test_what_is_none(self):
        self.assertEqual(judge_cell.complaints("ok 1 bug\nkmemleak: Kernel memory leak detector initialized\nDMA-API: preallocated\n"), [])

    def test_a_debug_cell_has_to_scan_for_leaks(self):
        debug, plain = (SimpleNamespace(flavour=f) for f in ("debug", "plain"))
        self.assertTrue(judge_cell.judge(debug, EXPECTED, GOOD, "")[2])
        self.assertFalse(judge_cell.judge(debug, EXPECTED, GOOD, "guest-init: scanned for leaks\n")[2])
        self.assertFalse(judge_cell.judge(plain, EXPECTED, GOOD, "")[2])


class Messages(unittest.TestCase):
    LOG = ["    # a: EXPECTATION FAILED at a.c:7", "    Expected x == 1, but", "        x == 2"]

    def test_cell_case_expected_seen_and_the_failed_expectation(self):
        text = judge_cell.report("um", judge_cell.compare(EXPECTED, [Case("fail", "s.a", ""), GOOD[1]]), {"s.a": self.LOG})
        self.assertEqual(text, ["um: 1 cases are not as kunit/decisions.tsv and kunit/skips.tsv expect:",
                                "  | failed   s.a: expected pass, seen failed",
                                "  |     # a: EXPECTATION FAILED at a.c:7", "  |     Expected x == 1, but", "  |     x == 2"])

    def test_long_lists_name_the_file_with_the_rest(self):
        self.assertEqual(judge_cell.shorten(["a", "b", "c"], 2, Path("diff")), ["a", "b", "  | and 1 more lines: diff"])

    def test_what_to_do_next(self):
        failed, other = Difference("failed", "s.a.row", ""), Difference("missing", "s.b", "")
        self.assertIn("SUITE=s.a,", judge_cell.advice("um", [other, failed], []))
        self.assertIn("ACCEPT=1", judge_cell.advice("um", [other], []))
        self.assertNotIn("ACCEPT=1", judge_cell.advice("um", [other], ["WARNING: x"]))


if __name__ == "__main__":
    unittest.main()
