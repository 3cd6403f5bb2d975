# SPDX-License-Identifier: GPL-2.0-only
"""Consoles, as the kernel's own parser reads them.  Skipped where there is no tree yet."""
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import ktap
from ktap import Case

try:
    ktap.kunit_parser()
    MISSING = ""
except FileNotFoundError as e:
    MISSING = str(e)

SUITE = """KTAP version 1
1..1
    KTAP version 1
    # Subtest: suite
    # module: suite
    1..3
    ok 1 plain
        KTAP version 1
        # Subtest: rows
        ok 1 first row
    # rows: EXPECTATION FAILED at a.c:1
    Expected 1 == 2, but
        not ok 2 second
        ok 3 third # SKIP for a reason
    # rows: pass:1 fail:1 skip:1 total:3
    not ok 2 rows
    ok 3 last # SKIP why
# suite: pass:1 fail:0 skip:1 total:2
not ok 1 suite
"""
CASES = [Case("pass", "suite.plain", ""), Case("pass", "suite.rows.first row", ""), Case("fail", "suite.rows.second", ""),
         Case("skip", "suite.rows.third", "for a reason"), Case("skip", "suite.last", "why")]
OTHER = SUITE.replace("suite", "other")


def stamped(text: str, mark: str) -> str:
    return "".join(f"[{n / 10:12.6f}]{mark} {line}\r\n" for n, line in enumerate(text.splitlines()))


@unittest.skipIf(MISSING, MISSING)
class Parse(unittest.TestCase):
    def test_plain_cases_rows_failures_and_skips(self):
        self.assertEqual(ktap.parse(SUITE), CASES)

    def test_time_stamps_callers_and_carriage_returns(self):
        self.assertEqual(ktap.parse(stamped(SUITE, "")), CASES)
        self.assertEqual(ktap.parse(stamped(SUITE, "[    T1]")), CASES)

    def test_messages_of_the_kernel_anywhere(self):
        lines = SUITE.splitlines()
        for at in range(1, len(lines)):
            with self.subTest(before=lines[at]):
                self.assertEqual(ktap.parse("\n".join([*lines[:at], "random: crng", "  init: 1 of 2", *lines[at:]])), CASES)

    def test_a_document_for_each_module(self):
        found = ktap.parse(f"booting\n{SUITE}guest-init: the next module\n{OTHER}reboot: Power down\n")
        self.assertEqual([c.name for c in found], [c.name for c in CASES] + [c.name.replace("suite", "other") for c in CASES])

    def test_a_kernel_that_died_leaves_what_it_had_shown(self):
        lines = SUITE.splitlines()
        for end in range(len(lines)):
            with self.subTest(end=end):
                have = [c for c in ktap.parse("\n".join(lines[:end]))]
                self.assertEqual(have, CASES[:len(have)])
        self.assertEqual(ktap.parse("\n".join(lines[:13])), CASES[:3])

    def test_a_module_that_died_does_not_hide_the_next(self):
        found = ktap.parse("\n".join(SUITE.splitlines()[:10]) + "\n" + OTHER)
        self.assertEqual([c.name for c in found][2:], [c.name.replace("suite", "other") for c in CASES])

    def test_diagnostics_of_a_failure(self):
        logs = {case.name: log for case, log in ktap.parse_with_logs(SUITE)}
        self.assertIn("    # rows: EXPECTATION FAILED at a.c:1", logs["suite.rows.second"])

    def test_no_results(self):
        self.assertEqual(ktap.parse("Kernel panic - not syncing\n"), [])


class Document(unittest.TestCase):
    def test_two_documents_become_one(self):
        lines = ktap.joined(ktap.documents(f"booting\n{SUITE}between\n{OTHER}")).splitlines()
        self.assertEqual(lines[:2], ["KTAP version 1", "1..2"])
        self.assertEqual([x for x in lines if x.startswith("not ok")], ["not ok 1 suite", "not ok 2 other"])
        self.assertNotIn("booting", lines)


if __name__ == "__main__":
    unittest.main()
