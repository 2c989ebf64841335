"""What Claude said: the text of its last message in a transcript, past a baseline in bytes.

Each block of a message is an entry of its own, with the message's id; what Claude says between two tool uses is a
message too, so the last one that has text is its answer.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from llm_send.claude.files import fields, lines, record, text, word

MARK = b'"type":"assistant"'


def answer_since(transcript: Path, offset: int) -> str | None:
    """None where it has said nothing. Nothing raises for a missing file."""
    last: str | None = None
    said: list[str] = []
    with suppress(OSError):
        for line in lines(transcript, offset):
            message = _message(line)
            found = [] if message is None else _texts(message)
            if message is not None and found:
                id = word(message.get("id"))  # noqa: A001 — the contract's word
                said = [*said, *found] if id and id == last else found
                last = id
    return "\n\n".join(said) or None


def _message(line: bytes) -> dict[str, object] | None:
    raw = record(line) if MARK in line else None
    if not raw or raw.get("type") != "assistant" or raw.get("isSidechain"):
        return None
    return fields(raw.get("message"))


def _texts(message: dict[str, object]) -> list[str]:
    content = message.get("content")
    blocks = [fields(each) for each in content] if isinstance(content, list) else []
    found = [text(each.get("text")) for each in blocks if each.get("type") == "text"]
    return [each for each in found if each]
