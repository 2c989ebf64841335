"""What can still be seen of a text that was sent, and what may be said by it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from llm_send.actions.verdict import verdict
from llm_send.history import Send, Step, new_send
from llm_send.live import LivePane
from llm_send.outcomes import Receipt
from llm_send.target import Parcel
from llm_send.traces import SETTLES, STANDS, Box, Traces, box, traces
from tests.fake_pane import FakeClock, FakePane

BEGAN = 1_800_000_000.0
TEXT = "Explain the\tparser"
PARCEL = Parcel(id="f" * 32, text=TEXT, mode="plan")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pane's folder."""
    (tmp_path / "pane" / "events").mkdir(parents=True)
    return tmp_path / "pane"


@pytest.fixture
def transcript(tmp_path: Path) -> Path:
    return tmp_path / "session.jsonl"


def sent(transcript: Path | None = None, start: int = 0, **more: object) -> Send:
    where = {"transcript": str(transcript), "transcript_from": start} if transcript else {}
    named = {"id": "f" * 32, "step": "enter", "pane_name": "claude-plan", "outcome": "unconfirmed", **where}
    return replace(new_send(TEXT, "0" * 64, mode="plan", now=BEGAN), **{**named, **more})  # type: ignore[arg-type]


def stamp(seconds: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(BEGAN + seconds, UTC).isoformat().replace("+00:00", "Z")


def write(transcript: Path, text: str, at: float | None = 1.0, prompt: str | None = "p1", mode: str = "plan") -> int:
    """One more prompt in the transcript; its length then."""
    entry: dict[str, object] = {"type": "user", "permissionMode": mode, "message": {"role": "user", "content": text}}
    entry |= {"promptId": prompt} if prompt else {}
    entry |= {"timestamp": stamp(at)} if at is not None else {}
    with transcript.open("a") as file:
        file.write(json.dumps(entry, separators=(",", ":")) + "\n")
    os.utime(transcript, (BEGAN + 100, BEGAN + 100))
    return transcript.stat().st_size


def report(folder: Path, name: str, event: str, at: int = 5, **fields: object) -> None:
    file = folder / "events" / name
    file.write_text(json.dumps({"hook_event_name": event, **fields}))
    os.utime(file, ns=(at, at))


def test_a_prompt_past_the_baseline_is_it(transcript: Path) -> None:
    start = write(transcript, TEXT)
    assert traces(sent(transcript, start), None, []).taken is None
    write(transcript, "Explain the    parser", prompt="p2")
    seen = traces(sent(transcript, start), None, [])
    assert seen.taken
    assert (seen.taken.prompt_id, seen.searched) == ("p2", True)


def test_without_a_baseline_the_time_counts(transcript: Path, folder: Path) -> None:
    write(transcript, TEXT, at=-1)
    said = {"verdict": "passed", "id": "f" * 32}
    report(folder, f"prompt-{'f' * 32}", "UserPromptSubmit", llm_send=said, transcript_path=str(transcript))
    send = sent(folder=str(folder))
    assert traces(send, None, []).taken is None
    write(transcript, TEXT, at=1)
    assert traces(send, None, []).taken


def test_the_gates_prompt_id_outranks_the_text(transcript: Path, folder: Path) -> None:
    said = {"verdict": "passed", "id": "f" * 32}
    report(folder, f"prompt-{'f' * 32}", "UserPromptSubmit", llm_send=said, prompt_id="p9")
    write(transcript, TEXT, prompt="p1")
    send = sent(transcript, folder=str(folder))
    assert traces(send, None, []).taken is None
    write(transcript, "as Claude wrote it down", prompt="p9")
    taken = traces(send, None, []).taken
    assert taken
    assert taken.prompt_id == "p9"


def test_what_proves_another_send_is_no_trace_of_this_one(transcript: Path) -> None:
    write(transcript, TEXT, prompt="p1")
    other = replace(sent(), id="e" * 32, outcome="delivered", settled_at=BEGAN + 2)
    named = replace(other, receipt=Receipt("p1", "plan", "0" * 64, ("gate", "transcript")))
    assert traces(sent(transcript), None, [named]).taken is None
    assert traces(sent(transcript), None, [replace(named, receipt=None)]).taken
    write(transcript, TEXT, prompt="p2")
    assert traces(sent(transcript), None, [named]).taken


def test_without_prompt_ids_they_are_counted(transcript: Path) -> None:
    write(transcript, TEXT, prompt=None)
    receipt = Receipt(None, "plan", "0" * 64, ("transcript",))
    other = replace(sent(), id="e" * 32, receipt=receipt, settled_at=BEGAN + 2)
    assert traces(sent(transcript), None, [other]).taken is None
    assert traces(sent(transcript), None, [replace(other, settled_at=BEGAN - 2)]).taken, "it was before"
    write(transcript, TEXT, prompt=None)
    assert traces(sent(transcript), None, [other]).taken


def test_a_longer_prompt_and_another_session_are_told_apart(transcript: Path, tmp_path: Path) -> None:
    write(transcript, "something else")
    assert traces(sent(transcript), None, []) == Traces(searched=True)
    write(tmp_path / "other.jsonl", f"typed before {TEXT}")
    assert traces(sent(transcript), None, []).elsewhere
    write(transcript, f"{TEXT} and after")
    seen = traces(sent(transcript), None, [])
    assert seen.within
    assert seen.taken is None


def test_a_missing_transcript_is_not_searched(transcript: Path) -> None:
    assert traces(sent(transcript), None, []) == Traces()
    assert traces(sent(), None, []) == Traces()


@pytest.mark.parametrize(
    ("prompt", "ended"),
    [("p1", True), (None, True), ("p0", False)],
)
def test_a_turn_that_ended_since_is_its_own(folder: Path, prompt: str | None, ended: bool) -> None:  # noqa: FBT001
    said = {"verdict": "passed", "id": "f" * 32}
    report(folder, f"prompt-{'f' * 32}", "UserPromptSubmit", at=5, llm_send=said, prompt_id="p1")
    assert not traces(sent(folder=str(folder)), None, []).ended
    report(folder, "note-1", "Stop", at=9, prompt_id=prompt)
    assert traces(sent(folder=str(folder)), None, []).ended is ended


def test_a_text_counts_as_left_in_the_box_once_it_rests(pane: FakePane, clock: FakeClock) -> None:
    pane.box = TEXT.replace("\t", "    ")
    assert box(pane, PARCEL, clock) == "text"
    assert clock.now() >= STANDS
    assert pane.writes == []


@pytest.mark.parametrize(("shown", "expected"), [("", "empty"), ("a draft", "other")])
def test_another_box(pane: FakePane, clock: FakeClock, shown: str, expected: Box) -> None:
    pane.box = shown
    assert box(pane, PARCEL, clock) == expected
    assert clock.now() < STANDS


def test_a_text_whose_hook_still_runs_may_still_go(pane: FakePane, clock: FakeClock) -> None:
    pane.box, pane.hook_running = TEXT.replace("\t", "    "), True
    clock.after(2, pane.to(box="", hook_running=False))
    assert box(pane, PARCEL, clock) == "empty"
    pane.box, pane.hook_running = TEXT.replace("\t", "    "), True
    assert box(pane, PARCEL, clock) == "other"
    assert clock.now() >= SETTLES


def said(seen: Traces, box_shows: Box | None = None, *, live: bool = True, **more: object) -> tuple[object, ...]:
    pane = LivePane.__new__(LivePane) if live else None  # only whether there is one counts
    told = verdict(sent(**more), seen, pane, box_shows)  # type: ignore[arg-type]
    return told.outcome, told.reason, told.message


def event(word: str = "passed", mode: str = "plan") -> dict[str, object]:
    from llm_send.journal import Event

    return {"event": Event("UserPromptSubmit", 5, mode, "p1", verdict=word)}


def taken(text: str = TEXT, mode: str = "plan") -> dict[str, object]:
    from llm_send.claude.sessions import Taken

    return {"taken": Taken(text, "p1", mode), "searched": True}


def seen_as(**traces_seen: object) -> Traces:
    return Traces(**traces_seen)  # type: ignore[arg-type]


def test_delivered_is_what_a_transcript_or_two_signs_prove() -> None:
    delivered = ("delivered", None, "Sent to Claude (Plan Mode)")
    assert said(seen_as(**taken())) == delivered
    assert said(seen_as(**taken(), **event()), "empty") == delivered
    assert said(seen_as(**event(), ended=True)) == delivered
    assert said(seen_as(**event()))[0] == "unconfirmed", "the gate's word alone"
    assert said(seen_as(**taken()), live=False) == delivered


def test_in_another_mode_it_is_not_what_was_asked_for() -> None:
    message = "Claude took it in Normal Mode, not in Plan Mode."
    assert said(seen_as(**taken(mode="default"))) == ("unconfirmed", "mode_drift", message)
    assert said(seen_as(**taken(mode="default")), mode=None)[0] == "delivered"


def test_refused_is_only_what_is_proven_not_to_have_arrived() -> None:
    left = "The text stands unsent in the box of claude-plan."
    assert said(seen_as(searched=True), "text") == ("refused", "draft", left)
    assert said(seen_as(searched=True, **event()), "text") == ("refused", "other_hook_blocked", left)
    assert said(seen_as(searched=True, **event("blocked_mode")), "text") == ("refused", "gate_blocked", left)
    assert said(seen_as(**event("blocked_mode")), "empty")[:2] == ("refused", "gate_blocked")
    assert said(seen_as(within=taken()["taken"], searched=True), "text")[0] == "unconfirmed"


@pytest.mark.parametrize("step", ["paste", "see"])
def test_before_enter_nothing_can_have_arrived_unseen(step: Step) -> None:
    assert said(seen_as(searched=True), "empty", step=step)[:2] == ("refused", "cancelled")
    assert said(seen_as(searched=True, elsewhere=True), "empty", step=step)[0] == "unconfirmed"
    assert said(seen_as(), "empty", step=step)[0] == "unconfirmed", "nowhere to look"
    assert said(seen_as(searched=True), None, step=step)[0] == "unconfirmed", "another sender had the box"
    assert said(seen_as(searched=True), None, step=step, live=False)[0] == "unconfirmed"
    assert said(seen_as(searched=True), "empty", step="enter")[0] == "unconfirmed"
    assert said(seen_as(searched=True), "other", step=step)[0] == "unconfirmed"


def test_what_stays_unknown_says_what_was_seen() -> None:
    begin = "Still not known what became of it in claude-plan: the sender ended at the step “enter”, "
    assert said(seen_as(searched=True), "other", folder="/x")[2] == (
        f"{begin}Claude's transcript does not have it, the gate has no record of it, its box shows something else."
    )
    assert said(seen_as(searched=True, elsewhere=True), live=False)[2] == (
        f"{begin}Claude's transcript does not have it, but another's has, the pane is gone."
    )
    within = said(seen_as(within=taken()["taken"], searched=True), "empty")
    assert within == ("unconfirmed", "unknown_screen", "A longer prompt with this text in it reached claude-plan.")


def test_a_command_is_found_by_its_own_record(transcript: Path) -> None:
    """What was sent as a text of the same words is not the command, and the other way round."""
    write(transcript, "/foo bar")
    send = replace(sent(transcript), text="/foo bar", request={"as_command": True})
    assert traces(send, None, []).taken is None
    with transcript.open("a") as file:
        told = "<command-name>/foo</command-name><command-args>bar</command-args>"
        entry = {"type": "user", "promptId": "p7", "timestamp": stamp(2), "message": {"content": told}}
        file.write(json.dumps(entry, separators=(",", ":")) + "\n")
    os.utime(transcript, (BEGAN + 100, BEGAN + 100))
    taken = traces(send, None, []).taken
    assert taken
    assert taken.prompt_id == "p7"
    assert traces(replace(send, text="/bar"), None, []).taken is None
