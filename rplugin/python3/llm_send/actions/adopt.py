"""Texts whose sender died before it had found a pane: find one for them, as was asked, or say that there is none."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import cast

from llm_send.actions.choosing import chosen
from llm_send.actions.context import Context, Here
from llm_send.actions.leave import leave
from llm_send.errors import LlmSendError, Refused
from llm_send.history import Send
from llm_send.modes import Mode
from llm_send.outcomes import Reason
from llm_send.tmux import Tmux


def adopt(ctx: Context) -> None:
    """Put each into the queue of its pane, and see that it is delivered."""
    for send in ctx.history.unresolved():
        _adopt(ctx, send)


def _adopt(ctx: Context, send: Send) -> None:
    asked = send.request
    tmux = Tmux(asked.get("socket"), asked.get("socket_name"), ctx.tmux.environment)
    there = replace(ctx, here=Here(cwd=asked.get("cwd") or "/", pane=asked.get("here")), tmux=tmux)
    try:
        live, _ = chosen(there, Mode(send.mode) if send.mode else None, asked.get("pane"))
    except Refused as refusal:
        ctx.history.withdraw(send.id, "refused", cast(Reason, refusal.code), refusal.message, hint=refusal.hint)
    except LlmSendError as error:
        ctx.history.withdraw(send.id, "refused", "no_candidate", error.message, hint=error.hint)
    else:
        row, folder = live.row, live.folder
        with suppress(LlmSendError):  # another has adopted it too, and it has ended already
            ctx.history.enqueue(send.id, server=row.socket, pane=row.id, name=row.name, pid=row.pid, folder=folder)
            leave(there, live, send.id)
