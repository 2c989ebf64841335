"""An agent opens a pane, or a copy of one: decided by policy, within the agent's own confinement."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from llm_send import launched, naming
from llm_send.actions.agent_given import Configured, Place, configured_for
from llm_send.actions.agent_secrets import refuse_secrets, remember_secrets
from llm_send.actions.asker import Asking, shares_of
from llm_send.actions.audit import shown
from llm_send.actions.context import Context
from llm_send.actions.fork import ForkRequest, fork
from llm_send.actions.permitted import Asked, done, permitted
from llm_send.actions.placing import Where
from llm_send.actions.spawn import SpawnRequest, spawn
from llm_send.actions.starting import SpawnResult, StartRefused
from llm_send.claude.commandline import is_command
from llm_send.config.types import Given
from llm_send.errors import LlmSendError, Refused, UsageError
from llm_send.launched import Launched
from llm_send.modes import Mode, parse_mode
from llm_send.panes import Pane, still_ours
from llm_send.sideband.beyond import rank_of
from llm_send.sideband.rights import Relation, Values, Wish

WHERE: dict[str, Where] = {
    "horizontal": "h",
    "vertical": "v",
    "right": "h",
    "below": "v",
    "h": "h",
    "v": "v",
    "window": "window",
}


@dataclass(frozen=True)
class OpenRequest:
    """What a pane is opened with, as an agent says it. `command` is one line, as in a shell, or its words; `config` is
    JSON or a table; `direction` right, below or window. `fork` is a pane whose conversation is copied. `said` is all
    of it, for the record; `fallback` the profile that takes the place of a configuration that is invalid."""

    command: str | Sequence[str] = "claude"
    session: str | None = None
    name: str | None = None
    mode: str | None = None
    model: str | None = None
    config: str | Mapping[str, Any] | None = None
    preset: str | None = None
    profile: str | None = None
    cwd: str | None = None
    direction: str | None = None
    fork: str | None = None
    way: str = "mcp"
    what: str = "create_pane"
    said: Mapping[str, Any] = field(default_factory=dict)


def open_pane(ctx: Context, who: Asking, request: OpenRequest) -> dict[str, object]:
    """The pane, and what to do next where it waits for an answer. Raises Refused `policy`, and as a spawn does."""
    source = _source(ctx, who, request)
    command = source.how.command if source else _words(request.command)
    claude = is_command(command)
    if request.mode and not claude:
        message = "Only Claude Code has a mode; the command starts another program."
        raise UsageError("usage", message, "Leave the mode out.", found=request.mode)
    if (request.direction or "right") not in WHERE:
        raise UsageError("usage", "There is no such direction.", f"Say {', '.join(WHERE)}.", found=request.direction)
    mode = _mode(who, request, source) if claude else None
    place = Place(_name(who, request, command, mode), request.session or who.session, *_before(source))
    given = configured_for(ctx, who, request, place)
    cwd = _folder(who, request, given, source)
    wish = Wish(
        "spawn",
        source.relation if source else None,
        source.shares if source else frozenset(),
        opens=True,
        mode=mode.value if mode else None,
        cwd=cwd,
        command=command,
        values=_with_env(given.values, source),
        granted=given.granted,
        secrets=frozenset(given.secrets),
        known=who.conversations(),
        pane=source.pane.id if source else "",
    )
    asked = Asked(request.what, request.way, _title(who, request), request.said, tuple(_lines(request, mode, cwd)))
    id = permitted(ctx, who, wish, asked)  # noqa: A001 — the contract's word
    to = SpawnRequest(
        mode=mode,
        name=place.name,
        cwd=cwd if request.cwd or given.values.get("cwd") or not given.values.get("isolate_fs") else None,
        where="session" if request.session or not who.pane else WHERE[request.direction or "right"],
        session=request.session,
        command=command,
        given=given.given,
        opener=who.chain,
    )
    with done(ctx, id) as record:
        opened = _opened(replace(ctx, environment={**ctx.environment, **given.secrets}), request, to)
        pane: Any = opened["pane"]
        record["opened"] = pane["id"]
        remember_secrets(ctx, pane["id"], given.secrets)
    return opened


def _opened(ctx: Context, request: OpenRequest, to: SpawnRequest) -> dict[str, object]:
    try:
        made = _placed(ctx, request, to)
    except StartRefused as waits:
        told = f"{waits.message} {waits.hint} Ask the person to answer it, or close the pane."
        return {"pane": waits.result["pane"], "state": "waiting", "next": told}
    return _told(made)


def _placed(ctx: Context, request: OpenRequest, to: SpawnRequest) -> SpawnResult:
    """Beside the agent, or in a window where there is no room and no place was asked for."""
    try:
        return fork(ctx, ForkRequest(request.fork, to)) if request.fork else spawn(ctx, to)
    except LlmSendError as error:
        if error.code != "too_small" or request.direction:
            raise
    return _placed(ctx, replace(request, direction="window"), replace(to, where="window"))


def _told(done: SpawnResult) -> dict[str, object]:
    ready = done.pane.agent == "claude"
    told = f"Send to it with send_prompt, pane {done.pane.called}." if ready else "Look at it with read_pane."
    return {"pane": done.pane.as_dict(), "state": done.pane.state, "note": done.note, "next": told}


def _words(command: str | Sequence[str]) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(command)) if isinstance(command, str) else tuple(command)
    except ValueError as error:
        raise UsageError("usage", f"The command cannot be read: {error}.", "Quote it as in a shell.") from error
    if not words:
        raise UsageError("usage", "The command is empty.", "For example: claude", found="", expected="a command")
    return words


@dataclass(frozen=True)
class _Source:
    """The pane whose conversation is copied, and how it was started: what that gives is judged like everything else."""

    pane: Pane
    how: Launched
    relation: Relation
    shares: frozenset[str]


def _source(ctx: Context, who: Asking, request: OpenRequest) -> _Source | None:
    if not request.fork:
        return None
    pane = who.found.named(request.fork)
    row = next(row for row in who.found.rows if row.id == pane.id)
    known = launched.read(Path(row.folder)) if row.folder else None
    if not known:
        message = f"{pane.called} was not opened by llm-send, so it is not known what it was given."
        raise Refused("policy", message, "Open a new pane with create_pane.", found=pane.called)
    refuse_secrets(ctx, pane)
    return _Source(pane, known, who.relation(pane.id), shares_of(ctx, who, pane.id))


def _before(source: _Source | None) -> tuple[Given, ...]:
    return (source.how.given,) if source else ()


def _with_env(values: Values, source: _Source | None) -> Values:
    """The variables that the source was given with its command line count as well."""
    return {**values, "env": {**dict(source.how.env), **values.get("env", {})}} if source else values


def _name(who: Asking, request: OpenRequest, command: Sequence[str], mode: Mode | None) -> str:
    """Chosen here: a name can have a configuration of its own, and that is what is judged."""
    usual = mode.pane_name if mode else Path(command[0]).name
    return naming.free([row for row in who.found.rows if still_ours(row)], request.name, usual)


def _mode(who: Asking, request: OpenRequest, source: _Source | None) -> Mode:
    """The one asked for; of a copy its own; else normal, or plan for an agent that is in no freer one itself."""
    if request.mode:
        return parse_mode(request.mode)
    own = source and (source.pane.lock or source.pane.mode)
    if own in {mode.value for mode in Mode}:
        return Mode(own)
    free = rank_of(who.asker.mode) >= rank_of("normal") or "normal" in who.asker.rights.also_modes
    return Mode.NORMAL if free else Mode.PLAN


def _folder(who: Asking, request: OpenRequest, given: Configured, source: _Source | None) -> str | None:
    """Where it will work; None for a folder of its own, made for it."""
    if source:
        return source.how.cwd
    wanted = request.cwd or given.values.get("cwd")
    if not wanted and given.values.get("isolate_fs"):
        return None
    try:
        return str(Path(who.asker.cwd, Path(wanted).expanduser() if wanted else "").resolve())
    except (RuntimeError, ValueError) as error:
        raise UsageError("usage", f"The cwd cannot be used: {error}.", "Name a folder.", found=wanted) from error


def _title(who: Asking, request: OpenRequest) -> str:
    return f"{who.asker.name} wants to open {'a copy of ' + request.fork if request.fork else 'a pane'}"


def _lines(request: OpenRequest, mode: Mode | None, cwd: str | None) -> list[str]:
    whole = {**request.said, "mode": mode.value if mode else None, "folder": cwd}
    return [f"{key}: {shown(value, key)}" for key, value in whole.items() if value not in (None, "", {})]
