"""Deliver what waits in a pane's queue when nobody else stays for it; ends when nothing waits any more."""

from __future__ import annotations

from dataclasses import dataclass, field

from llm_send.actions.adopt import adopt
from llm_send.actions.context import Context
from llm_send.actions.serve import Serving
from llm_send.actions.settle import settle_everywhere
from llm_send.actions.stranded import waiting

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
    while found := waiting(ctx, request.pane):
        live = found[0][0]
        serving = Serving(ctx, live)
        with live.turn(TURN) as mine:
            if mine:
                serving.serve()
        result.drained += serving.results
    settle_everywhere(ctx)
    return result
