"""The figures of a run: printed, kept, and written into the documentation."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from torture.judge import Evidence, Violation, all_ends, idle_ends, unasked

HEAD = """\
# Torture

Random sequences against the real Claude Code: texts of twenty kinds from several senders at once, dialogs, drafts,
mode changes, kills of senders, drainers, hosts, Claudes and panes, stops, resizes, floods. Each text is judged by the
raw requests that the model's stand-in received. This page is made by the program: `torture/run --write`.

    make torture SEED=… SENDS=1000

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

    def without(self, missing: Sequence[str]) -> Figures:
        return replace(self, missing=tuple(missing))

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
    lines = [HEAD, "| seed | sends | seconds | delivered | refused | unconfirmed | to idle panes | violations |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for each in found:
        ends = " | ".join(str(each.outcomes.get(name, 0)) for name in OUTCOMES[:3])
        lines.append(
            f"| {each.seed:06x} | {each.sends} | {each.seconds:g} | {ends} | {each.share} | {len(each.violations)} |"
        )
    names = list(dict.fromkeys(name for each in found for name in each.counts))
    lines += ["", "How often what occurred:", "", "| | " + " | ".join(f"{each.seed:06x}" for each in found) + " |"]
    lines += ["|---|" + "---|" * len(found)]
    lines += [f"| {name} | " + " | ".join(str(each.counts.get(name, 0)) for each in found) + " |" for name in names]
    return "\n".join(lines).replace(HEAD + "\n", HEAD) + "\n"
