"""The figures of a run: printed, kept, and written into the documentation."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from torture.judge import Evidence, Violation

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
    """One run. `counts` by event and transition; `idle` how many sends to idle panes were delivered, of how many;
    `missing` what should have occurred and did not."""

    seed: int
    sends: int
    outcomes: Mapping[str, int]
    idle: tuple[int, int]
    counts: Mapping[str, int]
    violations: tuple[str, ...]
    seconds: float
    missing: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        seed: int,
        found: Evidence,
        counts: Mapping[str, int],
        violations: Sequence[Violation],
        idle: tuple[int, int],
        seconds: float,
    ) -> Figures:
        outcomes = Counter(row.outcome or "open" for row in found.rows)
        said = tuple(map(str, violations))
        ends = {str(name): count for name, count in outcomes.items()}
        return cls(seed, len(found.asked), ends, idle, dict(counts), said, round(seconds))

    def without(self, missing: Sequence[str]) -> Figures:
        return replace(self, missing=tuple(missing))

    @property
    def ok(self) -> bool:
        return not self.violations and not self.missing

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def report(figures: Figures, notes: Sequence[str]) -> str:
    """For the terminal."""
    counts = [f"  {count:6}  {name}" for name, count in figures.counts.items()]
    lines = [
        *counts,
        *(f"note: {note}" for note in notes),
        *(f"✗ {each}\n" for each in figures.violations),
        *(f"✗ never occurred: {each}" for each in figures.missing),
        _line(figures),
    ]
    return "\n".join(lines)


def _line(figures: Figures) -> str:
    outcomes = ", ".join(f"{figures.outcomes.get(name, 0)} {name}" for name in OUTCOMES)
    delivered, idle = figures.idle
    share = f"to idle panes {delivered} of {idle} delivered"
    wrong = f"{len(figures.violations)} violations"
    return f"seed {figures.seed}: {figures.sends} sends in {figures.seconds:g} s: {outcomes}; {share}; {wrong}"


def kept(out: Path) -> list[Figures]:
    """The runs that were kept."""
    found = [json.loads(file.read_text()) for file in sorted(out.glob("*.json"))]
    return [Figures(**{**each, "idle": tuple(each["idle"])}) for each in found]


def written(found: Sequence[Figures]) -> str:
    """The page."""
    lines = [HEAD, "| seed | sends | seconds | delivered | refused | unconfirmed | to idle panes | violations |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for each in found:
        ends = " | ".join(str(each.outcomes.get(name, 0)) for name in OUTCOMES[:3])
        delivered, idle = each.idle
        share = f"{delivered} of {idle} ({100 * delivered / max(1, idle):.0f} %)"
        lines.append(f"| {each.seed} | {each.sends} | {each.seconds:g} | {ends} | {share} | {len(each.violations)} |")
    names = list(dict.fromkeys(name for each in found for name in each.counts))
    lines += ["", "How often what occurred:", "", "| | " + " | ".join(str(each.seed) for each in found) + " |"]
    lines += ["|---|" + "---|" * len(found)]
    lines += [f"| {name} | " + " | ".join(str(each.counts.get(name, 0)) for each in found) + " |" for name in names]
    return "\n".join(lines).replace(HEAD + "\n", HEAD) + "\n"
