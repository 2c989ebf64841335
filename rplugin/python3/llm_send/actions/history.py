"""What was sent and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send.actions.context import Context
from llm_send.actions.record import Entry, placed
from llm_send.actions.settle import settle_everywhere
from llm_send.outcomes import Outcome


@dataclass(frozen=True)
class HistoryRequest:
    """The newest `limit` sends that hold every word and ended so; outcome "queued": those that have not ended."""

    words: tuple[str, ...] = ()
    limit: int = 20
    outcome: Outcome | None = None


@dataclass(frozen=True)
class HistoryResult:
    """The newest first. `enabled` is whether texts are kept at all."""

    sends: tuple[Entry, ...]
    enabled: bool

    def as_dict(self) -> dict[str, object]:
        return {"sends": [entry.as_dict() for entry in self.sends], "enabled": self.enabled}


def history(ctx: Context, request: HistoryRequest) -> HistoryResult:
    """Look it up. What a sender that has died left in some pane is settled first: nobody is on it any more."""
    settle_everywhere(ctx)
    found = ctx.history.search(request.words, request.limit, request.outcome)
    return HistoryResult(placed(ctx.history, found), ctx.config.history.enabled)
