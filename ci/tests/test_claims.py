# SPDX-License-Identifier: GPL-2.0-only
"""The sentences of cover letters, and what shows each."""
import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "series"))
import claims
import shown
import table

LETTER = """a subject: that is no claim

It breaks for some (as
in x.c).  It ran under
QEMU.  Patch @{one-patch}@ mends it.

  > Hell no.   It is not
  > so.

Known harm:

 - None, e.g. is known.
   Nothing was tested on POWER.

@TESTED um x86_64@

[1] https://example.invalid/r/1

Changes in v2:
 - It ran.
"""
SAID = ["It breaks for some (as in x.c).", "It ran under QEMU.", "Patch @{one-patch}@ mends it.", "Hell no. It is not so.",
        "None, e.g. is known.", "Nothing was tested on POWER."]


class Claims(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.patches = self.notes = Path(folder.name)
        (self.patches / "one-patch.patch").write_text("Fixes: 0123456789ab\n")
        (self.notes / "objections.md").write_text("https://example.invalid/r/1\n> Hell no.\n> It is not so.\n")
        self.world = shown.World(self.patches, self.notes, ["suite.case.row"], [("s390,x86_64", "no pool")], ["cell-um"], None)

    def why(self, what: str, sentence: str = "It is so.") -> str:
        return shown.wrong(sentence, what, self.world)

    def test_sentences(self):
        self.assertEqual(list(claims.sentences(LETTER)), SAID)

    def test_messages(self):
        """Of a commit message only what ran is a claim."""
        patch = "Subject: [PATCH] a: b\n\nIt crashes.\n\nTested on\nUML.  It is fast.\n\nTested-by: T <t@x>\nFixes: 1 (\"ran\")\n"
        (self.patches / "one-patch.patch").write_text(patch + "---\n x | 1 +\nIt ran.\ndiff --git a/x b/x\n+It ran.\n")
        (self.patches / "series").write_text("# part dma: it ran\none-patch.patch\n")
        (self.patches / "cover-letter.dma").write_text("Subject\n\nIt is so.\n")
        self.assertEqual(claims.claims(self.patches), [("dma", "It is so."), ("one-patch", "Tested on UML.")])

    def test_an_edited_sentence_is_unmapped(self):
        said = [claims.Claim("dma", "It is so."), claims.Claim("dma", "It is not so.")]
        known = {claims.Claim("dma", "It was so."): "patch one-patch", said[1]: "patch one-patch"}
        bad = claims.check(said, known, self.world)
        self.assertEqual(len(bad), 2)
        self.assertIn('nothing shows "It is so."', bad[0])
        self.assertIn('says any more "It was so."', bad[1])

    def test_update(self):
        said = [claims.Claim("dma", "It is so."), claims.Claim("dma", "New.")]
        rows = table.parse(claims.updated(said, {said[0]: "patch one-patch", claims.Claim("dma", "Gone."): "quote"}))
        self.assertEqual([(r["shown by"], r["sentence"]) for r in rows], [("patch one-patch", "It is so."), ("?", "New.")])
        self.assertEqual(len(claims.check(said, {said[0]: "patch one-patch", said[1]: "?"}, self.world)), 1)

    def test_what_is_there(self):
        for what in ("patch one-patch", "case suite.*", "lab s390: no pool", "lab x86_64: no pool", "task cell-*", "commit 0123456789ab",
                     "program ci/test", "link https://example.invalid/r/1", "notes objections.md", "no claim",
                     "source a.c word", "patch one-patch; case suite.case.row"):
            self.assertEqual(self.why(what), "", what)
        self.assertEqual(self.why("quote", "Hell no. It is not so."), "")

    def test_what_is_not_there(self):
        for what in ("patch two", "case other.*", "lab arm64: no pool", "lab s390: pool", "task cell-s390", "commit 0123", "commit " + "f" * 12,
                     "program ci/nothing", "program ci/README.md", "link https://example.invalid/r/2", "link objections.md", "notes none.md",
                     "quote", "source a.c", "not run", "no", "hearsay", "", "patch one-patch; case other.*"):
            self.assertNotEqual(self.why(what), "", what)

    def test_what_ran_says_where(self):
        ran, not_run = "It ran under QEMU.", "It was not tested."
        for what in ("patch one-patch", "no claim", "notes objections.md", "not run"):
            self.assertNotEqual(self.why(what, ran), "", what)
        for what in ("task cell-um", "case suite.*", "patch one-patch; lab s390: no pool", "once"):
            self.assertEqual(self.why(what, ran), "", what)
        self.assertEqual(self.why("not run", not_run), "")
        self.assertNotEqual(self.why("patch one-patch", not_run), "")

    def test_figures(self):
        """A number is among those of the figure, as it is rounded."""
        there = self.world._replace(patches=Path("v7.3"))
        kept = there.figure
        counted = json.loads((Path(__file__).resolve().parents[1] / "bench/figures/v7.3.json").read_text())["figures"]["unprotected"]["x86_64"]
        numbers = [f"{counted[d]['base']:.1f}" for d in ("blk", "net")]
        self.assertTrue(all(kept("unprotected x86_64", f"It takes {n} instructions.") for n in numbers))
        for what, said in (("unprotected x86_64", "It takes 9999.9."), ("unprotected arm64", f"It takes {numbers[0]}."),
                           ("no x86_64", f"It takes {numbers[0]}."), ("unprotected x86_64", "It takes many.")):
            self.assertFalse(kept(what, said), (what, said))

    def test_real(self):
        """Each sentence of the cover letters stands in the table, and what it names exists."""
        there = shown.world()
        known = {claims.Claim(r["letter or patch"], r["sentence"]): r["shown by"] for r in table.load(claims.TABLE)}
        self.assertEqual(claims.check(claims.claims(there.patches), known, there), [])
        self.assertGreater(len(known), 100)


if __name__ == "__main__":
    unittest.main()
