"""An agent opens a pane, or a copy of one: decided by policy, within the agent's own confinement."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from llm_send.actions.agent_given import Configured, configured_for
from llm_send.actions.asker import Asking, shares_of
from llm_send.actions.context import Context
from llm_send.actions.fork import ForkRequest, fork
from llm_send.actions.permitted import Asked, ended, permitted
from llm_send.actions.placing import Where
from llm_send.actions.spawn import SpawnRequest, spawn
from llm_send.actions.starting import SpawnResult, StartRefused
from llm_send.claude.commandline import is_command
from llm_send.errors import LlmSendError, UsageError
from llm_send.modes import Mode, parse_mode
from llm_send.sideband.beyond import rank_of
from llm_send.sideband.rights import Wish

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
    focus: bool = False
    way: str = "mcp"
    what: str = "create_pane"
    said: Mapping[str, Any] = field(default_factory=dict)


def open_pane(ctx: Context, who: Asking, request: OpenRequest) -> dict[str, object]:
    """The pane, and what to do next where it waits for an answer. Raises Refused `policy`, and as a spawn does."""
    command = _words(request.command)
    claude = is_command(command)
    mode = _mode(who, request) if claude else None
    if request.mode and not claude:
        message = "Only Claude Code has a mode; the command starts another program."
        raise UsageError("usage", message, "Leave the mode out.", found=request.mode)
    given = configured_for(ctx, who, request)
    cwd = _folder(who, request, given)
    wish = Wish(
        "spawn",
        *_source(ctx, who, request),
        opens=True,
        mode=mode.value if mode else None,
        cwd=cwd,
        command=command if not request.fork else None,
        values=given.values,
        granted=given.granted,
        secrets=frozenset(given.secrets),
    )
    asked = Asked(request.what, request.way, _title(who, request), request.said, tuple(_lines(request, mode, cwd)))
    id = permitted(ctx, who, wish, asked)  # noqa: A001 — the contract's word
    to = SpawnRequest(
        mode=mode,
        name=request.name,
        cwd=cwd if request.cwd or given.values.get("cwd") or not given.values.get("isolate_fs") else None,
        where="session" if request.session or not who.id else WHERE[request.direction or "right"],
        session=request.session,
        command=command,
        focus=request.focus,
        given=given.given,
        opener=who.id,
    )
    return _opened(replace(ctx, environment={**ctx.environment, **given.secrets}), request, to, id)


def _opened(ctx: Context, request: OpenRequest, to: SpawnRequest, id: str) -> dict[str, object]:  # noqa: A002
    try:
        done = _placed(ctx, request, to)
    except StartRefused as waits:
        pane = waits.result["pane"]
        ended(ctx, id, "ok", opened=pane["id"])
        told = f"{waits.message} {waits.hint} Ask the person to answer it, or close the pane."
        return {"pane": pane, "state": "waiting", "next": told}
    except BaseException as error:
        ended(ctx, id, getattr(error, "code", type(error).__name__))
        raise
    ended(ctx, id, "ok", opened=done.pane.id)
    return _told(done)


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


def _mode(who: Asking, request: OpenRequest) -> Mode | None:
    """The one asked for; of a copy its own; else normal, or plan for an agent that is in no freer one itself."""
    if request.mode:
        return parse_mode(request.mode)
    if request.fork:
        pane = who.found.named(request.fork)
        return Mode(pane.lock) if pane.lock else None
    free = rank_of(who.asker.mode) >= rank_of("normal") or "normal" in who.asker.rights.also_modes
    return Mode.NORMAL if free else Mode.PLAN


def _source(ctx: Context, who: Asking, request: OpenRequest) -> tuple[Any, frozenset[str]]:
    if not request.fork:
        return None, frozenset()
    pane = who.found.named(request.fork)
    return who.relation(pane.id), shares_of(ctx, who, pane.id)


def _folder(who: Asking, request: OpenRequest, given: Configured) -> str | None:
    """Where it will work, as far as that is the agent's to say; None for a folder of its own."""
    if request.fork:
        return who.found.named(request.fork).cwd
    wanted = request.cwd or given.values.get("cwd")
    if not wanted and given.values.get("isolate_fs"):
        return None
    return str(Path(who.asker.cwd, Path(wanted).expanduser() if wanted else "").resolve())


def _title(who: Asking, request: OpenRequest) -> str:
    return f"{who.asker.name} wants to open {'a copy of ' + request.fork if request.fork else 'a pane'}"


def _lines(request: OpenRequest, mode: Mode | None, cwd: str | None) -> list[str]:
    from llm_send.actions.audit import redacted

    shown = {**request.said, "mode": mode.value if mode else None, "folder": cwd}
    return [f"{key}: {redacted(value, key)}" for key, value in shown.items() if value not in (None, "", {})]
