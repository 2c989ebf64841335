"""End a pane's Claude and start it again in its place: the same conversation, with other settings."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from llm_send import guard, naming, processes
from llm_send.actions import confining, logged
from llm_send.actions.context import Context
from llm_send.actions.launch import Launch, environment_of, scrub
from llm_send.actions.listen import listen
from llm_send.actions.placing import as_one_program, literal
from llm_send.actions.starting import SpawnResult, current, until_ready
from llm_send.claude.private import begin
from llm_send.errors import LlmSendError, Refused
from llm_send.launched import Launched
from llm_send.live import LivePane
from llm_send.modes import Mode
from llm_send.panes import find_agent
from llm_send.target import refuse_state
from llm_send.tmux import Row, TmuxError, version_of

TURN = 5.0  # seconds to wait for a send that is under way
ENDS = 5.0  # seconds Claude has to write its transcript and go
POLL = 0.02


@contextmanager
def at_rest(ctx: Context, live: LivePane) -> Iterator[None]:
    """With the pane to oneself: idle, its box empty, nothing waiting for it. Raises Refused where it is not so."""
    with live.turn(TURN) as mine, live.keys() as free:
        if not (mine and free):
            raise Refused("busy", f"A send to {live.name} is under way.", "Try again when it has ended.")
        look = live.look()
        refuse_state(live, look)
        if look.state != "idle" or look.pending:
            raise Refused("busy", f"{live.name} is busy.", "Try again when it is idle.")
        if look.screen.box or look.screen.shell_mode or look.screen.stashed:
            raise Refused("draft", f"There is unsent text in the box of {live.name}.", "Send or clear it there first.")
        waiting = len(ctx.history.queue(live.row.socket, live.row.id))
        if waiting:
            message = f"{waiting} {'text waits' if waiting == 1 else 'texts wait'} for {live.name}."
            raise Refused("busy", message, "Let them go first, or call them off: llm-send queue")
        yield


def relaunch(ctx: Context, live: LivePane, launch: Launch, how: Launched, mode: Mode) -> SpawnResult:
    """Do it. Needs the pane at rest. Raises as `until_ready` does; then the pane shows what Claude said last."""
    row = live.row
    ctx.tmux.run(["set-option", "-p", "-t", row.id, "remain-on-exit", "on"])
    try:
        _end(ctx, row, live.name)
        if launch.how.private:
            begin(launch.how.private, ctx.environment)
        return until_ready(ctx, _start(ctx, row, launch, how), launch, mode, keep=True)
    finally:
        with suppress(TmuxError):  # the pane may be gone
            ctx.tmux.run(["set-option", "-p", "-u", "-t", row.id, "remain-on-exit"])


def _end(ctx: Context, row: Row, name: str) -> None:
    """Claude writes what it has to and ends; the pane stays, dead."""
    now, asked = _still_there(ctx, row), False
    end = ctx.clock.now() + ENDS
    while not now.dead:
        pid = find_agent(now)
        if pid and not asked:
            asked = True
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        if ctx.clock.now() > end:
            hint = f"Close it with: llm-send close {name} --force"
            raise LlmSendError("still_running", f"Claude in {name} does not end.", hint)
        if processes.state(now.pid) == "Z":
            ctx.tmux.run(["run-shell", "-b", ":"])  # see `confine.ending`: tmux may have missed it
        ctx.clock.pause(POLL)
        now = _still_there(ctx, row)


def _start(ctx: Context, row: Row, launch: Launch, how: Launched) -> Row:
    """The new Claude and the marks that make the pane ours, in one go: nobody sees the one without the other."""
    argv = [*scrub(ctx, [row]), *launch.argv]
    variables = environment_of(ctx, (("PATH", how.path), *how.env) if how.path else how.env)
    given = [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]
    start = ["respawn-pane", "-t", row.id, "-c", literal(how.cwd), *given, "--", *as_one_program(argv)]
    ctx.tmux.run(start, *naming.mark_anew(row.id, launch.folder))
    new = _still_there(ctx, row)
    closed = confining.marks(row.id, launch.how, version_of(row.version))
    if closed:
        ctx.tmux.run(*closed)
    if (launch.folder / logged.PLAN).exists():
        logged.begin(ctx, row.id, launch.folder)
    else:
        logged.end(ctx, row.id)
    guard.bind(launch.folder, anchor_pid=new.pid, socket=new.socket, server_pid=new.server_pid, pane=new.id)
    listen(ctx, new.socket, new.id, launch.folder, launch.values)
    return new


def _still_there(ctx: Context, row: Row) -> Row:
    """The pane as it is now. Raises Refused where it is gone."""
    found = current(ctx, row)
    if found is None:
        raise Refused("gone", f"{row.name or row.id} has ended.", "Start another with: llm-send spawn")
    return found
