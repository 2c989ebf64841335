"""Deliver what waits in a pane's queue when nobody else stays for it; ends when nothing waits any more."""

from __future__ import annotations

from dataclasses import dataclass, field

from llm_send.actions.adopt import adopt
from llm_send.actions.context import Context
from llm_send.actions.find import find
from llm_send.actions.serve import Serving
from llm_send.errors import Refused
from llm_send.history import Send
from llm_send.live import LivePane
from llm_send.tmux import TmuxError

TURN = 1.0  # seconds to wait for another sender before looking again whether anything waits


@dataclass(frozen=True)
class DrainRequest:
    """`pane` is tmux's id of it; None for every pane of the server."""

    pane: str | None = None


@dataclass
class DrainResult:
    """The ids of the sends that ended here."""

    drained: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        return {"drained": self.drained}


def drain(ctx: Context, request: DrainRequest) -> DrainResult:
    """Serve the queue until it is empty, however long its Claude is busy."""
    adopt(ctx)
    result = DrainResult()
    while waiting := _waiting(ctx, request):
        live = _live(ctx, waiting[0])
        if live is None:
            result.drained += [send.id for send in waiting if _gone(ctx, send, waiting[0])]
            continue
        serving = Serving(ctx, live)
        with live.turn(TURN) as mine:
            if mine:
                serving.serve()
        result.drained += serving.results
    return result


def _waiting(ctx: Context, request: DrainRequest) -> list[Send]:
    server = ctx.tmux.socket_path
    return [send for send in ctx.history.queue(server, request.pane) if send.pane]


def _live(ctx: Context, send: Send) -> LivePane | None:
    """The pane it waits for, None when that has ended."""
    try:
        found = find(ctx)
    except TmuxError as error:
        if error.code == "no_tmux":
            return None
        raise
    agent = next((each for each in found.agents if (each.row.id, each.row.pid) == (send.pane, send.pane_pid)), None)
    return LivePane(ctx.tmux, agent, ctx.paths, ctx.config) if agent else None


def _gone(ctx: Context, send: Send, first: Send) -> bool:
    if (send.pane, send.pane_pid) != (first.pane, first.pane_pid):
        return False
    why = Refused("gone", f"{send.pane_name or send.pane} has ended.", "Start another with: llm-send spawn")
    return ctx.history.withdraw(send.id, "refused", "gone", why.message, hint=why.hint)
