"""Settle what dead senders left behind, truthfully: their rows are open, and only what was seen may be said."""

from __future__ import annotations

from contextlib import suppress

from llm_send import journal
from llm_send.history import History, Send
from llm_send.live import LivePane
from llm_send.outcomes import Outcome, Receipt

BEFORE_PASTE = ("resolve", "look", "mode")


def settle_abandoned(history: History, live: LivePane) -> None:
    """The open rows of this pane whose sender has died."""
    for send in history.open_of(live.row.socket, live.row.id):
        if send.abandoned:
            outcome, message, receipt = _truth(send, live)
            history.settle(send.id, outcome, None if outcome != "refused" else "cancelled", message, receipt)
            if live.folder:
                with suppress(FileNotFoundError):
                    (live.folder / "expected" / send.id).unlink()


def _truth(send: Send, live: LivePane) -> tuple[Outcome, str, Receipt | None]:
    if send.step in BEFORE_PASTE:
        return "refused", "The sender ended before anything was sent.", None
    for event in journal.events(live.folder) if live.folder and send.folder == str(live.folder) else ():
        if event.send_id == send.id and event.verdict == "passed":
            receipt = Receipt(event.prompt_id, event.mode, send.sha256, ("gate",))
            return "unconfirmed", "The sender ended; the gate had let the prompt through.", receipt
    return "unconfirmed", f"The sender ended at the step “{send.step}”.", None
