# SPDX-License-Identifier: GPL-2.0-only
"""ci/proof/fixes.py and its table."""
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ci/proof"))
import fixes  # noqa: E402
import fixes_host  # noqa: E402
import fixes_page  # noqa: E402

# Shown elsewhere: by ci/proof/fixes-ring, by the lab, or by reading alone (patches/fixes/NOTES.md)
ELSEWHERE = {
    "virtio_ring-start-over-with-IN_ORDER-when-a-queue-is-reset.patch",
    "tools-virtio-make-room-for-the-extras-of-indirect-tables.patch",
    "9p-virtio-don-t-drop-the-reference-of-an-unsent-request.patch",
    "virtio_console-clear-outvq_full-on-resume.patch",
    "arm64-mm-Don-t-shrink-the-bounce-buffer-of-protected-guests.patch",
}


class Observed(unittest.TestCase):
    def test_results_and_complaints(self):
        console = ("[ 1.0] fixes: result 0 of 16 frames\r\n"
                   "[ 1.1] kernel BUG at arch/x86/mm/physaddr.c:28!\n"
                   "[ 1.2] fixes: result works\n[ 1.3] fixes: done\n")
        self.assertEqual(fixes.observed(console, True),
                         "0 of 16 frames, BUG, works")

    def test_ends(self):
        self.assertEqual(fixes.observed("[ 1.3] fixes: done\n", True), "powers off")
        self.assertEqual(fixes.observed("[ 1.3] fixes: done\n", False), "no power off")
        self.assertEqual(fixes.observed("[ 1.3] fixes: disk\n", False), "no end")

    def test_dma_debug(self):
        console = ("WARNING: kernel/dma/debug.c:953 at check_unmap+0x1/0x2, CPU#0: swapper/0\n"
                   "DMA-API: am53c974 0000:00:02.0: device driver failed to check map error[device address=0x1]\n")
        self.assertEqual(fixes.observed(console, True), "device driver failed to check map error")


class Table(unittest.TestCase):
    def test_rows(self):
        for arch in ("x86_64", "s390"):
            names = [row["fault"] for row in fixes.rows(arch, "*")]
            self.assertGreater(len(names), 15)
            self.assertEqual(len(names), len(set(names)))
        for row in fixes.rows("x86_64", "*"):
            with self.subTest(row["fault"]):
                self.assertIn(row["machine"], fixes_host.MACHINES)
                self.assertTrue(fixes_host.arguments("x86_64", row["devices"]))
                # a patch is shown by an outcome that differs
                self.assertEqual(row["patch"] == "-", row["base"] == row["fixes"])

    def test_devices_of_s390(self):
        words = fixes_host.arguments("s390", "scsi,packed=on fs")
        self.assertIn("virtio-scsi-ccw,id=scsi,iommu_platform=on,packed=on", words)
        self.assertIn("vhost-user-fs-ccw,chardev=fs,tag=share,iommu_platform=on", words)
        self.assertIn("scsi-hd,bus=scsi.0,drive=sd", words)

    def test_every_patch_is_shown(self):
        lines = (ROOT / "patches/fixes/series").read_text().splitlines()
        patches = {line for line in lines if not line.startswith("#")}
        shown = {row["patch"] for row in fixes.rows("x86_64", "*")} - {"-"}
        self.assertEqual(patches, shown | ELSEWHERE)

    def test_the_page_has_it(self):
        page = fixes_page.PAGE.read_text(encoding="utf-8")
        self.assertEqual(fixes_page.filled(page), page)


if __name__ == "__main__":
    unittest.main()
