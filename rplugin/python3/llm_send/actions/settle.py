"""What a sender that has died left open: settled truthfully by whoever comes next, and never sent again by itself."""

from __future__ import annotations

from pathlib import Path

from llm_send import guard, journal
from llm_send.actions.context import Context
from llm_send.actions.find import still_there
from llm_send.draft import stashed
from llm_send.history import History, Send
from llm_send.history_row import BEFORE_ENTER
from llm_send.inbox import shows
from llm_send.live import LivePane
from llm_send.outcomes import Receipt
from llm_send.target import Clock, Look, Parcel, until

TURN = 1.0  # seconds to wait for another sender, who will see to it then
SHOWS = 2.0  # seconds for a paste to show, plus SHOWS_PER_MB
SHOWS_PER_MB = 4.0
TAKES = 3.0  # seconds for Claude to take what it was given, once Enter was pressed, and for the gate to record it
UNSENT = "Press Enter there, or clear it."


def settle_abandoned(history: History, live: LivePane, clock: Clock) -> None:
    """The open rows of this pane whose sender has died with its text in the pane, or on its way there. Needs the
    turn."""
    for send in history.open_of(live.row.socket, live.row.id):
        if send.abandoned and not send.free:
            _settle(history, send, live, _look(send, live, clock))


def settle_everywhere(ctx: Context) -> None:
    """Those of every pane, also of such that have ended."""
    for send in ctx.history.abandoned():
        if send.free or not ctx.history.under_way(send.id):
            continue
        live = still_there(ctx, send)
        if not live:
            _settle(ctx.history, send)
            continue
        with live.turn(TURN) as mine:
            if mine:
                settle_abandoned(ctx.history, live, ctx.clock)


def _look(send: Send, live: LivePane, clock: Clock) -> Look | None:
    """The pane. What its sender did a moment ago is waited for, because the next text must not meet it on its way: a
    paste until it shows, an Enter until the text has gone from the box and through the gate."""
    if live.row.pid != send.pane_pid:
        return None
    parcel, folder = _parcel(send), send.folder
    if send.step in BEFORE_ENTER:
        return until(live, clock, SHOWS + SHOWS_PER_MB * len(send.text) / 1e6, lambda now: shows(now, parcel))

    def taken(now: Look) -> bool:
        return not shows(now, parcel) and (not folder or journal.own(Path(folder), send.id) is not None)

    return until(live, clock, TAKES, taken)


def _parcel(send: Send) -> Parcel:
    return Parcel(send.id, send.text, "", command=send.as_command)


def _settle(history: History, send: Send, live: LivePane | None = None, look: Look | None = None) -> None:
    stands_in = live.name if live and look and shows(look, _parcel(send)) else None
    message, hint, receipt = _truth(send, stands_in)
    if look and look.screen.stashed:
        hint = stashed(hint)
    history.settle(send.id, "unconfirmed", None, message, receipt, hint=hint)
    on_its_way = send.step not in BEFORE_ENTER and not (stands_in or receipt)  # perhaps through the gate, just now
    if send.folder and not on_its_way:
        guard.take_back(Path(send.folder), send.id)


def _truth(send: Send, stands_in: str | None) -> tuple[str, str, Receipt | None]:
    """What can be said for certain, what to do, and the gate's word. `stands_in` is the pane that shows the text."""
    again = f"Look again: llm-send resolve {send.id[:8]}"
    event = journal.own(Path(send.folder), send.id) if send.folder else None
    if event and event.verdict == "passed":
        receipt = Receipt(event.prompt_id, event.mode, send.sha256, ("gate",))
        return "The sender ended; the gate had let the prompt through.", again, receipt
    before = send.step in BEFORE_ENTER
    ended = "The sender ended before Enter" if before else f"The sender ended at the step “{send.step}”"
    if stands_in:
        stands = f"the text stands {'unsent ' if before else ''}in the box of {stands_in}"
        return f"{ended}: {stands}.", UNSENT if before else again, None
    return f"{ended}.", again, None
