"""The figures of a run: printed, kept, and written into the documentation."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from torture.judge import Evidence, Violation, all_ends, idle_ends, unasked

HEAD = """\
# Torture

Random sequences against the real Claude Code, drawn from a seed: texts of 22 kinds, some of them commands on purpose,
some for Claude's own queue, from several senders at once (the command, an editor, its host, senders that are killed
or stopped at each step), while dialogs open, drafts stand in the box, modes change, floods of output pass, the model
is slow, panes are resized, scrolled, made too low, respawned and killed, Claudes, hosts, editors and drainers are
killed, and what waits in the queue is edited, moved and called off. The person at the panes approves nothing.

    make torture                                 # the seed is the first three bytes of the commit's hash
    make torture SEED=3fa201 SENDS=1000

Each text is judged by the raw requests that the model's stand-in received, byte for byte: what is said to be
delivered arrived once, whole, in its sender's order and in the mode asked for; what is said to be refused did not;
nothing arrived that nobody sent; no shell ran a text, no tool or plan was approved, no question answered, no
conversation cleared; no draft was lost or altered; and nothing is open in the end. Before it is believed, the judge
must find a loss, a doubling and a merging that are planted in copies of the run's own log. `torture/run --write`
makes this page.
"""
FOUND = """
## What long runs have found, mended since

- A second Enter, pressed on a very busy machine because the first seemed lost, met the draft that Claude had brought
  back from its stash meanwhile, and submitted it.
- A pane that had been killed was said to have lost its gate, and a text was refused that the next pane in that mode
  could have taken.
- A text that was called off, or whose pane ended, in the moment when it came into a queue ended as an error, or as
  something else than the history says.
"""
OUTCOMES = ("delivered", "refused", "unconfirmed", "open")


@dataclass(frozen=True)
class Figures:
    """One run. `counts` by event and transition; `idle` how the sends to idle panes ended, `ends` how all did;
    `unasked` how many were taken by a Claude that was killed before it asked its model; `missing` what should have
    occurred and did not."""

    seed: int
    sends: int
    outcomes: Mapping[str, int]
    ends: Mapping[str, int]
    idle: Mapping[str, int]
    unasked: int
    counts: Mapping[str, int]
    violations: tuple[str, ...]
    seconds: float
    commit: str = ""
    missing: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        seed: int,
        found: Evidence,
        counts: Mapping[str, int],
        violations: Sequence[Violation],
        seconds: float,
    ) -> Figures:
        outcomes = dict(Counter(str(row.outcome or "open") for row in found.rows))
        said = tuple(map(str, violations))
        ends, idle = dict(all_ends(found).most_common()), dict(idle_ends(found).most_common())
        without = len(unasked(found))
        return cls(seed, len(found.asked), outcomes, ends, idle, without, dict(counts), said, round(seconds))

    @property
    def ok(self) -> bool:
        return not self.violations and not self.missing

    @property
    def share(self) -> str:
        """Of the sends to idle panes."""
        delivered, idle = self.idle.get("delivered", 0), sum(self.idle.values())
        return f"{delivered} of {idle} ({100 * delivered / max(1, idle):.0f} %)"

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def report(figures: Figures, notes: Sequence[str]) -> str:
    """For the terminal."""
    counts = [f"  {count:6}  {name}" for name, count in figures.counts.items()]
    lines = [
        *counts,
        f"all ended as {_counts(figures.ends)}",
        f"those to idle panes as {_counts(figures.idle)}",
        f"taken by a Claude that was killed before it asked its model: {figures.unasked}",
        *(f"note: {note}" for note in notes),
        *(f"✗ {each}\n" for each in figures.violations),
        *(f"✗ never occurred: {each}" for each in figures.missing),
        _line(figures),
    ]
    return "\n".join(lines)


def _counts(ends: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in ends.items())


def _line(figures: Figures) -> str:
    outcomes = ", ".join(f"{figures.outcomes.get(name, 0)} {name}" for name in OUTCOMES)
    share = f"to idle panes {figures.share} delivered"
    wrong = f"{len(figures.violations)} violations"
    return f"seed {figures.seed:06x}: {figures.sends} sends in {figures.seconds:g} s: {outcomes}; {share}; {wrong}"


def kept(out: Path) -> list[Figures]:
    """The runs that were kept."""
    found = [json.loads(file.read_text()) for file in sorted(out.glob("*.json"))]
    return [Figures(**each) for each in found]


def written(found: Sequence[Figures]) -> str:
    """The page."""
    table: list[list[object]] = [
        ["seed", "commit", "sends", "minutes", *OUTCOMES, "delivered of those to idle panes", "violations"],
        *(
            [
                f"{each.seed:06x}",
                each.commit,
                each.sends,
                f"{each.seconds / 60:.0f}",
                *(each.outcomes.get(name, 0) for name in OUTCOMES),
                each.share,
                len(each.violations),
            ]
            for each in found
        ),
    ]
    seeds = [f"{each.seed:06x}" for each in found]
    parts = [HEAD, _table(table)]
    for title, counts in (
        ("How all sends ended", [each.ends for each in found]),
        ("How those to idle panes ended, whatever was done to their senders", [each.idle for each in found]),
        ("How often what occurred", [each.counts for each in found]),
    ):
        names = dict.fromkeys(name for each in counts for name in each)
        rows = [[name, *(each.get(name, 0) for each in counts)] for name in names]
        parts += [f"\n## {title}\n", _table([["", *seeds], *rows])]
    return "\n".join(parts) + "\n" + FOUND


def _table(rows: Sequence[Sequence[object]]) -> str:
    """The first row is its head."""
    lines = ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])
