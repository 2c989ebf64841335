"""How a send ended, as its sender is told."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import cast

from llm_send import commands
from llm_send.errors import LlmSendError
from llm_send.history import Send
from llm_send.live import LivePane
from llm_send.modes import from_claude, label_of
from llm_send.outcomes import EXIT, Outcome, Reason, Receipt
from llm_send.panes import Pane
from llm_send.target import Sign


@dataclass(frozen=True)
class SendResult:
    """How a send ended. `candidates` are the panes a person may choose from when none was clear."""

    id: str
    outcome: Outcome
    reason: Reason | None
    message: str
    hint: str | None
    pane: Pane | None
    receipt: Receipt | None
    elapsed_ms: int
    candidates: tuple[Pane, ...] = ()

    @property
    def exit_code(self) -> int:
        return EXIT[self.outcome]

    def as_dict(self) -> dict[str, object]:
        shown = {name: getattr(self, name) for name in ("id", "outcome", "reason", "message", "hint", "elapsed_ms")}
        return shown | {
            "pane": self.pane.as_dict() if self.pane else None,
            "receipt": asdict(self.receipt) if self.receipt else None,
            "candidates": [pane.as_dict() for pane in self.candidates],
        }


def delivered(row: Send, live: LivePane, sign: Sign) -> SendResult:
    """Claude has it."""
    receipt = Receipt(sign.prompt_id, sign.mode, row.sha256, sign.evidence)
    notes = (f"Pane: {live.name}" + ("" if live.guarded else " (started by hand, no gate)"), *row.notes, *sign.notes)
    return SendResult(
        row.id, "delivered", None, _done(row, sign), " · ".join(notes), live.pane(), receipt, elapsed(row)
    )


def _done(row: Send, sign: Sign) -> str:
    if row.as_command:
        return f"Ran {commands.parse(row.text)}"
    if "claude_queue" in sign.evidence:
        return f"In Claude's queue ({_label(sign.mode)})"
    return f"Sent to Claude ({_label(sign.mode)})"


def ended(row: Send, outcome: Outcome, why: LlmSendError, pane: Pane | None = None) -> SendResult:
    """It was refused, or nobody can say."""
    candidates = cast(Sequence[Pane], getattr(why, "candidates", ()))
    reason = cast(Reason, why.code)
    return SendResult(row.id, outcome, reason, why.message, why.hint, pane, None, elapsed(row), tuple(candidates))


def queued(row: Send, live: LivePane, ahead: int) -> SendResult:
    """It stands in the pane's queue."""
    hint = f"{ahead} ahead" if ahead else "Sent when Claude is idle"
    return SendResult(row.id, "queued", None, f"Queued for {live.name}", hint, live.pane(), None, elapsed(row))


def of_row(row: Send, pane: Pane | None) -> SendResult:
    """What the history says of a send that somebody else has settled."""
    assert row.outcome
    took = round(row.elapsed_ms if row.elapsed_ms is not None else elapsed(row))
    return SendResult(row.id, row.outcome, row.reason, row.message or "", row.hint, pane, row.receipt, took)


def elapsed(row: Send) -> int:
    """Milliseconds since it was asked for."""
    return round((time.time() - row.created_at) * 1000)


def _label(mode: str | None) -> str:
    return label_of(from_claude(mode)) if mode else label_of(None)
