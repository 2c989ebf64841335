"""Faults planted in a copy of a log, to see that the judge finds them: a text lost, two merged, one doubled."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from offline.compare import judge, normal, user_texts
from tests.hazards.row import Row

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


def with_fault(row: Row, log: Path, fault: str, work: Path) -> Row:
    """The row as it would have been judged by this log if the fault had happened to its first two texts."""
    first, second = (normal(text) for text in row.sent[:2])
    copy = planted(log, lambda messages: PLANTS[fault](messages, first, second), work / f"{fault}.jsonl")
    later = len(user_texts(log)) - row.span[1]
    texts = user_texts(copy)
    found = judge(texts[row.span[0] : len(texts) - later], row.sent, row.maybe)
    return replace(row, log=str(found), fault="" if found.ok else str(found))


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
