"""What a pane is by its process, whatever its screen shows; and which one a name means."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from llm_send import panes, processes
from llm_send.claude.screen import Screen
from llm_send.errors import LlmSendError
from llm_send.panes import Agent, state_of
from tests.rig.wait import wait_until
from tests.rows import pane, row

NOTHING = (None, None)


@pytest.fixture
def claude() -> Iterator[int]:
    """The pid of a process that stands for it."""
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process.pid
        process.kill()


@pytest.mark.parametrize("seen", ["idle", "busy", "waiting", "blank", "unknown"])
def test_a_dead_pane_is_gone(seen: str) -> None:
    assert state_of(Agent(row(dead=True), None), Screen(seen), NOTHING, runs=True) == "gone"  # type: ignore[arg-type]


@pytest.mark.parametrize("seen", ["idle", "busy", "waiting", "blank", "unknown"])
def test_without_claude_it_is_a_shell(seen: str) -> None:
    assert state_of(Agent(row(), None), Screen(seen), NOTHING, runs=False) == "shell"  # type: ignore[arg-type]


def test_a_suspended_claude_is_seen_to_be(claude: int) -> None:
    agent = Agent(row(), claude)
    assert state_of(agent, Screen("idle"), NOTHING, runs=True) == "idle"
    os.kill(claude, signal.SIGSTOP)
    wait_until(lambda: processes.state(claude) == "T")
    assert state_of(agent, Screen("idle"), NOTHING, runs=True) == "suspended"


def test_an_odd_screen_is_that_of_a_young_claude_or_unknown(claude: int) -> None:
    assert state_of(Agent(row(), claude), Screen("unknown"), NOTHING, runs=True) == "starting"
    assert state_of(Agent(row(), None), Screen("unknown"), NOTHING, runs=True) == "unknown"
    assert state_of(Agent(row(), None), Screen("blank"), NOTHING, runs=True) == "starting"


def test_a_name_that_two_panes_have() -> None:
    one, two = (pane(id=id, name="claude-plan") for id in ("%1", "%2"))  # noqa: A001
    with pytest.raises(LlmSendError, match="2 panes are called") as caught:
        panes.named([one, two], [], "claude-plan")
    assert caught.value.code == "ambiguous_pane"
    assert panes.named([one, two], [], "%2") == two


def test_a_pane_that_has_ended_is_told_from_one_that_never_was() -> None:
    gone = row(id="%3", name="claude-plan", dead=True)
    with pytest.raises(LlmSendError, match="claude-plan has ended; its pane %3 says why"):
        panes.named([], [gone], "claude-plan")
    with pytest.raises(LlmSendError, match="There is no pane"):
        panes.named([], [gone], "claude-auto")
