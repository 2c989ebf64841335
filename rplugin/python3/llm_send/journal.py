"""A guarded pane's journal: what its hooks reported, one file per event, written by the gate.

Event names are Claude Code's (`UserPromptSubmit`, `Stop`, `SessionStart`, `SessionEnd`). Prompt texts are not in it.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from llm_send import confined
from llm_send.claude.files import content, fields, number, record, text, word

# The gate keeps some thirty events of a thousand bytes. A confined agent can put there what it likes.
LARGEST = 1_000_000  # bytes of an event
MOST = 10_000  # files that are looked at
NEWEST = 200  # and read
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
    found = sorted(_scan(folder), key=lambda mark: mark[1], reverse=True)[:NEWEST]
    prompts = (_event(folder, mark) for mark in found if mark[0].startswith("prompt"))
    notes = (_event(folder, mark) for mark in found if mark[0].startswith("note"))
    prompt = next((event for event in prompts if event and event.verdict == "passed"), None)
    return prompt, next((event for event in notes if event), None)


def fresh(folder: Path, seconds: float) -> bool:
    """Whether anything was reported within the last seconds: one question instead of a reading of it all."""
    try:
        return time.time() - (folder / "events").stat().st_mtime < seconds
    except OSError:
        return False


def own(folder: Path, send_id: str) -> Event | None:
    """What the gate said of one send of ours; its file carries the id."""
    file = folder / "events" / f"prompt-{send_id}"
    try:
        return _event(folder, (file.name, file.lstat().st_mtime_ns))
    except OSError:
        return None


def pending(folder: Path) -> int:
    """How many tool uses may have a dialog open, or open one any moment."""
    try:
        return len(os.listdir(folder / "pending"))  # noqa: PTH208 — a count, on every look
    except OSError:
        return 0


def _scan(folder: Path) -> list[Mark]:
    found = []
    with suppress(OSError), os.scandir(folder / "events") as entries:
        for entry in islice(entries, MOST):
            with suppress(OSError):  # the gate keeps the latest few and may be removing this one
                if not entry.name.startswith("."):
                    found.append((entry.name, entry.stat(follow_symlinks=False).st_mtime_ns))
    return found


def _event(folder: Path, mark: Mark) -> Event | None:
    """One event; None when the gate has just removed it (it keeps the latest few) or it is not readable."""
    try:
        raw = record(content(folder / "events" / mark[0], LARGEST))
    except OSError:
        return None
    if raw is None:
        return None
    mine = fields(raw.get("llm_send"))
    return Event(
        name=word(raw.get("hook_event_name")) or "",
        at=mark[1],
        mode=word(raw.get("permission_mode")),
        prompt_id=word(raw.get("prompt_id")),
        session_id=word(raw.get("session_id")),
        transcript=confined.transcript(folder, text(raw.get("transcript_path"))),
        verdict=word(mine.get("verdict")),
        send_id=word(mine.get("id")),
        claude_pid=number(mine.get("pid")),
    )


def ends(later: Event, own: Event) -> bool:
    """Whether a turn that began with this prompt has ended; the end of the one before may be reported late."""
    same = None in (later.prompt_id, own.prompt_id) or later.prompt_id == own.prompt_id
    return later.name == "Stop" and later.at > own.at and same
