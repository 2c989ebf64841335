"""A send of the history as people and programs are shown it: the ENTRY object of the machine contract."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from llm_send.history import History, Send

SHOWN = (
    "id",
    "created_at",
    "settled_at",
    "mode",
    "server",
    "step",
    "outcome",
    "reason",
    "message",
    "hint",
    "elapsed_ms",
    "text",
    "sha256",
)


@dataclass(frozen=True)
class Entry:
    """One send. `place` is how many stand before it in its pane's queue, None when it does not stand there."""

    send: Send
    place: int | None = None

    def as_dict(self) -> dict[str, object]:
        send = self.send
        return {name: getattr(send, name) for name in SHOWN} | {
            "pane": send.pane_name or send.pane,
            "pane_id": send.pane,
            "receipt": asdict(send.receipt) if send.receipt else None,
            "place": self.place,
            "file": send.request.get("file"),
            "as_command": send.as_command,
        }


@dataclass(frozen=True)
class QueueResult:
    """What waits, each pane's in the order in which it will be delivered; `message` is what was done before."""

    entries: tuple[Entry, ...]
    message: str | None = None

    def as_dict(self) -> dict[str, object]:
        return {"entries": [entry.as_dict() for entry in self.entries], "message": self.message}


def placed(history: History, sends: Iterable[Send]) -> tuple[Entry, ...]:
    """Each with its place, if it waits."""
    return tuple(Entry(send, None if send.outcome else history.place_of(send.id)) for send in sends)


def waiting(history: History, message: str | None = None) -> QueueResult:
    """What waits for any pane."""
    return QueueResult(placed(history, history.queue()), message)
