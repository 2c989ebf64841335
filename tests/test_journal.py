"""What a pane's hooks reported, read while the gate writes it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from llm_send import journal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "events").mkdir()
    (tmp_path / "pending").mkdir()
    return tmp_path


def write(folder: Path, name: str, at: int, **event: object) -> Path:
    file = folder / "events" / name
    file.write_text(json.dumps(event))
    os.utime(file, ns=(at, at))
    return file


def prompt(folder: Path, number: int, verdict: str = "passed", **more: object) -> Path:
    mine = {"verdict": verdict, "pid": 77} | {key: more.pop(key) for key in ("id",) if key in more}
    return write(folder, f"prompt-{number}", number, hook_event_name="UserPromptSubmit", llm_send=mine, **more)


def test_an_event_is_read_whole(folder: Path) -> None:
    fields = {"permission_mode": "plan", "prompt_id": "p", "session_id": "s", "transcript_path": "/t"}
    prompt(folder, 5, id="mine", **fields)
    assert journal.events(folder) == [
        journal.Event("UserPromptSubmit", 5, "plan", "p", "s", "/t", "passed", "mine", 77),
    ]


def test_oldest_first_whatever_the_names(folder: Path) -> None:
    for name, at in {"note-9": 1, "prompt-1": 3, "note-5": 2}.items():
        write(folder, name, at, hook_event_name=name)
    assert [event.name for event in journal.events(folder)] == ["note-9", "note-5", "prompt-1"]


def test_what_the_gate_said_of_one_send(folder: Path) -> None:
    prompt(folder, 1)
    assert journal.own(folder, "a1") is None
    write(folder, "prompt-a1", 2, hook_event_name="UserPromptSubmit", llm_send={"verdict": "passed", "id": "a1"})
    said = journal.own(folder, "a1")
    assert said
    assert (said.send_id, said.verdict, said.at) == ("a1", "passed", 2)


def test_fresh_is_what_was_reported_a_moment_ago(folder: Path) -> None:
    prompt(folder, 1)
    assert journal.fresh(folder, 60)
    os.utime(folder / "events", (1, 1))
    assert not journal.fresh(folder, 60)


def test_what_is_being_written_is_not_there_yet(folder: Path) -> None:
    write(folder, ".77", 1, hook_event_name="half")
    assert journal.events(folder) == []


def test_latest_prompt_is_one_that_went_to_the_model(folder: Path) -> None:
    prompt(folder, 1, permission_mode="plan")
    prompt(folder, 2, verdict="blocked_mode", permission_mode="default")
    prompt(folder, 3, verdict="blocked_merged")
    write(folder, "note-4", 4, hook_event_name="Stop")
    write(folder, "note-5", 5, hook_event_name="SessionEnd")
    found, note = journal.latest(folder)
    assert found is not None
    assert note is not None
    assert (found.at, note.name) == (1, "SessionEnd")


def test_nothing_yet(folder: Path) -> None:
    assert journal.latest(folder) == (None, None)
    assert journal.events(folder) == []
    assert journal.pending(folder) == 0


def test_a_folder_that_has_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert journal.latest(gone) == (None, None)
    assert journal.events(gone) == []
    assert journal.own(gone, "a1") is None
    assert not journal.fresh(gone, 60)
    assert journal.pending(gone) == 0


@pytest.mark.parametrize(
    "text", ["", "{", "\xff\xfe", '[],"llm_send":{}}', "[]", "null", '"words"', '{"llm_send": null}']
)
def test_what_cannot_be_read_is_passed_over(folder: Path, text: str) -> None:
    file = write(folder, "note-1", 1)
    file.write_bytes(text.encode("latin-1"))
    prompt(folder, 2)
    assert [event.at for event in journal.events(folder) if event.name] == [2]
    assert journal.latest(folder)[0] is not None


def test_one_that_is_removed_while_we_look_hides_no_other(folder: Path) -> None:
    prompt(folder, 1)
    (folder / "events" / "note-2").symlink_to(folder / "removed")  # its stat fails like that of a removed file
    assert [event.at for event in journal.events(folder)] == [1]


def test_pending_counts_open_tool_uses(folder: Path) -> None:
    for name in ("toolu_1", "toolu_2"):
        (folder / "pending" / name).touch()
    assert journal.pending(folder) == 2


@pytest.mark.parametrize("plant", ["link", "pipe"])
def test_what_an_agent_put_there_leads_nowhere(folder: Path, tmp_path: Path, plant: str) -> None:
    """A confined agent can write into its own journal, and that alone."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text('{"hook_event_name": "Stop"}')
    file = folder / "events/note-1"
    if plant == "link":
        file.symlink_to(elsewhere)
    else:
        os.mkfifo(file)
    assert journal.events(folder) == []
    assert journal.latest(folder) == (None, None)
