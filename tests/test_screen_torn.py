"""Screens that are torn, cut and made up: reading them never fails, and never says idle where Claude is not.

What is cut and made up is drawn from a fixed seed, so a failure shows again.
"""

from __future__ import annotations

import random
from typing import get_args

import pytest

from llm_send.claude.box import find_box
from llm_send.claude.rows import lines_of, texts_of
from llm_send.claude.screen import Screen, State, read
from tests.rig.programs import CLAUDES
from tests.screens.corpus import Capture, captures

CAPTURES = captures()
TEARS = 6  # of each capture, each way
SIGNS = "─━❯>!│╭╮╰╯▔●⏺✻✽·*⎿⏸⏵?/@#-—…\u00a0 \t漢🙂é\x07\r\x0e\x0f"
WORDS = ("esc to interrupt", "plan mode on", "? for shortcuts", "manual mode on", "1. Yes", "Cooking…", "paste again")
ESCAPES = (
    "\x1b[2m",
    "\x1b[0m",
    "\x1b[7m",
    "\x1b[38;5;246m",
    "\x1b[38;2;1;2",
    "\x1b[",
    "\x1b]8;;x\x1b\\",
    "\x1b",
    "\x1b[m",
)


def certain(seen: Screen) -> bool:
    """Whether it says that Claude is idle, without a doubt."""
    return seen.state == "idle" and not seen.doubt


def of(version: str) -> list[tuple[Capture, list[str]]]:
    return [(capture, capture.text.split("\n")) for capture in CAPTURES if capture.version == version]


@pytest.mark.parametrize("version", CLAUDES)
def test_without_what_stands_below_the_box(version: str) -> None:
    for capture, rows in of(version):
        edges = find_box(texts_of(lines_of(capture.text)))
        if edges:
            removed, blanked = rows[: edges[1] + 1], [*rows[: edges[1] + 1], *[""] * 8]
            assert read("\n".join(removed)).state != "idle", capture.id
            assert not certain(read("\n".join(blanked))), capture.id
            assert not read("\n".join(blanked)).empty_box or read("\n".join(blanked)).state != "idle", capture.id


@pytest.mark.parametrize("version", CLAUDES)
def test_rows_scrolled_away(version: str) -> None:
    """Of a turn or a question at work the upper rows may be gone: it is not idle all the same."""
    drawn = random.Random(version)
    for capture, rows in of(version):
        for first in drawn.sample(range(1, len(rows)), min(TEARS, len(rows) - 1)):
            seen = read("\n".join(rows[first:]))
            assert "idle" in capture.reading["state"] or not certain(seen), (capture.id, first)


@pytest.mark.parametrize("version", CLAUDES)
def test_rows_not_drawn_yet(version: str) -> None:
    drawn = random.Random(version)
    for capture, rows in of(version):
        states = capture.reading["state"]
        below = find_box(texts_of(lines_of(capture.text)))  # there what waits is said, so that it may be cut off
        if states == ["busy"] or (states == ["waiting"] and not below):
            for end in drawn.sample(range(1, len(rows)), min(TEARS, len(rows) - 1)):
                for rest in ([], [""] * (len(rows) - end)):
                    seen = read("\n".join([*rows[:end], *rest]))
                    assert not certain(seen), (capture.id, end)


@pytest.mark.parametrize("version", CLAUDES)
def test_two_screens_drawn_into_each_other(version: str) -> None:
    drawn = random.Random(version)
    screens = of(version)
    for capture, rows in screens:
        other = drawn.choice(screens)[1]
        mixed = [drawn.choice(pair) for pair in zip(rows, other, strict=False)]
        assert read("\n".join(mixed)).state in get_args(State), capture.id


@pytest.mark.parametrize("seed", range(300))
def test_rows_of_anything(seed: int) -> None:
    drawn = random.Random(seed)

    def row() -> str:
        pieces = [drawn.choice(SIGNS) * drawn.choice((1, 1, 2, 40)), drawn.choice(WORDS), drawn.choice(ESCAPES)]
        return "".join(drawn.choices(pieces, k=drawn.randrange(6)))

    seen = read("\n".join(row() for _ in range(drawn.randrange(40))))
    assert seen.state in get_args(State)


@pytest.mark.parametrize("seed", range(100))
def test_rows_without_a_box(seed: int) -> None:
    """Whatever the words: without two rules and a prompt sign between them nothing is idle."""
    drawn = random.Random(seed)
    rows = [drawn.choice([*WORDS, "", "❯ ", "  text", "● said"]) for _ in range(30)]
    assert read("\n".join(rows)).state in ("unknown", "waiting", "blank")
