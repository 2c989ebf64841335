"""Close a pane."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from llm_send import confined, processes
from llm_send.actions.context import Context
from llm_send.actions.find import PaneResult, find
from llm_send.errors import LlmSendError, Refused
from llm_send.panes import Pane
from llm_send.tmux import TmuxError

ENDED = 5.0  # seconds Claude has to write its transcript and go


@dataclass(frozen=True)
class CloseRequest:
    """`pane` by name, id or tmux target; `force` closes a busy pane, or one that is not ours."""

    pane: str
    force: bool = False


def close(ctx: Context, request: CloseRequest) -> PaneResult:
    """Close it and wait until its agent has ended. Raises Refused for a pane that asks for --force first."""
    found = find(ctx)
    pane = found.named(request.pane)
    row = next(row for row in found.rows if row.id == pane.id)
    if not request.force:
        _check(pane, ours=bool(row.folder and row.name))
    if pane.id == ctx.here.pane:
        raise Refused("policy", "This is the pane you are in.", "Close it yourself: exit")
    if confined.private_of(row.folder):
        _end(ctx, pane)
    try:
        ctx.tmux.run(["kill-pane", "-t", pane.id])
    except TmuxError as error:
        if error.code != "no_tmux" and "can't find" not in error.message:
            raise
    _wait(ctx, pane)
    if row.folder:
        confined.remove(Path(row.folder), ctx.environment)
    return PaneResult(replace(pane, state="gone", agent=None, agent_pid=None, verified=False))


def _check(pane: Pane, *, ours: bool) -> None:
    name = pane.called
    if pane.lock is None and not ours:
        hint = f"Close it all the same with: llm-send close {name} --force"
        raise Refused("policy", f"{name} was not opened by llm-send.", hint)
    if pane.state in ("busy", "waiting"):
        what = "is busy" if pane.state == "busy" else "waits for an answer"
        hint = f"Close it all the same with: llm-send close {name} --force"
        raise Refused("busy" if pane.state == "busy" else "waiting", f"{name} {what}.", hint)


def _end(ctx: Context, pane: Pane) -> None:
    """What surrounds a confined one would be gone before it has written its transcript."""
    if pane.agent_pid:
        with suppress(ProcessLookupError):
            os.kill(pane.agent_pid, signal.SIGTERM)
        end, start = ctx.clock.now() + ENDED, processes.start_time(pane.agent_pid)
        while start and processes.alive(pane.agent_pid, start) and ctx.clock.now() < end:
            ctx.clock.pause(0.01)


def _wait(ctx: Context, pane: Pane) -> None:
    if not pane.agent_pid:
        return
    start = processes.start_time(pane.agent_pid)
    end = ctx.clock.now() + ENDED
    while start and processes.alive(pane.agent_pid, start):
        if ctx.clock.now() > end:
            message = f"The pane is closed, but Claude (pid {pane.agent_pid}) still runs."
            raise LlmSendError("still_running", message, f"End it with: kill {pane.agent_pid}")
        ctx.clock.pause(0.01)
