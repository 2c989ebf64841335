"""Give a send that waits another place in its pane's queue."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send.actions.context import Context
from llm_send.actions.record import QueueResult, waiting


@dataclass(frozen=True)
class QueueMoveRequest:
    """`id`, or the beginning of one; `place` is how many should stand before it."""

    id: str
    place: int


def queue_move(ctx: Context, request: QueueMoveRequest) -> QueueResult:
    """Move it; what waits then. Raises LlmSendError `not_waiting` for a send that is on its way."""
    id = ctx.history.named(request.id).id  # noqa: A001 — the contract's word
    ctx.history.move(id, request.place)
    return waiting(ctx.history, f"Moved {id[:8]}")
