# SPDX-License-Identifier: GPL-2.0-only
"""Tables, architectures, freshness and verdicts: what ci/lib answers to the others."""
import ast
import dataclasses
import os
import re
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import arch
import fresh
import table
import verdicts

PATCH = """From: T <t@example.invalid>
Subject: [PATCH] {subject}

---
diff --git a/{path} b/{path}
--- a/{path}
+++ b/{path}
@@ -1,1 +1,1 @@
-old
+{new}
"""


class Table(unittest.TestCase):
    def test_last_comment_names_the_columns(self):
        self.assertEqual(table.parse("# a title\n# a\tb\nx\ty\nz\n"), [{"a": "x", "b": "y"}, {"a": "z", "b": ""}])

    def test_too_many_fields_name_the_line(self):
        with self.assertRaisesRegex(table.TableError, "t:2: 3 fields for 2 columns"):
            table.parse("# a\tb\n1\t2\t3\n", "t")

    def test_missing_file(self):
        with self.assertRaisesRegex(table.TableError, "No such file"):
            table.load("/nonexistent")


class Arch(unittest.TestCase):
    def test_every_cell_has_a_configuration(self):
        for cell in arch.matrix():
            self.assertIn("CONFIG_KUNIT=y", cell.config(), cell.name)

    def test_virtio_m_turns_the_core_and_its_tests_into_modules(self):
        config = arch.cell("um-m").config()
        self.assertIn("CONFIG_VIRTIO_KUNIT_TEST=m\n", config)
        self.assertNotIn("CONFIG_VIRTIO_MENU=m", config)

    def test_compilers(self):
        for cc, cell, want in (("gcc", "s390", "s390x-linux-gnu-gcc"), ("icecc gcc", "arm64", "icecc aarch64-linux-gnu-gcc"),
                               ("gcc", "s390-clang", "clang-19"), ("ccache clang-21", "um-clang", "ccache clang-21")):
            with mock.patch.dict(os.environ, {"CC": cc}):
                self.assertEqual(arch.cell(cell).cc(), want)

    def test_what_make_test_may_leave_out_is_like_one_that_it_runs(self):
        for a in arch.arches().values():
            if a.like:
                self.assertEqual(arch.arches()[a.like].like, "", a.name)


class Python(unittest.TestCase):
    def test_version(self):
        """3.10; the lab and these tests 3.11 (ci/README.md).  What the syntax does not show is named."""
        for path in sorted((arch.ROOT / "ci").glob("*/**/*")):
            room = path.relative_to(arch.ROOT / "ci").parts[0]
            text = path.read_text() if path.is_file() and (path.suffix == ".py" or path.read_bytes().startswith(b"#!/usr/bin/env python3")) else ""
            ast.parse(text, path, feature_version=(3, 10))
            if room not in ("lab", "tests"):
                self.assertFalse(re.search(r"process_group=|TaskGroup|ExceptionGroup|tomllib|StrEnum|enterContext", text), path)


class Host(unittest.TestCase):
    def test_uml_is_for_x86_hosts(self):
        for name in "um", "um-nodma":
            self.assertEqual(arch.cannot(arch.arches()[name], "x86_64"), "")
            self.assertIn("this one is aarch64", arch.cannot(arch.arches()[name], "aarch64"))

    def test_every_other_architecture_is_built_anywhere(self):
        for name, a in arch.arches().items():
            if a.linux != "um":
                self.assertEqual(arch.cannot(a, "aarch64"), "", name)

    def test_x86_64_is_native_or_has_a_cross_compiler(self):
        for machine, cross in ("x86_64", ""), ("aarch64", "x86_64-linux-gnu-"):
            arch.arches.cache_clear()
            with mock.patch("arch.machine", return_value=machine):
                self.assertEqual(arch.arches()["x86_64"].cross, cross)
        arch.arches.cache_clear()


class Series(unittest.TestCase):
    """A series of three patches in a directory of its own."""

    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.addCleanup(self.dir.cleanup)
        patcher = mock.patch.object(fresh, "PATCHES", Path(self.dir.name))
        patcher.start()
        self.addCleanup(patcher.stop)
        for name, path in ("core", "drivers/virtio/virtio.c"), ("s390", "arch/s390/mm/init.c"), ("doc", "Documentation/a.rst"):
            self.write(name, path, "new")
        Path(self.dir.name, "series").write_text("# part V\ncore.patch\ns390.patch # why\ndoc.patch\n")

    def write(self, name, path, new, subject="subject"):
        Path(self.dir.name, f"{name}.patch").write_text(PATCH.format(path=path, new=new, subject=subject))
        fresh.patches.cache_clear(), fresh.patch_ids.cache_clear()

    def ids(self):
        return fresh.code("x86"), fresh.code("s390")

    def test_a_message_changes_nothing(self):
        before = self.ids()
        self.write("core", "drivers/virtio/virtio.c", "new", "another subject")
        self.assertEqual(before, self.ids())

    def test_documentation_changes_nothing(self):
        before = self.ids()
        self.write("doc", "Documentation/a.rst", "newer")
        self.assertEqual(before, self.ids())

    def test_code_of_an_architecture_is_that_architectures(self):
        x86, s390 = self.ids()
        self.write("s390", "arch/s390/mm/init.c", "newer")
        self.assertEqual(x86, self.ids()[0])
        self.assertNotEqual(s390, self.ids()[1])

    def test_generic_code_is_everybodys(self):
        before = self.ids()
        self.write("core", "drivers/virtio/virtio.c", "newer")
        for b, a in zip(before, self.ids()):
            self.assertNotEqual(b, a)

    def test_a_suite_is_nothing_to_a_kernel_without_it(self):
        shipped, whole = fresh.code("x86", suites=False), fresh.code("x86")
        self.write("core", "drivers/virtio/virtio.c", "new")
        with Path(self.dir.name, "core.patch").open("a") as patch:
            patch.write(PATCH.format(path="drivers/virtio/tests/a_kunit.c", new="case", subject="").partition("\n---\n")[2])
        fresh.patches.cache_clear(), fresh.patch_ids.cache_clear()
        self.assertEqual(shipped, fresh.code("x86", suites=False))
        self.assertNotEqual(whole, fresh.code("x86"))

    def test_a_comment_changes_nothing_and_what_looks_like_one_does(self):
        for path, words, code in (("a.c", ("/* one */", " * of several", " */", "// other"), ("*p = 1;", "/* a */ b();", "x; /* y */")),
                                  ("net/Kconfig", ("\t  Helps.",), ("\tbool \"text\"", "\tdefault y"))):
            self.write("core", path, "new")
            plain = fresh.code("x86")
            for line in words:
                self.write("core", path, f"new\n+{line}")
                self.assertEqual(plain, fresh.code("x86"), line)
            for line in code:
                self.write("core", path, f"new\n+{line}")
                self.assertNotEqual(plain, fresh.code("x86"), line)

    def test_the_message_of_a_patch_elsewhere_changes_nothing_and_its_code_does(self):
        for word, argument, folder in ("@fixes", "um", "fixes"), ("@port", "v6.12", "v6.12"):
            def of(change):
                texts = [change(t) for t in fresh.patches(fresh.ROOT / "patches" / folder)]
                with mock.patch.object(fresh, "patches", lambda folder=None: texts):
                    return fresh.reads(word, argument)
            plain = of(lambda t: t)
            self.assertEqual(plain, of(lambda t: t.replace("Subject: ", "Subject: other ", 1)))
            self.assertNotEqual(plain, of(lambda t: t.replace("\n+\t", "\n+\tother ", 1)))

    def test_a_kernel_that_boots_suites_reads_them(self):
        self.assertTrue(fresh.boots_suites("arm64"))
        self.assertFalse(fresh.boots_suites("s390"))


class Fresh(unittest.TestCase):
    def test_the_command_of_the_guest_is_part_of_the_state(self):
        one = fresh.reads("@command", "s390")
        with mock.patch.object(fresh, "architecture", lambda a: arch.Arch(*["other RAM"] * len(dataclasses.fields(arch.Arch)))):
            self.assertNotEqual(one, fresh.reads("@command", "s390"))

    def test_scripts_are_part_of_the_state(self):
        for kind, script in ("cell", "ci/cell/boot"), ("cell", "ci/cell/kunit"), ("mutants", "ci/cell/boot"):
            words = fresh.kinds()[kind]["reads"].split()
            self.assertIn(script, words)
            self.assertIn(script, fresh.reads(script, "um"))

    def test_every_file_that_is_read_exists(self):
        for kind, row in fresh.kinds().items():
            for word in row["reads"].split():
                if not word.startswith("@") and "*" not in word:
                    for argument in fresh.arguments(kind):
                        path = word.format(arg=argument, arch=fresh.architecture(argument).name, base=fresh.PATCHES.name)
                        self.assertTrue((arch.ROOT / path).exists(), f"{kind}: {path}")

    # What no verdict is bound to: what all programs share, how a tree comes about (its base and code
    # count), the table behind @config, what runs for --accept alone, objects that are only compiled.
    SHARED = re.compile(r"ci/lib/(lib\.sh|arch\.(sh|py)|fresh\.py|objects\.sh)$|ci/series/|ci/proof/compile$|ci/cell/(matrix\.tsv|accept\.py)$")
    # And what only cells with an init have
    PLAIN = dict.fromkeys(("repeat", "port"), {"ci/cell/initrd"})

    def test_every_program_that_takes_part_is_read(self):
        for kind in "cell", "planted", "repeat", "port", "deb":
            for argument in fresh.arguments(kind):
                words = [w for w in fresh.kinds()[kind]["reads"].split() if not w.startswith("@")]
                read = {line.split()[0] for w in words for line in fresh.reads(w, argument).splitlines()}
                known, todo = set(self.PLAIN.get(kind, ())), [fresh.kinds()[kind]["program"]]
                while todo:
                    path = todo.pop()
                    if path in known or self.SHARED.match(path):
                        continue
                    known.add(path)
                    below = (arch.ROOT / path).is_dir() and any(r.startswith(f"{path}/") for r in read)
                    self.assertTrue(path in read or below, f"{kind}-{argument} does not read {path}")
                    if not below:
                        todo += re.findall(r"\$ROOT\"?/(ci/[\w./-]*\w)", (arch.ROOT / path).read_text())

    def test_options_of_a_patch_that_was_renamed_since(self):
        with tempfile.TemporaryDirectory() as d, mock.patch.object(arch, "ROOT", Path(d)), \
                mock.patch.dict(os.environ, {"BASE": "v1", "FIRST_BASE": "v2"}):
            for base, name, text in (("v1", "ports.tsv", "a.patch\tleft out\t1\tnot there\nold.patch\tleft out\t1\tnot there\n"),
                                     ("v2", "a.patch", "+config A\n")):
                Path(d, "patches", base).mkdir(parents=True)
                Path(d, "patches", base, name).write_text(text)
            self.assertEqual(arch.left_out.__wrapped__(), {"CONFIG_A"})

    def test_the_cases_of_another_base_are_those_there(self):
        for word in "@config", "@cases":
            one = fresh.reads(word, "v7.2")
            with mock.patch.dict(os.environ, {"BASE": "v6.12"}):
                self.assertEqual(one, fresh.reads(word, "v7.2"))
            self.assertNotEqual(one, fresh.reads(word, "v6.12"))
        self.assertEqual(fresh.reads("@cases", "v6.12"), "")

    def test_the_emulator_of_what_boots_is_recorded(self):
        for kind in "cell", "planted", "repeat", "port", "deb":
            self.assertIn("@command", fresh.kinds()[kind]["reads"].split())

    def test_every_pattern_matches(self):
        for kind, row in fresh.kinds().items():
            for word in row["reads"].split():
                if "*" in word:
                    for argument in fresh.arguments(kind):
                        path = word.format(arg=argument, arch=fresh.architecture(argument).name, base=fresh.PATCHES.name)
                        self.assertTrue(list(arch.ROOT.glob(path)), f"{kind}: {path}")

    def test_every_program_is_there(self):
        for row in fresh.kinds().values():
            self.assertTrue(os.access(arch.ROOT / row["program"], os.X_OK), row["program"])


class Verdicts(unittest.TestCase):
    ROW = {"verdict": "ok", "id": "1", "base": "Linux 7.3.4"}

    def test_states(self):
        for row, task_id, on, want in ((None, "1", "Linux 7.3.4", "missing"), (self.ROW, "1", "Linux 7.3.4", "fresh"),
                                       (self.ROW, "2", "Linux 7.3.4", "stale"), (self.ROW, "1", "Linux 7.4", "stale"),
                                       (self.ROW, "1", "", "fresh"), ({**self.ROW, "verdict": "bad"}, "1", "", "bad")):
            self.assertEqual(verdicts.judge(row, task_id, on), want)

    def test_other_tools_count_where_asked(self):
        row = {**self.ROW, "tools": "gcc 12"}
        for using, want in ("", "fresh"), ("gcc 12", "fresh"), ("gcc 15", "stale"):
            self.assertEqual(verdicts.judge(row, "1", "", using), want)

    def test_record_and_drop(self):
        with tempfile.TemporaryDirectory() as d, mock.patch.dict(os.environ, {"VERDICTS": f"{d}/v.tsv"}):
            verdicts.record("cell-um", "ok", "1 passed\n2 failed")
            self.assertEqual(verdicts.load()["cell-um"]["detail"], "1 passed 2 failed")
            verdicts.record("cell-um", "bad", "again")
            self.assertEqual([r["verdict"] for r in verdicts.load().values()], ["bad"])
            verdicts.save({**verdicts.load(), "mutants-um": {**verdicts.load()["cell-um"], "task": "mutants-um", "id": "old"}})
            with mock.patch("builtins.print"):
                verdicts.main(["drop-stale"])
            self.assertEqual(list(verdicts.load()), ["cell-um"])


if __name__ == "__main__":
    unittest.main()
