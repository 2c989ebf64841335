"""What waits for a pane is seen to when its Claude has ended a turn, by a program the hook starts and leaves alone."""

from __future__ import annotations

import os
import shlex
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from llm_send import guard
from tests.gates import Gate, armed
from tests.rig.wait import wait_until


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return armed(tmp_path)


@pytest.fixture
def said(tmp_path: Path) -> Iterator[Path]:
    """Where a drainer writes its pid; it is ended with the test."""
    file = tmp_path / "said"
    yield file
    for pid in file.read_text().split() if file.exists() else ():
        os.kill(int(pid), signal.SIGKILL)


def stays(said: Path) -> str:
    return f"echo $$ >>{shlex.quote(str(said))}; exec sleep 60"


def pid_in(said: Path) -> int:
    return int(wait_until(lambda: said.exists() and said.read_text().strip()))


@pytest.mark.parametrize("event", ["Stop", "SessionStart"])
def test_it_is_started_and_left_alone(gate: Gate, said: Path, event: str) -> None:
    guard.drain_with(gate.folder, stays(said))
    ended = gate.run(event, last_assistant_message="x")
    assert (ended.code, ended.printed, ended.error) == (0, {}, "")
    assert ended.seconds < 1, "the hook has waited for it"
    pid = pid_in(said)
    assert os.getsid(pid) == pid, "it would go with the hook or the pane"
    for number in (0, 1, 2):
        assert Path(f"/proc/{pid}/fd/{number}").readlink() == Path("/dev/null")
    assert len(gate.events()) == 1


@pytest.mark.parametrize("event", ["SessionEnd", "PostToolUse", "UserPromptSubmit"])
def test_nothing_else_starts_it(gate: Gate, said: Path, event: str) -> None:
    never = said.with_name("never")
    guard.drain_with(gate.folder, f"echo $$ >{shlex.quote(str(never))}")
    fields: dict[str, object] = (
        {"prompt": '"hook_event_name":"Stop"'} if event == "UserPromptSubmit" else {"tool_input": {}}
    )
    assert gate.run(event, **fields).code == 0
    with pytest.raises(AssertionError):
        wait_until(never.exists, deadline=0.5)
    guard.drain_with(gate.folder, stays(said))
    gate.run("Stop", last_assistant_message='"hook_event_name":"SessionEnd"')
    assert len(gate.events()) == (1 if event == "PostToolUse" else 2)
    pid_in(said)


@pytest.mark.parametrize("text", [None, ""])
def test_without_one_nothing_is_started(gate: Gate, text: str | None) -> None:
    (gate.folder / "hook.py").unlink()
    if text is not None:
        (gate.folder / "drain").write_text(text)
    ended = gate.raw("Stop", b'{"hook_event_name":"Stop","last_assistant_message":""}', {"PATH": os.environ["PATH"]})
    assert (ended.code, ended.error) == (0, "")


def test_a_drainer_that_cannot_start_is_no_fault_of_the_turn(gate: Gate) -> None:
    guard.drain_with(gate.folder, "exit 9")
    (gate.folder / "hook.py").unlink()
    assert gate.run("Stop", last_assistant_message="x").code == 0
    assert len(gate.events()) == 1


def test_the_line_is_the_persons_alone_and_goes(gate: Gate) -> None:
    guard.drain_with(gate.folder, "true")
    guard.drain_with(gate.folder, "exec true")
    file = gate.folder / "drain"
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("exec true\n", 0o600)
    guard.no_drain(gate.folder)
    guard.no_drain(gate.folder)
    assert not file.exists()
    assert list(gate.folder.glob(".*")) == []
