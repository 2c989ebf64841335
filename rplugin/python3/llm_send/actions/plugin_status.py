"""Whether Claude Code has our plugin, and in which panes its hooks are at work."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

from llm_send import __version__
from llm_send.actions.context import Context
from llm_send.actions.find import find
from llm_send.actions.plugin_claude import installed
from llm_send.claude import plugin
from llm_send.panes import Pane
from llm_send.tmux import TmuxError

State = Literal["installed", "missing", "disabled", "outdated", "broken"]


@dataclass(frozen=True)
class PluginStatusRequest:
    """Nothing to say."""


@dataclass(frozen=True)
class PluginStatusResult:
    """`state`: `outdated` is of another version than we are, `broken` cannot start us. `version` is None where Claude
    has it not; `panes` are those with a Claude."""

    state: State
    version: str | None
    folder: str
    panes: tuple[Pane, ...]

    def as_dict(self) -> dict[str, object]:
        panes = [{"id": pane.id, "name": pane.name, "hooks": pane.guarded} for pane in self.panes]
        return {"state": self.state, "version": self.version, "folder": self.folder, "panes": panes}


def plugin_status(ctx: Context, _request: PluginStatusRequest) -> PluginStatusResult:
    """Raises LlmSendError: no_claude, plugin."""
    found = installed(ctx)
    version = found.version if found else None
    return PluginStatusResult(_state(ctx, found), version, str(plugin.place(ctx.environment)), tuple(_panes(ctx)))


def _state(ctx: Context, found: plugin.Installed | None) -> State:
    if found is None:
        return "missing"
    copy = plugin.place(ctx.environment)
    python, version = plugin.python_of(copy), plugin.version_of(copy)
    if not python or not version or not os.access(python, os.X_OK):
        return "broken"
    if not found.enabled:
        return "disabled"
    return "outdated" if version != __version__ else "installed"


def _panes(ctx: Context) -> list[Pane]:
    try:
        return [pane for pane in find(ctx).panes if pane.agent_pid]
    except TmuxError as error:
        if error.code != "no_tmux":
            raise
        return []  # no server, so no panes
