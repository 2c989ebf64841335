"""Texts that wait in some pane's queue while nobody who asked for them is there any more."""

from __future__ import annotations

from llm_send.actions.adopt import adopt
from llm_send.actions.context import Context
from llm_send.actions.find import find
from llm_send.actions.settle import settle_everywhere
from llm_send.errors import Refused
from llm_send.history import Send
from llm_send.live import LivePane
from llm_send.panes import Agent
from llm_send.tmux import TmuxError


def stranded(ctx: Context) -> list[tuple[LivePane, Send]]:
    """Each with its pane, in order. What waits for a pane that has ended is settled as refused."""
    settle_everywhere(ctx)
    adopt(ctx)
    found = waiting(ctx)
    return [(live, send) for live, send in found if not send.owned]


def waiting(ctx: Context, pane: str | None = None) -> list[tuple[LivePane, Send]]:
    """All that waits for panes of this server, or for one of them (tmux's id)."""
    if not ctx.history.queue(ctx.tmux.socket(), pane):
        return []
    server, agents = _agents(ctx)
    lives: dict[tuple[str | None, int | None], LivePane] = {}
    result = []
    for send in ctx.history.queue(server, pane) if server else ():
        key = (send.pane, send.pane_pid)
        if not send.pane:
            continue
        if key not in agents:
            _ended(ctx, send)
            continue
        lives.setdefault(key, LivePane(ctx.tmux, agents[key], ctx.paths, ctx.config))
        result.append((lives[key], send))
    return result


def _agents(ctx: Context) -> tuple[str | None, dict[tuple[str | None, int | None], Agent]]:
    """The server's socket, None if that cannot be told, and its agents by pane and pid."""
    try:
        found = find(ctx)
    except TmuxError as error:
        if error.code == "no_tmux":
            return ctx.tmux.socket(), {}
        raise
    socket = found.rows[0].socket if found.rows else ctx.tmux.socket()
    return socket, {(agent.row.id, agent.row.pid): agent for agent in found.agents}


def _ended(ctx: Context, send: Send) -> None:
    why = Refused("gone", f"{send.pane_name or send.pane} has ended.", "Start another with: llm-send spawn")
    ctx.history.withdraw(send.id, "refused", "gone", why.message, hint=why.hint)
