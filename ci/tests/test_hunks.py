# SPDX-License-Identifier: GPL-2.0-only
"""ci/proof/hunks.py: how a patch falls into hunks, which of them are code, and verdicts."""
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "proof"))
import hunks

PATCH = """diff --git a/kernel/a.c b/kernel/a.c
index 1111111..2222222 100644
--- a/kernel/a.c
+++ b/kernel/a.c
@@ -1,3 +1,4 @@
 /* a */
+#include <linux/b.h>
 
 int x;
@@ -9,2 +10,2 @@ int f(int	y)
 {
-	return 1;
+	return 2;
diff --git a/kernel/gone.c b/kernel/gone.c
deleted file mode 100644
--- a/kernel/gone.c
+++ /dev/null
@@ -1 +0,0 @@
-int gone;
"""


def hunk(file, *changes):
    return hunks.Hunk(file, "", f"--- a/{file}\n+++ b/{file}\n@@ -1 +1 @@\n context\n" + "\n".join(changes) + "\n")


class Split(unittest.TestCase):
    def test_files_and_context(self):
        self.assertEqual([(h.file, h.context) for h in hunks.split(PATCH)],
                         [("kernel/a.c", ""), ("kernel/a.c", "int f(int y)"), ("kernel/gone.c", "")])

    def test_each_is_a_patch(self):
        second = hunks.split(PATCH)[1]
        self.assertTrue(second.text.startswith("diff --git a/kernel/a.c") and second.text.count("@@ -") == 1)
        self.assertEqual(second.changes, ["-\treturn 1;", "+\treturn 2;"])

    def test_the_id_does_not_depend_on_where_it_stands(self):
        moved = PATCH.replace("-9,2 +10,2", "-19,2 +20,2").replace("1111111", "3333333")
        self.assertEqual([h.id for h in hunks.split(PATCH)], [h.id for h in hunks.split(moved)])
        self.assertNotEqual(hunks.split(PATCH)[1].id, hunks.split(PATCH.replace("return 2", "return 3"))[1].id)


class Kind(unittest.TestCase):
    def test_who_answers(self):
        for file, who in (("kernel/dma/mapping.c", "um"), ("arch/s390/mm/init.c", "s390"), ("arch/x86/mm/m.c", "x86_64"),
                          ("arch/powerpc/kernel/dma-iommu.c", "ppc64le"), ("drivers/virtio/virtio_mem.c", "x86_64"),
                          ("arch/powerpc/platforms/pseries/Kconfig", "ppc64le"), ("drivers/virtio/virtio.c", "um"),
                          ("drivers/virtio/Kconfig", "tests and their wiring"), ("MAINTAINERS", "maintainers"),
                          ("drivers/virtio/tests/a.c", "tests and their wiring"), ("Documentation/a.rst", "documentation"),
                          ("tools/virtio/a.c", "tools, see ci/proof/tools-virtio"),
                          ("tools/testing/selftests/virtio/Makefile", "tests and their wiring"),
                          ("include/uapi/linux/a.h", "comment in a header for user space")):
            self.assertEqual(hunks.judge(file), who, file)

    def test_code(self):
        for line in ("+\tif (x)", "+EXPORT_SYMBOL_GPL(x);\n+int y;", "+bool f(struct device *dev);", "+#define X 1"):
            self.assertEqual(hunks.kind(hunk("kernel/a.c", *line.split("\n")), "um"), "code", line)

    def test_hooks_of_powerpc(self):
        one = hunk("kernel/dma/mapping.c", "+\tif (arch_dma_alloc_direct(dev))")
        self.assertEqual([hunks.kind(one, arch) for arch in ("um", "ppc64le")], [None, "code"])

    def test_no_code(self):
        self.assertEqual(hunks.kind(hunk("kernel/a.c", "+ * words", "-", "+#include <a.h>"), "um"),
                         "comments, includes and declarations")
        self.assertEqual(hunks.kind(hunk("include/a.h", "+bool f(struct device *dev);"), "um"),
                         "comments, includes and declarations")
        self.assertEqual(hunks.kind(hunk("include/a.h", "+static inline bool f(void) { return 1; }"), "um"), "code")
        self.assertEqual(hunks.kind(hunk("kernel/a.c", "-EXPORT_SYMBOL(f);", '+EXPORT_SYMBOL_FOR_MODULES(f, "g");'), "um"),
                         "names of modules in an export, see ci/proof/modules")

    def test_another_architecture_answers(self):
        self.assertIsNone(hunks.kind(hunk("arch/s390/a.c", "+x"), "um"))
        self.assertIsNone(hunks.kind(hunk("Documentation/a", "+x"), "s390"))
        self.assertEqual(hunks.kind(hunk("Documentation/a", "+x"), "um"), "documentation")


class Verdicts(unittest.TestCase):
    EXPECTED = [["pass", "s.a"], ["pass", "s.b"]]

    def test_failing(self):
        self.assertEqual(hunks.failing([["pass", "s.a"], ["fail", "s.b"]], self.EXPECTED), "s.b")
        self.assertEqual(hunks.failing([["pass", "s.a"]], self.EXPECTED), "s.b(missing)")
        self.assertEqual(hunks.failing([["pass", "s.a"], ["pass", "s.b"]], self.EXPECTED), "")
        self.assertEqual(hunks.failing([], []), "")

    def test_builds(self):
        self.assertTrue(hunks.error("a.c:1:2: error: no"))
        self.assertTrue(hunks.error("ld: undefined reference to `f'"))
        self.assertFalse(hunks.error("cc1: error: x\nKilled"))
        self.assertFalse(hunks.error("No space left on device"))
        self.assertEqual(hunks.warning("a.c:1:2: warning: unused"), "warning: unused")
        self.assertEqual(hunks.warning("WARNING: modpost: x"), "WARNING: modpost: x")
        self.assertEqual(hunks.warning("  CC a.o"), "")

    def test_died(self):
        self.assertEqual(hunks.died("    # Subtest: a\n    # Subtest: b_c\n", "Error: the um guest died before"),
                         "the guest dies in b_c")
        self.assertEqual(hunks.died("", "Error: the um guest hung: ended"), "NOTHING FAILS, the guest hangs")
        self.assertIsNone(hunks.died("", "Error: qemu ended with 1"))

    def test_reasons(self):
        text = "# x\na.patch\tkernel/a.c\tit is so\n"
        self.assertEqual(hunks.reason(text, "a.patch", "kernel/a.c"), "no difference: it is so")
        self.assertEqual(hunks.reason(text, "a.patch", "kernel/b.c"), "")


if __name__ == "__main__":
    unittest.main()
