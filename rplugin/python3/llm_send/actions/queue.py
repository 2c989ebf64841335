"""What waits for busy panes."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send.actions.context import Context
from llm_send.actions.record import QueueResult, placed


@dataclass(frozen=True)
class QueueRequest:
    """`pane` by name or id; None for all."""

    pane: str | None = None


def queue(ctx: Context, request: QueueRequest) -> QueueResult:
    """List it. No tmux is asked, so what waits for a pane that has ended is listed too."""
    sends = [send for send in ctx.history.queue() if request.pane in (None, send.pane_name, send.pane)]
    return QueueResult(placed(ctx.history, sends))
