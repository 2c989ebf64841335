"""The panes there are and the one that was named: what every action on a pane begins with."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from llm_send import panes
from llm_send.actions.context import Context
from llm_send.claude.screen import Screen, read
from llm_send.history import Send
from llm_send.live import LivePane
from llm_send.panes import Agent, Pane
from llm_send.tmux import Row, Tmux, TmuxError, after_rows, captures, check_version, parse_rows


@dataclass(frozen=True)
class PaneResult:
    """The answer of an action on one pane."""

    pane: Pane

    def as_dict(self) -> dict[str, object]:
        return {"pane": self.pane.as_dict()}


@dataclass(frozen=True)
class Found:
    """Every agent pane of the server, with what stands behind it."""

    rows: Sequence[Row]
    agents: Sequence[Agent]
    panes: Sequence[Pane]

    def named(self, wanted: str) -> Pane:
        return panes.named(self.panes, self.rows, wanted)

    def live(self, ctx: Context, pane: Pane) -> LivePane:
        agent = next(agent for agent in self.agents if agent.row.id == pane.id)
        return LivePane(ctx.tmux, agent, ctx.paths, ctx.config)


def find(ctx: Context) -> Found:
    """Look at the server. Raises TmuxError: no_tmux, tmux_too_old."""
    try:
        rows, seen = _listed(ctx)
    except TmuxError as error:
        if error.code == "no_tmux" and ctx.tmux.installed() and ctx.tmux.others():
            error.hint = other_servers(ctx)
        raise
    if rows:
        check_version(rows[0].version)
    agents = panes.agents(rows, ctx.config)
    new = [agent for agent in agents if agent.row.id not in seen]
    seen |= {agent.row.id: shown for agent, shown in zip(new, panes.look_at(ctx.tmux, new), strict=True)}
    described = [panes.describe(agent, seen[agent.row.id], ctx.config) for agent in agents]
    ctx.memory.agents[ctx.tmux.describe()] = [agent.row.id for agent in agents]
    return Found(rows, agents, described)


def still_there(ctx: Context, send: Send) -> LivePane | None:
    """The pane a send went to, on whatever server; None if it has ended, cannot be looked at, or was never found."""
    if not send.pane:
        return None
    there = replace(ctx, tmux=Tmux(socket_path=send.server, environment=ctx.environment))
    try:
        agents = find(there).agents
    except TmuxError:
        return None
    agent = next((each for each in agents if (each.row.id, each.row.pid) == (send.pane, send.pane_pid)), None)
    return LivePane(there.tmux, agent, ctx.paths, ctx.config) if agent else None


def _listed(ctx: Context) -> tuple[list[Row], dict[str, Screen]]:
    """The rows, and in the same tmux process the screens of the agents known from last time."""
    known = ctx.memory.agents.get(ctx.tmux.describe(), [])
    end = secrets.token_hex(8)
    try:
        printed, nonce = ctx.tmux.ask_rows(*captures(known, end))
    except TmuxError:
        if not known:
            raise
        printed, nonce = ctx.tmux.ask_rows()  # one of them has gone
        known = []
    screens = after_rows(printed, nonce).split(f"{end}\n")
    return parse_rows(printed, nonce), {pane: read(text) for pane, text in zip(known, screens, strict=False)}


def other_servers(ctx: Context) -> str | None:
    """A hint where to look when there is nothing on this server; None when there is no other."""
    names = ctx.tmux.others()
    if not names:
        return None
    return f"Other tmux servers run: {', '.join(names)}. Say which: -L {names[0]}"


def again(ctx: Context, pane: Pane) -> Pane:
    """The same pane as it is now."""
    return find(ctx).named(pane.id)
