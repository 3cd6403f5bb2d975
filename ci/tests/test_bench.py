# SPDX-License-Identifier: GPL-2.0-only
"""ci/bench: what counts, how two counts are subtracted, and what each figure refuses."""
import io
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

CI = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(CI), str(CI / "lib"), str(CI / "bench")]
import catch
import figures
import notes
import size
import symbols
import table
from bench import callgrind, guest, idea, main, pkvm, probe, protected, scale, tce, unprotected

READELF = """
   Num:    Value          Size Type    Bind   Vis      Ndx Name
     1: 0000000000000000     0 FILE    LOCAL  DEFAULT  ABS swiotlb.c
     2: ffffffff81000010    16 FUNC    LOCAL  DEFAULT    1 probe
     3: 0000000000000000     0 FILE    LOCAL  DEFAULT  ABS virtio_blk.c
     4: ffffffff81000020    16 FUNC    LOCAL  DEFAULT    1 probe
     5: ffffffff81000030    16 FUNC    GLOBAL DEFAULT    1 dma_map_phys
     6: ffffffff81000040     8 FUNC    GLOBAL DEFAULT    1 __x64_sys_sethostname
     7: ffffffff81000050     8 FUNC    LOCAL  DEFAULT    1 probe.cold
     8: 0000000000000000     0 FUNC    GLOBAL DEFAULT  UND nowhere
"""
NM = """drivers/block/virtio_blk.o:0000000000000000 t probe
drivers/block/virtio_blk.o:0000000000000000 t probe.cold
kernel/dma/mapping.o:0000000000000000 T dma_map_phys
kernel/dma/mapping.o:0000000000000000 D data
"""
MARKS = """mark 0
a:f 100 10 0
mark 1
a:f 200 20 0
a:f>h 50 5 8
mark 2
a:f 500 50 0
a:f 100 10 0
a:f>h 200 20 32
"""


class Symbols(unittest.TestCase):
    rows = table.parse("# part\tobject\tfunction\tkind\twhy\nmap\tkernel/dma/*.o\t*\tn\t-\ndriver\tdrivers/block/*.o\t*\tn\t-\n")

    def chosen(self):
        return symbols.chosen(self.rows, symbols.symbols(READELF), symbols.defined(NM))

    def test_a_local_name_is_its_files(self):
        self.assertEqual([n for _, _, n in (v for _, v in sorted(self.chosen().items()))],
                         ["driver:probe", "map:dma_map_phys", "marker:__x64_sys_sethostname", "driver:probe"])
        self.assertNotIn(0xffffffff81000010, self.chosen())

    def test_powerpc(self):
        line = " 9: c000000000010000    64 FUNC    GLOBAL DEFAULT [<localentry>: 8]     1 dma_map_phys"
        self.assertEqual(symbols.symbols(line), [symbols.Symbol(0xc000000000010008, 56, "dma_map_phys", "")])

    def test_a_function_without_a_size_ends_at_the_next(self):
        lines = " 1: 10 0 FUNC GLOBAL DEFAULT 1 memcpy\n 2: 18 4 FUNC GLOBAL DEFAULT 1 next\n"
        self.assertEqual(symbols.symbols(lines)[0].size, 8)

    def test_what_has_to_be_there(self):
        with self.assertRaisesRegex(symbols.Mistake, "virtqueue_add"):
            symbols.check(self.chosen())

    def test_overlap(self):
        with self.assertRaisesRegex(symbols.Mistake, "begins inside"):
            symbols.check({1: (5, "n", "a"), 4: (8, "n", "b")})

    def test_each_row_has_a_kind_that_the_plugin_knows(self):
        rows = table.load(CI / "bench/functions.tsv")
        self.assertEqual({r["kind"] for r in rows}, {"n", "h", "C"})
        self.assertTrue(all(r["why"] for r in rows))


class Difference(unittest.TestCase):
    def test_what_does_not_grow_with_the_requests_goes(self):
        c = guest.difference(guest.parse(MARKS), 0, 10, 20, {})
        self.assertEqual(c.instructions, {"a:f": (400 - 100) / 10, "a:f>h": (150 - 50) / 10})
        self.assertEqual((c.parts(), c.copied), ({"a": 40.0}, (24 - 8) / 10))

    def test_a_guest_that_ended_early(self):
        with self.assertRaisesRegex(guest.Failed, "3 marks"):
            guest.difference(guest.parse(MARKS), 1, 10, 20, {})


def counts(n, **more):
    return guest.Counts({"ring:add": n, **more}, {}, 0, {})


class Unprotected(unittest.TestCase):
    def judge(self, base, series):
        runs = [(guest.Guest(k), {"blk": counts(n), "net": counts(100.0)})
                for k, ns in (("lab-base", base), ("lab-series", series)) for n in ns]
        return unprotected.judge("x", runs)

    def test_the_same(self):
        figures_, bad = self.judge([1000, 1000.5], [1000.2])
        self.assertEqual((bad, figures_["blk"]["spread"]), ([], 0.0005))

    def test_one_branch_more(self):
        self.assertRegex(self.judge([1000, 1000], [1002])[1][0], "costs 2.0 instructions a request: {'ring:add'")

    def test_a_spread_that_hides_it(self):
        self.assertRegex(self.judge([1000, 1003], [1002])[1][0], "too much to tell")


class Others(unittest.TestCase):
    def test_protected(self):
        def runs(without):
            c = {k: guest.Counts({"copy:swiotlb_bounce": 10, "copy:swiotlb_bounce>helper:memcpy": 90, "ring:add": n},
                                 {"copy:swiotlb_bounce": 2}, 64, {}) for k, n in (("without", without), ("with", 900), ("base_with", 900))}
            return [(g, {"blk": c[k], "net": c[k]}) for k, g in protected.KINDS.items()]
        figures_, bad = protected.judge("x", runs(900))
        self.assertEqual((bad, figures_["blk"]["without"]["copy_to_memcpy"]), ([], 1.1111))
        self.assertRegex(protected.judge("x", runs(902))[1][0], "1.0020 of with")

    def test_protected_in_name_only(self):
        runs = [(g, {d: counts(10) for d in ("blk", "net")}) for g in protected.KINDS.values()]
        self.assertRegex(protected.judge("x", runs)[1][0], "nothing was bounced")

    def test_tce(self):
        def runs(series):
            return [(g, {"blk": guest.Counts({"tce:set": 100 + (series if "series" in g.kernel else 0), "copy:b": 50.0 * g.protected},
                                             {"map:dma_map_phys": 2}, 0, {})}) for g in tce.guests()]
        for more, red in ((0, []), (2, ["x svm_off: a mapping costs 1.00 instructions more, beyond 0.5",
                                        "x svm_on: a mapping costs 1.00 instructions more, beyond 0.5"])):
            figures_, bad = tce.judge("x", runs(more))
            self.assertEqual((bad, tce.beyond("x", figures_)), ([], red))
        self.assertEqual(tce.judge("x", runs(0))[0]["secure"]["series"]["instructions"], 75)
        self.assertIn("nothing was bounced", tce.judge("x", [(g, {"blk": guest.Counts({"tce:set": 100}, {"map:dma_map_phys": 2}, 0, {})})
                                                              for g in tce.guests()])[1][0])

    def test_probe(self):
        def runs(more):
            return [(g, {"blk": guest.Counts({}, {}, 0, {}, {"transport:probe": (
                5000 + g.ports * (9000 + (more if "series" in g.kernel else 0)), 1, 0)})}) for g in probe.guests()]
        figures_, bad = probe.judge("x", runs(80))
        self.assertEqual((bad, figures_["base"], figures_["more"]), ([], 9000, 80))
        self.assertRegex(probe.judge("x", runs(100))[1][0], "100 instructions more")
        self.assertRegex(probe.judge("x", [(g, {"blk": guest.Counts({}, {}, 0, {}, {})}) for g in probe.guests()])[1][0], "no driver")

    def test_idea(self):
        def runs(alone, many):
            return [(g, {g.devices[0]: guest.Counts({"slots:map": 100 if g.kernel == "lab-series" else many if g.flight > 1 else alone,
                                                    "slots:map>helper:queued_spin_lock_slowpath": 900}, {}, 0, {})}) for g in idea.guests()]
        self.assertEqual(idea.judge("x", runs(60, 105))[1], [])
        self.assertEqual(idea.judge("x", runs(60, 70))[0]["blk"]["ratio"], 0.6)
        self.assertEqual(len(idea.judge("x", runs(101, 111))[1]), 5)

    def pkvm(self, **wrong):
        """A guest of each kind; WRONG: what one without ACCESS_PLATFORM counts instead."""
        def one(g):
            seen = {"bounced": 4.0 if g.protected else 0, "ring": 100, "share": 0, "exit": 2.0}
            if g.protected and not g.platform and not g.restricted:
                seen |= wrong
            (device,) = g.devices
            return g, {device: guest.Counts({"ring:add": seen["ring"], "exit:handle_exit": 50}, {
                "copy:swiotlb_bounce": seen["bounced"], "exit:handle_exit": seen["exit"], "share:pkvm_set_memory_decrypted": seen["share"]},
                0, {}, {"share:pkvm_set_memory_decrypted": (90, 3, 0)})}
        return pkvm.judge("x", [one(g) for g in pkvm.guests()])

    def test_pkvm(self):
        figures_, bad = self.pkvm()
        self.assertEqual((bad, figures_["blk"]["without"]["instructions"], figures_["blk"]["without"]["shared_before"]), ([], 100, 3))
        for wrong, says in (({"ring": 101}, "1.0100 of with"), ({"bounced": 0.0}, "not what it should be"),
                            ({"share": 0.5}, "to share memory"), ({"exit": 0.0}, "not seen")):
            self.assertRegex(self.pkvm(**wrong)[1][0], says)

    def test_scale_counts_waiting_apart(self):
        c = guest.Counts({"slots:map": 5, "slots:map>helper:queued_spin_lock_slowpath": 900},
                         {"slots:map>helper:queued_spin_lock_slowpath": 0.5}, 0, {"io_tlb_used_hiwater": "7"})
        row = scale.row(scale.one(1, 4, 512), c)
        self.assertEqual((row["instructions"], row["waits"]["slots"], row["most_slots"]), (5, 0.5, 7))

    def test_scale_without_a_pool(self):
        c = guest.Counts({"driver:add": 5}, {}, 0, {"io_tlb_used_hiwater": "0"})
        self.assertEqual(scale.judge("x", [(scale.one(1, 1, 512), {"blk": c})])[1], [])
        self.assertTrue(scale.judge("x", [(scale.one(1, 4, 512), {"blk": c})])[1])

    def test_callgrind(self):
        own, called = callgrind.parse("fn=(1) main\n10 5\ncfn=(2) look\ncalls=3 1\n+1 90\n* 2\nfn=(2)\n+3 30\n")
        self.assertEqual((own, called), ({"main": 7, "look": 30}, {"look": 3}))

    def test_figures_keep_what_was_not_measured(self):
        old = {"size": {"s390": {"sum": 1}}}
        made = [{"figure": "size", "arch": "x86_64", "command": "c", "series": "s", "figures": {"sum": 2, "functions": {"f": 1}}}]
        self.assertEqual(figures.gather(old, made), {"size": {"s390": {"sum": 1}, "x86_64": {"command": "c", "series": "s", "sum": 2}}})


class Size(unittest.TestCase):
    def judge(self, after, grown, kind="lab-"):
        return size.judge(kind, {".text": 10}, {".text": 12}, grown, {"ring:add": 8, "ring:new": 4}, after, ["ring:new"])

    def test_what_may_grow_on_one_architecture(self):
        text = "# comment\nring:new\twhy\ntce:*\twhy\tppc64le\n"
        self.assertEqual((size.may_grow(text, "s390"), size.may_grow(text, "ppc64le")), (["ring:new"], ["ring:new", "tce:*"]))

    def test_set_up_may_grow(self):
        figures_, bad = self.judge({"ring:add": 8, "ring:new": 6}, {"new": 2})
        self.assertEqual((bad, figures_["set_up"], figures_["sections"]), ([], 2, {".text": 2}))

    def test_the_data_path_may_not(self):
        self.assertEqual(self.judge({"ring:add": 9, "ring:new": 4}, {"add": 1})[1], ["ring:add is +1 bytes"])

    def test_limits(self):
        for kind, limit in size.LIMITS.items():
            for more, beyond in ((limit, None), (limit + 1, limit)):
                figures_, bad = self.judge({"ring:add": 8}, {"x": more}, kind)
                self.assertEqual((figures_.get("beyond"), bad), (beyond, []))

    def test_beyond_a_limit_is_red(self):
        with tempfile.TemporaryDirectory() as d, mock.patch("sys.stdout", io.StringIO()) as said:
            for which in "base", "series":
                Path(d, f"size-lab-{which}").write_text("")
                Path(d, f"map-lab-{which}").write_text("")
                Path(d, f"modules-{which}").write_text(f"drivers/virtio/virtio.o  :\nsection size addr\n.text {10 + len(which)} 0\n.comment 40 0\nTotal 50\n")
            for more, code in ((1024, 0), (1025, 1)):
                Path(d, "bloat-lab-").write_text(f"f - {more} +{more}\n")
                self.assertEqual(size.main(["x", d, f"{d}/out", "lab-"]), code)
                self.assertEqual(json.loads(Path(d, "out").read_text())["figures"]["modules"], {"symbols": {"virtio": 2}, "sum": 2})
        self.assertIn("FAIL  x lab-: 1025 bytes more in all, beyond 1024", said.getvalue())

    def test_bloat(self):
        self.assertEqual(size.bloat("Function     old     new   delta\nf    -   60     +60\ng  8 4 -4\nTotal: Before=1\n"), {"f": 60, "g": -4})


class Catch(unittest.TestCase):
    base = {o: {"f": ["x"], "alloc": ["y"]} for o in catch.MUST}
    rows = [{"arch": "s*", "object": "kernel/dma/mapping.o", "function": "alloc"}]

    def judge(self, arch, name, body):
        series = {o: dict(f) for o, f in self.base.items()}
        series["kernel/dma/mapping.o"][name] = [body]
        return catch.judge(self.rows, arch, self.base, series)

    def test_set_up_may_differ_where_it_is_listed(self):
        self.assertTrue(self.judge("s390", "alloc", "z")[0])
        self.assertFalse(self.judge("x86_64", "alloc", "z")[0])

    def test_the_data_path_may_not(self):
        self.assertEqual(self.judge("s390", "f", "z"), (False, "kernel/dma/mapping.o:f differs"))

    def test_a_structure_that_has_grown(self):
        body = ["   0:\t48 8b 47 10 \tmov    0x10(%rdi),%rax", "   4:\te8 00 00 00 00 \tcall   9 ", "\t\t\t5: R_X86_64_PLT32\tkick-0x4"]
        self.assertEqual(catch.without_operands(body), ["mov", "call", "R_X86_64_PLT32 kick"])
        grown = [line.replace("0x10", "0x18").replace("47 10", "47 18") for line in body]
        self.assertEqual(catch.without_operands(grown), catch.without_operands(body))
        self.assertNotEqual(catch.without_operands(body + body[:1]), catch.without_operands(body))

    def test_an_object_that_was_not_built(self):
        self.assertFalse(catch.judge(self.rows, "s390", self.base, {})[0])


class Figures(unittest.TestCase):
    def test_each_figure_has_a_program(self):
        names = [r["figure"] for r in table.load(CI / "bench/figures.tsv")]
        programs = {f for f in names if os.access(CI / "bench" / f, os.X_OK)}
        self.assertEqual(sorted(names), sorted({*main.FIGURES, *programs}))


class Notes(unittest.TestCase):
    def test_the_page_is_what_the_figures_say(self) -> None:
        self.assertEqual((CI.parent / "MAINTAINERS-notes/cost.md").read_text(), notes.render("v7.3"))


if __name__ == "__main__":
    unittest.main()
