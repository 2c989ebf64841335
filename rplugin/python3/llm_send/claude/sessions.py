"""Claude Code's own session files and transcripts: hints about a pane whose Claude we did not start.

`CLAUDE_CONFIG_DIR/sessions/<pid>.json` is undocumented and absent in old versions; the transcript is
`CLAUDE_CONFIG_DIR/projects/<folder>/<session id>.jsonl`, one JSON object per line, in which each prompt that reached
the model is an entry of type `user` with `promptId` and `permissionMode`. Nothing here raises for a missing file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


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
        from datetime import datetime  # not in the way of a send

        try:
            return datetime.fromisoformat(self.timestamp or "").timestamp()
        except ValueError:
            return None


def config_folder(environment: Mapping[str, str]) -> Path:
    """Where this Claude keeps its files."""
    home = environment.get("HOME", "")
    return Path(environment.get("CLAUDE_CONFIG_DIR") or f"{home}/.claude")


def session_of(config: Path, pid: int, start: str | None) -> Session | None:
    """The session of a process, unless the file is a leftover of an earlier one with the same pid."""
    try:
        raw = json.loads((config / "sessions" / f"{pid}.json").read_text())
        found = Session(raw["sessionId"], raw.get("status"), raw.get("procStart"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None if found.proc_start and start and found.proc_start != start else found


def transcript_of(config: Path, session_id: str) -> Path | None:
    """The transcript of a session, None before its first prompt."""
    return next(config.glob(f"projects/*/{session_id}.jsonl"), None)


def size_of(transcript: Path | None) -> int:
    """Its length in bytes: a baseline to look past."""
    try:
        return transcript.stat().st_size if transcript else 0
    except OSError:
        return 0


def taken_since(transcript: Path, offset: int) -> list[Taken]:
    """The prompts written to a transcript past a baseline, complete lines only."""
    try:
        with transcript.open("rb") as file:
            file.seek(offset)
            lines = file.read().split(b"\n")[:-1]
    except OSError:
        return []
    return [taken for line in lines if b'"type":"user"' in line and (taken := _taken(line))]


def last_mode(transcript: Path) -> str | None:
    """The mode of the last prompt in a transcript, read from its end."""
    found = taken_since(transcript, max(0, size_of(transcript) - 200_000))
    return found[-1].mode if found else None


def _taken(line: bytes) -> Taken | None:
    try:
        raw = json.loads(line)
        content = raw["message"]["content"]
    except (ValueError, KeyError, TypeError):
        return None
    if raw.get("type") != "user" or raw.get("isMeta") or raw.get("isSidechain"):
        return None
    texts = [content] if isinstance(content, str) else [b.get("text", "") for b in content if b.get("type") == "text"]
    if not texts:
        return None
    return Taken("\n".join(texts), raw.get("promptId"), raw.get("permissionMode"), raw.get("timestamp"))
