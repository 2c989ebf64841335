"""What a benchmark finds: times beside those of the bare tool, and whether they keep their budget."""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Measure = Literal["added", "ratio", "median", "p99"]
UNITS: dict[Measure, str] = {"added": "ms more", "ratio": "times", "median": "ms", "p99": "ms (p99)"}


@dataclass(frozen=True)
class Figure:
    """Times are medians in milliseconds over `n` rounds; `raw` is the bare tool's. `measure` says what the budget
    limits: ours less raw, ours over raw, our median, or our 99th percentile. No budget: for information."""

    bench: str
    case: str
    measure: Measure
    n: int
    raw: float | None
    ours: float
    p99: float
    budget: float | None

    @property
    def value(self) -> float:
        if self.measure == "p99":
            return self.p99
        if self.raw is None or self.measure == "median":
            return self.ours
        return self.ours - self.raw if self.measure == "added" else self.ours / self.raw

    @property
    def ok(self) -> bool:
        return self.budget is None or self.value <= self.budget


def figure(
    bench: str,
    case: str,
    measure: Measure,
    ours: list[float],
    *,
    raw: list[float] | None = None,
    budget: float | None = None,
) -> Figure:
    middle = statistics.median(raw) if raw else None
    return Figure(bench, case, measure, len(ours), middle, statistics.median(ours), percentile(ours, 0.99), budget)


def percentile(values: list[float], part: float) -> float:
    """The value that `part` of all do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, round(part * len(ranked)) - 1))]


def timed(call: Callable[[], object]) -> float:
    begin = time.perf_counter_ns()
    call()
    return (time.perf_counter_ns() - begin) / 1e6


def interleaved(rounds: int, takers: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Each taker's milliseconds. All are asked in every round, in an order that changes: what the machine does
    meanwhile meets them alike."""
    names = list(takers)
    times: dict[str, list[float]] = {name: [] for name in names}
    chance = random.Random(7)
    for taker in takers.values():
        taker()  # what is read from disk is in memory from here on
    gc.disable()
    for _ in range(rounds):
        chance.shuffle(names)
        for name in names:
            times[name].append(takers[name]())
    gc.enable()
    return times


def table(figures: list[Figure]) -> str:
    titles = ["", "case", "n", "raw ms", "ours ms", "p99", "measured", "budget", ""]
    rows = [titles, *(_cells(each) for each in figures)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(titles))]
    numbers = range(2, 6)
    lines = [
        "  ".join(cell.rjust(widths[at]) if at in numbers else cell.ljust(widths[at]) for at, cell in enumerate(row))
        for row in rows
    ]
    return "\n".join([lines[0].rstrip(), "─" * max(map(len, lines)), *(line.rstrip() for line in lines[1:])])


def _cells(each: Figure) -> list[str]:
    raw = f"{each.raw:.2f}" if each.raw is not None else ""
    limit = f"≤ {each.budget:g}" if each.budget is not None else "–"
    mark = "" if each.budget is None else "✓" if each.ok else "✗"
    found = f"{each.value:.2f} {UNITS[each.measure]}"
    return [each.bench, each.case, str(each.n), raw, f"{each.ours:.2f}", f"{each.p99:.2f}", found, limit, mark]
