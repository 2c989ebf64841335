"""Change the text of a send that waits."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send.actions.context import Context
from llm_send.actions.record import QueueResult, waiting
from llm_send.clean import clean
from llm_send.rules import digest


@dataclass(frozen=True)
class QueueEditRequest:
    """`id`, or the beginning of one. `text` may be bytes straight from a file."""

    id: str
    text: str | bytes


def queue_edit(ctx: Context, request: QueueEditRequest) -> QueueResult:
    """Clean the text as a send's is, and put it in the place of the old one; what waits then.

    Raises Refused for a text that could not be sent, LlmSendError `not_waiting` for a send that is on its way.
    """
    send = ctx.history.named(request.id)
    cleaned = clean(request.text)
    ctx.history.edit(send.id, cleaned.text, digest(cleaned.text), cleaned.notes)
    return waiting(ctx.history)
