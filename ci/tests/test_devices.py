# SPDX-License-Identifier: GPL-2.0-only
"""ci/proof/devices.py: which consoles it refuses."""
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "proof"))
import devices

DIRECT = """pseries: lsa_required: 0, lsa_enabled: 0, direct mapping: 1\r
virtio 0000:00:01.0: iommu: 64-bit OK but direct DMA is limited\r
devices: vda is 0000:00:01.0, 64-bit mask, ACCESS_PLATFORM\r
devices: vda ok 1048576 bytes\r
devices: tces at last: 1 in table x\r
devices: done\r
"""
TCES = DIRECT.replace("pseries: lsa_required: 0, lsa_enabled: 0, direct mapping: 1", "ppc iommu: disabling ddw").replace(
    "64-bit OK but direct DMA", "nothing").replace("last: 1 ", "last: 7 ")


def judge(console, window=True, copied=True):
    return devices.judge(console, window, ["vda"], {"vda": copied})


class Judge(unittest.TestCase):
    def test_right(self):
        self.assertEqual(judge(DIRECT), (True, 'vda 1048576 bytes, "direct mapping: 1", 1 TCEs'))
        self.assertEqual(judge(TCES, window=False), (True, 'vda 1048576 bytes, "disabling ddw", 7 TCEs'))

    def test_the_wrong_window(self):
        self.assertEqual(judge(TCES), (False, "vda: no direct DMA"))
        self.assertEqual(judge(DIRECT, window=False), (False, "vda: direct DMA"))

    def test_refused(self):
        for old, new, says in (
                ("vda ok 1048576", "vda ok 0", "vda: not a byte compared"),
                ("vda ok 1048576 bytes", "vda FAILED: open: x", "devices: vda FAILED: open: x"),
                (", ACCESS_PLATFORM", "", "vda: 64-bit mask"),
                ("vda is", "vdb is", "vda: no such device in sysfs"),
                ("last: 1 ", "last: 9 ", "TCEs: 9"),
                ("tces at last", "tces at first", "TCEs: None"),
                ("lsa_enabled: 0", "lsa_enabled: 1", 'no "direct mapping: 1"'),
                ("devices: done", "devices: failed", "the guest's init did not end"),
                ("devices: done", "BUG: x", "BUG: x")):
            self.assertEqual(judge(DIRECT.replace(old, new)), (False, says), says)
        self.assertEqual(judge(TCES.replace("last: 7", "last: 1"), window=False), (False, "no TCEs: 1"))
        self.assertEqual(judge(TCES.replace("disabling ddw", ""), window=False), (False, 'no "disabling ddw"'))
        self.assertEqual(judge(TCES + "direct mapping: 1", window=False), (False, '"direct mapping: 1"'))

    def test_a_disk_that_does_not_hold_what_was_written(self):
        self.assertEqual(judge(DIRECT, copied=False), (False, "vda: the disk does not hold what was written"))


if __name__ == "__main__":
    unittest.main()
