"""Remove sends and their texts from the history, for good."""

from __future__ import annotations

import time
from dataclasses import dataclass

from llm_send.actions.context import Context

DAY = 86400.0


@dataclass(frozen=True)
class PurgeRequest:
    """Only what ended more than `older_than` days ago; None for all that has ended."""

    older_than: float | None = None


@dataclass(frozen=True)
class PurgeResult:
    """How many sends were removed."""

    purged: int

    def as_dict(self) -> dict[str, object]:
        return {"purged": self.purged}


def purge(ctx: Context, request: PurgeRequest) -> PurgeResult:
    """Remove what has ended; what waits or is under way stays."""
    before = None if request.older_than is None else time.time() - request.older_than * DAY
    return PurgeResult(ctx.history.purge(before))
