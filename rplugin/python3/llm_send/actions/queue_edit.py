"""Change the text of a send that waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from llm_send.actions.context import Context
from llm_send.actions.record import QueueResult, waiting
from llm_send.clean import clean, clean_command
from llm_send.errors import Refused
from llm_send.rules import digest


@dataclass(frozen=True)
class QueueEditRequest:
    """`id`, or the beginning of one. `text` may be bytes straight from a file, or what makes them of the old text."""

    id: str
    text: str | bytes | Callable[[str], bytes]


def queue_edit(ctx: Context, request: QueueEditRequest) -> QueueResult:
    """Clean the text as a send's is, and put it in the place of the old one; what waits then.

    Raises Refused for a text that could not be sent, LlmSendError `not_waiting` for a send that is on its way.
    """
    history = ctx.history
    send = history.still_waiting(history.named(request.id).id)
    text = request.text(send.text) if callable(request.text) else request.text
    if not text.strip():
        hint = f"Call it off with: llm-send cancel {send.id[:8]}"
        raise Refused("bad_text", "The text is empty, so nothing was changed.", hint)
    cleaned = (clean_command if send.as_command else clean)(text)
    if cleaned.text == send.text:
        return waiting(history, f"The text of {send.id[:8]} is as it was")
    history.edit(send.id, cleaned.text, digest(cleaned.text), cleaned.notes)
    return waiting(history, " · ".join((f"Changed the text of {send.id[:8]}", *cleaned.notes)))
