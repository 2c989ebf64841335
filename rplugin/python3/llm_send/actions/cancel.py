"""Call off sends that have not touched a pane yet."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send.actions.context import Context

MESSAGE = "The send was cancelled before anything was sent."


@dataclass(frozen=True)
class CancelRequest:
    """`id` of a send, or the beginning of one; None for all that this process (an editor's host) has asked for."""

    id: str | None = None


@dataclass(frozen=True)
class CancelResult:
    """The ids of the sends that were called off; one that has pasted already goes on to its end."""

    cancelled: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        return {"cancelled": list(self.cancelled)}


def cancel(ctx: Context, request: CancelRequest) -> CancelResult:
    """Settle them as refused (cancelled). Their senders notice before they would touch a pane."""
    history = ctx.history
    chosen = [history.named(request.id)] if request.id else history.own()
    return CancelResult(tuple(history.call_off([send.id for send in chosen], MESSAGE)))
