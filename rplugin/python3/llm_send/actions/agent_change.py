"""An agent changes or closes a pane that it has opened: decided by policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from llm_send.actions.agent_given import apart, table_of
from llm_send.actions.agent_secrets import refuse_secrets
from llm_send.actions.asker import Asking, shares_of, values_of
from llm_send.actions.audit import shown
from llm_send.actions.close import CloseRequest, close
from llm_send.actions.configure import SetRequest, how_it_was_opened, over, set_config
from llm_send.actions.configured import configured
from llm_send.actions.context import Context
from llm_send.actions.permitted import Asked, done, permitted
from llm_send.actions.set_mode import SetModeRequest, set_mode
from llm_send.config.given import Options
from llm_send.errors import UsageError
from llm_send.modes import parse_mode
from llm_send.panes import Pane
from llm_send.sideband.rights import Tier, Wish


@dataclass(frozen=True)
class ChangeRequest:
    """`pane` by name or id. What is None is left as it is. `said` is all of it, for the record."""

    pane: str
    config: str | Mapping[str, Any] | None = None
    preset: str | None = None
    profile: str | None = None
    model: str | None = None
    mode: str | None = None
    force: bool = False
    way: str = "mcp"
    what: str = "set_pane_config"
    said: Mapping[str, Any] = field(default_factory=dict)


def change_pane(ctx: Context, who: Asking, request: ChangeRequest) -> dict[str, object]:
    """Another configuration; its Claude starts again in the same conversation. Raises Refused `policy`, and as
    `set_config`."""
    pane = who.found.named(request.pane)
    before = how_it_was_opened(who.found, pane)
    table, secrets = apart(table_of(request.config))
    if request.profile:
        table = {"profile": request.profile, **table}
    given = Options(request.preset, request.model, None, table or None, cwd=who.asker.cwd, way="config").given()
    if given is None:
        raise UsageError("usage", "Nothing to change was said.", "Give a config, a preset or a model.")
    after = configured(ctx, session=before.session, name=pane.name, given=over(given, before.given)).values
    refuse_secrets(ctx, pane, secrets)
    own = values_of(ctx, next(row for row in who.found.rows if row.id == pane.id))
    wish = replace(
        about(ctx, who, pane, "spawn"), values=after, granted=(before.values, own), secrets=frozenset(secrets)
    )
    id = permitted(ctx, who, wish, asked_for(who, request, f"change {pane.called}"))  # noqa: A001 — the contract's word
    changed = replace(ctx, environment={**ctx.environment, **secrets})
    return done_with(ctx, id, lambda: set_config(changed, SetRequest(pane.id, given)).as_dict())


def change_mode(ctx: Context, who: Asking, request: ChangeRequest) -> dict[str, object]:
    """Another mode, verified. Raises Refused `policy`, and as `set_mode`."""
    pane = who.found.named(request.pane)
    mode = parse_mode(request.mode or "")
    wish = replace(about(ctx, who, pane, "spawn"), mode=mode.value)
    id = permitted(ctx, who, wish, asked_for(who, request, f"bring {pane.called} to {mode.value}"))  # noqa: A001
    return done_with(ctx, id, lambda: set_mode(ctx, SetModeRequest(pane.id, mode)).as_dict())


def close_pane(ctx: Context, who: Asking, request: ChangeRequest) -> dict[str, object]:
    """Raises Refused `policy`, and as `close`."""
    pane = who.found.named(request.pane)
    id = permitted(ctx, who, about(ctx, who, pane, "close"), asked_for(who, request, f"close {pane.called}"))  # noqa: A001
    return done_with(ctx, id, lambda: close(ctx, CloseRequest(pane.id, request.force)).as_dict())


def about(ctx: Context, who: Asking, pane: Pane, tier: Tier) -> Wish:
    return Wish(tier, who.relation(pane.id), shares_of(ctx, who, pane.id), pane=pane.id)


def asked_for(who: Asking, request: ChangeRequest, does: str) -> Asked:
    lines = [f"{key}: {shown(value, key)}" for key, value in request.said.items() if value not in (None, "", {})]
    return Asked(request.what, request.way, f"{who.asker.name} wants to {does}", request.said, tuple(lines))


def done_with(ctx: Context, id: str, do: Callable[[], dict[str, object]]) -> dict[str, object]:  # noqa: A002
    """Do it, and record what came of it."""
    with done(ctx, id):
        return do()
