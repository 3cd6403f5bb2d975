# SPDX-License-Identifier: GPL-2.0-only
"""What a sender says of himself, who gets a mail, the plan, and b4's cover commit."""
import importlib.machinery
import importlib.util
import sys
import tempfile
import unittest
from pathlib import Path

SERIES = Path(__file__).resolve().parents[1] / "series"
sys.path.insert(0, str(SERIES))
import b4_cover
import inputs
import parts
import recipients

loader = importlib.machinery.SourceFileLoader("plan", str(SERIES / "plan"))
plan = importlib.util.module_from_spec(importlib.util.spec_from_loader("plan", loader))
loader.exec_module(plan)

ME = {"user.name": "S. Ender", "user.email": "s@example.org"}


class Inputs(unittest.TestCase):
    def judge(self, config=None, **env):
        return inputs.judge(env, (ME if config is None else config).get)

    def wrong(self, why, config=None, **env):
        with self.assertRaises(inputs.Wrong) as raised:
            self.judge(config, **env)
        self.assertIn(why, raised.exception.args[0])

    def test_who_sends(self):
        self.assertEqual(self.judge(), ("S. Ender", "s@example.org", "PATCH"))
        self.assertEqual(self.judge(GIT_AUTHOR_NAME="Other", GIT_AUTHOR_EMAIL="o@example.org")[:2], ("Other", "o@example.org"))
        self.assertEqual(self.judge({})[:2], inputs.PLACEHOLDER)

    def test_nobody_signs(self):
        self.wrong("needs to know who signs", {}, SIGNOFF="1")
        for name, email in (("root", "r@example.org"), ("The Sender", "s@example.org"), ("A. B.", "a@users.noreply.example.org"),
                            ("A. B.", "ab@host.localdomain"), ("A. B.", "no address"), ("A. B.", "a@b"), ("--", "a@example.org"),
                            ("A <x>", "a@example.org")):
            with self.subTest(name=name, email=email), self.assertRaises(inputs.Wrong):
                inputs.judge({"SIGNOFF": "1"}, {"user.name": name, "user.email": email}.get)

    def test_prefixes(self):
        for env, want in (({}, "PATCH"), ({"RFC": "1"}, "RFC PATCH"), ({"RESEND": "1"}, "PATCH RESEND"),
                          ({"PREFIX": "PATCH net-next", "RFC": "1"}, "RFC PATCH net-next"), ({"PREFIX": "RFC PATCH", "RFC": "1"}, "RFC PATCH")):
            self.assertEqual(self.judge(**env)[2], want)
        for prefix in "[PATCH]", "PATCH v2", "PATCH 1/2", "RFC", "DRAFT PATCH", "PATCH\nBcc: x":
            with self.subTest(prefix=prefix), self.assertRaises(inputs.Wrong):
                self.judge(PREFIX=prefix)

    def test_versions_and_switches(self):
        self.judge(REROLL="2", SIGNOFF="0", STABLE="0")
        for env in {"REROLL": "0"}, {"REROLL": "v2"}, {"REROLL": "-1"}, {"SIGNOFF": "yes"}, {"STABLE": "2"}, {"IN_REPLY_TO": "x"}:
            with self.subTest(env=env), self.assertRaises(inputs.Wrong):
                self.judge(**env)

    def test_assisted_by(self):
        self.judge(ASSISTED_BY="LLM coccinelle sparse")
        self.wrong("gcc is not to be listed", ASSISTED_BY="LLM gcc")
        for text in "LLM\nAcked-by: x", "LLM <x@example.org>", " LLM", "LLM  sparse":
            self.wrong("is not", ASSISTED_BY=text)


class Recipients(unittest.TestCase):
    M, R, L = ("M <m@example.org>", "to"), ("R <r@example.org>", "cc"), ("l@example.org", "list")

    def test_roles(self):
        self.assertEqual(recipients.roles('M <m@example.org> (maintainer:KERNEL (ALL:\\b(all)))\nR <r@example.org> (reviewer:K)\n'
                                          'l@example.org (open list:K)\nS (X) <s@example.org> (supporter:K)\nl2@example.org (moderated list:K)\n'),
                         [self.M, self.R, self.L, ("S (X) <s@example.org>", "to"), ("l2@example.org", "list")])
        with self.assertRaises(recipients.RecipientError):
            recipients.roles("Bad MAINTAINERS\n")

    def test_maintainers_in_to_the_others_in_cc_each_once(self):
        self.assertEqual(recipients.split([self.L, self.R, ("r@example.org", "to"), self.M, self.M]),
                         (["r@example.org", self.M[0]], [self.L[0]]))

    def test_the_cover_letter_goes_to_all_and_to_those_kept(self):
        to, cc, out = recipients.everybody([[self.M], [self.R, self.L]], ["K <k@example.org>"])
        self.assertEqual((to, cc, out), ([self.M[0]], [self.R[0], "K <k@example.org>", self.L[0]], []))

    def test_at_most_25_on_the_cover_letter(self):
        many = [(f"p{n}@example.org", "cc") for n in range(30)]
        to, cc, out = recipients.everybody([[*many, self.L], [self.M, many[29]], [self.M]], ["k@example.org"])
        self.assertEqual((len(to) + len(cc), len(out)), (25, 8))
        for kept in self.M[0], self.L[0], "k@example.org", many[29][0]:
            self.assertIn(kept, to + cc)

    def test_what_get_maintainer_asks_for_on_one_patch_is_not_cut(self):
        self.assertEqual(len(recipients.everybody([[(f"p{n}@example.org", "to") for n in range(30)]], [])[0]), 30)

    def test_rows_of_cc(self):
        rows = [{"parts": "dma,virtio", "address": "a@example.org", "reason": "x"}, {"parts": "*", "address": "b@example.org", "reason": "y"}]
        self.assertEqual(recipients.kept_for("dma", rows), ["a@example.org", "b@example.org"])
        self.assertEqual(recipients.kept_for("pseries", rows), ["b@example.org"])

    def test_kept_for_a_patch(self):
        word = "x86-mm-Let-virtio-devices-without-ACCESS_PLATFORM-into-SEV"
        rows = [{"parts": f"dma,{word}", "address": "a@example.org", "reason": "asked"},
                {"parts": "later", "address": "b@example.org", "reason": "asked"}]
        for name in f"0001-{word}.patch", f"v2-0001-{word[:-6]}.patch", f"0001-{word}-guests.patch":
            self.assertEqual(recipients.kept_for_patch(name, rows), [("a@example.org", "cc")], name)
        self.assertEqual(recipients.kept_for_patch("0002-x86-mm-Let-others.patch", rows), [])
        for row in {"parts": "*", "address": "b@example.org", "reason": ""}, {"parts": "*", "address": "nobody", "reason": "x"}:
            with self.assertRaises(recipients.RecipientError):
                recipients.kept_for("dma", [row])

    def test_headers(self):
        with tempfile.TemporaryDirectory() as tmp:
            mail = Path(tmp, "m")
            mail.write_bytes(b"From 0 Mon\nSubject: x\n\nbody\n\nmore\n")
            recipients.address(mail, ["M\u00fcller <m@example.org>", "N <n@example.org>"], ["l@example.org"])
            self.assertEqual(mail.read_bytes(), b"From 0 Mon\nSubject: x\nTo: =?utf-8?q?M=C3=BCller?= <m@example.org>,\n\tN <n@example.org>\n"
                                                b"Cc: l@example.org\n\nbody\n\nmore\n")


class Plan(unittest.TestCase):
    def test_what_waits_for_what(self):
        found = parts.parse("# part a: x\np\n# part b: y (needs a)\nq\n")
        self.assertEqual([plan.when(found[n], {"a": 0, "b": 0}, set()) for n in "ab"], [(1, "now"), (2, "after a")])
        self.assertEqual([plan.when(found[n], {"a": 2, "b": 0}, set()) for n in "ab"], [(0, "v2 sent"), (1, "now")])
        self.assertEqual(plan.when(found["b"], {"a": 0, "b": 0}, {"a"}), (1, "now"))
        self.assertEqual(plan.when(found["a"]._replace(taken="by c"), {"a": 0, "b": 0}, {"a"}), (3, "taken: by c"))

    def test_versions_that_were_kept(self):
        with tempfile.TemporaryDirectory() as tmp:
            for v in "v2", "v10", "vX":
                Path(tmp, "a", v).mkdir(parents=True)
            self.assertEqual(plan.versions(Path(tmp), ["a", "b"]), {"a": 10, "b": 0})


class Cover(unittest.TestCase):
    MADE = 'EDITME: title\n\nEDITME\n\n--- b4-submit-tracking ---\n# internal\n{"series": {"revision": 1, "change-id": "x-1"}}\n'

    def test_the_letter_replaces_b4s_and_the_tracking_stays(self):
        text = b4_cover.cover(self.MADE, "a test\n\nbody\n", "To: m@example.org\n", 2, "")
        self.assertTrue(text.startswith("a test\n\nbody\n\nTo: m@example.org\n\n--- b4-submit-tracking ---\n# internal\n{"))
        self.assertIn('"revision": 2', text)
        self.assertIn('"change-id": "x-1"', text)
        self.assertNotIn("EDITME", text)

    def test_a_draft_says_so_in_b4s_words(self):
        self.assertIn("\n\nEDITME: this is a draft: no base\n\n", b4_cover.cover(self.MADE, "a test\n\nbody\n", "", 1, "no base"))

    def test_what_b4_did_not_make(self):
        with self.assertRaises(ValueError):
            b4_cover.cover("a commit\n", "a test\n", "", 1, "")


if __name__ == "__main__":
    unittest.main()
