"""What a session's transcript says of commands that ran in Claude Code, and of its own queue.

Recorded from 2.1.32, 2.1.257 and 2.1.329 (tests/transcripts). A record appears about a tenth of a second after what
it tells; that of a `!` line and of `/compact` only when they have ended. A panel (`/model`, `/help`) leaves none while
it is open, and `/clear` stands in the transcript of the session that it begins. Nothing raises for a missing file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from llm_send.claude.files import fields, lines, moment, record, text, word

NAME = re.compile(r"\s*(?:<command-message>[^<]*</command-message>\s*)?<command-name>/?(.*?)</command-name>", re.DOTALL)
ARGUMENTS = ("<command-args>", "</command-args>")
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
    return [
        Queued(word(raw.get("operation")) or "", text(raw.get("content")), moment(raw.get("timestamp")))
        for raw in records
    ]


def _records(transcript: Path, offset: int, marks: tuple[bytes, ...]) -> Iterator[dict[str, object]]:
    with suppress(OSError):
        for line in lines(transcript, offset):
            raw = record(line) if any(mark in line for mark in marks) else None
            if raw and not raw.get("isSidechain") and not raw.get("isMeta"):
                yield raw


def _ran(raw: dict[str, object]) -> Ran | None:
    if "permissionMode" in raw:
        return None  # a prompt, whatever it says
    content = text(raw.get("content") if raw.get("type") == "system" else fields(raw.get("message")).get("content"))
    ran = _told(content) if content is not None else None
    return replace(ran, prompt_id=word(raw.get("promptId")), at=moment(raw.get("timestamp"))) if ran else None


def _told(content: str) -> Ran | None:
    if found := NAME.match(content):
        return Ran("slash", found[1], _arguments(content[found.end() :]))
    if found := SHELL.match(content):
        return Ran("shell", text=found[1])
    if found := UNKNOWN.match(content):
        return Ran("unknown", found[1])
    if found := BLOCKED.match(content):
        return Ran("blocked", text=found[1])
    return None


def _arguments(content: str) -> str:
    """From the first mark to the last; a pattern would take a minute for a million bytes of marks."""
    begin, end = ARGUMENTS
    _, begins, rest = content.partition(begin)
    inner, ends, _ = rest.rpartition(end)
    return inner if begins and ends else ""
