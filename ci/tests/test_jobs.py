# SPDX-License-Identifier: GPL-2.0-only
"""The CI jobs that are computed when a pipeline runs."""
import importlib.machinery
import importlib.util
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE / "lib"))
import arch

try:
    loader = importlib.machinery.SourceFileLoader("job_commands", str(HERE / "tests/job-commands"))
    jobs = importlib.util.module_from_spec(importlib.util.spec_from_loader("job_commands", loader))
    loader.exec_module(jobs)
    MISSING = ""
except ImportError as e:
    MISSING = f"{e}: make deps"


@unittest.skipIf(MISSING, MISSING)
class Jobs(unittest.TestCase):
    def setUp(self):
        self.hosts = {"github": jobs.github(), "gitlab": jobs.gitlab()}

    def test_every_cell_has_a_job_and_only_a_tried_one_may_fail(self):
        for host, found in self.hosts.items():
            with self.subTest(host):
                self.assertEqual({cell: may_fail for cell, (_, _, may_fail) in found.items()},
                                 {c.name: c.need == "tried" for c in arch.matrix()})

    def test_each_job_runs_its_cell(self):
        for host, found in self.hosts.items():
            for cell, (environment, lines, _) in found.items():
                with self.subTest(host=host, cell=cell):
                    self.assertEqual(environment["CELL"], cell)
                    self.assertEqual("\n".join(lines).strip().splitlines()[-2:], ["make deps YES=1", "make cell CELL=$CELL"])

    def test_both_hosts_run_the_same_commands(self):
        text = {"\n".join(lines).strip() for found in self.hosts.values() for _, lines, _ in found.values()}
        self.assertEqual(len(text), 1)

    def test_the_first_job_of_a_pipeline_computes_the_others(self):
        self.assertIn("{ cat .gitlab/cell.yml && ci/cell/jobs gitlab; } >cells.yml", jobs.load(".gitlab-ci.yml")["cells"]["script"])
        first = jobs.load(".github/workflows/matrix.yml")["jobs"]["cells"]["steps"][-1]
        self.assertIn("$(ci/cell/jobs github)", first["run"])

    def test_github_takes_one_line(self):
        self.assertEqual(jobs.made("github").count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
