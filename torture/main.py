"""Plays what was drawn from each seed, judges it, prints the figures; see torture/run. SIGTERM ends it early: then what
was played so far is judged.

--seed HEX…     one run each; torture/run takes the first three bytes of the commit's hash
--sends N       how many texts are sent in each (1000)
--commit HASH   what is named in the figures
--only N…       only these episodes of the schedule
--write         write the figures of all runs that are kept under torture/out to doc/torture.md
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from offline.compare import normal
from offline.world import REPOSITORY, Programs
from tests.hazards.plant import PLANTS, planted
from tests.rig import guard, programs
from torture import tally, trace
from torture.course import course
from torture.evidence import gathered
from torture.figures import Figures, kept, report, written
from torture.judge import Evidence, Violation, judge, undelivered
from torture.plan import schedule
from torture.play import Run
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
    figures = [played(seed, asked.sends, asked.only, asked.commit) for seed in asked.seed]
    return int(not all(each.ok for each in figures))


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("torture", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=lambda digits: int(digits, 16), nargs="*", default=[])
    parser.add_argument("--sends", type=int, default=ALL)
    parser.add_argument("--commit", default="")
    parser.add_argument("--only", type=int, nargs="*")
    parser.add_argument("--write", action="store_true")
    return parser.parse_args(arguments)


def played(seed: int, sends: int, only: Sequence[int] | None = None, commit: str = "") -> Figures:
    """One seed's run, printed; that of a whole long schedule is kept under torture/out."""
    episodes = [each for each in schedule(seed, sends) if not only or each.number in only]
    began = time.monotonic()
    print(f"seed {seed:06x}: {sum(len(each.asks) for each in episodes)} sends in {len(episodes)} episodes", flush=True)
    with opened(_programs()) as stage:
        enough = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: enough.set())
        run = course(stage, episodes, enough)
        seconds = time.monotonic() - began
        found = gathered(run, run.arrivals.log)
        violations = [*run.violations, *judge(found), *blind(run, found)]
        changes = trace.changes(stage.history)
    counts = tally.counted(run.happened, changes, found.rows)
    figures = Figures.of(seed, found, counts, violations, seconds)
    if long := sends >= ALL and not only:
        figures = replace(figures, missing=tuple(tally.missing(counts)), commit=commit)
    print(report(figures, [*run.notes, *undelivered(found)]), flush=True)
    if long:
        OUT.mkdir(exist_ok=True)
        (OUT / f"{seed:06x}-{sends}.json").write_text(json.dumps(figures.as_dict(), indent=1, ensure_ascii=False))
    return figures


def blind(run: Run, found: Evidence) -> list[Violation]:
    """The faults that the judge does not find though they were put into copies of this log: lost, doubled, merged."""
    arrived = {normal(text) for text in found.arrived}
    killed = {(death.pane, death.pid) for death in found.deaths}
    whole = [row for row in found.rows if row.outcome == "delivered" and (row.pane, row.pane_pid) not in killed]
    came = [text for row in whole if (text := normal(row.text)) in arrived]
    missed = []
    for fault, plant in PLANTS.items() if len(came) > 1 else ():
        copy = run.stage.world.folder / f"{fault}.jsonl"
        planted(run.arrivals.log, lambda messages, plant=plant: plant(messages, *came[:2]), copy)  # type: ignore[misc]
        if not any(violation.what.startswith(fault) for violation in judge(gathered(run, copy))):
            missed.append(Violation("the judge is blind", "planted in its log", fault))
        copy.unlink()
    return missed


def _programs() -> Programs:
    nvim = next(iter(programs.choice("NVIM", programs.NVIM).values()))
    return Programs(next(iter(programs.tmuxes().values())), nvim, programs.claude())


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)  # a thread of a sender that hangs must not keep it
