# SPDX-License-Identifier: GPL-2.0-only
"""What becomes of a mutant, judged by the console of the guest that ran it."""
import re
from collections import Counter
from typing import NamedTuple

from ktap import Case

from .write import Mutant

STAMP = r"(?:\[[^]]*\](?:\[[^]]*\])? )?"
FAILING = re.compile(rb"^" + STAMP.encode() + rb" *not ok ", re.M)
ALIVE = "NOT KILLED: "
SURVIVED = ALIVE + "run, and no case fails"


class Boot(NamedTuple):
    console: str
    cases: list[Case]
    died: str = ""  # what ci/cell/boot says of a guest that did not end its tests
    tries: int = 1


def clean(console: str) -> str:
    return re.sub(rf"^{STAMP}", "", console.replace("\r\n", "\n"), flags=re.M)


def first_failure(cases: list[Case]) -> str:
    return next((case.name for case in cases if case.result == "fail"), "")


def broken_expectation(console: str) -> str:
    """The case whose expectation failed before it could end."""
    suite = ""
    for line in clean(console).splitlines():
        if line.startswith("    # Subtest: "):
            suite = line.split()[-1]
        elif suite and (case := re.match(r" *# (\S+?):? (?:EXPECTATION|ASSERTION) FAILED", line)):
            return f"{suite}.{case[1]}"
    return ""


def verdict(number: int, boot: Boot, cases: int) -> str:
    """The case that kills the mutant, or why none does.  The kernel without a mutant shows
    that many cases: with fewer, the guest ended before its tests did."""
    failed = first_failure(boot.cases)
    if f"mutant {number} chosen" not in boot.console:
        return f"{ALIVE}not chosen, the guest ended {boot.tries} times before its tests"
    if "mutant reached" not in boot.console:
        return f"{ALIVE}never run" + (f", although {failed} fails" if failed else "")
    if failed:
        return failed
    if len(boot.cases) < cases:
        subtests = re.findall(r"# Subtest: (.*?)\r?$", boot.console, re.M)
        return broken_expectation(boot.console) or f"{ALIVE}the guest ended in {(subtests or ['its boot'])[-1]}, and no case failed"
    return ALIVE + boot.died if boot.died else SURVIVED


def final(mutant: Mutant, found: str) -> str:
    """The verdict on a mutant that may have to survive."""
    if not mutant.note.startswith("equivalent: "):
        return found
    return mutant.note if found == SURVIVED else f"KILLED, though said to be equivalent: {found}"


def is_bad(found: str) -> bool:
    return found.startswith((ALIVE, "KILLED"))


def control(boot: Boot, expected: dict[str, str | None]) -> list[str]:
    """What is wrong with a kernel that runs no mutant: expected are all its cases, each with
    the reason why it is skipped, or None."""
    faults = [boot.died] if boot.died else []
    if "mutant 0 chosen" not in boot.console:
        faults.append("the guest ended before its tests")
    want = {("skip" if why is not None else "pass", name, why or "") for name, why in expected.items()}
    have = Counter(boot.cases)
    faults += [" ".join(case).strip() + " is missing" for case in sorted(want - {tuple(c) for c in have})]
    faults += [" ".join(case).strip() + " was not expected" for case in sorted(c for c in have if tuple(c) not in want)]
    return faults + [f"{case.name} is there {n} times" for case, n in have.items() if n > 1]


def suite(killer: str) -> str:
    """The suite of a killing case; nothing for a mutant that none killed."""
    return "" if " " in killer.split(".")[0] or "." not in killer else killer.split(".")[0]


def guess(mutant: Mutant, killers: dict[tuple[str, str], str]) -> str:
    """The suite to try first: which killed this mutant, else others of its function, of its file."""
    for key in (mutant.function, mutant.name), (mutant.file, mutant.function), (mutant.file, ""):
        if killers.get(key):
            return killers[key]
    return ""


def learn(killers: dict[tuple[str, str], str], file: str, function: str, name: str, killer: str) -> None:
    if suite(killer):
        killers[function, name] = killers[file, function] = killers[file, ""] = suite(killer)


def detail(verdicts: list[str]) -> str:
    equivalent = sum(v.startswith("equivalent: ") for v in verdicts)
    killed = sum(not is_bad(v) for v in verdicts) - equivalent
    return f"{len(verdicts)} mutants: {killed} killed by a named case, {equivalent} equivalent"
