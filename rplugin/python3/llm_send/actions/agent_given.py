"""What an agent says of a pane's configuration: read, kept within the agent's own confinement, its secrets apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from llm_send.actions.asker import Asking
from llm_send.actions.configure import over
from llm_send.actions.configured import configured
from llm_send.actions.context import Context
from llm_send.config.given import Options
from llm_send.config.types import ALIASES, Document, Given
from llm_send.confine.hidden import secret_by_name
from llm_send.errors import UsageError
from llm_send.sideband.beyond import CLOSED, HELD
from llm_send.sideband.rights import Values

if TYPE_CHECKING:
    from llm_send.actions.agent_open import OpenRequest


@dataclass(frozen=True)
class Place:
    """Where a pane is to be opened, and of which other one it is a copy: `before` is what that one was given."""

    name: str
    session: str | None
    before: Given = field(default_factory=Given)


@dataclass(frozen=True)
class Configured:
    """`values` is what the pane would get, `granted` what of it needs nobody's yes. `secrets` are variables the agent
    gave with their values: they go to the pane as `secure_env`."""

    given: Given
    values: Values
    granted: tuple[Values, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


def configured_for(ctx: Context, who: Asking, request: OpenRequest, place: Place) -> Configured:
    """For a pane that is to be opened. Raises UsageError for what cannot be read, LlmSendError `config`."""
    table, secrets = apart(table_of(request.config))
    if request.profile:
        table = {"profile": request.profile, **table}
    options = Options(request.preset, request.model, None, table or None, cwd=who.asker.cwd, way="config")
    said = options.given() or Given()
    whole = over(said, place.before)
    values = configured(ctx, session=place.session, name=place.name, given=whole).values
    kept = within(who, said, values)
    if kept:
        whole = Given(whole.preset, (("its opener's", Document(kept)), *whole.options))
        values = configured(ctx, session=place.session, name=place.name, given=whole).values
    return Configured(whole, values, (_granted(ctx, who, said),), secrets)


def table_of(said: str | Mapping[str, Any] | None) -> dict[str, Any]:
    """JSON, or a table as it is. Raises UsageError: a file's name is none."""
    if said is None:
        return {}
    if isinstance(said, Mapping):
        return dict(said)
    try:
        found = json.loads(said)
    except (ValueError, RecursionError) as error:
        hint = 'Give an object such as {"model": "haiku"}.'
        raise UsageError("config", f"The config is not JSON: {error}.", hint, expected="a JSON object") from error
    if not isinstance(found, dict):
        raise UsageError("config", "The config is JSON, but no object.", "Give an object.", expected="a JSON object")
    return found


def apart(table: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The table with the names of its secrets alone, and their values."""
    env = table.get("env")
    if not isinstance(env, Mapping):
        return dict(table), {}
    found = {key: each for key, each in env.items() if isinstance(each, str) and secret_by_name(str(key))}
    if not found:
        return dict(table), {}
    known = table.get("secure_env", [])
    if not isinstance(known, list):
        message = "The secure_env says where values come from, and env has secret ones beside it."
        raise UsageError("config", message, "Give them all in env.", found="secure_env")
    rest = {key: each for key, each in env.items() if key not in found}
    return {**table, "env": rest, "secure_env": [*known, *found]}, found


def within(who: Asking, said: Given, values: Values) -> dict[str, Any]:
    """The asker's own confinement where the other pane would have less of it, and nothing was said of that."""
    own, found = who.asker.values, dict[str, Any]()
    spoken = {ALIASES.get(key, key) for _, document in said.options for key in document.tree}
    found |= {key: True for key in CLOSED if own.get(key) and not values.get(key) and key not in spoken}
    limits = {"timeout_secs": who.asker.left, "memory_limit_mb": own.get("memory_limit_mb")}
    for key, most in limits.items():
        if most is not None and key not in spoken and (values.get(key) is None or values[key] > most):
            found[key] = max(1, int(most))
    held = {key: _all(own, values, key) for key in HELD}
    if any(held[key] != _listed(values, key) for key in HELD):
        found["permissions"] = {key: each for key, each in held.items() if each}
    if own.get("settings") and "settings" not in spoken:
        found["settings"] = dict(own["settings"])
    return found


def _all(own: Values, values: Values, key: str) -> list[str]:
    """The rules of the pane, and those of its opener that it does not have."""
    theirs = _listed(values, key)
    return [*theirs, *(each for each in _listed(own, key) if each not in theirs)]


def _listed(values: Values, key: str) -> list[str]:
    return list(values.get("permissions", {}).get(key, ()))


def _granted(ctx: Context, who: Asking, said: Given) -> Values:
    """What the person has given any pane of its session, and by the presets it may use anyway."""
    rights = who.asker.rights
    preset = said.preset if said.preset in rights.also_presets else None
    named = [document.tree.get(key) for _, document in said.options for key in ("profile", "config_ref")]
    profile = next((name for name in named if name in rights.also_presets), None)
    tree = Document({"profile": profile} if profile else {})
    return configured(ctx, session=who.session, name=None, given=Given(preset, (("a rule", tree),))).values
