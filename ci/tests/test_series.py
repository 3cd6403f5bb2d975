# SPDX-License-Identifier: GPL-2.0-only
"""Which hunk of a patch conflicts, the cover letter, the parts."""
import sys
import unittest
from pathlib import Path

PATCHES = Path(__file__).resolve().parents[2] / "patches"
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "series"))
import conflicts
import cover
import parts

PATCH = """From: T <t@example.invalid>
Subject: [PATCH] a: two and eight

---
diff --git a/a.c b/a.c
index 1111111..2222222 100644
--- a/a.c
+++ b/a.c
@@ -1,3 +1,3 @@
 1
-2
+two
 3
@@ -7,3 +7,4 @@ some_function()
 7
-8
+eight
+--- not a file
 9
diff --git a/new.c b/new.c
new file mode 100644
index 0000000..3333333
--- /dev/null
+++ b/new.c
@@ -0,0 +1 @@
+new
--
2.39.5
"""
BASE = [f"{n}\n" for n in range(1, 10)]


class Conflicts(unittest.TestCase):
    def setUp(self):
        self.changed, self.created = conflicts.parse(PATCH)

    def there(self, **changes: str) -> list[str]:
        """The base with lines changed, as in l2="x"."""
        return [changes.get(f"l{n}", line.strip()) + "\n" for n, line in enumerate(BASE, 1)]

    def judge(self, ours: list[str] | None, base: list[str] | None = None) -> list[str]:
        return conflicts.judge(self.changed, base or BASE, ours)

    def test_parse(self):
        self.assertEqual((self.changed.path, self.changed.blob, len(self.changed.hunks)), ("a.c", "1111111", 2))
        self.assertEqual(self.changed.hunks[1].new, ["7\n", "eight\n", "--- not a file\n", "9\n"])
        self.assertEqual((self.created.path, len(self.created.hunks)), ("new.c", 1))

    def test_same_file(self):
        self.assertEqual(self.judge(BASE), [])

    def test_change_elsewhere_or_moved(self):
        self.assertEqual(self.judge(self.there(l5="five")), [])
        self.assertEqual(self.judge(["0\n"] * 40 + BASE), [])

    def test_the_hunk_that_conflicts(self):
        self.assertEqual(self.judge(self.there(l8="VIII")), ['a.c hunk 2: expects "8", finds "VIII"'])
        self.assertEqual(self.judge(self.there(l2="II")), ['a.c hunk 1: expects "2", finds "II"'])

    def test_both(self):
        self.assertEqual(len(self.judge(self.there(l2="II", l8="VIII"))), 2)

    def test_lines_that_are_gone(self):
        self.assertEqual(self.judge(BASE[:6]), ['a.c hunk 2: expects "7", finds nothing'])

    def test_a_patch_edited_by_hand_is_not_judged(self):
        self.assertEqual(self.judge(self.there(l8="VIII"), self.there(l2="other", l8="other")), [])

    def test_without_the_base_nothing_is_said(self):
        self.assertEqual(conflicts.judge(self.changed, None, self.there(l8="VIII")), [])

    def test_files_that_are_gone_or_there(self):
        self.assertEqual(self.judge(None), ["a.c: not in that Linux"])
        self.assertEqual(conflicts.judge(self.created, None, None), [])
        self.assertEqual(conflicts.judge(self.created, None, ["x\n"]), ["new.c: the patch creates it, and it exists"])


class Cover(unittest.TestCase):
    NAMES = ["one.patch", "two.h.patch", "three.patch"]

    def test_names_become_numbers(self):
        self.assertEqual(cover.cover("Patches @{one}@ to\n@{three}@.\n", "Linux 7", self.NAMES), "Patches 1 to 3.\n")

    def test_base(self):
        self.assertEqual(cover.cover("On @BASE@.\n", "Linux 7.3.4", []), "On Linux 7.3.4.\n")

    def test_a_name_that_no_patch_has(self):
        with self.assertRaises(KeyError):
            cover.cover("@{two}@", "", self.NAMES)

    def test_what_is_said_of_a_patch_that_was_left_out(self):
        text = " - one: @{one?}@\n - two:\n   @{two?}@\n - three: @{three}@\n"
        self.assertEqual(cover.cover(text, "", self.NAMES), " - one: 1\n - three: 3\n")

    def test_only_paragraphs_with_a_mark_are_filled(self):
        text = "subject\n\nshort\nlines\n\n - item\n   @{one}@\n   text\n - other\n   item\n\n@TESTED@\n"
        self.assertEqual(cover.cover(text, "", self.NAMES), text.replace("item\n   @{one}@\n   text", "item 1 text"))

    def test_items_keep_their_indent(self):
        filled = cover.cover(" - " + "word " * 30 + "@{one}@.  End\n", "", self.NAMES).split("\n")
        self.assertTrue(filled[0].startswith(" - word") and filled[1].startswith("   word"))
        self.assertTrue(all(len(line) <= 75 for line in filled))
        self.assertIn("1.  End", " ".join(filled))


class Parts(unittest.TestCase):
    SERIES = ("# part dma: the DMA core\nd.patch\n# part virtio: what follows (needs dma)\nv.patch # why\nw.patch\n"
              "# part tests-x: (needs virtio)\n# a comment\nt.patch\n# part virtio\nx.patch\n# the end\n")

    def test_parse(self):
        found = parts.parse(self.SERIES)
        self.assertEqual({n: p.patches for n, p in found.items()},
                         {"dma": ["d.patch"], "virtio": ["v.patch", "w.patch", "x.patch"], "tests-x": ["t.patch"]})
        self.assertEqual((found["virtio"].title, found["virtio"].needs), ("what follows", ["dma"]))

    def test_what_a_part_needs(self):
        self.assertEqual(parts.needed(parts.parse(self.SERIES), "tests-x"), ["dma", "virtio"])
        self.assertEqual(parts.needed(parts.parse(self.SERIES), "dma"), [])

    def test_a_series_that_keeps_the_rules(self):
        self.assertEqual(parts.check(self.SERIES), [])

    def test_what_is_wrong(self):
        for text, why in (("a.patch\n# part x\nb.patch\n", "a.patch is in no part"),
                          ("# part x: y (needs z)\na.patch\n", "needs z, which is no part"),
                          ("# part x: y (needs z)\na.patch\n# part z: y (needs x)\nb.patch\n", "part x needs itself"),
                          ("# part x\n" + "".join(f"{n}.patch\n" for n in range(11)), "part x has 11 patches")):
            self.assertIn(why, " ".join(parts.check(text)))
        with self.assertRaises(parts.PartError):
            parts.parse("# part tests of D and V\n")

    def test_an_empty_part(self):
        self.assertEqual(parts.parse("# part a: b (needs c d) (taken: by e)\n")["a"], ("a", "b", ["c", "d"], [], "by e"))
        self.assertEqual(parts.parse("# part fixes: none yet\n# part dma\nd.patch\n")["fixes"].patches, [])

    def test_sent_has_one_folder_for_a_name(self):
        names = [set(parts.parse((PATCHES / base / "series").read_text())) for base in ("v7.3", "fixes")]
        self.assertEqual(names[0] & names[1], set())

    def test_who_sends_is_told_where_each_part_goes(self):
        page = (PATCHES.parent / "MAINTAINERS-notes/sending.md").read_text()
        for base in ("v7.3", "fixes"):
            for name in parts.parse((PATCHES / base / "series").read_text()):
                self.assertIn(f"`{name}`", page)

    def merge(self, names: str) -> str:
        return parts.merged(self.SERIES, [f"{n}.patch" for n in names]).replace(".patch", "")

    def test_the_same_patches_change_nothing(self):
        self.assertEqual(parts.merged(self.SERIES, parts.in_series(self.SERIES)), self.SERIES)

    def test_a_new_patch_is_in_the_part_of_the_one_before(self):
        self.assertIn("w\nnew", self.merge(["d", "v", "w", "new", "t", "x"]))

    def test_a_new_subject_of_the_first_patch_leaves_it_in_its_part(self):
        merged = self.merge(["d", "V", "w", "t", "x"])
        self.assertIn("# part virtio: what follows (needs dma)\nV\nw", merged)
        self.assertIn("# part dma: the DMA core\nD\n# part", self.merge(["D", "V", "w", "t", "x"]))

    def test_a_patch_less_takes_no_part_along(self):
        self.assertIn("(needs dma)\nw", self.merge("dwtx"))
        self.assertTrue(self.merge("dvw").endswith("# a comment\n# part virtio\n# the end\n"))


if __name__ == "__main__":
    unittest.main()
