"""Panes as tmux would list them, for tests that need no tmux."""

from __future__ import annotations

from dataclasses import replace

from llm_send.panes import Pane
from llm_send.tmux import Row

ROW = Row(
    session="work",
    target="work:0.0",
    id="%0",
    pid=1,
    dead=False,
    input_off=False,
    in_mode=False,
    width=120,
    height=40,
    command="claude",
    name=None,
    lock=None,
    folder=None,
    turn=None,
    socket="/tmp/sock",
    server_pid=2,
    server_start=3,
    version="3.7",
    cwd="/project",
)
PANE = Pane(
    server="/tmp/sock",
    id="%0",
    name=None,
    session="work",
    agent="claude",
    pid=1,
    agent_pid=1,
    mode="plan",
    lock=None,
    verified=True,
    mode_source="screen",
    state="idle",
    cwd="/project",
    session_id=None,
    guarded=False,
)


def row(**values: object) -> Row:
    return ROW._replace(**values)  # type: ignore[arg-type]


def pane(**values: object) -> Pane:
    return replace(PANE, **values)  # type: ignore[arg-type]
