"""Open a pane that runs Claude, locked to a mode and guarded; ready and verified when it says so."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from llm_send import confined, guard, launched, naming, processes
from llm_send.actions import confining, logged
from llm_send.actions.configured import configured, folder, note
from llm_send.actions.context import Context
from llm_send.actions.launch import Launch, check, environment_of, prepare, scrub
from llm_send.actions.listen import listen
from llm_send.actions.placing import Where, place
from llm_send.actions.spawn_other import spawn_other
from llm_send.actions.starting import SpawnResult, until_ready
from llm_send.claude.commandline import is_command
from llm_send.claude.screen import Screen
from llm_send.config.types import Given
from llm_send.errors import LlmSendError
from llm_send.launched import Launched
from llm_send.modes import Mode
from llm_send.panes import Agent, describe, find_agent, still_ours
from llm_send.tmux import Row, TmuxError, check_version, version_of


@dataclass(frozen=True)
class SpawnRequest:
    """What to open. `mode` defaults to normal and becomes the pane's lock; `where` is a split to the right (h) or
    below (v), a window, or a window of session `session`; `command` starts Claude, with more arguments if wished;
    another program has no mode; `given` is what was said of its configuration beside the files. `program` is the path
    of a Claude known already, `opener` the pane (`%3`) whose agent asks for it."""

    mode: Mode | None = None
    name: str | None = None
    cwd: str | None = None
    where: Where = "h"
    session: str | None = None
    env: tuple[tuple[str, str], ...] = ()
    command: tuple[str, ...] = ("claude",)
    wait: bool = True
    focus: bool = False
    given: Given | None = None
    program: str | None = None
    opener: str = ""


def spawn(ctx: Context, request: SpawnRequest) -> SpawnResult:
    """Open the pane. Raises StartRefused for a dialog at start-up, LlmSendError for everything that went wrong."""
    confined.sweep(ctx.paths, ctx.environment, processes.wall_clock())
    if not is_command(request.command):
        with naming.one_at_a_time(ctx.paths):
            return spawn_other(ctx, request, _rows(ctx, request))
    mode = request.mode or Mode.NORMAL
    check(request.command, mode)
    with naming.one_at_a_time(ctx.paths):  # nobody else chooses this name meanwhile
        row, launch, said = _opened(ctx, request, mode)
    if not request.wait:
        pane = describe(Agent(row, find_agent(row)), Screen("blank"), ctx.config)
        return SpawnResult(replace(pane, state="starting", verified=False), said)
    try:
        started = until_ready(ctx, row, launch, mode)
        return replace(started, note=note(said, started.note))
    finally:
        with suppress(TmuxError):  # the pane may be gone
            ctx.tmux.run(["set-option", "-p", "-u", "-t", row.id, "remain-on-exit"])


def _opened(ctx: Context, request: SpawnRequest, mode: Mode) -> tuple[Row, Launch, str | None]:
    """The pane, how it was started, and what the configuration has to say."""
    rows = _rows(ctx, request)
    name = naming.choose([each for each in rows if still_ours(each)], request.name, mode)
    session = request.session if request.where == "session" else ctx.own_session(rows)
    resolved = configured(ctx, session=session, name=name, given=request.given)
    cwd = folder(ctx, request.cwd, resolved.values)
    named = bool(request.cwd or resolved.values.get("cwd"))
    known, env = request.program, dict(request.env)
    launch = prepare(ctx, request.command, mode, resolved.values, cwd=cwd, named=named, known=known, env=env)
    try:
        path = dict(request.env).get("PATH", ctx.environment.get("PATH", ""))
        given = request.given or Given()
        how = Launched(request.command, launch.cwd, request.env, session, given, resolved.values)
        launched.write(launch.folder, replace(how, program=launch.program, path=path))
        row = _open(ctx, request, launch, mode, rows, name, launch.cwd)
    except BaseException:
        confined.remove(launch.folder, ctx.environment)
        raise
    return row, launch, note(*resolved.notices, launch.how.said)


def _open(ctx: Context, request: SpawnRequest, launch: Launch, mode: Mode, rows: list[Row], name: str, cwd: str) -> Row:
    """The pane, with everything that marks it as ours."""
    argv = scrub(ctx, rows) + launch.argv
    environment = environment_of(ctx, request.env)
    row = place(ctx, rows, request.where, request.session, name=name, cwd=cwd, env=environment, argv=argv)
    guard.bind(launch.folder, anchor_pid=row.pid, socket=row.socket, server_pid=row.server_pid, pane=row.id)
    marks = naming.mark(row, name=name, lock=mode.value, folder=launch.folder)
    marks += confining.marks(row.id, launch.how, version_of(row.version))
    marks += naming.opened_by(row.id, request.opener)
    keep = [["set-option", "-p", "-t", row.id, "remain-on-exit", "on"]] if request.wait else []
    show = [["select-window", "-t", row.id], ["select-pane", "-t", row.id]] if request.focus else []
    try:
        ctx.tmux.run(*marks, *keep, *show)
    except TmuxError as error:
        hint = f"Run it by hand to see why: {launch.argv[0]}"
        raise LlmSendError("start_failed", "Claude ended at once.", hint, found=error.message) from error
    logged.begin(ctx, row.id, launch.folder)
    listen(ctx, row.socket, row.id, launch.folder, launch.values)
    return row._replace(name=name, lock=mode.value, folder=str(launch.folder))


def _rows(ctx: Context, request: SpawnRequest) -> list[Row]:
    """The panes there are; none is fine if a session is to be made."""
    try:
        rows = ctx.tmux.rows()
    except TmuxError as error:
        if error.code != "no_tmux" or request.where != "session" or not ctx.tmux.installed():
            raise
        return []
    if rows:
        check_version(rows[0].version)
    return rows
