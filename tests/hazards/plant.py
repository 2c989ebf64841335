"""Faults planted in a copy of a log, to see that the judge finds them: a text lost, two merged, one doubled."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from offline.compare import judge, normal, user_texts

Messages = list[dict[str, Any]]
Plant = Callable[[Messages, str, str], Messages]


def lose(messages: Messages, first: str, _second: str) -> Messages:
    """As if `first` had never been sent."""
    return _each_text(messages, lambda text: None if normal(text) == first else text)


def merge(messages: Messages, first: str, second: str) -> Messages:
    """As if both had been sent as one."""

    def one(text: str) -> str | None:
        return None if normal(text) == second else f"{first}\n{second}" if normal(text) == first else text

    return _each_text(messages, one)


def double(messages: Messages, first: str, _second: str) -> Messages:
    """As if `first` had been sent once more, at once."""
    planted: Messages = []
    for message in messages:
        planted.append(message)
        if any(normal(block.get("text", "")) == first for block in _blocks(message)):
            block = {"type": "text", "text": first}
            planted[-1] = {**message, "content": [*_blocks(message), block]}
    return planted


PLANTS: dict[str, Plant] = {"lost": lose, "merged": merge, "doubled": double}


def unnoticed(log: Path, sent: list[str], work: Path) -> list[str]:
    """The faults that the judge does not find when they are planted in a copy of this log, by the name they should be
    called; none is what is wanted. `sent` are at least two texts that arrived."""
    first, second = (normal(text) for text in sent[:2])
    missed = []
    for name, plant in PLANTS.items():
        copy = planted(log, lambda messages, plant=plant: plant(messages, first, second), work / f"{name}.jsonl")  # type: ignore[misc]
        if not getattr(judge(user_texts(copy), sent), name):
            missed.append(name)
    return missed


def planted(log: Path, change: Callable[[Messages], Messages], copy: Path) -> Path:
    with log.open() as lines, copy.open("w") as out:
        for entry in map(json.loads, lines):
            body = json.loads(entry["body"] or "{}")
            if "messages" in body:
                body["messages"] = change(body["messages"])
            out.write(json.dumps({**entry, "body": json.dumps(body)}) + "\n")
    return copy


def _each_text(messages: Messages, change: Callable[[str], str | None]) -> Messages:
    """Every text through `change`; None takes it away."""
    changed: Messages = []
    for message in messages:
        blocks = []
        for block in _blocks(message):
            text = change(block["text"]) if message["role"] == "user" and block.get("type") == "text" else ""
            if text is not None:
                blocks.append({**block, "text": text} if text else block)
        changed.append({**message, "content": blocks})
    return changed


def _blocks(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content", "")
    return [{"type": "text", "text": content}] if isinstance(content, str) else content
