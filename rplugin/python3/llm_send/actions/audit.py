"""The record of what agents asked for and what was decided: one line of JSON each, for the person alone.

    {"at": 1763780000.1, "id": "…", "agent": "claude-plan", "pane": "%3", "way": "mcp", "asked": "create_pane",
     "with": {…}, "verdict": "allow|deny|once|session|no|expired|nobody", "reasons": ["…"]}
    {"at": …, "id": "…", "ended": "ok" or the error's code, "pane": "%7"}

What is secret is not in it, nor is the text of a prompt: its length and sha256 are.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from llm_send.actions.context import Context
from llm_send.claude.files import record
from llm_send.confine.hidden import secret_by_name
from llm_send.paths import private_folder

LIMIT = 5_000_000  # bytes; then it moves to audit.jsonl.1, and what was there goes
TEXTS = ("text", "prompt", "body")
HIDDEN = ("key",)
LONGEST = 2000  # characters of a value


def folder(ctx: Context) -> Path:
    """Where what concerns agents is kept."""
    return private_folder(ctx.paths.state / "agents")


@contextmanager
def alone(ctx: Context) -> Iterator[None]:
    """One decision at a time, so that two at once do not both count as the last that may be."""
    with (folder(ctx) / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def note(ctx: Context, **what: object) -> None:
    """Add a line. Raises OSError: what cannot be recorded is not done."""
    file = folder(ctx) / "audit.jsonl"
    line = json.dumps({"at": time.time(), **what}, ensure_ascii=False, default=str)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        if os.fstat(descriptor).st_size > LIMIT:
            file.replace(file.with_name("audit.jsonl.1"))
        os.write(descriptor, f"{line}\n".encode(errors="replace"))
    finally:
        os.close(descriptor)


def lines(ctx: Context) -> list[dict[str, Any]]:
    """What is recorded, the oldest first. Half a line, of a full disk, is passed over."""
    found = []
    for name in ("audit.jsonl.1", "audit.jsonl"):
        file = folder(ctx) / name
        raw = file.read_text(encoding="utf-8", errors="replace").split("\n") if file.exists() else []
        found += [each for line in raw if (each := record(line.encode(errors="replace")))]
    return found


def shown(value: Any, key: str = "") -> Any:
    """Arguments as the person is shown them: whole, but for what is secret by its name."""
    if isinstance(value, str) and key == "config":
        value = _parsed(value)
    if isinstance(value, Mapping):
        return {name: shown(each, str(name)) for name, each in value.items()}
    return "…" if isinstance(value, str) and (key in HIDDEN or secret_by_name(key)) else value


def _parsed(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def redacted(value: Any, key: str = "") -> Any:
    """Arguments as they may be kept."""
    if key in ("env", "secure_env") and isinstance(value, Mapping):
        return dict.fromkeys(value, "…")
    if isinstance(value, Mapping):
        return {name: redacted(each, str(name)) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(each) for each in value]
    if isinstance(value, str):
        return _text(value, key)
    return value


def _text(value: str, key: str) -> str:
    if key in HIDDEN or secret_by_name(key):
        return "…"
    if key in TEXTS:
        digest = hashlib.sha256(value.encode(errors="surrogateescape")).hexdigest()
        return f"{len(value)} characters, sha256 {digest}"
    if key == "config" and value.lstrip().startswith("{"):
        return _config(value)
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"


def _config(value: str) -> str:
    try:
        return json.dumps(redacted(json.loads(value)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return f"not JSON, {len(value)} characters"
