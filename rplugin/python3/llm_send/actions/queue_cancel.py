"""Call off a send that waits, and see what else does."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send.actions.cancel import CancelRequest, cancel
from llm_send.actions.context import Context
from llm_send.actions.record import QueueResult, waiting


@dataclass(frozen=True)
class QueueCancelRequest:
    """`id`, or the beginning of one."""

    id: str


def queue_cancel(ctx: Context, request: QueueCancelRequest) -> QueueResult:
    """Call it off; what waits then. Raises LlmSendError `not_waiting` for a send that is on its way."""
    id = ctx.history.named(request.id).id  # noqa: A001 — the contract's word
    if not cancel(ctx, CancelRequest(id)).cancelled:
        raise ctx.history.not_waiting(id)
    return waiting(ctx.history, f"Called off {id[:8]}")
