"""Runs a test where one protection is switched off: in namespaces in which that one file reads otherwise."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.mutants.table import REPOSITORY, Mutant
from tests.rig import programs

FAILED = re.compile(r"^FAILED (?P<test>tests/\S+\.py::.*?)(?: - (?P<why>.*))?$", re.MULTILINE)
DEADLINE = 400.0  # seconds for one test
ALL = 3600.0  # seconds for all of them, each with its own deadline
HANGS = 60  # seconds after which a test that hangs has failed
WIDTH = "400"  # columns, so that pytest does not cut what it says

End = Literal["killed", "survived", "broken"]


@dataclass(frozen=True)
class Trial:
    """One test without one protection. `why` is how it failed, or what was wrong with the run."""

    mutant: Mutant
    test: str
    end: End
    why: str
    seconds: float


@dataclass(frozen=True)
class Ran:
    code: int
    said: str

    @property
    def failed(self) -> dict[str, str]:
        """The tests that failed, and why."""
        return {found["test"]: found["why"] or "" for found in FAILED.finditer(self.said)}


def run(arguments: Sequence[str], instead: Sequence[str] = (), deadline: float = ALL) -> Ran:
    """`tests/run` to its end, with one tmux (the newest, unless the environment names another). `instead` is a file
    and the one that is read in its place."""
    environment = {"LLM_SEND_TEST_TMUX": str(next(iter(programs.TMUX.values()))), **os.environ, "COLUMNS": WIDTH}
    done = subprocess.run(
        [str(REPOSITORY / "tests/run"), *(["--instead", *instead] if instead else []), "-q", "--tb=no", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=deadline,
    )
    return Ran(done.returncode, done.stdout + done.stderr)


def attempt(mutant: Mutant, test: str, scratch: Path) -> Trial:
    """Run the test against the mutant. It must fail; anything but a pass or a failure is `broken`."""
    began = time.monotonic()
    file = scratch / secrets.token_hex(8)
    file.write_text(mutant.text())
    # What Python has compiled is found by size and time; two mutants of a file may well have both in common.
    moment = secrets.randbelow(2**30)
    os.utime(file, (moment, moment))
    try:
        ran = run(["-n0", "-x", f"--timeout={HANGS}", test], (str(mutant.source), str(file)), DEADLINE)
    except subprocess.TimeoutExpired:
        return Trial(mutant, test, "broken", f"no end after {DEADLINE:.0f} s", DEADLINE)
    return Trial(mutant, test, *judged(ran, test), time.monotonic() - began)


def judged(ran: Ran, test: str) -> tuple[End, str]:
    """What a run of that one test says."""
    whys = [why for name, why in ran.failed.items() if name == test or name.startswith(f"{test}[")]
    if ran.code == 1 and whys:
        return "killed", whys[0]
    if ran.code == 0:
        return "survived", "the test passes all the same"
    return "broken", " ".join(ran.said.split())[-300:]
