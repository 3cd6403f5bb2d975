# SPDX-License-Identifier: GPL-2.0-only
"""ci/proof/mutation/run.py with a script as the kernel.  It reads consoles with the
tree's parser: ci/tests/mutants.sh runs this when there is one."""
import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUEST = """#!/bin/sh
# A UML guest: mutant 1 fails, 2 survives, 3 is never run, 4 ends before its tests at first, 9 hangs
for a; do case "$a" in mutant=*) n=${a#*=} ;; *glob=*) only=${a#*=} ;; esac; done
echo boot "$n" "$only" >>"$0.log"
[ $n != 4 ] || [ -e "$0.4" ] || { touch "$0.4"; exit; }
echo "mutant $n chosen"
echo KTAP version 1
echo 1..2
[ $n = 0 ] || [ $n = 3 ] || echo mutant reached
[ $n != 9 ] || sleep 1000
[ "$only" = late ] || printf '    KTAP version 1\\n    # Subtest: early\\n    1..1\\n    ok 1 a\\nok 1 early\\n'
[ "$only" = early ] || {
	not=; case $n in 1 | 4) not='not ' ;; esac
	printf '    KTAP version 1\\n    # Subtest: late\\n    1..2\\n    %sok 1 b\\n' "$not"
	[ -z "$not" ] || sleep 1000
	printf '    ok 2 c # SKIP why\\nok 2 late\\n'
}
"""


class Run(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = Path(folder.name)
        self.guest = self.tmp / "linux"
        self.guest.write_text(GUEST)
        self.guest.chmod(0o755)
        self.expect("why")
        self.table = self.tmp / "tables/mutants-um.tsv"

    def expect(self, reason: str) -> None:
        (self.tmp / "decisions.tsv").write_text("# table\trow\tcase\nt\tr\tearly.a\nt\tr\tlate.b\nt\tr\tlate.c\n")
        (self.tmp / "skips.tsv").write_text(f"# cases\twhere\twhat\twhy\nlate.c\t\t{reason}\n")

    def start(self, *numbers: int, only: str = "", note: str = "") -> subprocess.Popen:
        lines = [f"{n}\tum\tt.c\tf\tcondition {n}\t{note}\n" for n in numbers] + ["7\ts390\tt.c\tf\tother\t\n"]
        (self.tmp / "list").write_text("".join(lines))
        env = {**os.environ, "WORK": str(self.tmp), "LOGS": str(self.tmp / "logs"), "KUNIT": str(self.tmp), "MUTANTS": only, "JOBS": "2"}
        return subprocess.Popen([ROOT / "ci/proof/mutation/run.py", "um", self.guest, self.tmp / "list", "1234"], env=env,
                                text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run_all(self, *numbers: int, **more) -> tuple[int, str, str]:
        run = self.start(*numbers, **more)
        out, err = run.communicate(timeout=60)
        return run.returncode, out, err

    def test_a_run(self):
        began = time.monotonic()
        self.assertEqual((0, "2 mutants: 2 killed by a named case, 0 equivalent\n"), self.run_all(1, 4)[:2])
        self.assertLess(time.monotonic() - began, 30)
        self.assertEqual("# id=1234\num\tcondition 1\tlate.b\tf\tt.c\num\tcondition 4\tlate.b\tf\tt.c\n", self.table.read_text())
        Path(f"{self.guest}.log").unlink()
        self.run_all(1)  # the suite that killed it goes first
        self.assertEqual(["boot 0 ", "boot 0 early", "boot 0 late", "boot 1 late"], sorted(Path(f"{self.guest}.log").read_text().splitlines()))

    def test_survivors(self):
        rc, out, err = self.run_all(1, 2, 3)
        self.assertEqual((1, "3 mutants: 1 killed by a named case, 0 equivalent\n"), (rc, out))
        self.assertIn("Error: 2 of 3 mutants are not as they should be:\n  | um\tcondition 2\tNOT KILLED: run, and no case fails\tf\tt.c\n"
                      "  | um\tcondition 3\tNOT KILLED: never run\tf\tt.c\nNext: ", err)

    def test_equivalent(self):
        self.assertEqual((0, "1 mutants: 0 killed by a named case, 1 equivalent\n"), self.run_all(2, note="equivalent: why")[:2])

    def test_some_leave_no_table(self):
        self.assertEqual((0, "1 mutants: 1 killed by a named case, 0 equivalent\n"), self.run_all(1, 2, only="condition [13]")[:2])
        self.assertFalse(self.table.exists())
        self.assertIn('no mutant for um matches "nothing"', self.run_all(1, only="nothing")[2])

    def test_controls(self):
        self.expect("another reason")
        rc, _, err = self.run_all(1)
        self.assertEqual(1, rc)
        self.assertIn("the kernel of the mutants fails on um:\n  | skip late.c another reason is missing\n", err)
        self.setUp()
        self.guest.write_text(GUEST.replace("not=;", 'not=; [ "$only" != late ] || not="not "; '))
        self.assertIn("without a mutant, late.b fails on um when its suite runs alone", self.run_all(1)[2])

    def test_ended_it_ends_its_guests(self):
        log = Path(f"{self.guest}.log")
        for number in 9, 0:
            with self.subTest(number):
                self.guest.write_text(GUEST.replace("$n != 9", f"$n != {number}"))
                run = self.start(9)
                while not log.exists() or f"boot {number} " not in log.read_text():
                    time.sleep(0.1)
                run.send_signal(signal.SIGTERM)
                run.communicate(timeout=20)
                self.assertEqual(143, run.returncode)
                self.assertEqual("", subprocess.run(["pgrep", "-f", str(self.guest)], capture_output=True, text=True).stdout)
                log.unlink()


if __name__ == "__main__":
    unittest.main()
