# SPDX-License-Identifier: GPL-2.0-only
"""ci/proof: small programs, with scripts as compilers."""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Kselftest(unittest.TestCase):
    def kselftest(self, make: str) -> tuple[int, list[str], list[Path]]:
        """Its exit code, what it prints, and what it leaves."""
        with tempfile.TemporaryDirectory() as d:
            tmp = Path(d)
            for name, text in ("tree/tools/testing/selftests/virtio/Makefile", ""), ("bin/make", make):
                (tmp / name).parent.mkdir(parents=True)
                (tmp / name).write_text("#!/bin/bash\n" + text)
                (tmp / name).chmod(0o755)
            (tmp / "tmp").mkdir()
            env = {k: v for k, v in os.environ.items() if k not in ("CI_LOCKED", "BASE", "PATCHES", "WORK", "LOGS")}
            run = subprocess.run([ROOT / "ci/proof/kselftest", "s390", "arm64"], capture_output=True, text=True,
                                 env={**env, "TREE": f"{d}/tree", "XDG_CACHE_HOME": f"{d}/cache", "TMPDIR": f"{d}/tmp", "PATH": f"{d}/bin:{env['PATH']}"})
            return run.returncode, run.stdout.splitlines(), list((tmp / "tmp").iterdir())

    def test_a_warning_is_of_its_architecture(self):
        self.assertEqual(self.kselftest('[[ $* != *ARCH=s390* ]] || echo "a.c:1: warning: odd"'),
                         (1, ["FAIL  s390: builds with warnings", "ok    arm64: builds"], []))

    def test_nothing_is_left_where_it_does_not_build(self):
        self.assertEqual(self.kselftest("exit 2"), (1, [], []))


if __name__ == "__main__":
    unittest.main()
