"""Tool uses and the sender's keys exclude each other."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from llm_send import guard, journal
from tests.gates import Gate, armed
from tests.rig.tmux import Tmux


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return armed(tmp_path)


@contextmanager
def keys_held(gate: Gate) -> Iterator[None]:
    with (gate.folder / "keys.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        gate.want("ask")
        yield


def denied(printed: dict[str, dict[str, str]]) -> bool:
    return printed.get("hookSpecificOutput", {}).get("permissionDecision") == "deny"


def test_a_tool_use_is_pending_until_it_is_done(gate: Gate) -> None:
    assert gate.tool("toolu_1").code == 0
    assert gate.tool("toolu_2").code == 0
    assert gate.pending() == ["toolu_1", "toolu_2"]
    assert gate.done("toolu_1").code == 0
    assert gate.pending() == ["toolu_2"]
    assert gate.done("toolu_2", "PostToolUseFailure").code == 0
    assert gate.pending() == []


@pytest.mark.parametrize("event", ["Stop", "SessionStart", "SessionEnd"])
def test_a_turn_that_ends_leaves_nothing_pending(gate: Gate, event: str) -> None:
    gate.tool("toolu_1")
    gate.tool("toolu_2")
    assert gate.run(event, last_assistant_message="x").code == 0
    assert gate.pending() == []


@pytest.mark.parametrize(("want", "mode"), [("plan", "plan"), ("ask", "plan"), ("plan", "default")])
def test_nor_does_the_next_prompt(gate: Gate, want: str, mode: str) -> None:
    gate.tool()
    gate.want(want)
    gate.prompt("next", mode)
    assert gate.pending() == []


TRICKS: dict[str, dict[str, object]] = {
    "another id in its arguments": {"tool_use_id": "toolu_9"},
    "the text of an id": {"command": '"tool_use_id":"toolu_9"'},
    "an id and more": {"a": {"tool_use_id": "../../want"}, "b": ["\n", '\\"', '"tool_use_id":']},
    "very long": {"content": "x" * 3_000_000},
}


@pytest.mark.parametrize("trick", TRICKS)
def test_arguments_do_not_change_whose_use_it_is(gate: Gate, trick: str) -> None:
    assert gate.tool("toolu_1", arguments=TRICKS[trick]).code == 0
    assert gate.pending() == ["toolu_1"]
    assert gate.done("toolu_1", arguments=TRICKS[trick]).code == 0
    assert gate.pending() == []


@pytest.mark.parametrize("id", ["../want", "a/b", "", ".", "..", "a b", "$(x)", "-rf", "*", "é"])
def test_an_odd_id_is_no_path(gate: Gate, id: str) -> None:  # noqa: A002
    before = sorted(path.name for path in gate.folder.rglob("*"))
    assert gate.tool(id).code == 0
    [name] = gate.pending()
    assert sorted(path.name for path in gate.folder.rglob("*") if path.name != name) == before
    assert gate.done(id).code == 0
    assert gate.pending() == []
    assert sorted(path.name for path in gate.folder.rglob("*")) == before


def test_a_tool_use_without_an_id(gate: Gate) -> None:
    assert gate.run("PreToolUse", tool_input={}).code == 0
    assert len(gate.pending()) == 1
    gate.run("PostToolUse", tool_input={})
    assert gate.pending() == []


def test_no_send_no_wait(gate: Gate) -> None:
    said = gate.tool()
    assert (said.code, said.printed) == (0, {})
    assert said.seconds < 1


def test_keys_that_are_free_again(gate: Gate) -> None:
    gate.want("ask")  # a sender that was killed leaves this behind
    said = gate.tool()
    assert (said.code, said.printed) == (0, {})


def test_it_waits_for_the_keys_and_is_pending_meanwhile(gate: Gate) -> None:
    with keys_held(gate):
        said = gate.tool()
    assert gate.pending() == ["toolu_1"]
    assert 2 <= said.seconds < 4
    assert denied(said.printed), "there is no tmux to take the turn away in"


def test_at_its_bound_it_takes_the_turn_away(gate: Gate, tmux: Tmux, environment: dict[str, str]) -> None:
    pane = tmux.new_pane(["cat"])
    tmux.run("set-option", "-p", "-t", pane.id, "@llm_send_turn", "nonce")
    bind(gate, socket=str(tmux.socket), pane=pane.id)
    data = json.dumps({"hook_event_name": "PreToolUse", "tool_input": {}, "tool_use_id": "toolu_1"}).encode()
    with keys_held(gate):
        said = gate.raw("PreToolUse", data, {"PATH": environment["PATH"]})
    assert (said.code, said.printed) == (0, {})
    assert said.seconds < 4
    assert pane.value("#{@llm_send_turn}") == ""


def test_a_pane_that_has_gone_is_denied(gate: Gate, tmux: Tmux, environment: dict[str, str]) -> None:
    tmux.new_pane(["cat"])
    bind(gate, socket=str(tmux.socket), pane="%99")
    with keys_held(gate):
        said = gate.raw("PreToolUse", b'{"tool_use_id":"toolu_1"}', {"PATH": environment["PATH"]})
    assert said.code == 0
    assert denied(said.printed)


def bind(gate: Gate, *, socket: str, pane: str) -> None:
    card = asdict(guard.read_card(gate.folder)) | {"socket": socket, "pane": pane, "anchor_pid": os.getpid()}
    guard.write_card(gate.folder, guard.Card(**card))


# Notes


def test_a_note_says_what_there_is_to_say(gate: Gate) -> None:
    gate.run("Stop", last_assistant_message="private", stop_hook_active=False)
    gate.run("SessionStart", source="startup", model="m")
    gate.run("SessionEnd", reason="exit")
    found = journal.events(gate.folder)
    assert [(one.name, one.session_id) for one in found] == [
        ("Stop", "s-1"),
        ("SessionStart", "s-1"),
        ("SessionEnd", "s-1"),
    ]
    assert found[0].mode == "plan"


def test_a_stop_whose_private_part_cannot_be_found_is_left_blank(gate: Gate) -> None:
    gate.raw("Stop", json.dumps({"hook_event_name": "Stop", "last_assistant_message": "my words"}).encode())
    gate.run("Stop", words="my words")
    assert gate.holds("my words") == []
    assert [one.name for one in journal.events(gate.folder)] == ["unreadable", "unreadable"]


def test_the_journal_stays_short(gate: Gate) -> None:
    for number in range(350):
        old = gate.folder / "events" / f"note-x{number}"
        old.write_text("{}")
        os.utime(old, (number, number))
    gate.run("Stop", last_assistant_message="x")
    assert 5 <= len(list((gate.folder / "events").iterdir())) <= 31
    assert journal.events(gate.folder)[-1].name == "Stop"
