"""Open a pane that runs Claude, locked to a mode and guarded; ready and verified when it says so."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from llm_send import guard, journal, naming, processes
from llm_send.actions.context import Context
from llm_send.actions.launch import Launch, prepare
from llm_send.actions.placing import Where, place
from llm_send.claude.commandline import scrubbed
from llm_send.claude.screen import Screen
from llm_send.config.types import Given
from llm_send.errors import LlmSendError, Refused, UsageError
from llm_send.modes import Mode, label_of
from llm_send.panes import Agent, Pane, describe, find_agent, look_at, still_ours
from llm_send.tmux import Row, TmuxError, check_version

READY = 60.0  # seconds a start may take; two are usual
HOOKS = 5.0  # seconds an idle Claude may leave its SessionStart hook unreported
POLL = 0.03


@dataclass(frozen=True)
class SpawnRequest:
    """What to open. `mode` defaults to normal and becomes the pane's lock; `where` is a split to the right (h) or
    below (v), a window, or a window of session `session`; `command` starts Claude, with more arguments if wished;
    `given` is what was said of its configuration beside the files."""

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


@dataclass(frozen=True)
class SpawnResult:
    """The pane, and what the person should know about it."""

    pane: Pane
    note: str | None = None

    def as_dict(self) -> dict[str, object]:
        return {"pane": self.pane.as_dict(), "note": self.note}


class StartRefused(Refused):
    """Claude wants an answer before it starts. The pane is left open, as it is, for the person to answer in."""

    def __init__(self, pane: Pane, message: str, hint: str) -> None:
        super().__init__("waiting", message, hint, found=pane.state, expected="idle")
        self.result = {"pane": pane.as_dict()}  # shown beside the error


def spawn(ctx: Context, request: SpawnRequest) -> SpawnResult:
    """Open the pane. Raises StartRefused for a dialog at start-up, LlmSendError for everything that went wrong."""
    mode = request.mode or Mode.NORMAL
    cwd = _folder(ctx, request)
    guard.sweep(ctx.paths, processes.wall_clock())
    launch = prepare(ctx, request.command, mode)
    try:
        row = _open(ctx, request, launch, mode, cwd)
    except BaseException:
        shutil.rmtree(launch.folder, ignore_errors=True)
        raise
    if not request.wait:
        agent = Agent(row, find_agent(row))
        return SpawnResult(replace(describe(agent, Screen("blank"), ctx.config), state="starting", verified=False))
    try:
        return _until_ready(ctx, row, launch, mode)
    finally:
        with suppress(TmuxError):  # the pane may be gone
            ctx.tmux.run(["set-option", "-p", "-u", "-t", row.id, "remain-on-exit"])


def _folder(ctx: Context, request: SpawnRequest) -> str:
    cwd = Path(ctx.here.cwd, Path(request.cwd).expanduser() if request.cwd else "")
    if not cwd.is_dir():
        raise UsageError("usage", f"There is no folder {cwd}.", "Name an existing one.", found=str(cwd))
    return str(cwd)


def _open(ctx: Context, request: SpawnRequest, launch: Launch, mode: Mode, cwd: str) -> Row:
    """The pane, with everything that marks it as ours. One spawn at a time names and marks panes."""
    with naming.one_at_a_time(ctx.paths):
        rows = _rows(ctx, request)
        name = naming.choose([each for each in rows if still_ours(each)], request.name, mode)
        environment = {"PATH": ctx.environment.get("PATH", ""), **dict(request.env)}
        argv = _scrub(ctx, rows) + launch.argv
        row = place(ctx, rows, request.where, request.session, name=name, cwd=cwd, env=environment, argv=argv)
        guard.bind(launch.folder, anchor_pid=row.pid, socket=row.socket, server_pid=row.server_pid, pane=row.id)
        marks = naming.mark(row, name=name, lock=mode.value, folder=launch.folder)
        keep = [["set-option", "-p", "-t", row.id, "remain-on-exit", "on"]] if request.wait else []
        show = [["select-window", "-t", row.id], ["select-pane", "-t", row.id]] if request.focus else []
        try:
            ctx.tmux.run(*marks, *keep, *show)
        except TmuxError as error:
            hint = f"Run it by hand to see why: {launch.argv[0]}"
            raise LlmSendError("start_failed", "Claude ended at once.", hint, found=error.message) from error
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


def _scrub(ctx: Context, rows: list[Row]) -> list[str]:
    """`env -u …` for what the tmux server inherited from a Claude it was started from; nothing if it did not."""
    inherited: dict[str, str] = {}
    if rows:
        lines = ctx.tmux.run(["show-environment", "-g"]).splitlines()
        inherited = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("-"))
    else:
        inherited = dict(ctx.environment)
    names = scrubbed(inherited)
    return ["env", *[word for name in names for word in ("-u", name)]] if names else []


def _until_ready(ctx: Context, row: Row, launch: Launch, mode: Mode) -> SpawnResult:
    """Wait until Claude shows an idle box in the right mode and its hooks have reported; read the mode back."""
    end = ctx.clock.now() + READY
    idle_since: float | None = None
    while True:
        now = _now(ctx, row)
        if now is None or now.dead:
            raise _failed(ctx, row, launch)
        agent = Agent(now._replace(name=row.name, lock=row.lock, folder=row.folder), find_agent(now))
        [seen] = look_at(ctx.tmux, [agent])
        pane = describe(agent, seen, ctx.config)
        if pane.state == "waiting":
            what = seen.dialog or "a question"
            hint = f"Answer it in pane {pane.id}; it is left open."
            raise StartRefused(pane, f"Claude asks before it starts: {what}", hint)
        if pane.state == "idle" and pane.verified:
            idle_since = idle_since if idle_since is not None else ctx.clock.now()
            if any(journal.latest(launch.folder)):
                return SpawnResult(_checked(pane, mode))
            if ctx.clock.now() - idle_since > HOOKS:
                return _unlocked(ctx, _checked(pane, mode))
        if ctx.clock.now() > end:
            hint = f"Look at pane {pane.id}; it is left open."
            raise LlmSendError(
                "starting_timeout", f"Claude was not ready within {READY:.0f} s.", hint, found=pane.state
            )
        ctx.clock.pause(POLL)


def _now(ctx: Context, row: Row) -> Row | None:
    found = [each for each in ctx.tmux.rows() if each.id == row.id and each.server_pid == row.server_pid]
    return found[0] if found else None


def _checked(pane: Pane, mode: Mode) -> Pane:
    if pane.mode == mode.value:
        return pane
    message = f"Claude started in {label_of(pane.mode)}, not in {mode.label}."
    hint = f"A managed policy may set its mode. Pane {pane.id} is left open."
    raise LlmSendError("mode_drift", message, hint, found=pane.mode, expected=mode.value)


def _unlocked(ctx: Context, pane: Pane) -> SpawnResult:
    """Its hooks do not run, so nothing keeps it to its mode: shown as what it is."""
    ctx.tmux.run(*naming.unlock(pane.id))
    note = "Its hooks do not run (disableAllHooks, --bare, or a managed policy): it is not locked to its mode."
    return SpawnResult(replace(pane, lock=None, guarded=False), note)


def _failed(ctx: Context, row: Row, launch: Launch) -> LlmSendError:
    """Claude ended while it started: its last words, then the pane goes."""
    words = ""
    with suppress(TmuxError):
        # From the start of its history: tmux scrolls the screen to make room for its own "Pane is dead".
        words = ctx.tmux.run(["capture-pane", "-p", "-S", "-", "-t", row.id], ["kill-pane", "-t", row.id])
    shutil.rmtree(launch.folder, ignore_errors=True)
    lines = [line.strip() for line in words.splitlines() if line.strip() and not line.startswith("Pane is dead")]
    said = " ".join(lines[-3:]) or "nothing"
    return LlmSendError("start_failed", f"Claude ended while it started. It said: {said}", None, found=said)
