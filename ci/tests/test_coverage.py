# SPDX-License-Identifier: GPL-2.0-only
"""ci/proof/coverage.py: what gcov prints, and which lines need a reason."""
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "proof"))
import coverage

GCOV = """        -:    0:Source:/src/kernel/a.c
function f called 2 returned 100% blocks executed 75%
        2:    1:int f(int x)
        2:    2:	if (x)
call    0 returned 2
branch  1 taken 2 (fallthrough)
branch  2 taken 0
    #####:    3:		return 1;
        2:    4:	return 0;
"""
BRANCH = coverage.Miss("kernel/a.c", "f", "1 of 2 branches", "if (x)")
NOT_RUN = coverage.Miss("kernel/a.c", "f", "not run", "return 1;")


def misses(*numbers, gcov=GCOV):
    lines = coverage.read_gcov(gcov, "/src/", {("kernel/a.c", n) for n in numbers})
    return [m for key, line in lines.items() if (m := coverage.miss(key, line))]


class Lines(unittest.TestCase):
    def test_a_branch_that_is_not_taken(self):
        self.assertEqual(misses(1, 2, 4), [BRANCH])
        self.assertEqual(coverage.judge([BRANCH], {}), ["no reason: 1 of 2 branches\tf\tkernel/a.c\tif (x)"])

    def test_what_is_missing_is_counted_not_what_is_taken(self):
        more = GCOV.replace("branch  2 taken 0\n", "branch  2 taken 0\nbranch  3 taken 1\nbranch  4 taken 2\n")
        self.assertEqual([m.what for m in misses(2, gcov=more)], ["1 of 4 branches"])

    def test_and_has_a_reason(self):
        why = coverage.reasons("# x\ns390,um\tkernel/a.c\tf\t1 of 2 branches\tif (x)\tnever\n", "um")
        self.assertEqual(why, {BRANCH: "never"})
        self.assertEqual(coverage.judge([BRANCH], why), [])
        self.assertEqual(coverage.reasons("s390\ta\tb\tc\td\te\n", "um"), {})

    def test_totals(self):
        lines = coverage.read_gcov(GCOV, "/src/", {("kernel/a.c", n) for n in (1, 2, 4)})
        self.assertEqual(coverage.totals(lines), {("f", "kernel/a.c"): [3, 3, 2, 1]})

    def test_a_line_that_is_not_run(self):
        self.assertEqual(misses(1, 2, 3, 4), [BRANCH, NOT_RUN])
        self.assertEqual(coverage.judge([NOT_RUN], {}), ["no reason: not run\tf\tkernel/a.c\treturn 1;"])

    def test_a_reason_for_a_line_that_is_run(self):
        run = NOT_RUN._replace(text="return 0;")
        self.assertEqual(coverage.judge([BRANCH], {BRANCH: "", run: ""}),
                         ["a reason, and no such line: not run\tf\tkernel/a.c\treturn 0;"])

    def test_a_header_counts_for_all_objects(self):
        self.assertEqual(misses(1, 2, 4, gcov=GCOV + GCOV.replace("branch  2 taken 0", "branch  2 taken 3")), [])

    def test_a_branch_that_was_never_executed(self):
        gcov = GCOV.replace("branch  2 taken 0", "branch  2 never executed")
        self.assertEqual(misses(2, gcov=gcov), [BRANCH])

    def test_added(self):
        diff = "--- a/kernel/a.c\n+++ b/kernel/a.c\n@@ -1 +2,2 @@ f\n-x\n+y\n+\n@@ -9,0 +12 @@\n+z\n"
        self.assertEqual(coverage.added(diff), {("kernel/a.c", n) for n in (2, 3, 12)})


class Elsewhere(unittest.TestCase):
    TABLE = "# id=1\nf\tkernel/a.c\t3\t3\t2\t1\n1 of 2 branches\tf\tkernel/a.c\tif (x)\tnever\n"

    def test_run_there(self):
        self.assertTrue(coverage.run_there(NOT_RUN, self.TABLE))

    def test_missed_there_too(self):
        self.assertFalse(coverage.run_there(BRANCH, self.TABLE))

    def test_not_compiled_there(self):
        self.assertFalse(coverage.run_there(NOT_RUN, "# id=1\n"))

    def test_no_table_there(self):
        wrong = coverage.elsewhere({NOT_RUN: "run on x86_64"}, Path("/nonexistent"))
        self.assertEqual(len(wrong), 1)
        self.assertTrue(wrong[0].endswith("missing or stale: ci/full coverage-x86_64"))


class Console(unittest.TestCase):
    CONSOLE = "[ 1.0] gcda file /b/a.gcda\r\n[ 1.0][ T1] gcda 6162\r\ngcda 63\nother\ngcda file /x/b.gcda\ngcda 64\n"

    def test_counts(self):
        self.assertEqual(coverage.counts(self.CONSOLE + "gcda end\n", "/b"), ([{"a.gcda": b"abc"}], True))

    def test_two_boots(self):
        """They were one once, and the second, of a single suite, stood for both."""
        again = "gcda file /b/a.gcda\ngcda 65\n"
        self.assertEqual(coverage.counts(self.CONSOLE + "gcda end\n" + again + "gcda end\n", "/b"),
                         ([{"a.gcda": b"abc"}, {"a.gcda": b"e"}], True))
        self.assertFalse(coverage.counts(self.CONSOLE + "gcda end\n" + again, "/b")[1])

    def test_a_guest_that_ends_early(self):
        self.assertFalse(coverage.counts(self.CONSOLE, "/b")[1])


if __name__ == "__main__":
    unittest.main()
