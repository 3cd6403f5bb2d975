# SPDX-License-Identifier: GPL-2.0-only
"""The "Tested:" block of the cover letter (ci/report/tested)."""
import importlib.machinery
import importlib.util
import sys
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ci/lib"))
import verdicts

loader = importlib.machinery.SourceFileLoader("tested", str(ROOT / "ci/report/tested"))
tested = importlib.util.module_from_spec(importlib.util.spec_from_loader("tested", loader))
loader.exec_module(tested)


class Tested(unittest.TestCase):
    CELLS = [SimpleNamespace(name=n, arch=SimpleNamespace(name=a), flavour=f, virtio=v, compiler=c) for n, a, f, v, c in (
        ("um", "um", "plain", "y", "gcc"), ("s390", "s390", "plain", "y", "gcc"), ("um-debug", "um", "debug", "y", "gcc"),
        ("arm64", "arm64", "plain", "y", "gcc"))]

    def block(self, **details: str) -> str:
        return tested.block(self.CELLS, {name.replace("__", "-"): {
            "detail": d, "base": "Linux 7.3.99", "tools": "gcc (Debian 12.2.0-14) 12.2.0, QEMU emulator version 7.2.22 (Debian 1:7.2+b3)"}
            for name, d in details.items()})

    def test_nothing_current_claims_nothing(self):
        self.assertEqual(self.block(), "")

    def test_cells(self):
        text = self.block(**{"cell-um": "um 315 passed, 405 skipped (built in 1 s, guest 1 s): virtio_ring", "cell-s390": "s390 635 passed, 87 skipped (built in 1 s, guest 1 s): virtio_ring",
                             "cell-um-debug": "um-debug 315 passed, 405 skipped (built in 1 s, guest 1 s): virtio_ring"})
        self.assertEqual(text.split("\n")[0], "Tested: Linux 7.3.99; gcc 12.2.0, QEMU 7.2.22")
        self.assertEqual([line.split() for line in text.split("\n")[2:-1]],
                         [["um", "s390"], ["plain", "315/405", "635/87"], ["debug", "315/405", "-"]])

    def test_sums_over_architectures(self):
        text = self.block(mutants__um="74 mutants on um: 73 killed by a named case, 1 equivalent",
                          mutants__x86_64="56 mutants on x86_64: 56 killed by a named case, 0 equivalent")
        self.assertIn("  130 mutants: 129 killed by a named case, 1 equivalent (um, x86_64)", text)

    def test_what_is_the_same_everywhere_is_not_summed(self):
        self.assertIn("35 patches, no new warning (um, s390)", self.block(patches__um="35 patches, no new warning",
                                                                          patches__s390="35 patches, no new warning"))

    def test_details_of_another_form_are_not_listed(self):
        text = self.block(lab__s390="72 guests as they should be", lab__um="all 3 guests; long run: 9 requests")
        self.assertIn("  Lab: as expected (s390, um)", text)
        self.assertIn("  Hunks: as expected (s390, um)", self.block(hunks__s390="9 hunks", hunks__um="8 hunks, 1 without code"))

    def test_at_most_fifteen_lines_that_fit_and_where_the_rest_is(self):
        kinds = {f"{kind}__{a}": f"{n} {kind} " + "words " * 20 for kind in tested.KINDS for n, a in enumerate(("um", "s390", "x86_64", "ppc64"))}
        flavours = ("plain", "y", "gcc"), ("debug", "y", "gcc"), ("plain", "m", "gcc"), ("debug", "m", "gcc"), ("plain", "y", "clang")
        cells = [SimpleNamespace(name=f"c{n}", arch=SimpleNamespace(name="um"), flavour=f, virtio=v, compiler=c)
                 for n, (f, v, c) in enumerate(flavours)]
        with mock.patch.object(self, "CELLS", cells):
            lines = self.block(**kinds, **{f"cell__c{n}": "um 1 passed, 2 skipped" for n in range(5)}).split("\n")
        self.assertEqual((len(lines), lines[-1]), (15, "  All results on request."))
        self.assertLessEqual(max(map(len, lines)), 75)

    def test_where_the_rest_is(self):
        self.assertEqual(tested.rest({"RESULTS": "https://example.invalid/r"}), "  All results: https://example.invalid/r")

    def test_the_prover_is_no_test_of_the_series(self):
        self.assertEqual(self.block(planted__um="red"), "")

    def run_main(self, states: dict[str, str], *args: str) -> tuple[int, str, str]:
        rows = {t: {"task": t, "detail": "20 boots", "base": "Linux 7.3.99", "tools": "gcc 12.2.0"} for t in states}
        with mock.patch.object(verdicts, "load", lambda: rows), mock.patch.object(verdicts, "state", states.get), \
                mock.patch("sys.stdout") as out, mock.patch("sys.stderr") as err:
            code = tested.main(list(args))
        text = ["".join(c.args[0] for c in stream.write.call_args_list) for stream in (out, err)]
        return code, *text

    def test_only_current_results_are_claimed(self):
        code, out, err = self.run_main({"repeat-um": "fresh", "repeat-s390": "stale", "lab-um": "bad"})
        self.assertEqual((code, err), (0, ""))
        self.assertIn("20 boots (um)", out)
        self.assertNotIn("Lab", out)

    def test_strict_names_each_stale_or_bad_result(self):
        code, _, err = self.run_main({"repeat-um": "fresh", "repeat-s390": "stale", "lab-um": "bad"}, "--strict")
        self.assertEqual(code, 1)
        for text in "stale: repeat-s390", "bad: lab-um", "make full", "ci/full --drop-stale":
            self.assertIn(text, err)
        self.assertNotIn("repeat-um", err)
        self.assertEqual(self.run_main({"repeat-um": "fresh"}, "--strict")[0], 0)

    def test_results_of_other_architectures_are_left_out(self):
        states = {"repeat-um": "fresh", "repeat-s390": "stale"}
        code, out, err = self.run_main(states, "--strict", "um")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("20 boots (um)", out)
        self.assertEqual(self.run_main(states, "--strict", "s390")[0], 1)
        self.assertEqual(self.run_main(states, "vax")[0], 2)

    def test_nothing_recorded(self):
        code, out, err = self.run_main({"repeat-um": "stale"})
        self.assertEqual((code, out), (0, ""))
        self.assertIn("nothing is claimed as tested", err)

    def test_options(self):
        self.assertEqual(self.run_main({}, "--nonsense")[0], 2)
        self.assertEqual(self.run_main({}, "--help")[0], 0)
