"""Open a pane that runs another program than Claude: in the folder, with the environment and the confinement asked for.
Nothing is known of its modes, so it is locked to none, and nothing is sent to it."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from llm_send import confined, guard, launched, naming
from llm_send.actions import logged
from llm_send.actions.configured import configured, folder, note
from llm_send.actions.confining import command_line, confinement, marks
from llm_send.actions.context import Context
from llm_send.actions.follow_end import follow_end
from llm_send.actions.launch import environment_of, scrub
from llm_send.actions.placing import place
from llm_send.actions.starting import SpawnResult
from llm_send.claude.screen import Screen
from llm_send.config.types import Given
from llm_send.confine.asked import asked
from llm_send.errors import LlmSendError, UsageError
from llm_send.launched import Launched
from llm_send.panes import Agent, describe, still_ours
from llm_send.tmux import Row, TmuxError, version_of

if TYPE_CHECKING:
    from llm_send.actions.spawn import SpawnRequest

KEY = "LLM_SEND_KEY"  # the variable with the word that directives in its output must carry


def spawn_other(ctx: Context, request: SpawnRequest, rows: list[Row]) -> SpawnResult:
    """Open it. Raises UsageError for a mode, which only Claude has, and for a program that is not there."""
    if request.mode:
        message = f"{request.command[0]} is not Claude Code, so it has no mode to be kept to."
        raise UsageError("usage", message, "Leave --mode out.", found=request.command[0], expected="claude")
    first = shutil.which(request.command[0], path=ctx.environment.get("PATH"))
    if not first:
        message = f"{request.command[0]} was not found, or is not a program."
        raise LlmSendError("start_failed", message, "Is it in PATH?", found=request.command[0], expected="a program")
    name = naming.free([each for each in rows if still_ours(each)], request.name, Path(first).name)
    session = request.session if request.where == "session" else ctx.own_session(rows)
    resolved = configured(ctx, session=session, name=name, given=request.given)
    how = confinement(ctx, asked(resolved.values), claude=False)
    named = bool(request.cwd or resolved.values.get("cwd"))
    cwd = how.folder(folder(ctx, request.cwd, resolved.values), named=named)
    own = guard.unarmed(ctx.paths, ctx.config.lock)
    try:
        hears, key = resolved.values.get("sideband", "off"), secrets.token_urlsafe(12)
        spoken = {KEY: key} if hears != "off" else {}
        env = {**resolved.values.get("env", {}), **dict(request.env), **spoken}
        argv = command_line(ctx, how, own, [str(Path(first).absolute()), *request.command[1:]], cwd, env=env)
        kept = Launched(request.command, cwd, request.env, session, request.given or Given(), resolved.values)
        launched.write(own, kept)
        if spoken or (own / logged.PLAN).exists():
            argv = logged.held(own, argv)
        row = _opened(ctx, request, rows, name=name, cwd=cwd, env=list(env.items()), argv=argv, own=own)
        if more := marks(row.id, how, version_of(row.version)):
            ctx.tmux.run(*more)
        if spoken:
            logged.hear(ctx, row, own, key, resolved.values)
        piped = logged.begin(ctx, row.id, own)
    except BaseException:
        confined.remove(own, ctx.environment)
        raise
    follow_end(ctx, row)
    pane = describe(Agent(row, None), Screen("blank"), ctx.config)
    return SpawnResult(pane, note(*resolved.notices, how.said, piped))


def _opened(
    ctx: Context,
    request: SpawnRequest,
    rows: list[Row],
    *,
    name: str,
    cwd: str,
    env: Sequence[tuple[str, str]],
    argv: list[str],
    own: Path,
) -> Row:
    argv = scrub(ctx, rows) + argv
    environment = environment_of(ctx, env)
    row = place(ctx, rows, request.where, request.session, name=name, cwd=cwd, env=environment, argv=argv)
    guard.bind(own, anchor_pid=row.pid, socket=row.socket, server_pid=row.server_pid, pane=row.id)
    show = [["select-window", "-t", row.id], ["select-pane", "-t", row.id]] if request.focus else []
    own_marks = [*naming.mark(row, name=name, lock="", folder=own), *naming.opened_by(row.id, request.opener)]
    try:
        ctx.tmux.run(*own_marks, *show)
    except TmuxError as error:
        hint = f"Run it by hand to see why: {request.command[0]}"
        raise LlmSendError("start_failed", f"{name} ended at once.", hint, found=error.message) from error
    return row._replace(name=name, lock=None, folder=str(own))
