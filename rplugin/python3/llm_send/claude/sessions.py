"""Claude Code's own session files and transcripts: hints about a pane whose Claude we did not start.

`CLAUDE_CONFIG_DIR/sessions/<pid>.json` is undocumented and absent in old versions; the transcript is
`CLAUDE_CONFIG_DIR/projects/<folder>/<session id>.jsonl`, one JSON object per line, in which each prompt that reached
the model is an entry of type `user` with `promptId` and `permissionMode`. Nothing here raises for a missing file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from llm_send.claude.files import content, fields, lines, moment, record, text, word

ID = re.compile(r"[A-Za-z0-9_-]+")  # of a session: it becomes part of a path
LARGEST = 1_000_000  # bytes of a session file; Claude writes a few hundred
TAIL = 200_000  # bytes of a transcript in which its last prompt is looked for


@dataclass(frozen=True)
class Session:
    """What the session file of one Claude process says. `status` is idle, busy or waiting."""

    id: str
    status: str | None
    proc_start: str | None


@dataclass(frozen=True)
class Taken:
    """A prompt that is in the transcript: its text as the model got it, its id, Claude's mode and the time (ISO 8601)
    at submission."""

    text: str
    prompt_id: str | None
    mode: str | None
    timestamp: str | None = None

    @property
    def at(self) -> float | None:
        """The time in unix seconds."""
        return moment(self.timestamp)


def config_folder(environment: Mapping[str, str]) -> Path:
    """Where this Claude keeps its files."""
    home = environment.get("HOME", "")
    return Path(environment.get("CLAUDE_CONFIG_DIR") or f"{home}/.claude")


def session_of(config: Path, pid: int, start: str | None) -> Session | None:
    """The session of a process, unless the file is a leftover of an earlier one with the same pid."""
    try:
        raw = record(content(config / "sessions" / f"{pid}.json", LARGEST)) or {}
    except OSError:
        return None
    session = word(raw.get("sessionId"))
    if session is None:
        return None
    found = Session(session, word(raw.get("status")), word(raw.get("procStart")))
    return None if found.proc_start and start and found.proc_start != start else found


def transcript_of(config: Path, session_id: str) -> Path | None:
    """The transcript of a session, None before its first prompt."""
    with suppress(OSError):  # links of an agent's making, too long to be followed
        return next(config.glob(f"projects/*/{session_id}.jsonl"), None) if ID.fullmatch(session_id) else None
    return None


def size_of(transcript: Path | None) -> int:
    """Its length in bytes: a baseline to look past."""
    try:
        return transcript.stat().st_size if transcript else 0
    except OSError:
        return 0


def taken_since(transcript: Path, offset: int) -> list[Taken]:
    """The prompts written to a transcript past a baseline, complete lines only."""
    try:
        found = [_taken(line) for line in lines(transcript, offset) if b'"type":"user"' in line]
    except OSError:
        return []
    return [taken for taken in found if taken]


def last_mode(transcript: Path) -> str | None:
    """The mode of the last prompt in a transcript, read from its end."""
    found = taken_since(transcript, max(0, size_of(transcript) - TAIL))
    return found[-1].mode if found else None


def _taken(line: bytes) -> Taken | None:
    raw = record(line)
    if not raw or raw.get("type") != "user" or raw.get("isMeta") or raw.get("isSidechain"):
        return None
    said = _said(fields(raw.get("message")).get("content"))
    if said is None:
        return None
    return Taken(said, word(raw.get("promptId")), word(raw.get("permissionMode")), word(raw.get("timestamp")))


def _said(words: object) -> str | None:
    """The text of a prompt, which may stand in several blocks; None where it has none."""
    if not isinstance(words, list):
        return text(words)
    blocks = [block for block in map(fields, words) if block.get("type") == "text"]
    return "\n".join(text(block.get("text")) or "" for block in blocks) if blocks else None
