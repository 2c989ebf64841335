"""Settle what dead senders left behind, truthfully: their rows are open, and only what was seen may be said."""

from __future__ import annotations

from contextlib import suppress

from llm_send import journal
from llm_send.history import History, Send
from llm_send.live import LivePane
from llm_send.outcomes import Receipt

HINT = "Look again: llm-send resolve"


def settle_abandoned(history: History, live: LivePane) -> None:
    """The open rows of this pane whose sender has died with its text in the pane, or on its way there."""
    for send in history.open_of(live.row.socket, live.row.id):
        if send.abandoned and not send.waits:
            message, receipt = _truth(send, live)
            history.settle(send.id, "unconfirmed", None, message, receipt, hint=HINT)
            if live.folder:
                with suppress(FileNotFoundError):
                    (live.folder / "expected" / send.id).unlink()


def _truth(send: Send, live: LivePane) -> tuple[str, Receipt | None]:
    for event in journal.events(live.folder) if live.folder and send.folder == str(live.folder) else ():
        if event.send_id == send.id and event.verdict == "passed":
            receipt = Receipt(event.prompt_id, event.mode, send.sha256, ("gate",))
            return "The sender ended; the gate had let the prompt through.", receipt
    return f"The sender ended at the step “{send.step}”.", None
