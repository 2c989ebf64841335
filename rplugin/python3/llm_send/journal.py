"""A guarded pane's journal: what its hooks reported, one file per event, written by the gate.

Event names are Claude Code's (`UserPromptSubmit`, `Stop`, `SessionStart`, `SessionEnd`). Prompt texts are not in it.
"""

from __future__ import annotations

import json
import os
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from llm_send import confined

LARGEST = 1_000_000  # bytes of an event; its hooks write a thousand
Mark = tuple[str, int]  # one event's file: its name, its modification time in ns


@dataclass(frozen=True)
class Event:
    """One event. `at` is unix nanoseconds; `mode` Claude's own value; `verdict` the gate's: passed, blocked_mode,
    blocked_lock, blocked_merged; `send_id` is set when the prompt was one of ours."""

    name: str
    at: int
    mode: str | None = None
    prompt_id: str | None = None
    session_id: str | None = None
    transcript: str | None = None
    verdict: str | None = None
    send_id: str | None = None
    claude_pid: int = 0


def events(folder: Path) -> list[Event]:
    """Every event still kept, oldest first."""
    return [event for mark in sorted(_scan(folder), key=lambda mark: mark[1]) if (event := _event(folder, mark))]


def latest(folder: Path) -> tuple[Event | None, Event | None]:
    """The latest prompt that went to the model, and the latest other event (a turn or session began or ended).

    Reads from the new end on, and no further than it must: the journal may hold dozens of events.
    """
    found = sorted(_scan(folder), key=lambda mark: mark[1], reverse=True)
    prompts = (_event(folder, mark) for mark in found if mark[0].startswith("prompt"))
    notes = (_event(folder, mark) for mark in found if mark[0].startswith("note"))
    prompt = next((event for event in prompts if event and event.verdict == "passed"), None)
    return prompt, next((event for event in notes if event), None)


def fresh(folder: Path, seconds: float) -> bool:
    """Whether anything was reported within the last seconds: one question instead of a reading of it all."""
    try:
        return time.time() - (folder / "events").stat().st_mtime < seconds
    except FileNotFoundError:
        return False


def own(folder: Path, send_id: str) -> Event | None:
    """What the gate said of one send of ours; its file carries the id."""
    file = folder / "events" / f"prompt-{send_id}"
    try:
        return _event(folder, (file.name, file.stat().st_mtime_ns))
    except FileNotFoundError:
        return None


def pending(folder: Path) -> int:
    """How many tool uses may have a dialog open, or open one any moment."""
    try:
        return len(os.listdir(folder / "pending"))  # noqa: PTH208 — a count, on every look
    except FileNotFoundError:
        return 0


def _scan(folder: Path) -> list[Mark]:
    found = []
    with suppress(FileNotFoundError), os.scandir(folder / "events") as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # the gate keeps the latest few and may be removing this one
                if not entry.name.startswith("."):
                    found.append((entry.name, entry.stat(follow_symlinks=False).st_mtime_ns))
    return found


def _event(folder: Path, mark: Mark) -> Event | None:
    """One event; None when the gate has just removed it (it keeps the latest few) or it is not readable."""
    try:
        raw = json.loads(_plain(folder / "events" / mark[0]))
    except (OSError, ValueError):
        return None
    if not isinstance(raw, dict):
        return None
    mine = raw.get("llm_send") or {}
    return Event(
        name=raw.get("hook_event_name", ""),
        at=mark[1],
        mode=raw.get("permission_mode"),
        prompt_id=raw.get("prompt_id"),
        session_id=raw.get("session_id"),
        transcript=confined.transcript(folder, raw.get("transcript_path")),
        verdict=mine.get("verdict"),
        send_id=mine.get("id"),
        claude_pid=mine.get("pid", 0),
    )


def _plain(file: Path) -> bytes:
    """A confined agent can write here: what is a link or a pipe would lead or hold us elsewhere. Raises OSError."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FileNotFoundError(file)
        return os.read(descriptor, LARGEST)
    finally:
        os.close(descriptor)


def ends(later: Event, own: Event) -> bool:
    """Whether a turn that began with this prompt has ended; the end of the one before may be reported late."""
    same = None in (later.prompt_id, own.prompt_id) or later.prompt_id == own.prompt_id
    return later.name == "Stop" and later.at > own.at and same
