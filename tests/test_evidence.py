"""What counts as evidence that a prompt arrived, and what does not."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from llm_send.evidence import OVERDUE, Baseline
from llm_send.live import LivePane
from llm_send.target import Parcel, Sign
from tests.rig.armed import AGENT

TEXT = "Explain\tthe parser"
PARCEL = Parcel(id="f" * 32, text=TEXT, mode="plan")


class Scene:
    """A guarded pane's journal and transcript, written as the gate and Claude write them."""

    def __init__(self, folder: Path, pane: LivePane) -> None:
        self.folder, self.pane = folder, pane
        self.transcript = folder.parent / "t.jsonl"
        self.count = 0

    def event(self, name: str, verdict: str = "passed", **more: object) -> None:
        mine = {"verdict": verdict, "pid": more.pop("pid", AGENT)} | {k: more.pop(k) for k in ("id",) if k in more}
        raw = {"hook_event_name": name, "prompt_id": "p", "permission_mode": "plan", "llm_send": mine} | more
        self.count += 1
        kind = "prompt" if name == "UserPromptSubmit" else "note"
        file = self.folder / "events" / f"{kind}-{mine.get('id', self.count)}"
        file.write_text(json.dumps(raw | {"transcript_path": str(self.transcript)}))
        os.utime(file, ns=(self.count * 10**9, self.count * 10**9))

    def ours(self, verdict: str = "passed", **more: object) -> None:
        self.event("UserPromptSubmit", verdict, id=PARCEL.id, **more)

    def taken(self, text: str, prompt_id: str | None = "p", **more: object) -> None:
        entry = {"type": "user", "message": {"content": text}, "permissionMode": "plan", "promptId": prompt_id} | more
        with self.transcript.open("a") as file:
            file.write(json.dumps(entry, separators=(",", ":")) + "\n")

    def sign(self) -> Sign:
        return self.pane.sign(PARCEL)


@pytest.fixture
def played(make: Callable[..., LivePane], folder: Path) -> Iterator[Scene]:
    """Right after the paste, with an older prompt of the same text behind it."""
    scene = Scene(folder, make(folder))
    scene.event("UserPromptSubmit")
    scene.taken(TEXT, "earlier")
    scene.event("Stop")
    with scene.pane.expect(PARCEL):
        scene.pane.mark()
        yield scene


def test_nothing_yet(played: Scene) -> None:
    assert played.sign() == Sign()


def test_the_gates_word_alone_is_no_receipt(played: Scene) -> None:
    played.ours()
    assert played.sign() == Sign("passed", "p", "plan", ("gate",), proven=False)


def test_the_transcript_is_the_second_sign(played: Scene) -> None:
    played.ours()
    played.taken(TEXT)
    assert played.sign() == Sign("passed", "p", "plan", ("gate", "transcript"), proven=True)


def test_the_end_of_the_turn_is_too(played: Scene) -> None:
    played.ours()
    played.event("Stop")
    assert played.sign() == Sign("passed", "p", "plan", ("gate", "event"), proven=True)


def test_versions_without_prompt_ids_go_by_the_text(played: Scene) -> None:
    played.ours(prompt_id=None)
    played.taken("something else", None)
    assert not played.sign().proven
    played.taken(f'<pasted_content id="ab">\n{TEXT}\n</pasted_content id="ab">', None)
    assert played.sign().evidence == ("gate", "transcript")


@pytest.mark.parametrize(
    "entry",
    [{"prompt_id": "other"}, {"isMeta": True}, {"isSidechain": True}, {"type": "assistant"}, {"message": "odd"}],
)
def test_what_is_no_second_sign(played: Scene, entry: dict[str, object]) -> None:
    played.ours()
    played.taken(TEXT, str(entry.pop("prompt_id", "p")), **entry)
    assert not played.sign().proven


def test_half_a_line_is_none(played: Scene) -> None:
    played.ours()
    played.taken(TEXT)
    whole = played.transcript.read_bytes()
    played.transcript.write_bytes(whole[:-1])
    assert not played.sign().proven


@pytest.mark.parametrize("verdict", ["blocked_mode", "blocked_merged"])
def test_a_block_is_never_proven(played: Scene, verdict: str) -> None:
    played.ours(verdict, permission_mode="acceptEdits")
    played.event("Stop")
    played.taken(TEXT)
    sign = played.sign()
    assert (sign.verdict, sign.mode, sign.proven) == (verdict, "acceptEdits", False)


def test_another_claude_in_the_pane_does_not_count(played: Scene) -> None:
    played.ours(pid=AGENT + 1)
    played.event("Stop", pid=AGENT + 1)
    assert played.sign() == Sign()


def test_another_prompt_does_not_count(played: Scene) -> None:
    played.event("UserPromptSubmit", id="e" * 32)
    played.taken(TEXT)
    assert played.sign() == Sign()


def test_the_same_words_sent_earlier_do_not_count(played: Scene) -> None:
    played.ours(prompt_id=None)
    assert played.sign().evidence == ("gate",)


def record(file: Path, at: float, **more: object) -> None:
    stamp = datetime.fromtimestamp(at, UTC).isoformat()
    with file.open("a") as opened:
        opened.write(json.dumps({"timestamp": stamp} | more, separators=(",", ":")) + "\n")


def test_commands_and_queue_steps_are_those_since_enter(played: Scene) -> None:
    now, told = (
        time.time(),
        {"type": "system", "subtype": "local_command", "content": "<command-name>/foo</command-name>"},
    )
    for at in (now - 60, now):
        record(played.transcript, at, **told)
        record(played.transcript, at, type="queue-operation", operation="enqueue", content=f"at {at}")
    assert [ran.name for ran in played.pane.ran()] == ["foo"]
    assert [step.text for step in played.pane.queued()] == [f"at {now}"]
    played.pane.mark()
    assert (played.pane.ran(), played.pane.queued()) == ([], [])


def test_a_command_that_begins_a_session_stands_there(played: Scene) -> None:
    played.transcript = played.transcript.with_name("new.jsonl")
    record(played.transcript, time.time() - 60, type="user", message={"content": "<command-name>/old</command-name>"})
    record(played.transcript, time.time(), type="user", message={"content": "<command-name>/clear</command-name>"})
    played.event("SessionStart")
    assert [ran.name for ran in played.pane.ran()] == ["clear"]


def test_a_prompt_without_the_gates_word_unlocks_the_pane(played: Scene) -> None:
    played.pane.evidence.marked -= OVERDUE
    assert played.sign() == Sign()
    played.taken(TEXT)
    sign = played.sign()
    assert (sign.evidence, sign.proven) == (("transcript",), True)
    assert "not locked any more" in sign.notes[0]
    assert (played.pane.lock, played.pane.guarded) == (None, False)


def test_a_gate_that_is_late_is_not_taken_for_none(played: Scene) -> None:
    played.taken(TEXT)
    assert played.sign() == Sign()
    assert (played.pane.lock, played.pane.guarded) == ("plan", True)


def test_without_a_gate_the_transcript_past_the_baseline_counts(make: Callable[..., LivePane], folder: Path) -> None:
    played = Scene(folder, make())
    played.taken(TEXT)
    played.pane.evidence.baseline = Baseline(played.transcript, played.transcript.stat().st_size)
    assert played.sign() == Sign()
    played.taken("other words")
    assert played.sign() == Sign()
    played.taken(TEXT)
    assert played.sign() == Sign("passed", "p", "plan", ("transcript",), proven=True)
