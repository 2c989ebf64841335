"""A text in Claude's own queue, on the steps of real sessions."""

from __future__ import annotations

from pathlib import Path

import pytest

from llm_send.claude.transcript import Queued, queued_since
from llm_send.handed import fate

STEPS = queued_since(Path(__file__).parent / "transcripts/2.1.329.jsonl", 0)
LONG = "q two\nb\nc\nd\ne"


def until(number: int) -> list[Queued]:
    return STEPS[:number]


@pytest.mark.parametrize("text", ["queued\tone", LONG])
def test_it_waits_then_it_is_taken(text: str) -> None:
    assert fate(text, []) is None
    assert fate(text, until(2)) == "queued"
    assert fate(text, until(4)) == "taken"
    assert fate(text, STEPS) == "taken"


def test_the_oldest_is_taken_first() -> None:
    assert fate("queued one".replace(" ", "\t", 1), until(3)) == "taken"
    assert fate(LONG, until(3)) == "queued"


def test_back_in_the_box() -> None:
    assert fate("to pop", until(5)) == "queued"
    assert fate("to pop", until(6)) == "back"


def test_taken_into_the_running_turn() -> None:
    assert fate("q mid turn", until(7)) == "queued"
    assert fate("q mid turn", STEPS) == "taken"


def test_another_text_and_an_earlier_one_are_not_ours() -> None:
    assert fate("never queued", STEPS) is None
    others = [Queued("enqueue", "a"), Queued("enqueue", "b"), Queued("remove", "a"), Queued("dequeue", None)]
    assert fate("b", others[:3]) == "queued"
    assert fate("b", others) == "taken"
