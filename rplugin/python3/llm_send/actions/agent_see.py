"""What an agent may see: its own panes and shared ones, presets, what a pane is configured with."""

from __future__ import annotations

from typing import Any

from llm_send.actions.agent_change import ChangeRequest, about, asked_for
from llm_send.actions.asker import Asking, shares_of, values_of
from llm_send.actions.audit import redacted
from llm_send.actions.context import Context
from llm_send.actions.permitted import ended, permitted
from llm_send.actions.presets import PresetsRequest, presets
from llm_send.sideband.rights import Wish


def see_panes(ctx: Context, who: Asking, request: ChangeRequest) -> dict[str, object]:
    """Itself, the panes it or one of its own has opened, and those shared with it."""
    id = permitted(ctx, who, Wish("read"), asked_for(who, request, "list panes"))  # noqa: A001 — the contract's word
    found = [_shown(ctx, who, pane) for pane in who.found.panes]
    ended(ctx, id, "ok")
    return {"panes": [each for each in found if each], "you": who.id or None}


def _shown(ctx: Context, who: Asking, pane: Any) -> dict[str, object] | None:
    relation, shared = who.relation(pane.id), sorted(shares_of(ctx, who, pane.id))
    if relation not in ("self", "own") and not shared:
        return None
    return {**pane.as_dict(), "relation": relation, "opener": who.openers.get(pane.id, (None,))[0], "shared": shared}


def see_presets(ctx: Context, who: Asking, request: ChangeRequest) -> dict[str, object]:
    """The presets a pane can be opened with."""
    id = permitted(ctx, who, Wish("read"), asked_for(who, request, "list presets"))  # noqa: A001
    found = presets(ctx, PresetsRequest()).as_dict()
    ended(ctx, id, "ok")
    return found


def see_config(ctx: Context, who: Asking, request: ChangeRequest) -> dict[str, object]:
    """What a pane is configured with, variables without their values; its own unless another is named."""
    if not request.pane:
        wish, values = Wish("read"), who.asker.values
    else:
        pane = who.found.named(request.pane)
        wish = about(ctx, who, pane, "read")
        values = values_of(ctx, next(row for row in who.found.rows if row.id == pane.id))
    id = permitted(ctx, who, wish, asked_for(who, request, "see a configuration"))  # noqa: A001
    ended(ctx, id, "ok")
    rights = who.asker.rights
    return {"config": redacted(values), "you_may": sorted(rights.allow)}
