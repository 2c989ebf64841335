"""Call off sends that have not touched a pane yet."""

from __future__ import annotations

import os
from dataclasses import dataclass

from llm_send.actions.context import Context

MESSAGE = "The send was cancelled before anything was sent."


@dataclass(frozen=True)
class CancelRequest:
    """`id` of a send, or None for all of this process (an editor's host)."""

    id: str | None = None


@dataclass(frozen=True)
class CancelResult:
    """The ids of the sends that were called off; one that has pasted already goes on to its end."""

    cancelled: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        return {"cancelled": list(self.cancelled)}


def cancel(ctx: Context, request: CancelRequest) -> CancelResult:
    """Settle them as refused (cancelled). Their senders notice before they would touch a pane."""
    return CancelResult(tuple(ctx.history.cancel(request.id, os.getpid(), MESSAGE)))
