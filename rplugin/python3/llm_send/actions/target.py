"""Make a pane the one that sends go to from here when nothing else is said."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send.actions.context import Context
from llm_send.actions.find import PaneResult, find
from llm_send.actions.here import Nearby
from llm_send.modes import Mode


@dataclass(frozen=True)
class TargetRequest:
    """`pane` by name, id or tmux target."""

    pane: str


def target(ctx: Context, request: TargetRequest) -> PaneResult:
    """Remember the pane in the asker's tmux session, for its own mode too."""
    found = find(ctx)
    pane = found.named(request.pane)
    own = pane.lock or pane.mode
    mode = next((mode for mode in Mode if mode.value == own), None)
    Nearby(ctx, found.rows).remember(pane, mode)
    ctx.memory.last.clear()  # it must not outrank what was just chosen
    return PaneResult(pane)
