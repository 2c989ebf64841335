"""Look again at a send whose end is not known, and settle it by what is seen. Nothing is sent, no key is pressed."""

from __future__ import annotations

import time
from dataclasses import dataclass

from llm_send import guard, traces
from llm_send.actions.context import Context
from llm_send.actions.find import still_there
from llm_send.actions.result import SendResult, elapsed, of_row
from llm_send.actions.verdict import Verdict, verdict
from llm_send.history import Send
from llm_send.live import LivePane
from llm_send.modes import Mode
from llm_send.panes import Pane
from llm_send.target import Parcel

TURN = 5.0  # seconds to wait for another sender; then the box is not looked at, since it is theirs
FRESH = 30.0  # seconds after its end in which a prompt may still be on its way into the transcript
ARRIVES = 3.0  # seconds to wait for it then
UNDER_WAY = 10.0  # seconds to wait for a living sender to end
POLL = 0.05  # seconds between two looks


@dataclass(frozen=True)
class ResolveRequest:
    """`id`, or the beginning of one."""

    id: str


def resolve_send(ctx: Context, request: ResolveRequest) -> SendResult:
    """What became of it. One that has ended for certain is told as it is; one that waits is `queued`.

    An unconfirmed one is settled as delivered, or as refused where it is proven that nothing reached Claude; else it
    stays unconfirmed, with what was seen.
    """
    send = _ended(ctx, ctx.history.named(request.id))
    if send.outcome is None:
        return _open(ctx, send)
    live = still_there(ctx, send)
    if send.outcome != "unconfirmed":
        return of_row(send, _seen(live))
    said = _look(ctx, send, live)
    ctx.history.resettle(send.id, said.outcome, said.reason, said.message, said.receipt, said.hint)
    if live and live.folder:
        guard.take_back(live.folder, send.id)  # not before: its prompt may just have been on its way through the gate
    return of_row(ctx.history.get(send.id) or send, live.pane() if live else None)


def _seen(live: LivePane | None) -> Pane | None:
    if live:
        live.look()
    return live.pane() if live else None


def _ended(ctx: Context, send: Send) -> Send:
    """The send, once a living sender has had its time to end it; a dead one's is settled as unconfirmed."""
    end = ctx.clock.now() + UNDER_WAY
    while send.outcome is None and not send.free:
        if send.abandoned:
            ctx.history.settle(send.id, "unconfirmed", None, f"The sender ended at the step “{send.step}”.")
        elif ctx.clock.now() >= end:
            break
        else:
            ctx.clock.pause(POLL)
        send = ctx.history.get(send.id) or send
    return send


def _open(ctx: Context, send: Send) -> SendResult:
    place = ctx.history.place_of(send.id)
    name = send.pane_name or send.pane or "its pane"
    if place is None and not send.free:
        message, hint = f"The text is on its way to {name}.", "Ask again when it has ended."
    else:
        message, hint = f"The text waits for {name}.", "See: llm-send queue"
    return SendResult(send.id, "queued", None, message, hint, None, None, elapsed(send))


def _look(ctx: Context, send: Send, live: LivePane | None) -> Verdict:
    """The box first: what it does not show any more, a transcript does soon after."""
    if live is None:
        return verdict(send, traces.traces(send, None, ctx.history.alike(send)), None)
    with live.turn(TURN) as mine:
        box = traces.box(live, _parcel(send, live), ctx.clock) if mine and send.text else None
        fresh = time.time() - (send.settled_at or send.created_at) < FRESH
        end = ctx.clock.now() + (ARRIVES if fresh and box != "text" else 0.0)
        while True:
            seen = verdict(send, traces.traces(send, live, ctx.history.alike(send)), live, box)
            if seen.outcome == "delivered" or ctx.clock.now() >= end:
                return seen
            ctx.clock.pause(POLL)


def _parcel(send: Send, live: LivePane) -> Parcel:
    mode = Mode(send.mode).claude if send.mode else live.lock or ""
    return Parcel(id=send.id, text=send.text, mode=mode, command=send.as_command)
