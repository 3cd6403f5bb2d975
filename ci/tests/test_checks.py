# SPDX-License-Identifier: GPL-2.0-only
"""ci/check: what a kept result is bound to, and programs that fail rather than see nothing."""
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
CHECK = ROOT / "ci/check"
sys.path.insert(0, str(CHECK))
import checks
import runner


def bash(text: str, **more: str) -> subprocess.CompletedProcess:
    env = {k: v for k, v in os.environ.items() if k not in ("CI_LOCKED", "BASE", "PATCHES", "TREE", "WORK", "LOGS", "MAILS", "SENT", "ROOT")}
    return subprocess.run(["bash", "-c", text], env={**env, **more}, capture_output=True, text=True)


class Reads(unittest.TestCase):
    def test_what_a_check_imports(self):
        def imports(path: Path) -> set[str]:
            if not path.read_text().startswith("#!/usr/bin/env python3") and path.suffix != ".py":
                return set()
            mine = {CHECK / f"{m}.py" for m in re.findall(r"^import (\w+)$", path.read_text(), re.M)}
            mine = {m for m in mine if m.exists()}
            tables = {t for t in re.findall(r'with_name\("(.*?)"\)', path.read_text())}
            return {f"ci/check/{m.name}" for m in mine} | {f"ci/check/{t}" for t in tables} | {x for m in mine for x in imports(m)}
        for check in checks.load():
            if check.program.parent == CHECK:
                self.assertEqual(imports(check.program) - set(check.reads.split()), set(), check.name)

    def test_what_others_have_by_now_is_looked_at_each_time(self):
        with tempfile.TemporaryDirectory() as d, mock.patch.object(runner, "WORK", Path(d)), mock.patch.dict(os.environ, FRESH="0"):
            unit = checks.Unit("", [], [], set())
            for check in checks.load():
                if check.per == "once" and check.set == "text":
                    runner.keep(runner.path_of(check, unit), runner.id_of(check, unit, runner.TREE), checks.Result(0, ["as it was"], 1))
                    self.assertEqual(runner.still(check, unit) is None, check.kind == "newest", check.name)


class Programs(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.addCleanup(self.dir.cleanup)
        self.tmp = Path(self.dir.name)

    def play(self, name: str, text: str) -> None:
        path = self.tmp / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/bash\n{text}\n")
        path.chmod(0o755)

    def test_a_spatch_that_does_not_work_finds_nothing_and_says_so(self):
        self.play("bin/spatch", 'eval "$SPATCH"')
        tree = self.tmp / "tree"
        made = bash("""git init -q "$TREE" && cd "$TREE" && mkdir -p scripts/coccinelle lib
            git config user.name T && git config user.email t@example.invalid
            echo 'virtual report' >scripts/coccinelle/a.cocci && echo 'int a;' >lib/a.c && git add . && git commit -qm base && git branch base
            echo 'int b;' >>lib/a.c && git commit -qam more && git update-ref refs/series/exported HEAD""", TREE=str(tree))
        self.assertEqual(made.returncode, 0, made.stderr)

        def check(spatch: str) -> subprocess.CompletedProcess:
            return bash(str(CHECK / "coccicheck"), TREE=str(tree), XDG_CACHE_HOME=str(self.tmp / str(hash(spatch))), SPATCH=spatch,
                        PATH=f"{self.tmp}/bin:{os.environ['PATH']}")
        broken = check('echo "no such option" >&2; exit 255')
        self.assertEqual(broken.returncode, 1)
        self.assertIn("spatch with a.cocci: exit code 255: no such option", broken.stderr)
        self.assertEqual(check('echo "No OCaml compiler found!" >&2; exit 255').returncode, 0)
        told = check('[ $1 = --version ] || ! grep -q "int b" lib/a.c || echo "./lib/a.c:2:4-5: WARNING: b"')
        self.assertEqual((told.returncode, told.stdout), (1, "lib/a.c: WARNING: b\n"))

    def test_no_mails_for_the_quick_checks_are_no_reason_to_make_all(self):
        bash(f'mkdir "{self.tmp}/ci" && cp -r "{ROOT}"/ci/{{lib,check}} "{self.tmp}/ci"')
        self.play("ci/check/lay", f'echo "lay $*" >>"{self.tmp}/laid"; exit 1')
        self.assertEqual(bash(f"{self.tmp}/ci/check/run --quick", XDG_CACHE_HOME=str(self.tmp / "cache")).returncode, 1)
        self.assertEqual((self.tmp / "laid").read_text(), "lay --quick\n")

    def test_mails_are_laid_out_anew_after_a_verdict_and_a_version(self):
        line = next(x for x in (CHECK / "lay").read_text().splitlines() if x.startswith("stamp="))

        def stamp() -> str:
            return bash(f"patches_sum() {{ :; }}; pgit() {{ :; }}; {line}; echo $stamp", ROOT=str(self.tmp), PATCHES=str(self.tmp),
                        SENT=f"{self.tmp}/sent", TREE=".").stdout
        seen = {stamp()}
        for file in "ci/proof/verdicts/v7.3.tsv", "sent/dma/v1/0001-a.patch":
            self.play(file, "more")
            self.assertEqual(len(seen | {stamp()}), len(seen) + 1, file)
            seen.add(stamp())


if __name__ == "__main__":
    unittest.main()
