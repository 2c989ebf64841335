"""What is said on the way: a line for each protection and its test."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tests.mutants.table import needs_claude
from tests.mutants.trial import Trial

COLOURS = {"killed": "32", "survived": "31;1", "broken": "35;1"}
WHY = 100  # characters


def coloured() -> bool:
    return "NO_COLOR" not in os.environ and (sys.stdout.isatty() or "FORCE_COLOR" in os.environ)


def painted(text: str, colour: str) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m" if coloured() else text


def line(trial: Trial) -> str:
    """`killed    dialog    tests/…::test_…   0.7 s`; below it why, where it was not killed."""
    end = painted(f"{trial.end:<9}", COLOURS[trial.end])
    with_ = "Claude Code" if needs_claude(trial.test) else ""
    first = f"{end} {trial.mutant.name:<38} {trial.seconds:5.1f} s  {with_:<12} {trial.test}"
    why = " ".join(trial.why.split())
    return f"{first}\n{'':>49}{painted(why[:WHY] if trial.end == 'killed' else why, '2')}"


def summary(trials: Sequence[Trial], seconds: float) -> str:
    names = {end: {trial.mutant.name for trial in trials if trial.end == end} for end in COLOURS}
    bad = names["survived"] | names["broken"]
    whole = {trial.mutant.name for trial in trials}
    said = [f"{len(whole)} protections, {len(trials)} tests, {seconds:.0f} s"]
    said += [f"survived: {', '.join(sorted(names['survived']))}"] if names["survived"] else []
    said += [f"broken: {', '.join(sorted(names['broken']))}"] if names["broken"] else []
    said += [] if bad else ["each was missed by its test"]
    return painted("; ".join(said), "31;1" if bad else "32;1")
