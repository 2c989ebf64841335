"""Bring a pane to the front of the person's terminal."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send.actions.context import Context
from llm_send.actions.find import PaneResult, find
from llm_send.actions.here import Nearby
from llm_send.modes import Mode
from llm_send.panes import Pane
from llm_send.resolve import choose
from llm_send.tmux import TmuxError


@dataclass(frozen=True)
class FocusRequest:
    """`pane` by name, id or tmux target; or `mode`; or neither for the one last used here."""

    pane: str | None = None
    mode: Mode | None = None


def focus(ctx: Context, request: FocusRequest) -> PaneResult:
    """Select the pane, its window, and its session in the asker's client."""
    found = find(ctx)
    near = Nearby(ctx, found.rows)
    pane = (
        found.named(request.pane)
        if request.pane
        else choose(
            found.panes, request.mode, within_reach=near.reaches, last_used=lambda: near.last_used(request.mode)
        )
    )
    ctx.tmux.run(["select-window", "-t", pane.id], ["select-pane", "-t", pane.id])
    if pane.session != ctx.own_session(list(found.rows)):
        _switch(ctx, pane)
    return PaneResult(pane)


def _switch(ctx: Context, pane: Pane) -> None:
    """Another session: the client must go there too. Without a client (a script) selecting is all there is to do."""
    try:
        ctx.tmux.run(["switch-client", "-t", pane.id])
    except TmuxError as error:
        if "no current client" not in error.message and "no clients" not in error.message:
            raise
