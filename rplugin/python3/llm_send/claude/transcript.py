"""What a session's transcript says of commands that ran in Claude Code, and of its own queue.

Recorded from 2.1.32, 2.1.257 and 2.1.329 (tests/transcripts). A record appears about a tenth of a second after what
it tells; that of a `!` line and of `/compact` only when they have ended. A panel (`/model`, `/help`) leaves none while
it is open, and `/clear` stands in the transcript of the session that it begins. Nothing raises for a missing file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

NAME = re.compile(r"\s*(?:<command-message>.*?</command-message>\s*)?<command-name>/?(.*?)</command-name>", re.DOTALL)
ARGUMENTS = re.compile(r"<command-args>(.*)</command-args>", re.DOTALL)
SHELL = re.compile(r"<bash-input>(.*)</bash-input>", re.DOTALL)
UNKNOWN = re.compile(r"Unknown (?:command|skill): /?([^\s.]\S*?)(?:\.? |\.?$)")
BLOCKED = re.compile(r"UserPromptSubmit operation blocked by hook:.*?\n\nOriginal prompt: (.*)", re.DOTALL)
OF_INTEREST = (b'"type":"user"', b'"subtype":"local_command"', b'"subtype":"informational"')


@dataclass(frozen=True)
class Ran:
    """One command: `slash` (its `name` without the slash, its arguments as `text`) or `shell` (the line behind the
    `!`); or what became of it instead: an `unknown` name, or a prompt `blocked` by a hook, with the prompt as `text`.
    `at` is unix seconds."""

    kind: Literal["slash", "shell", "unknown", "blocked"]
    name: str = ""
    text: str = ""
    prompt_id: str | None = None
    at: float | None = None


@dataclass(frozen=True)
class Queued:
    """One step of Claude's own queue. `enqueue`, `remove` (taken into the running turn) and `popAll` (back in the box)
    name the text; `dequeue` (the turn is over) takes the oldest."""

    operation: str
    text: str | None
    at: float | None = None


def commands_since(transcript: Path, offset: int) -> list[Ran]:
    """What ran, past a baseline in bytes; complete lines only. What a person writes about commands is not one."""
    return [ran for raw in _records(transcript, offset, OF_INTEREST) if (ran := _ran(raw))]


def queued_since(transcript: Path, offset: int) -> list[Queued]:
    """The steps of Claude's own queue, past a baseline in bytes."""
    records = _records(transcript, offset, (b'"type":"queue-operation"',))
    return [Queued(str(raw.get("operation")), raw.get("content"), _time(raw)) for raw in records]


def _records(transcript: Path, offset: int, marks: tuple[bytes, ...]) -> Iterator[dict[str, Any]]:
    try:
        with transcript.open("rb") as file:
            file.seek(offset)
            lines = file.read().split(b"\n")[:-1]
    except OSError:
        return
    for line in lines:
        if any(mark in line for mark in marks):
            try:
                raw = json.loads(line)
            except ValueError:
                continue
            if isinstance(raw, dict) and not raw.get("isSidechain") and not raw.get("isMeta"):
                yield raw


def _ran(raw: dict[str, Any]) -> Ran | None:
    if "permissionMode" in raw:
        return None  # a prompt, whatever it says
    content = raw.get("content") if raw.get("type") == "system" else (raw.get("message") or {}).get("content")
    if not isinstance(content, str):
        return None
    ran = _told(content)
    return replace(ran, prompt_id=raw.get("promptId"), at=_time(raw)) if ran else None


def _told(content: str) -> Ran | None:
    if found := NAME.match(content):
        arguments = ARGUMENTS.search(content, found.end())
        return Ran("slash", found[1], arguments[1] if arguments else "")
    if found := SHELL.match(content):
        return Ran("shell", text=found[1])
    if found := UNKNOWN.match(content):
        return Ran("unknown", found[1])
    if found := BLOCKED.match(content):
        return Ran("blocked", text=found[1])
    return None


def _time(raw: dict[str, Any]) -> float | None:
    try:
        return datetime.fromisoformat(str(raw.get("timestamp"))).timestamp()
    except ValueError:
        return None
