"""Send a text of the history once more, as a new send."""

from __future__ import annotations

from dataclasses import dataclass, replace

from llm_send.actions.context import Context
from llm_send.actions.result import SendResult
from llm_send.actions.send import SendRequest, send
from llm_send.errors import LlmSendError
from llm_send.history import History, Send
from llm_send.modes import Mode

LAST = "last"
RECENT = 1000  # sends among which the last is looked for


@dataclass(frozen=True)
class ResendRequest:
    """`which`: an id, the beginning of one, or `last`: the newest that did not arrive for sure, else the newest.

    `how` is for the new send, its text left empty. With neither mode nor pane in it, it goes where the first was to go.
    """

    which: str
    how: SendRequest


def resend(ctx: Context, request: ResendRequest) -> SendResult:
    """Send it. Raises LlmSendError: `no_send`, `still_open` for one that has not ended, `not_kept`."""
    history = ctx.history
    again = _last(history) if request.which == LAST else history.named(request.which)
    if again.outcome is None:
        message = f"Send {again.id[:8]} has not ended yet: it waits, or is on its way."
        raise LlmSendError("still_open", message, f"Call it off first: llm-send cancel {again.id[:8]}", found=again.id)
    if not again.text:
        message = f"The text of send {again.id[:8]} was not kept."
        raise LlmSendError("not_kept", message, "The history is switched off in the configuration.", found=again.id)
    mode, pane = _where(again, request.how)
    file, as_command = again.request.get("file"), again.as_command or request.how.as_command
    return send(ctx, replace(request.how, text=again.text, mode=mode, pane=pane, file=file, as_command=as_command))


def _last(history: History) -> Send:
    ended = [send for send in history.recent(RECENT) if send.outcome]
    missed = (send for send in ended if send.outcome != "delivered")
    found = next(missed, ended[0] if ended else None)
    if found is None:
        raise LlmSendError("no_send", "Nothing has been sent yet.", "Send something first: llm-send send --mode plan")
    return found


def _where(again: Send, how: SendRequest) -> tuple[Mode | None, str | None]:
    """A mode or a pane: as is asked for now, else as was asked for then, else the pane it went to."""
    if how.mode or how.pane:
        return how.mode, how.pane
    if again.mode:
        return Mode(again.mode), None
    return None, again.request.get("pane") or again.pane_name or again.pane
