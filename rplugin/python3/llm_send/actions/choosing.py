"""The pane for a send: the one named, or the one near here that is in the mode asked for."""

from __future__ import annotations

from llm_send.actions.context import Context
from llm_send.actions.find import find
from llm_send.actions.here import Nearby
from llm_send.live import LivePane
from llm_send.modes import Mode
from llm_send.resolve import choose


def chosen(ctx: Context, mode: Mode | None, pane: str | None) -> tuple[LivePane, Nearby]:
    """Look at all panes and choose. Raises Refused (no_candidate, elsewhere, ambiguous), LlmSendError `no_pane`."""
    found = find(ctx)
    near = Nearby(ctx, found.rows)
    if pane:
        return found.live(ctx, found.named(pane)), near
    one = choose(found.panes, mode, within_reach=near.reaches, last_used=lambda: near.last_used(mode))
    return found.live(ctx, one), near
