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


def test_only_what_is_past_the_baseline(folder: Path) -> None:
    prompt(folder, 1)
    baseline = journal.marks(folder)
    assert journal.since(folder, baseline) == []
    prompt(folder, 2)
    assert [event.at for event in journal.since(folder, baseline)] == [2]


def test_a_name_that_comes_again_is_news(folder: Path) -> None:
    write(folder, "prompt-1", 1, hook_event_name="old")
    baseline = journal.marks(folder)
    write(folder, "prompt-1", 2, hook_event_name="new")
    assert [event.name for event in journal.since(folder, baseline)] == ["new"]


def test_what_is_being_written_is_not_there_yet(folder: Path) -> None:
    write(folder, ".77", 1, hook_event_name="half")
    assert journal.events(folder) == []
    assert journal.marks(folder) == frozenset()


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
    assert journal.marks(gone) == frozenset()
    assert journal.since(gone, frozenset()) == []
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
    assert len(journal.marks(folder)) == 1


def test_pending_counts_open_tool_uses(folder: Path) -> None:
    for name in ("toolu_1", "toolu_2"):
        (folder / "pending" / name).touch()
    assert journal.pending(folder) == 2
