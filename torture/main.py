"""Plays what was drawn from each seed, judges it, prints the figures; see torture/run.

--seed HEX…     one run each; torture/run takes the first three bytes of the commit's hash
--sends N       how many texts are sent in each (1000)
--only N…       only these episodes of the schedule
--plant FAULT   lost, doubled or merged: a fault put into a copy of the log, which the judge must find
--write         write the figures of all runs that are kept under torture/out to doc/torture.md
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from offline.compare import normal
from offline.world import REPOSITORY, Programs
from tests.hazards.plant import PLANTS, planted
from tests.rig import guard, programs
from torture import tally, trace
from torture.course import course
from torture.evidence import gathered
from torture.figures import Figures, kept, report, written
from torture.judge import Evidence, judge
from torture.plan import schedule
from torture.stage import opened

OUT = REPOSITORY / "torture/out"
ALL = 1000
"""Sends from which on every event and transition must have occurred."""


def main(arguments: Sequence[str]) -> int:
    asked = _parsed(arguments)
    if asked.write:
        found = kept(OUT)
        (REPOSITORY / "doc/torture.md").write_text(written(found))
        return 0
    guard.check()
    figures = [played(seed, asked.sends, asked.only, asked.plant, log=True) for seed in asked.seed]
    return int(not all(each.ok for each in figures))


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("torture", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=lambda digits: int(digits, 16), nargs="*", default=[])
    parser.add_argument("--sends", type=int, default=ALL)
    parser.add_argument("--only", type=int, nargs="*")
    parser.add_argument("--plant", choices=sorted(PLANTS))
    parser.add_argument("--write", action="store_true")
    return parser.parse_args(arguments)


def played(
    seed: int,
    sends: int,
    only: Sequence[int] | None = None,
    plant: str | None = None,
    *,
    log: bool = False,
) -> Figures:
    """One seed's run, printed; `log` keeps what it found under torture/out."""
    episodes = [each for each in schedule(seed, sends) if not only or each.number in only]
    began = time.monotonic()
    print(f"seed {seed:06x}: {sum(len(each.asks) for each in episodes)} sends in {len(episodes)} episodes", flush=True)
    with opened(_programs()) as stage:
        run = course(stage, episodes)
        seconds = time.monotonic() - began
        found = gathered(run, run.arrivals.log)
        if plant:
            found = gathered(run, with_fault(run.arrivals.log, plant, found, stage.world.folder))
        changes = trace.changes(stage.history)
    violations = [*run.violations, *judge(found)]
    counts = tally.counted(run.happened, changes)
    figures = Figures.of(seed, found, counts, violations, seconds)
    missing = tally.missing(counts) if sends >= ALL and not only else []
    figures = figures.without(missing)
    if log:
        OUT.mkdir(exist_ok=True)
        (OUT / f"{seed:06x}-{sends}.json").write_text(json.dumps(figures.as_dict(), indent=1, ensure_ascii=False))
    print(report(figures, run.notes), flush=True)
    return figures


def _programs() -> Programs:
    nvim = next(iter(programs.choice("NVIM", programs.NVIM).values()))
    return Programs(next(iter(programs.tmuxes().values())), nvim, programs.claude())


def with_fault(log: Path, fault: str, found: Evidence, folder: Path) -> Path:
    """A copy of the log in which two texts that were delivered are lost, doubled or merged."""
    first, second = [normal(row.text) for row in found.rows if row.outcome == "delivered"][:2]
    return planted(log, lambda messages: PLANTS[fault](messages, first, second), folder / f"{fault}.jsonl")


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)  # a thread of a sender that hangs must not keep it
