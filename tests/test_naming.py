"""What panes are called and how they are marked."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from llm_send import naming
from llm_send.errors import LlmSendError, UsageError
from llm_send.modes import Mode
from llm_send.paths import Paths
from llm_send.tmux import Row
from tests.rows import row


def test_default_names_count_up() -> None:
    rows: list[Row] = []
    for expected in ("claude-plan", "claude-plan-2", "claude-plan-3"):
        assert naming.choose(rows, None, Mode.PLAN) == expected
        rows.append(row(id=f"%{len(rows)}", name=expected))
    assert naming.choose(rows, None, Mode.AUTO_ACCEPT) == "claude-auto"
    assert naming.choose(rows, None, Mode.NORMAL) == "claude-normal"


def test_a_number_that_is_free_again_is_taken() -> None:
    rows = [row(name=name) for name in ("claude-plan", "claude-plan-3")]
    assert naming.choose(rows, None, Mode.PLAN) == "claude-plan-2"


def test_panes_without_a_name_take_none() -> None:
    assert naming.choose([row(name=None), row(name=None)], None, Mode.PLAN) == "claude-plan"


@pytest.mark.parametrize("name", ["x", "claude-plan", "my pane", "größe", "a.b", "1", "@x", "=x"])
def test_names_that_can_be(name: str) -> None:
    assert naming.choose([], name, Mode.PLAN) == name


@pytest.mark.parametrize("name", ["", " ", "%3", "-x", "a:b", "a\nb", "a\tb", "a\x1bb", "a\u202eb", "\u200b"])
def test_names_that_cannot(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        naming.choose([], name, Mode.PLAN)
    assert caught.value.hint


def test_a_taken_name_is_an_error() -> None:
    with pytest.raises(LlmSendError, match="already: %4") as caught:
        naming.choose([row(id="%4", name="x")], "x", Mode.PLAN)
    assert caught.value.code == "name_taken"


def test_marks_speak_for_one_process() -> None:
    commands = naming.mark(row(id="%3", pid=77), name="claude-plan", lock="plan", folder=Path("/f"))
    assert ["set-option", "-p", "-t", "%3", "@llm_send_pid", "77"] in commands
    assert ["set-option", "-p", "-t", "%3", "@llm_send_name", "claude-plan"] in commands
    assert ["set-option", "-p", "-t", "%3", "@llm_send_lock", "plan"] in commands
    assert ["set-option", "-p", "-t", "%3", "@llm_send_folder", "/f"] in commands


def test_one_spawn_at_a_time(tmp_path: Path) -> None:
    paths = Paths(tmp_path, tmp_path / "state")
    with naming.one_at_a_time(paths), (paths.state / "spawn.lock").open() as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with (paths.state / "spawn.lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
