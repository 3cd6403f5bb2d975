# SPDX-License-Identifier: GPL-2.0-only
"""The lab's table and judge: every verdict, from what a guest and its device leave."""
import asyncio
import json
import os
import re
import sys
import time
import unittest
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "ci"))
from lab import evidence, guest, judge, main, pkvm, process, qemu, render, scenarios  # noqa: E402

MESSAGES = "! ap\tdevice must provide\n"
TABLE = (ROOT / "ci/lab/scenarios.tsv").read_text()
FIGURES = {"protected": True, "bitmap_lost": 0, "bitmap": True, "flags": 0, "accesses_before": 0, "accesses": 5,
           "violations": 0, "kinds": {k: {"accesses": 1, "violations": 0} for k in scenarios.RING}, "nowhere": 0,
           "early": 0, "malformed": 0, "requests": 9, "memory_regions": 1}
PLAIN = {"protected": False, "accesses_before": 5}  # what the device counts in an ordinary guest
CONSOLE = '''protected_lab: this guest plays a protected one, nothing is protected
lab: first pages shared 9 conversions 9 checked 0 private 0
lab: blk ok 9 requests 99 bytes
lab: last swiotlb used 0 most 7 of 32768
lab: last pages shared 9 conversions 9 checked 0 private 0
lab: done
'''
PKVM = {"arch": "arm64"}
PAGES = {"private": 9, "shared": 9, "given": 5, "given_private": 0, "ring": 2, "ring_left": 2}
REAL = {"pages": PAGES, "stalled": False}  # what a host that runs pKVM counts as well
UNSEEN = "device: NOTHING IS PROTECTED: x\n"
COMPLAINT = "device: private memory: {} at 0x1\n"
SEEN = "protected_lab: private memory for a device: a TCE at 0x1"
MOST = (" most 7 ", " most 0 ")
FLOOD = (("lab: blk ok", "lab: first swiotlb used 0 most 1 of 512\nlab: flood ok 4 times 8 bytes\nlab: blk ok"),)


def row(expected="works", name="one", arch="x86_64", device="blk", properties="-", kernel="-", init="blk:9", lab="on",
        column=3):
    cells = ["."] * 4
    cells[column] = expected
    return "\t".join([arch, name, device, "-", properties, kernel, init, lab, *cells]) + "\n"


def case(expected="works", machine="-", **columns):
    """A row's only guest: of the series, protected unless the column is another."""
    text = row(expected, **columns).replace("\t-\t", f"\t{machine}\t", 1)
    return scenarios.load(MESSAGES + text, "table", 10)[0]


def run(*edits, add="", figures=None, kinds="", **fields):
    """A guest and a device that do all well, but for what the arguments say."""
    console = CONSOLE
    for old, new in edits:
        assert old in console, old
        console = console.replace(old, new)
    result = evidence.Run(
        console=(add and add + "\n") + console, complaints="".join(COMPLAINT.format(k) for k in kinds.split()),
        figures=FIGURES | (figures or {}), started=True, qemu_code=0, device_code=0, hung="", copied=True, port="",
        seconds=3)
    return replace(result, **fields)


BLK_ABSENT = ("lab: blk ok 9 requests 99 bytes", "lab: blk absent")
REFUSED = "virtio_blk virtio0: device must provide"
UNTOUCHED = {"accesses": 0, "protected": False, "memory_regions": 0, "bitmap": False}
CONTROL = {"expected": "private:avail", "name": "control: c", "lab": "on,drop"}
DROPPED = {"figures": {"flags": 1, "violations": 3}, "kinds": "avail"}
STUCK = (("lab: blk ok 9 requests 99 bytes\n", ""), ("lab: done", "lab: failed"))
FORCED = {"kernel": "force", "column": 2}
MAPPED = FORCED | {"properties": "iommu_platform=on"}
NO_POOL = ("lab: last swiotlb used 0 most 7 of 32768\n", "")

# What it is, the guest, what it leaves, and how the verdict begins.
VERDICTS = (
    ("works", case(), run(), "ok"),
    ("a control", case(**CONTROL), run(**DROPPED), "ok"),
    ("a control that sees nothing", case(**CONTROL), run(figures={"flags": 1}), "no violation of kind avail was seen"),
    ("a control that hangs", case(**CONTROL), run(figures={"flags": 1}, hung="hung: x"),
     "no violation of kind avail was seen (hung: x)"),
    ("a control that sees too much", case(**CONTROL), run(**DROPPED | {"kinds": "avail buffer"}),
     "a violation of kind buffer"),
    ("the wrong control", case(**CONTROL), run(figures={"violations": 3}, kinds="avail"),
     "what the device knew: protected 1, bitmap_lost 0, flags 0"),
    ("raw rings", case(**CONTROL | {"lab": "on,raw"}), run(**DROPPED | {"figures": {"flags": 2}}), "ok"),
    ("raw buffers", case(**CONTROL | {"lab": "on,rawbuf"}), run(**DROPPED | {"figures": {"flags": 4}}), "ok"),
    ("a violation", case(), run(figures={"violations": 1}, kinds="desc"),
     "private memory for the device: device: private memory: desc"),
    ("no access", case(), run(figures={"accesses": 0}), "not one access"),
    ("no access, ordinary", case(column=2), run(MOST, figures=PLAIN | {"accesses_before": 0}), "not one access"),
    ("an access that was not checked", case(), run(figures={"accesses_before": 2}),
     "2 accesses before there was a bitmap"),
    ("one of firmware", case(arch="ppc64le"), run(figures={"accesses_before": 2}), "ok"),
    ("nothing bounced", case(), run(MOST), "nothing was bounced"),
    ("no bitmap found", case(), run(figures={"protected": False}), "what the device knew: protected 0"),
    ("the bitmap lost", case(), run(figures={"bitmap_lost": 1}), "what the device knew: protected 1, bitmap_lost 1"),
    ("malformed rings", case(), run(figures={"malformed": 1}, complaints="device: malformed: x\n"),
     "malformed rings: device: malformed: x"),
    ("one before the first request", case(), run(figures={"early": 1}), "addresses that are no memory"),
    ("that of firmware", case(arch="ppc64le"), run(figures={"early": 1}), "ok"),
    ("an address that is no memory", case(), run(figures={"nowhere": 2}), "addresses that are no memory"),
    ("the same, with firmware", case(arch="ppc64le"), run(figures={"nowhere": 2}), "addresses that are no memory"),
    ("a device that fails", case(),
     run(device_code=1, complaints="device: x\n"), "the device ended with 1: device: x"),
    ("a device that ends at once", case(), run(started=False, console=""), "the device ended before QEMU"),
    ("a device that fails at once", case(), run(started=False, console="", device_code=1), "the device ended with 1"),
    ("a device without a socket", case(), run(started=False, console="", hung="hung: no socket"), "hung: no socket"),
    ("a device without figures", case(), replace(run(), figures=None), "the device did not report"),
    ("QEMU that fails", case(), run(qemu_code=1), "QEMU ended with 1: lab: done"),
    ("a disk with other data", case(), run(copied=False), "the disk does not hold what was written"),
    ("the same of QEMU's", case(device="disk"), run(copied=False), "the disk does not hold what was written"),
    ("init failed", case(), run(("lab: done", "lab: failed")), "init did not reach its end"),
    ("init says why", case(), run(("lab: done", "lab: failed"), add="lab: blk FAILED: read: I/O error"),
     "lab: blk FAILED: read"),
    *((f"the kernel says {what}", case(), run(add=f"x {what} CPU: 0"), f"x {what} CPU: 0")
      for what in ("WARNING:", "BUG:", "Oops", "Kernel panic", "Call Trace")),
    ("not protected at all", case(), run(("plays a protected", "does not")), "the guest is not protected"),
    ("private memory seen in the guest", case(), run(add=SEEN), SEEN),
    ("something else is absent", case(), run(add="lab: net absent"), "lab: net absent"),
    ("a guest that hangs", case(), run(hung="hung: ended after 2 s"), "hung: ended after 2 s"),
    ("the second time is missing", case(init="blk:9 blk:9"), run(), "blk: not ok"),
    ("nothing was bound anew", case(init="blk:9 rebind"), run(add="lab: rebind ok 0"), "rebind: not ok"),
    ("bound anew", case(init="blk:9 rebind"), run(add="lab: rebind ok 1"), "ok"),
    ("refused beside it", case("works+ap"), run(add="am53c974 0000:00:01.0: device must provide"), "ok"),
    ("nothing refused beside it", case("works+ap"), run(), 'not refused with "device must provide"'),
    ("a pool that did not fill up", case(init="blk:9 flood"),
     run(*FLOOD, ("32768", "512")), "the pool did not fill up"),
    ("one that grew", case(init="blk:9 flood"), run(*FLOOD, ("32768", "1024")), "ok"),
    ("one that complained", case(init="blk:9 flood"),
     run(*FLOOD, ("32768", "512"), add="virtio: swiotlb buffer is full"), "ok"),
    ("a long run that is too short", case(init="blk:REQUESTS:2"), run(), "9 requests, not 10"),
    ("one that is long enough", case(init="blk:REQUESTS:2"), run(figures={"requests": 10}), "ok"),
    ("an ordinary guest", case(column=2), run(MOST, figures=PLAIN), "ok"),
    ("a bitmap in an ordinary guest", case(column=2), run(MOST), "what the device knew: protected 1"),
    ("bounced in an ordinary guest", case(column=2), run(figures=PLAIN), "7 slots were bounced"),
    ("mapped in an ordinary guest", case(**MAPPED), run(figures=PLAIN), "ok"),
    ("not mapped in an ordinary guest", case(**MAPPED), run(MOST, figures=PLAIN), "nothing was bounced"),
    ("no figure of an ordinary guest", case(**MAPPED), run(NO_POOL, figures=PLAIN), "nothing was bounced"),
    ("mapped without the feature", case(**FORCED), run(figures=PLAIN), "7 slots were bounced"),
    ("an ordinary guest without a pool", case(**FORCED),
     run((" most 7 ", " most  "), figures=PLAIN), "there is no pool"),
    ("refused", case("ap"), run(BLK_ABSENT, add=REFUSED, figures=UNTOUCHED), "ok"),
    ("refused, and accessed", case("ap"), run(BLK_ABSENT, add=REFUSED, figures={"accesses": 1}),
     "1 accesses of a refused device"),
    ("refused, with memory and no bitmap", case("ap"), run(BLK_ABSENT, add=REFUSED, figures={"bitmap": False}),
     "the device had memory but found no bitmap"),
    ("another message", case("ap"), run(BLK_ABSENT, add=REFUSED + ", please", figures={"accesses": 0}),
     'not refused with "device must provide", but: ' + REFUSED + ", please"),
    ("not a word", case("ap"), run(BLK_ABSENT, figures={"accesses": 0}),
     'not refused with "device must provide", but: nothing about a device'),
    ("a message, but there", case("ap"), run(add=REFUSED, figures={"accesses": 0}), "blk: not absent"),
    ("stuck", case("stuck:ap"), run(*STUCK, add="WARNING: device must provide 7"), "ok"),
    ("stuck without a word", case("stuck:ap"), run(*STUCK), 'the kernel did not say "device must provide"'),
    ("stuck, and moves data", case("stuck:ap"), run(add="device must provide 7"), "not stuck: lab: blk ok"),
    ("stuck, and given private memory", case("stuck:ap"),
     run(*STUCK, add=REFUSED, figures={"violations": 1}, kinds="desc"), "private memory for the device"),
    ("the guest saw nothing", case("private:TCE"), run(), "no violation of kind TCE was seen"),
    ("the guest saw it", case("private:TCE"), run(add=SEEN), "ok"),
    ("no channel program was checked", case(arch="s390", device="disk"), run(), "no channel program was checked"),
    ("channel programs were checked", case(arch="s390", device="disk"), run(("checked 0", "checked 3")), "ok"),
    ("lines that the host did not read", case(device="console", init="console"),
     run(("blk ok", "console ok"), port="line 1 of the guest\n"), "the host did not read every line"),
    ("two CPUs", case(machine="smp2"), run(add="lab: cpus 2"), "ok"),
    ("one of two CPUs", case(machine="smp2"), run(add="lab: cpus 1"), "not 2 CPUs"),
    ("in pKVM", case(**PKVM), run(("plays", "is"), figures=REAL), "ok"),
    ("in pKVM, rng, nothing of which was refused", case(**PKVM | {"device": "rng", "init": "rng:9"}),
     run(("blk ok 9 requests", "rng ok"), figures=REAL | {"violations": 1}, kinds="desc"), "private memory for the"),
    ("in pKVM, and no page was withheld", case(**PKVM), run(figures={"pages": PAGES | {"private": 0}}),
     "0 pages of a protected guest were private"),
    ("an ordinary guest in pKVM", case(**PKVM | {"column": 2}),
     run(MOST, figures=PLAIN | {"pages": PAGES | {"private": 0}}), "ok"),
    ("one whose pages are withheld", case(**PKVM | {"column": 2}), run(MOST, figures=PLAIN | REAL),
     "9 pages of an ordinary guest were private"),
    ("pages that were given are private", case(**PKVM), run(figures={"pages": PAGES | {"given_private": 1}}),
     "1 pages that the device was given were private"),
    ("of an earlier ring", case(**PKVM | {"init": "blk:9 rebind"}),
     run(figures={"pages": PAGES | {"given_private": 1}}, add="lab: rebind ok 1"), "ok"),
    ("rings that were taken back", case(**PKVM | {"init": "blk:9 unbind"}),
     run(figures={"pages": PAGES | {"ring_left": 0}}, add="lab: unbind ok 1"), "ok"),
    ("rings that were not", case(**PKVM | {"init": "blk:9 unbind"}),
     run(figures=REAL, add="lab: unbind ok 1"), "2 of 2 pages of rings were left shared"),
    ("no rings at all", case(**PKVM | {"init": "blk:9 unbind"}),
     run(figures={"pages": PAGES | {"ring": 0, "ring_left": 0}}, add="lab: unbind ok 1"), "0 of 0 pages of rings"),
    ("a host without figures", case(**PKVM), replace(run(), figures=None), "the host did not report"),
    ("a page that was poked", case(**PKVM | {"expected": "private:poke", "lab": "on,poke"}),
     run(figures=REAL, kinds="poke"), "ok"),
    ("one that could be read", case(**PKVM | {"expected": "private:poke", "lab": "on,poke"}),
     run(figures=REAL), "no violation of kind poke"),
    ("a host that protects nothing", case("unprotected", **PKVM),
     replace(run(complaints=UNSEEN, console=""), figures=None), "ok"),
    ("one that does not say so", case("unprotected", **PKVM), replace(run(console=""), figures=None),
     "the host did not say"),
    ("one that starts a guest", case("unprotected", **PKVM), run(complaints=UNSEEN), "a guest was started"),
    ("lines that it read", case(device="console", init="console"),
     run(("blk ok", "console ok"), port="line 1 of the guest\n" * 100), "ok"),
)

# A row that is wrong, and what the loader says.
BAD_ROWS = (
    ("one\ttwo\n", "no such architecture: one"),
    ("x86_64\ttwo\n", "2 columns, not 12"),
    (row().replace("\tone\t", "\t\t"), 'column "name" is empty'),
    (row(device="tape"), "no such device: tape"),
    (row().replace("\tblk\t-\t", "\tblk\tvax\t"), "no such machine: vax"),
    (row(init="blk"), "init does not know blk"),
    (row(lab="off"), "no such value of protected_lab: off"),
    (row(lab="on,dorp"), "no such value of protected_lab: on,dorp"),
    (row(**{"arch": "arm64", "lab": "on,drop"}), "no such value of protected_lab: on,drop"),
    (row(arch="arm64", device="gpu"), "no such device: gpu"),
    (row("wroks"), "no such outcome, or no message of that key: wroks"),
    (row("works+x"), "no such outcome, or no message of that key: works+x"),
    (row("stuck:x"), "no such outcome, or no message of that key: stuck:x"),
    (row("private:x"), "no such kind of memory: x"),
    (row("."), "no guest is run"),
    (row() + row(arch="s390,x86_64"), "x86_64, one, blk: row 2 is called so, too"),
    ("! ap\tagain\n", "a second message ap"),
    ("! ap again\n", "a message is"),
)


class Judge(unittest.TestCase):
    def test_verdicts(self):
        for what, guest, left, verdict in VERDICTS:
            with self.subTest(what):
                said = judge.verdict(guest, left)
                self.assertTrue(said.startswith(verdict) and (said == "ok") == (verdict == "ok"), said)

    def test_controls(self):
        """Only a control that has to see a violation, and sees it, is one."""
        self.assertTrue(judge.control(case(**CONTROL), "ok"))
        self.assertFalse(judge.control(case(**CONTROL), "no violation"))
        self.assertFalse(judge.control(case(**CONTROL | {"expected": "works"}), "ok"))
        self.assertFalse(judge.control(case("private:avail"), "ok"))

    def test_shown(self):
        """A guest is ended early when it has shown every kind, or is stuck; no other."""
        for expected, console, complaints, shown in (
                ("private:avail,TCE", SEEN, COMPLAINT.format("avail"), True),
                ("private:avail,TCE", "", COMPLAINT.format("avail"), False),
                ("private:avail,TCE", SEEN, "", False),
                ("stuck:ap", REFUSED, "", True), ("stuck:ap", "", "", False),
                ("works", REFUSED, COMPLAINT.format("avail"), False), ("ap", REFUSED, "", False)):
            self.assertEqual(evidence.shown(case(expected), console, complaints), shown, expected)
        self.assertFalse(evidence.shown(case("private:avail", **PKVM), "", COMPLAINT.format("avail")))

    def test_figures(self):
        self.assertEqual(evidence.figures('x\n{"a": 1}\n'), {"a": 1})
        for bad in ("", "\n", "device: x", '{"a": 1', "[1]"):
            self.assertIsNone(evidence.figures(bad))

    def test_readable(self):
        self.assertEqual(evidence.readable("[    0.1] lab: x\r\n\0y"), "lab: x\ny")


class Render(unittest.TestCase):
    def test_line(self):
        log = Path("x.log")
        self.assertEqual(render.line(case(), run(), "ok", log),
                         "ok    x86_64 series protected, blk, one: works: 9 requests, 5 accesses, 0 violations, "
                         "bounce 7 of 32768, 99 bytes compared, 3 s")
        kinds = {"desc": {"violations": 3}, "avail": {"violations": 0}}
        self.assertIn(", 3 violations (desc 3) from 0x1 on, ", render.line(
            case(**CONTROL), run(figures={"violations": 3, "kinds": kinds}, kinds="desc"), "ok", log))
        self.assertIn(", 0 violations, 9 pages private, ", render.line(
            case(**CONTROL | PKVM | {"lab": "on,raw"}), run(figures=REAL), "ok", log))
        self.assertIn(": refused (ap): ", render.line(case("ap"), run(), "ok", log))
        self.assertIn(", 2 private mappings, ", render.line(case(), run(("private 0", "private 2")), "ok", log))
        self.assertEqual(render.line(case(), run(), "so", log),
                         "FAIL  x86_64 series protected, blk, one: expected works: so\n      x.log")

    def test_row(self):
        values = dict(zip(render.COLUMNS, render.row(case(), run(), "ok").split("\t"), strict=True))
        self.assertEqual(values, {
            "arch": "x86_64", "name": "one", "device": "blk", "which": "series", "protected": "1", "expected": "works",
            "verdict": "ok", "seconds": "3", "requests": "9", "accesses": "5", "violations": "0", "kinds": "",
            "private": "0", "bounced": "7", "pool": "32768", "bytes": "99", "withheld": "", "first": ""})
        without = replace(run(), figures=None, console="")
        self.assertEqual(render.row(case(), without, "a\tb\nc").split("\t")[6:9], ["a b c", "3", ""])
        self.assertEqual(render.row(case(**PKVM), run(figures=REAL), "ok").split("\t")[16:], ["9", ""])


class Table(unittest.TestCase):
    def test_bad_rows(self):
        for text, message in BAD_ROWS:
            with self.subTest(message), self.assertRaises(scenarios.BadTable) as caught:
                scenarios.load(MESSAGES + text, "table")
            self.assertRegex(str(caught.exception), "^table:[23]: " + re.escape(message))

    def test_columns(self):
        text = "x86_64,s390\tn\tnet\tsmp2\tmq=on\tslabs=512\tnet:8 rebind\ton,raw\tworks\t.\tap\tstuck:ap\n"
        cases = scenarios.load(MESSAGES + text, "table")
        self.assertEqual([c.key for c in cases[3:]], [("s390", "n", "net", "base", "plain"),
                         ("s390", "n", "net", "series", "plain"), ("s390", "n", "net", "series", "protected")])
        last = cases[-1]
        self.assertEqual((last.slabs, last.force, last.init, last.flags, last.kind, last.message, qemu.cpus(last)),
                         (512, False, ("net:8", "rebind"), 2, "stuck", "device must provide", 2))
        self.assertEqual([c.flags for c in cases[:3]], [0, 0, 2])

    def test_what_a_base_cannot_do(self):
        cases = [c for c in scenarios.load(TABLE, "t") if c.arch in ("x86_64", "s390")]
        for base, names, left in (("v6.12", "blk, ACC*", {"ACCESS_PLATFORM"}), ("v7.3", "blk, ACC*", set()), ("v6.12", "net, x", set())):
            kept, why = scenarios.can(cases, f"# a comment\nv6.12\tx86_64\t{names}\tfor this", base)
            gone = {c.name for c in cases if c not in kept}
            self.assertEqual(gone, left)
            self.assertEqual(why, [f"x86_64 blk, {n}: for this" for n in left])
            self.assertTrue(all(c in kept for c in cases if c.arch == "s390"))

    def test_choose(self):
        cases = scenarios.load(MESSAGES + row() + row(name="two") + row(arch="s390") +
                               row(**CONTROL) + row(**CONTROL | {"arch": "s390"}), "table")
        for pattern, names in (("*", ["one", "two", "control: c"]), ("two", ["two", "control: c"]), ("three", []),
                               ("@(one|t*)", ["one", "two", "control: c"]), ("control: c", ["control: c"])):
            self.assertEqual([c.name for c in scenarios.choose(cases, "x86_64", pattern)], names)

    def test_real(self):
        """The table that is used: readable, unique, and with controls everywhere."""
        cases = scenarios.load(TABLE, "scenarios.tsv")
        self.assertEqual(len({c.key for c in cases}), len(cases))
        setup = guest.Setup([], "", Path(), Path(), 0, 0)
        self.assertEqual(len({setup.log(c) for c in cases}), len(cases))
        for arch in qemu.ARCHES:
            self.assertTrue([c for c in cases if c.arch == arch and c.control and c.kind == "private"], arch)

    def test_notes(self):
        """The notes name scenarios that are there, each a row of that architecture."""
        rows, named = {c.key[:2] for c in scenarios.load(TABLE, "scenarios.tsv")}, 0
        for line in (ROOT / "MAINTAINERS-notes/lab.md").read_text().splitlines():
            if not line.startswith("| ") or line.startswith("| claim "):
                continue
            arches = ""
            for part in line.split("|")[3].strip().split("; "):
                match = re.fullmatch(r"(?:([a-z0-9_, ]+): )?(.*?)(?: \([^)]*\))?", part)
                arches = match[1] or arches
                for arch in arches.split(", "):
                    named += 1
                    self.assertIn((arch, match[2]), rows)
        self.assertGreater(named, 20)

    def test_readme(self):
        """Each scenario is in the README's table, and nothing else."""
        names = {c.name for c in scenarios.load(TABLE, "scenarios.tsv")}
        first = re.findall(r"^\| (`.*?`) \|", (ROOT / "ci/lab/README.md").read_text(), re.M)
        patterns = [p for cell in first for p in re.findall("`(.*?)`", cell)]
        for name in names:
            self.assertTrue([p for p in patterns if fnmatchcase(name, p)], name)
        for pattern in patterns:
            self.assertTrue([n for n in names if fnmatchcase(n, pattern)], pattern)


def strings() -> set[str]:
    """String literals of the kernel code that the series adds or stands beside, without those of its tests."""
    found, patches = set(), ROOT / "patches" / os.environ.get("BASE", "v7.3")
    for name in re.findall(r"^[^#\s].*", (patches / "series").read_text(), re.M):
        code = False
        for line in (patches / name).read_text().splitlines():
            if line.startswith("+++ "):
                code = line.endswith((".c", ".h")) and "kunit" not in line and "tools/" not in line
            elif code:
                change = found.difference_update if line[:1] == "-" else found.update
                line = line.replace("str_yes_no(", 'str_yes_no("yes" "no" ')
                change(text.removesuffix("\\n") for text in re.findall(r'"((?:[^"\\]|\\.)*)"', line))
    return found


class Messages(unittest.TestCase):
    """What make lab would only see after hours."""
    def printed(self, message: str, literals: set[str]) -> bool:
        """Is this one of the formats, with other literals for its %s?"""
        for literal in literals:
            pattern = re.sub("%(?:ll)?x", "[0-9a-f]+", re.escape(literal)).replace("%s", "(.*)")
            match = re.fullmatch(pattern, message)
            if match and all(not part or part in literals for part in match.groups()):
                return True
        return False

    def test_printed(self):
        literals = {"%sx: %s", "why", "memory: ", "mask 0x%llx refused"}
        for message, printed in (("memory: x: why", True), ("x: why", True), ("x: because", False),
                                 ("y: x: why", False), ("mask 0xff refused", True), ("mask refused", False)):
            self.assertEqual(self.printed(message, literals), printed, message)

    def test_real(self):
        """Kernels of the series print what scenarios.tsv demands of them.  (The base does the others.)"""
        literals = strings()
        demanded = {c.message for c in scenarios.load(TABLE, "scenarios.tsv") if c.which == "series" and c.message}
        others = "failed with error -12", "must provide VIRTIO_F_VERSION_1 feature!"
        missing = [m for m in demanded if not self.printed(m, literals) and not m.endswith(others)]
        self.assertEqual(missing, [], "the series prints no such message: correct it in ci/lab/scenarios.tsv")


class Ends(unittest.TestCase):
    def test_a_process_that_ends_as_it_is_told_to_keeps_its_exit_code(self):
        async def end(wait: float) -> int:
            true = await process.start(["true"], Path("/"), Path(os.devnull))
            until = time.perf_counter() + wait
            while time.perf_counter() < until:  # asyncio does not get to see that it has ended
                pass
            return await process.finish(true)

        async def ends() -> set[int]:
            return {await end(n % 50 * 1e-4) for n in range(400)}

        self.assertLessEqual(asyncio.run(ends()), {0, 143})


class Turns(unittest.TestCase):
    def test_weight(self):
        """A guest takes as many CPUs as it has, of those that there are; the long run takes one."""
        for columns, jobs, weight in (({}, 2, 1), ({"machine": "smp2"}, 2, 2), ({"machine": "smp2"}, 1, 1),
                                      ({"machine": "smp2", "init": "blk:REQUESTS:2"}, 2, 1)):
            self.assertEqual(weight, main.weight(case(**columns), jobs), columns)


class CommandLine(unittest.TestCase):
    def test_kernel(self):
        for columns, words in (
                ({}, "con tsc_early_khz=4000000 panic=-1 printk.devkmsg=on protected_lab=on "
                     "swiotlb=32768,track_hiwater -- blk:9"),
                ({"arch": "s390", "column": 2, "kernel": "force"},
                 "con panic=-1 printk.devkmsg=on swiotlb=32768,force,track_hiwater -- blk:9"),
                ({"arch": "s390", "kernel": "force"},
                 "con panic=-1 printk.devkmsg=on protected_lab=on swiotlb=32768,track_hiwater -- blk:9"),
                ({"arch": "s390", "kernel": "a=b c", "lab": "on,raw", "init": "blk:REQUESTS:2 rebind"},
                 "con panic=-1 printk.devkmsg=on a=b c protected_lab=on,raw swiotlb=32768,track_hiwater "
                 "-- blk:10:2 rebind")):
            self.assertEqual(qemu.command_line(case(**columns), "con"), words)

    def test_qemu(self):
        words = qemu.guest(case(properties="packed=on"), ["qemu", "-smp", "2"], Path("K"), "con")
        self.assertEqual(words[:6], ["qemu", "-smp", "2", "-smp", "1", "-m"])
        self.assertIn("vhost-user-blk-pci,chardev=dev,num-queues=1,vectors=0,packed=on", words)
        self.assertEqual(qemu.strict_device(case(), "D"), ["D", "blk", "socket", "disk"])
        self.assertEqual(qemu.strict_device(case(device="net"), "D"), ["D", "net", "socket"])
        self.assertEqual(qemu.strict_device(case(device="disk"), "D"), [])
        for arch, vectors in ("x86_64", 1), ("s390", 0):
            words = qemu.device_arguments(case(device="net", arch=arch))
            self.assertEqual(sum("vectors=0" in word for word in words), vectors)
        for one in scenarios.load(TABLE, "scenarios.tsv"):
            for word in qemu.guest(one, ["qemu"], Path("K"), ""):
                self.assertFalse(word.startswith("/") or "{" in word, word)

    def test_pkvm(self):
        """A host, its init's arguments, and among them the guest's command line."""
        words = qemu.guest(case(**PKVM | {"properties": "packed=on", "lab": "on,poke"}), ["qemu"], Path("K"), "con")
        self.assertIn("K/kernel-base", words)
        self.assertEqual(words[-1], "con kvm-arm.mode=protected panic=-1 -- protected poke device=blk,packed=on "
                         'kernel="earlycon=pl011,mmio32,0x9000000 keep_bootcon loglevel=5 panic=-1 printk.devkmsg=on '
                         'swiotlb=8192,track_hiwater -- blk:9"')
        for columns, host in (({"column": 2}, "con kvm-arm.mode=protected panic=-1 -- device=blk "),
                              ({"lab": "on,nvhe"}, "con panic=-1 -- protected device=blk ")):
            words = qemu.guest(case(**PKVM | columns), ["qemu"], Path("K"), "con")
            self.assertTrue(words[-1].startswith(host), words[-1])
        words = qemu.guest(case(**PKVM | {"kernel": "slabs=0"}), ["qemu"], Path("K"), "con")
        self.assertTrue(words[-1].endswith('swiotlb=track_hiwater -- blk:9"'), words[-1])
        self.assertEqual(qemu.strict_device(case(**PKVM), "D"), [])
        for lab, kernel in ("on", "kernel-series"), ("on,raw", "kernel-raw"):
            links = pkvm.links(case(**PKVM | {"lab": lab}), Path("K"), Path("x.log"))
            self.assertEqual([str(p) for p in links.values()],
                             [f"K/{kernel}", "K/initrd", "x.log", "x.device", "x.json"])


if __name__ == "__main__":
    unittest.main()
