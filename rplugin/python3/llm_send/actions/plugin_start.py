"""A Claude that a person has started in a tmux pane: give it a gate, and let everybody see that it has one.

Asked by the hook of our plugin for Claude Code when a session starts (claude_plugin/hooks).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from llm_send import confined, guard, naming, processes
from llm_send.actions.context import Context
from llm_send.claude.plugin import settings_given
from llm_send.errors import LlmSendError
from llm_send.panes import find_agent
from llm_send.tmux import Row


@dataclass(frozen=True)
class PluginStartRequest:
    """`pid` is Claude's own."""

    pid: int


@dataclass(frozen=True)
class PluginStartResult:
    """The folder made for it; None for a Claude that is not to have one."""

    folder: Path | None


def plugin_start(ctx: Context, request: PluginStartRequest) -> PluginStartResult:
    """Make its folder, if this Claude is the agent of the pane we are in and has no folder yet."""
    confined.sweep(ctx.paths, ctx.environment, processes.wall_clock())
    with naming.one_at_a_time(ctx.paths):
        row = next((row for row in ctx.tmux.rows() if row.id == ctx.here.pane), None)
        if row is None or not _is_agent(row, request.pid) or _is_ours(ctx, row, request.pid):
            return PluginStartResult(None)
        seat = guard.Seat(row.socket, row.server_pid, row.id)
        folder = guard.unlocked(ctx.paths, ctx.environment, request.pid, seat)
        ctx.tmux.run(*naming.mark(row, name="", lock="", folder=folder))
    return PluginStartResult(folder)


def _is_agent(row: Row, pid: int) -> bool:
    """A Claude inside another, or in an editor's terminal, has the pane's name too. Marks of one that has ended do not
    count."""
    return find_agent(row._replace(folder=None)) == pid


def _is_ours(ctx: Context, row: Row, pid: int) -> bool:
    """Whether llm-send started it, so that it has hooks of its own."""
    given = (file.parent for file in settings_given(processes.argv(pid) or ()))
    if any(folder == confined.INSIDE or folder.parent == ctx.paths.panes for folder in given):
        return True
    try:
        card = guard.read_card(Path(row.folder)) if row.folder else None
    except LlmSendError:
        return False
    return bool(card and card.lock)  # of a process that lives: the others have just been swept away
