"""The pane for a send: the one named, or the one near here that is in the mode asked for."""

from __future__ import annotations

from functools import partial

from llm_send.actions.context import Context
from llm_send.actions.find import find
from llm_send.actions.here import Nearby
from llm_send.delivery import DRAWN, POLL
from llm_send.live import LivePane
from llm_send.modes import Mode
from llm_send.resolve import NotResolved, choose, untold


def chosen(ctx: Context, mode: Mode | None, pane: str | None) -> tuple[LivePane, Nearby]:
    """Look at all panes and choose; again for a moment where one near here does not show its mode.

    Raises Refused (no_candidate, elsewhere, ambiguous), LlmSendError `no_pane`.
    """
    end = ctx.clock.now() + DRAWN
    while True:
        found = find(ctx)
        near = Nearby(ctx, found.rows)
        if pane:
            return found.live(ctx, found.named(pane)), near
        try:
            one = choose(found.panes, mode, within_reach=near.reaches, last_used=partial(near.last_used, mode))
            return found.live(ctx, one), near
        except NotResolved:
            hidden = any(untold(each) and near.reaches(each) for each in found.panes)
            if not mode or not hidden or ctx.clock.now() >= end:
                raise
        ctx.clock.pause(POLL)
