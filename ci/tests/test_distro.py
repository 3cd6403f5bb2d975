# SPDX-License-Identifier: GPL-2.0-only
"""Patches as distributions take them, and which patch of the first base another one has."""
import io
import os
import re
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "series"))
import distro
import porting
import ports

ROOT = Path(__file__).resolve().parents[2]
HEAD = "From 0 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.invalid>\nSubject: [PATCH] dma: a\n b"
PATCH = distro.Patch("a.patch", "dma", HEAD, "Why.\n\nLink: x\n---\n a | 1 +\n\ndiff --git a/a b/a\n+config A_TEST\n+\tbool \"a test\"\n+config A\n+\tdef_bool y\n", "", "")
SENT = PATCH._replace(link="https://lore.kernel.org/r/1@x")
TAKEN = SENT._replace(taken="some tree, 0123456789ab")


class Formats(unittest.TestCase):
    def test_debian(self):
        files = distro.debian([PATCH])
        self.assertTrue(files["debian/patches/protected-guests/a.patch"].startswith(f"{HEAD}\nForwarded: no\nOrigin: other\n\nWhy."))
        self.assertEqual(files["series.add"], "protected-guests/a.patch\n")
        self.assertIn("\nForwarded: https://lore", distro.debian([SENT])["debian/patches/protected-guests/a.patch"])
        self.assertIn("\nApplied-Upstream: some tree, 0123456789ab\n", distro.debian([TAKEN])["debian/patches/protected-guests/a.patch"])

    def test_suse(self):
        with mock.patch.dict(os.environ, {"REFERENCES": "bsc#1"}):
            self.assertIn("\n b\nPatch-mainline: Submitted, https://lore.kernel.org/r/1@x\nReferences: bsc#1\n\nWhy.",
                          distro.suse([SENT])["patches.suse/a.patch"])
            self.assertIn("\nPatch-mainline: Not yet, queued by some tree, 0123456789ab\n", distro.suse([TAKEN])["patches.suse/a.patch"])
        with mock.patch.dict(os.environ, {"REFERENCES": ""}), self.assertRaises(ValueError):
            distro.suse([PATCH])

    def test_yocto(self):
        files = distro.yocto([PATCH])
        self.assertIn("\n\nLink: x\nUpstream-Status: Pending\n---\n", files["a.patch"])
        self.assertIn("\nUpstream-Status: Backport [some tree, 0123456789ab]\n", distro.yocto([TAKEN])["a.patch"])
        self.assertEqual(files["protected-guests.cfg"], "# CONFIG_A_TEST is not set\n")
        self.assertEqual(files["protected-guests.scc"], "kconf non-hardware protected-guests.cfg\npatch a.patch\n")
        for base in "v6.12", "v7.3":  # no option is set that has no prompt
            cfg = distro.yocto(distro.load(ROOT / "patches" / base, Path(os.devnull), [])).get("protected-guests.cfg", "")
            self.assertTrue(all(line.endswith("_KUNIT_TEST is not set") for line in cfg.splitlines()), cfg)

    def test_ubuntu(self):
        mbox = distro.FORMATS["ubuntu"]([PATCH, PATCH])["protected-guests.mbox"]
        self.assertEqual(mbox.count("\nSubject: [PATCH] UBUNTU: SAUCE: dma: a\n"), 2)

    def test_a_part_that_is_none_gives_no_patches_and_says_so(self):
        with mock.patch.dict(os.environ, {"PATCHES": str(ROOT / "patches/v7.3"), "SENT": os.devnull, "WORK": os.devnull}), \
                mock.patch("sys.stderr", io.StringIO()) as said:
            self.assertEqual(distro.main(["mbox", "dma", "all"]), 2)
        self.assertIn("Error: v7.3 has no patches of a part all\nNext:  some of fixes-powerpc ", said.getvalue())

    def test_a_part_comes_with_what_it_needs(self):
        for base, name, needs in (("v6.12", "virtio", "dma"), ("v6.12", "later", "dma virtio"), ("v7.3", "virtio", "dma")):
            with self.subTest(base, part=name), self.assertRaises(ValueError) as wrong:
                distro.load(ROOT / "patches" / base, Path(os.devnull), [name])
            self.assertEqual(wrong.exception.args, (f"part {name} needs {needs}", f"PARTS='{needs} {name}'"))

    def test_later_is_asked_for(self):
        found = distro.load(ROOT / "patches/v6.12", Path(os.devnull), [])
        self.assertEqual(dict.fromkeys(p.part for p in found), dict.fromkeys(("dma", "virtio")))
        self.assertEqual(distro.load(ROOT / "patches/v6.12", Path(os.devnull), ["dma", "virtio", "later"])[-1].part, "later")

    def test_what_somebody_changed_stays(self):
        with tempfile.TemporaryDirectory() as tmp, mock.patch.dict(os.environ, {
                "PATCHES": str(ROOT / "patches/v6.12"), "SENT": os.devnull, "WORK": tmp, "BASE": "v6.12"}), \
                mock.patch("sys.stderr", io.StringIO()) as said, mock.patch("sys.stdout", io.StringIO()):
            self.assertEqual([distro.main(["quilt"]) for _ in "12"], [0, 0])
            series = Path(tmp, "distro/quilt/series")
            series.write_text("mine\n")
            self.assertEqual(distro.main(["quilt"]), 6)
            self.assertIn("series has changed since make distro wrote it\nNext:  move it away", said.getvalue())
            self.assertEqual(series.read_text(), "mine\n")
            series.with_name("SHA256SUMS").unlink()
            self.assertEqual(distro.main(["quilt"]), 6)
            self.assertIn("holds what make distro did not write", said.getvalue())

    def test_last_letter(self):
        with tempfile.TemporaryDirectory() as tmp:
            for v in (2, 10):
                Path(tmp, f"dma/v{v}").mkdir(parents=True)
                Path(tmp, f"dma/v{v}/0000-cover-letter.patch").write_text(f"Message-Id: <{v}@x>\n")
            self.assertEqual(distro.link(Path(tmp), "dma"), "https://lore.kernel.org/r/10@x")
            self.assertEqual(distro.link(Path(tmp), "virtio"), "")


class Ported(unittest.TestCase):
    """A patch in whose place one before it has changed."""
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.addCleanup(self.dir.cleanup)
        self.tree = porting.Tree(self.dir.name)
        self.tree.git("init", "-q")

    def commit(self, line: str, parent: str = "", **more: str) -> str:
        """Of a file f with LINE, and MORE files of a line."""
        blobs = {name: self.tree.git("hash-object", "-w", "--stdin", text=text).strip()
                 for name, text in {"f": f"1\n{line}\n3\n", **{n: f"{t}\n" for n, t in more.items()}}.items()}
        made = self.tree.git("mktree", text="".join(f"100644 blob {b}\t{n}\n" for n, b in blobs.items())).strip()
        return self.tree.git("commit-tree", *(["-p", parent] if parent else []), made, text="a message\n").strip()

    def ported(self, adapted: str, becomes: str = "second") -> tuple[str, list[str]]:
        base = self.commit("2")
        old, new = self.commit("second", self.commit("first", base)), self.commit(becomes, self.commit("another", base))
        mine = self.commit(adapted, self.commit("first", base))
        tree, conflicts, _ = porting.ported(self.tree, new, old, mine, self.commit("another", base))
        return self.tree.git("show", f"{tree}:f").split("\n")[1], conflicts

    def test_what_was_adapted_stays(self):
        self.assertEqual(self.ported("second, adapted"), ("second, adapted", []))

    def test_what_was_adapted_is_not_lost_in_silence(self):
        self.assertEqual(self.ported("second, adapted", "changed"), ("changed", [porting.ADAPTED]))

    def test_what_was_not_follows(self):
        self.assertEqual(self.ported("second"), ("second", []))
        self.assertEqual(self.ported("second", "changed"), ("changed", []))

    def test_a_change_is_in_what_has_to_be_resolved(self):
        """The port does not apply any more; the patch, which does, has changed elsewhere in the file."""
        def lines(first: str, last: str) -> str:
            return "\n".join([first, *"....", last])
        base = self.commit(lines("a", "z"))
        tree, conflicts, _ = porting.ported(
            self.tree, self.commit(lines("b", "new"), base), self.commit(lines("b", "z"), base),
            self.commit(lines("b, adapted", "z"), base), self.commit(lines("c", "z"), base))
        self.assertEqual(conflicts, ["f"])
        self.assertIn("\nnew\n", self.tree.git("show", f"{tree}:f"))

    def test_a_file_of_another_patch_is_as_it_was_resolved(self):
        base = self.commit("2", g="2")
        old = self.commit("second", self.commit("first", base, g="first"), g="first")
        new = self.commit("second", self.commit("another", base, g="another"), g="another")
        mine = self.commit("second, adapted", self.commit("first", base, g="by hand"), g="by hand")
        tree, conflicts, _ = porting.ported(self.tree, new, old, mine, self.commit("another", base, g="again by hand"))
        self.assertEqual((conflicts, self.tree.git("show", f"{tree}:g")), ([], "again by hand\n"))


class Ports(unittest.TestCase):
    def test_every_patch_has_its_row_on_every_base(self):
        for file in (ROOT / "patches").glob("*/ports.tsv"):
            self.assertEqual(ports.behind(ports.read(file.parent), ROOT / "patches/v7.3"), [],
                             f"{file.parent.name} does not follow: make port BASE={file.parent.name}")
            for row in ports.read(file.parent).values():
                self.assertTrue(row.state == "same" or row.why not in ("", "?"), f"{file}: why is {row.patch} {row.state}?")
                self.assertEqual(row.state != ports.LEFT_OUT, row.patch in ports.series(file.parent), row.patch)

    def test_each_base_words_the_errors_that_it_has(self):
        for base in sorted(p.parent.name for p in (ROOT / "patches").glob("v*/series")):
            with self.subTest(base):
                said, worded = (set(re.findall(pattern, (ROOT / "patches" / base / name).read_text(encoding="utf-8"), re.M)) for name, pattern in (
                    ("dma-mapping-add-dma_phys_need_map.patch", r"^\+ \*   \* %-(E\w+) - "),
                    ("virtio-serve-devices-that-can-only-access-shared-memory.patch", r"^\+\tcase -(E\w+):")))
                self.assertEqual(said, worded)
                self.assertIn("EXDEV", said)

    def test_the_page(self):
        page = (ROOT / "MAINTAINERS-notes/distributions.md").read_text(encoding="utf-8")
        self.assertTrue(ports.table(ROOT / "patches", "v7.3") in page, "ci/series/port --table > into that page")


if __name__ == "__main__":
    unittest.main()
