"""Hear that a limit has ended a pane, in a host that stays: the person may be looking at the editor then."""

from __future__ import annotations

import os
import select
import threading
from pathlib import Path

from llm_send import guard
from llm_send.actions.context import Context
from llm_send.confine import plan
from llm_send.errors import LlmSendError
from llm_send.tmux import Row, TmuxError


def follow_end(ctx: Context, row: Row) -> None:
    """Tell `ctx.memory.on_end` the pane's name and why, should one of its limits end it. Costs nothing until then; the
    same pane may be asked for again and again."""
    found = plan.known(Path(row.folder)) if ctx.memory.on_end and row.folder else None
    if not found or not found.limited or not row.folder:
        return
    try:
        pid = guard.read_card(Path(row.folder)).anchor_pid
    except LlmSendError:
        return  # half a folder: the send, or the spawn, says what is wrong with it
    if pid in ctx.memory.followed:
        return
    ctx.memory.followed.add(pid)
    try:
        ended = os.pidfd_open(pid)
    except OSError:
        return  # it has just ended, which whoever asks is told
    threading.Thread(target=_wait, args=(ctx, row, ended, pid), name=f"end of {row.id}", daemon=True).start()


def _wait(ctx: Context, row: Row, ended: int, pid: int) -> None:
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.poll()
    os.close(ended)
    ctx.memory.followed.discard(pid)
    try:
        why = ctx.tmux.run(["show-options", "-p", "-q", "-v", "-t", row.id, "@llm_send_ended"]).strip()
    except TmuxError:
        return  # the pane was closed, by the person or with its server
    if why and ctx.memory.on_end:
        ctx.memory.on_end(row.name or row.id, why)
