"""End a pane's Claude and start it again in its place, in the same conversation, with other settings."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass

from llm_send import guard, launched, naming
from llm_send.actions.context import Context
from llm_send.actions.launch import Launch, environment_of, scrub
from llm_send.actions.placing import as_one_program, literal
from llm_send.actions.starting import SpawnResult, until_ready
from llm_send.errors import LlmSendError, Refused
from llm_send.live import LivePane
from llm_send.modes import Mode
from llm_send.panes import Pane
from llm_send.tmux import Row, TmuxError

ENDS = 5.0  # seconds Claude has to write its transcript and go
POLL = 0.02


@dataclass(frozen=True)
class Relaunch:
    """What to start in the pane instead; `before` is how it was started."""

    launch: Launch
    before: launched.Launched
    mode: Mode


def at_rest(live: LivePane) -> None:
    """Raise Refused unless the pane is idle, its box empty, and nothing waits for it. Needs its turn and its keys."""


def relaunch(ctx: Context, live: LivePane, pane: Pane, what: Relaunch) -> SpawnResult:
    """Do it. Needs the pane's turn and keys. Raises as spawn does; then the pane shows what Claude said last."""
    row = live.row
    ctx.tmux.run(["set-option", "-p", "-t", row.id, "remain-on-exit", "on"])
    try:
        _end(ctx, live, pane)
        new = _start(ctx, row, what)
        return until_ready(ctx, new, what.launch, what.mode)
    finally:
        with suppress(TmuxError):  # the pane may be gone
            ctx.tmux.run(["set-option", "-p", "-u", "-t", row.id, "remain-on-exit"])


def _end(ctx: Context, live: LivePane, pane: Pane) -> None:
    """Claude writes what it has to and ends; the pane stays, dead."""
    if pane.agent_pid:
        with suppress(ProcessLookupError):
            os.kill(pane.agent_pid, signal.SIGTERM)
    end = ctx.clock.now() + ENDS
    while live.look().state != "gone":
        if ctx.clock.now() > end:
            message = f"Claude in {pane.called} does not end."
            raise LlmSendError("still_running", message, f"Close the pane with: llm-send close {pane.called} --force")
        ctx.clock.pause(POLL)


def _start(ctx: Context, row: Row, what: Relaunch) -> Row:
    """The new Claude, and the marks that make the pane ours: in one go, so that nobody sees the one without the other."""
    argv = [*scrub(ctx), *what.launch.argv]
    given = [word for name, value in environment_of(ctx, what.before.env).items() for word in ("-e", f"{name}={value}")]
    start = ["respawn-pane", "-t", row.id, "-c", literal(what.before.cwd), *given, "--", *as_one_program(argv)]
    pid = ["set-option", "-p", "-F", "-t", row.id, "@llm_send_pid", "#{pane_pid}"]
    ctx.tmux.run(start, pid, *naming.guarded_by(row.id, what.launch.folder))
    new = next(each for each in ctx.tmux.rows() if each.id == row.id)
    guard.bind(
        what.launch.folder, anchor_pid=new.pid, socket=new.socket, server_pid=new.server_pid, pane=new.id
    )
    return new._replace(name=row.name, lock=row.lock, folder=str(what.launch.folder))
