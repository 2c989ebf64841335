"""Switches each protection off by name and shows its test failing (make mutants).

    tests/mutants/run                 all of them
    tests/mutants/run 'gate-*' words  some
    tests/mutants/run --unit          those whose tests need no Claude Code
    tests/mutants/run --document      writes doc/protections.md

Exit 1 if one survives: then nothing would tell that it is gone.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.mutants import document, report
from tests.mutants.table import DriftedError, Mutant, missing, mutants, needs_claude
from tests.mutants.trial import Trial, attempt, run


def chosen(names: Sequence[str], *, unit: bool) -> list[Mutant]:
    found = [mutant for mutant in mutants() if not names or any(fnmatch.fnmatch(mutant.name, name) for name in names)]
    return [mutant for mutant in found if not (unit and any(map(needs_claude, mutant.tests)))]


def drifted(found: Sequence[Mutant]) -> list[str]:
    """Where the table does not fit the program."""
    said = []
    for mutant in found:
        said += [f"{mutant.name}: there is no {gone}" for test in mutant.tests if (gone := missing(test))]
        try:
            mutant.text()
        except DriftedError as error:
            said.append(str(error))
    return said


def sound(tests: Sequence[str], jobs: int) -> bool:
    """Whether all the tests pass as things are."""
    ran = run([f"-n{jobs}", "--dist=worksteal", *tests])
    if ran.code:
        print(f"mutants: these fail with every protection on (exit {ran.code}):\n{ran.said[-3000:]}", file=sys.stderr)
    return ran.code == 0


def trials(found: Sequence[Mutant], jobs: int) -> Iterator[Trial]:
    """Each as it ends. The slow ones begin first."""
    pairs = [(mutant, test) for mutant in found for test in mutant.tests]
    pairs.sort(key=lambda pair: not needs_claude(pair[1]))
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch, ThreadPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(attempt, *pair, Path(scratch)) for pair in pairs]):
            yield done.result()


def main() -> int:
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="shell patterns of names")
    parser.add_argument("--unit", action="store_true")
    parser.add_argument("--document", action="store_true")
    parser.add_argument("--jobs", type=int, default=min(4, os.cpu_count() or 1))
    asked = parser.parse_args()
    if asked.document:
        document.PATH.write_text(document.written(mutants()))
        return 0
    found = chosen(asked.names, unit=asked.unit)
    problems = drifted(found) if found else ["there is none of that name"]
    if problems:
        print("mutants: " + "\nmutants: ".join(problems), file=sys.stderr)
        return 2
    began = time.monotonic()
    if not sound(sorted({test for mutant in found for test in mutant.tests}), asked.jobs):
        return 2
    ended = []
    for trial in trials(found, asked.jobs):
        ended.append(trial)
        print(report.line(trial), flush=True)
    print(report.summary(ended, time.monotonic() - began))
    return int(any(trial.end != "killed" for trial in ended))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (KeyboardInterrupt, subprocess.TimeoutExpired) as error:
        sys.exit(f"mutants: {type(error).__name__}")
