# SPDX-License-Identifier: GPL-2.0-only
"""ci/proof/functions.py: what objdump prints, and what the comparisons refuse."""
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "proof"))
import functions

DUMP = """
a.o:     file format elf64-powerpcle

Disassembly of section .text.add:

0000000000000000 <__pfx_add-0x10>:
   0:	00 00 00 60 	nop

0000000000000000 <add>:
   0:	01 00 00 48 	bl      0 <add>
			0: R_PPC64_REL24	kick
   4:	00 00 42 60 	ori     r2,r2,0
   8:	20 00 80 4e 	blr
			8: R_PPC64_ADDR64	__UNIQUE_ID_x123

Disassembly of section .init.text:

0000000000000000 <setup>:
   0:	20 00 80 4e 	blr
"""


class Parse(unittest.TestCase):
    def test_bodies(self):
        found = functions.bodies(DUMP)
        self.assertEqual(list(found), ["add"])
        self.assertEqual(len(found["add"]), 5)
        self.assertNotIn("<add>", found["add"][0])
        self.assertTrue(found["add"][4].endswith("\tlabel"))

    def test_lengths_leave_out_what_aligns(self):
        self.assertEqual(functions.lengths(DUMP), {"__pfx_add-0x10": 0, "add": 2, "setup": 1})


class Same(unittest.TestCase):
    base = {f"f{i}": ["x"] for i in range(60)} | {"alloc": ["old"]}

    def judge(self, series, must=("f1",)):
        return functions.judge_same(self.base, series, {"alloc"}, list(must))

    def test_set_up_may_differ(self):
        self.assertEqual(self.judge(self.base | {"alloc": ["new"]}),
                         (True, "60 functions the same, 1 that set up a queue differ"))

    def test_data_path_may_not(self):
        self.assertEqual(self.judge(self.base | {"f2": ["y"]}), (False, "these differ: f2"))

    def test_new_or_lost_function(self):
        self.assertFalse(self.judge(self.base | {"new": ["x"]})[0])
        self.assertFalse(self.judge({k: v for k, v in self.base.items() if k != "f3"})[0])

    def test_what_has_to_be_compared(self):
        self.assertEqual(self.judge(self.base, ["virtqueue_add"]), (False, "these differ: virtqueue_add"))
        self.assertFalse(functions.judge_same({"f": []}, {"f": []}, set(), [])[0])


class Length(unittest.TestCase):
    base = {("a.o", "f"): 3, ("a.o", "g"): 2}

    def test_same_and_shorter(self):
        self.assertEqual(functions.judge_length(self.base, {("a.o", "f"): 1, ("a.o", "g"): 2}, ["a.o"]),
                         (True, "1 objects, 1 functions of the same length, shorter: f -2"))

    def test_longer_new_gone(self):
        self.assertEqual(functions.judge_length(self.base, {("a.o", "f"): 4, ("a.o", "h"): 1}, []),
                         (False, "a.o:h is new; a.o:g is gone; a.o:f has 1 more"))

    def test_object_that_was_not_built(self):
        self.assertEqual(functions.judge_length(self.base, self.base, ["b.o"]), (False, "b.o was not built"))


if __name__ == "__main__":
    unittest.main()
