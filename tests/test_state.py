"""What state a pane is in when its screen does not say."""

from __future__ import annotations

import json
import os
from pathlib import Path

from llm_send.claude.screen import Screen
from llm_send.panes import Agent, state_of
from tests.rows import row

UNKNOWN = Screen("unknown")


def test_one_that_has_just_begun_is_starting() -> None:
    assert state_of(Agent(row(), os.getpid()), UNKNOWN, (None, None), runs=True) == "starting"


def test_one_that_has_taken_a_prompt_has_started(tmp_path: Path) -> None:
    events = tmp_path / "events"
    events.mkdir()
    agent = Agent(row(folder=str(tmp_path)), os.getpid())
    assert state_of(agent, UNKNOWN, (None, None), runs=True) == "starting"
    told = {"hook_event_name": "UserPromptSubmit", "llm_send": {"verdict": "passed", "pid": os.getpid()}}
    (events / "prompt-1").write_text(json.dumps(told))
    assert state_of(agent, UNKNOWN, (None, None), runs=True) == "unknown"
