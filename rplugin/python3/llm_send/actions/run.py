"""Start Claude in the terminal we were started from: guarded and, in a tmux pane, known like a spawned one."""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from llm_send import confined, guard, naming, processes
from llm_send.actions.configured import configured, own_session
from llm_send.actions.context import Context
from llm_send.actions.launch import Launch, prepare
from llm_send.actions.listen import listen
from llm_send.claude.commandline import scrubbed
from llm_send.errors import LlmSendError, UsageError
from llm_send.modes import Mode
from llm_send.panes import still_ours
from llm_send.tmux import Row, Tmux, TmuxError, check_version

# Python ignores these for itself, and what is ignored stays so across exec.
IGNORED = (signal.SIGPIPE, signal.SIGXFSZ)


@dataclass(frozen=True)
class RunRequest:
    """`mode` becomes the lock; `arguments` are passed on to Claude."""

    mode: Mode
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunResult:
    """All is ready: `become` replaces this process with Claude. Without a `row` it cannot be sent to: `why`.
    `notices` are what the configuration has to say."""

    tmux: Tmux
    launch: Launch
    environment: Mapping[str, str]
    row: Row | None
    why: str | None = None
    notices: Sequence[str] = ()

    def become(self) -> NoReturn:
        """Raises LlmSendError, with everything undone, when the program cannot be started."""
        for number in IGNORED:
            signal.signal(number, signal.SIG_DFL)
        try:
            os.execve(self.launch.argv[0], self.launch.argv, dict(self.environment))  # noqa: S606
        except OSError as error:
            self._undo()
            program, why = self.launch.argv[0], (error.strerror or str(error)).lower()
            raise LlmSendError("start_failed", f"{program} cannot be started: {why}.", None, found=why) from error

    def _undo(self) -> None:
        confined.remove(self.launch.folder, self.environment)
        if self.row:
            with suppress(TmuxError):
                # Marks count only beside the pid of their pane's process.
                self.tmux.run(["set-option", "-p", "-u", "-t", self.row.id, "@llm_send_pid"])


def run(ctx: Context, request: RunRequest) -> RunResult:
    """Arm, mark, and hand back what is to be started."""
    confined.sweep(ctx.paths, ctx.environment, processes.wall_clock())
    resolved = configured(ctx, session=own_session(ctx), name=request.mode.pane_name, given=None)
    if "log_path" in resolved.values:
        message = "A log is of a pane that spawn opens: here it would go on with your shell."
        raise UsageError("config", message, "Leave log_path out for this one.", found=resolved.values["log_path"])
    command = ("claude", *request.arguments)
    launch = prepare(ctx, command, request.mode, resolved.values, cwd=ctx.here.cwd)
    inherited = scrubbed(ctx.environment)
    environment = {name: value for name, value in ctx.environment.items() if name not in inherited}
    try:
        row, why = _own_row(ctx, launch, request.mode), None
    except LlmSendError as error:
        row, why = None, error.message
        _bind(launch, socket="", server_pid=0, pane="")
    return RunResult(ctx.tmux, launch, environment, row, why, resolved.notices)


def _own_row(ctx: Context, launch: Launch, mode: Mode) -> Row:
    """The pane this terminal is, marked as ours. Raises LlmSendError saying why nothing could be sent to it."""
    if not ctx.here.pane:
        raise LlmSendError("no_tmux", "This terminal is not a tmux pane.")
    with naming.one_at_a_time(ctx.paths):
        rows = ctx.tmux.rows()
        own = next((row for row in rows if row.id == ctx.here.pane), None)
        if own is None or not _is_this_terminal(ctx, own):
            # A terminal inside an editor inherits TMUX_PANE; keys for the pane would go to the editor.
            raise LlmSendError("no_tmux", f"This terminal is not tmux pane {ctx.here.pane}, but something inside it.")
        check_version(own.version)
        name = naming.choose([row for row in rows if row is not own and still_ours(row)], None, mode)
        _bind(launch, socket=own.socket, server_pid=own.server_pid, pane=own.id)
        ctx.tmux.run(*naming.mark(own, name=name, lock=mode.value, folder=launch.folder))
        listen(ctx, own.socket, own.id, launch.folder, launch.values)
    return own._replace(name=name, lock=mode.value, folder=str(launch.folder))


def _bind(launch: Launch, *, socket: str, server_pid: int, pane: str) -> None:
    # Claude takes this process over, so the folder lives as long as this pid.
    guard.bind(launch.folder, anchor_pid=os.getpid(), socket=socket, server_pid=server_pid, pane=pane)


def _is_this_terminal(ctx: Context, row: Row) -> bool:
    pane = ctx.tmux.run(["display-message", "-p", "-t", row.id, "#{pane_tty}"]).strip()
    try:
        return os.ttyname(sys.__stdin__.fileno()) == pane if sys.__stdin__ else False
    except OSError:
        return False
