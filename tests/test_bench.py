"""The benchmarks' arithmetic, and that a figure over its budget fails. What they measure is not for a test to say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.figures import Figure, Measure, figure, interleaved, percentile
from bench.main import BENCHES, main


def one(measure: Measure, budget: float | None) -> Figure:
    return figure("send", "a case", measure, [3.0, 4.0, 5.0], raw=[2.0, 2.5, 9.0], budget=budget)


@pytest.mark.parametrize(("measure", "value"), [("added", 1.5), ("ratio", 1.6), ("median", 4.0), ("p99", 5.0)])
def test_what_a_budget_limits(measure: Measure, value: float) -> None:
    assert one(measure, None).value == value
    assert one(measure, None).ok
    assert one(measure, value).ok
    assert not one(measure, value - 0.1).ok


def test_percentiles() -> None:
    hundred = [float(number) for number in range(100, 0, -1)]
    assert percentile(hundred, 0.99) == 99.0
    assert percentile(hundred, 0.5) == 50.0
    assert percentile([7.0], 0.99) == 7.0


def test_all_are_asked_in_every_round() -> None:
    asked: list[str] = []

    def taker(name: str) -> float:
        asked.append(name)
        return 1.0

    times = interleaved(10, {"a": lambda: taker("a"), "b": lambda: taker("b")})
    assert {name: len(each) for name, each in times.items()} == {"a": 10, "b": 10}
    rounds = ["".join(asked[at : at + 2]) for at in range(2, 22, 2)]  # behind the round that warms up
    assert set(rounds) == {"ab", "ba"}


def test_a_figure_over_its_budget_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def good() -> list[Figure]:
        return [one("ratio", 4.0)]

    def bad() -> list[Figure]:
        return [one("ratio", 1.5)]

    assert main(["good"], {"good": good, "bad": bad}, tmp_path) == 0
    assert main([], {"good": good, "bad": bad}, tmp_path) == 1
    said = capsys.readouterr()
    assert said.err == "✗ over budget: send a case\n"
    assert "1.60 times  ≤ 1.5   ✗" in said.out
    results = json.loads((tmp_path / "results.json").read_text())["figures"]
    assert [(each["value"], each["budget"], each["ok"]) for each in results] == [(1.6, 4.0, True), (1.6, 1.5, False)]


def test_an_unknown_name_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speed"]) == 2
    assert ", ".join(BENCHES) in capsys.readouterr().err
