"""Asks the person, in every Neovim of theirs that runs llm-send: the first answer counts.

A host that can ask has a FIFO in `agents/editors`; opening it for writing fails at once where nobody reads. A question
is a file in `agents/asks`, the answer another beside it.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from llm_send.actions import audit
from llm_send.actions.context import Context
from llm_send.guard import write_private
from llm_send.paths import private_folder

Answer = Literal["once", "session", "no", "expired", "nobody"]
ANSWERS = ("once", "session", "no")
WAITS = 300.0  # seconds for an answer
POLL = 0.1


@dataclass(frozen=True)
class Question:
    """`lines` are all there is to know of it; `deadline` is unix seconds."""

    id: str
    asker: str
    pane: str
    title: str
    lines: tuple[str, ...]
    deadline: float

    def as_dict(self) -> dict[str, object]:
        return {"id": self.id, "asker": self.asker, "pane": self.pane, "title": self.title, "lines": list(self.lines)}


def ask(ctx: Context, asker: str, pane: str, title: str, lines: Sequence[str], waits: float = WAITS) -> Answer:
    """Put the question and wait for the answer. `nobody` where no editor is there to ask in: nothing waits then."""
    question = Question(secrets.token_hex(8), asker, pane, title, tuple(lines), time.time() + waits)
    file = _asks(ctx) / f"{question.id}.json"
    write_private(file, json.dumps({**question.as_dict(), "deadline": question.deadline}))
    try:
        if not tell(ctx, "asked", {"id": question.id}):
            return "nobody"
        return _answer(ctx, file)
    finally:
        file.unlink(missing_ok=True)
        file.with_suffix(".answer").unlink(missing_ok=True)
        tell(ctx, "ask_over", {"id": question.id})


def _answer(ctx: Context, file: Path) -> Answer:
    end = ctx.clock.now() + json.loads(file.read_text())["deadline"] - time.time()
    while ctx.clock.now() < end and not ctx.memory.leaving.is_set():
        with suppress(FileNotFoundError):
            said = file.with_suffix(".answer").read_text().strip()
            return said if said in ANSWERS else "no"  # type: ignore[return-value]
        ctx.clock.pause(POLL)
    return "expired"


def answer(ctx: Context, id: str, said: str) -> bool:  # noqa: A002 — the contract's word
    """The person's answer; whether somebody still waits for it, and it is the first."""
    file = _asks(ctx) / f"{id}.json"
    if not id.isalnum() or not file.exists():
        return False
    aside = file.with_suffix(f".{secrets.token_hex(4)}")
    write_private(aside, said)
    try:
        os.link(aside, file.with_suffix(".answer"))  # the first one, and whole when it is there
    except FileExistsError:
        return False
    finally:
        aside.unlink()
    tell(ctx, "ask_over", {"id": id})
    return True


def questions(ctx: Context) -> list[Question]:
    """Those that wait, the oldest first."""
    found = []
    for file in _asks(ctx).glob("*.json"):
        with suppress(OSError, ValueError, TypeError, KeyError):
            raw = json.loads(file.read_text())
            one = Question(**{**raw, "lines": tuple(raw["lines"])})
            if one.deadline < time.time():
                file.unlink(missing_ok=True)  # whoever asked was killed
            elif not file.with_suffix(".answer").exists():
                found.append(one)
    return sorted(found, key=lambda each: each.deadline)


def tell(ctx: Context, event: str, data: dict[str, Any]) -> int:
    """Say something to every editor; how many have heard it."""
    line = json.dumps({"event": event, "data": data}).encode() + b"\n"
    return sum(_told(fifo, line) for fifo in editors(ctx).iterdir())


def editors(ctx: Context) -> Path:
    return private_folder(audit.folder(ctx) / "editors")


def _asks(ctx: Context) -> Path:
    return private_folder(audit.folder(ctx) / "asks")


def _told(fifo: Path, line: bytes) -> bool:
    try:
        descriptor = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno == errno.ENXIO:  # its editor has ended: nobody reads
            fifo.unlink(missing_ok=True)
        return False
    try:
        return os.write(descriptor, line) == len(line)
    except OSError:  # one that is stopped has read nothing for a long time, or it has just ended
        return False
    finally:
        os.close(descriptor)
