"""What state a pane is in, from its screen, its journal and Claude's own session file."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from llm_send import panes
from llm_send.claude.screen import Screen
from llm_send.claude.sessions import Session
from llm_send.journal import Event
from llm_send.panes import Agent, State, state_of
from tests.rows import row

UNKNOWN = Screen("unknown")
LONG_AGO = time.time_ns() - 60 * 10**9
PROMPT, STOP = Event("UserPromptSubmit", LONG_AGO), Event("Stop", LONG_AGO + 1)
BEFORE = Event("Stop", LONG_AGO - 1)
DRAFT = Screen("idle", mode="plan", box="a draft", doubt=True)
NARROW = Screen("unknown", mode="plan", box="", doubt=True)


def state(seen: Screen, latest: panes.Latest = (None, None)) -> State:
    return state_of(Agent(row(), None), seen, latest, runs=True)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, str | None]:
    told: dict[str, str | None] = {}
    monkeypatch.setattr(panes, "session_of", lambda _: Session("id", told["status"], None) if told else None)
    return told


@pytest.mark.parametrize(
    ("seen", "unsaid"), [(DRAFT, "idle"), (NARROW, "unknown")], ids=["text in the box", "a footer without room"]
)
def test_a_turn_without_a_sign(session: dict[str, str | None], seen: Screen, unsaid: State) -> None:
    assert state(seen) == unsaid
    assert state(seen, (PROMPT, BEFORE)) == state(seen, (PROMPT, None)) == "busy"
    assert state(seen, (PROMPT, STOP)) == "idle"
    for status, means in {"busy": "busy", "waiting": "busy", "idle": "idle"}.items():
        session["status"] = status
        assert state(seen, (PROMPT, STOP)) == state(seen, (PROMPT, BEFORE)) == means
    session["status"] = None
    assert state(seen, (PROMPT, BEFORE)) == "busy"


def test_what_is_seen_outranks_what_is_told(session: dict[str, str | None]) -> None:
    session["status"] = "busy"
    assert state(Screen("idle", mode="plan", box=""), (PROMPT, BEFORE)) == "idle"
    session["status"] = "idle"
    assert state(Screen("busy", mode="plan", box=""), (PROMPT, STOP)) == "busy"
    assert state(Screen("unknown"), (PROMPT, STOP)) == "unknown"


def test_a_prompt_that_is_not_drawn_yet(session: dict[str, str | None]) -> None:
    assert not session
    fresh = Event("UserPromptSubmit", time.time_ns())
    assert state(Screen("idle", mode="plan", box=""), (fresh, BEFORE)) == "busy"


@pytest.fixture
def newborn() -> Iterator[int]:
    """The pid of a process that has just begun."""
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process.pid
        process.kill()


def test_one_that_has_just_begun_is_starting(newborn: int) -> None:
    assert state_of(Agent(row(), newborn), UNKNOWN, (None, None), runs=True) == "starting"


def test_one_that_has_taken_a_prompt_has_started(tmp_path: Path, newborn: int) -> None:
    events = tmp_path / "events"
    events.mkdir()
    agent = Agent(row(folder=str(tmp_path)), newborn)
    assert state_of(agent, UNKNOWN, (None, None), runs=True) == "starting"
    told = {"hook_event_name": "UserPromptSubmit", "llm_send": {"verdict": "passed", "pid": newborn}}
    (events / "prompt-1").write_text(json.dumps(told))
    assert state_of(agent, UNKNOWN, (None, None), runs=True) == "unknown"
