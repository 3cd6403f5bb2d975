# SPDX-License-Identifier: GPL-2.0-only
"""ci/deb/judge.py: what is a guest that works, and each way not to be one."""
import importlib.util
import unittest
from pathlib import Path

spec = importlib.util.spec_from_file_location("deb_judge", Path(__file__).resolve().parents[1] / "deb/judge.py")
deb = importlib.util.module_from_spec(spec)
spec.loader.exec_module(deb)

RUNS = "".join(f"in-guest: ok run {n}\n" for n in range(deb.RUNS))
PLAYS = "[    0.045167] protected_lab: this guest plays a protected one, nothing is protected\n"
GOOD = PLAYS + "in-guest: 6.12, root on /dev/vda, running\n" + RUNS + "in-guest: 0 warnings\nin-guest: end\n"
REFUSED = "[    3.264712] virtio_blk virtio0: device must provide VIRTIO_F_ACCESS_PLATFORM\n"
NO_ROOT = "[    3.754195] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n"
NO_DISK = PLAYS + REFUSED + NO_ROOT
COUNTED = {"requests": 900, "violations": 0}


class Judge(unittest.TestCase):
    def bad(self, kernel, console, counted=COUNTED, code=0, complaints=""):
        return deb.judge(kernel, code, console, counted, complaints)[1]

    def test_a_guest_that_works(self):
        self.assertEqual(self.bad("package", GOOD, {}), [])
        self.assertEqual(self.bad("lab-series", GOOD), [])
        self.assertEqual(self.bad("lab-base", NO_DISK, {}), [])
        self.assertEqual(self.bad("lab-base", PLAYS + NO_ROOT, {"violations": 3}), [])

    def test_each_way_not_to(self):
        for name, kernel, console, counted, code, complaints in (
                ("a run that failed", "package", GOOD.replace("ok run 3", "FAILED run 3: exit code 1"), {}, 0, ""),
                ("a run too few", "package", GOOD.replace("in-guest: ok run 3\n", ""), {}, 0, ""),
                ("no end", "package", GOOD.replace("in-guest: end\n", ""), {}, 0, ""),
                ("a warning", "package", GOOD.replace("0 warnings", "1 warnings"), {}, 0, ""),
                ("another root", "package", GOOD.replace("/dev/vda", "/dev/sda"), {}, 0, ""),
                ("QEMU failed", "package", GOOD, {}, 124, ""),
                ("nothing at all", "package", "", {}, 0, ""),
                ("it protects nothing", "lab-series", GOOD.replace("plays", "would play"), COUNTED, 0, ""),
                ("private memory", "lab-series", GOOD, {**COUNTED, "violations": 1}, 0, ""),
                ("a complaint", "lab-series", GOOD, COUNTED, 0, "device: malformed: chain"),
                ("another disk", "lab-series", GOOD, {"requests": 0}, 0, ""),
                ("the base has its disk", "lab-base", GOOD, {}, 0, ""),
                ("the base ended before", "lab-base", PLAYS + REFUSED, {}, 0, ""),
                ("the base has no disk for no reason", "lab-base", PLAYS + NO_ROOT, {}, 0, ""),
                ("the network card is refused, not the disk", "lab-base", NO_DISK.replace("virtio_blk", "virtio_net"), {}, 0, ""),
                ("the base protects nothing", "lab-base", REFUSED + NO_ROOT, {}, 0, "")):
            with self.subTest(name):
                self.assertNotEqual(self.bad(kernel, console, counted, code, complaints), [])


if __name__ == "__main__":
    unittest.main()
