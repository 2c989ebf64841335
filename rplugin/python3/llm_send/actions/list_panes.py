"""List the panes that run an agent."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send import confined, processes
from llm_send.actions.context import Context
from llm_send.actions.find import find
from llm_send.panes import Pane


@dataclass(frozen=True)
class ListRequest:
    """Every pane of the server; there is nothing to choose."""


@dataclass(frozen=True)
class ListResult:
    panes: tuple[Pane, ...]

    def as_dict(self) -> dict[str, object]:
        return {"panes": [pane.as_dict() for pane in self.panes]}


def list_panes(ctx: Context, request: ListRequest) -> ListResult:  # noqa: ARG001  # one shape for all actions
    """The agent panes, ours first by name. Raises TmuxError when there is no server."""
    found = find(ctx)
    confined.sweep(ctx.paths, ctx.environment, processes.wall_clock())
    return ListResult(tuple(sorted(found.panes, key=lambda pane: (pane.name is None, pane.name or "", pane.id))))
