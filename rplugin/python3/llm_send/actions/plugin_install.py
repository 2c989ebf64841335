"""Give the Claudes that the person starts by hand llm-send's hooks and tools."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from llm_send.actions.context import Context
from llm_send.actions.plugin_claude import claude, installed, take_away
from llm_send.claude import plugin
from llm_send.errors import LlmSendError


@dataclass(frozen=True)
class PluginInstallRequest:
    """`on_step` hears what will be done next."""

    on_step: Callable[[str], None] | None = None


@dataclass(frozen=True)
class PluginInstallResult:
    """`folder` is the person's copy; `again` whether there was one in use already."""

    version: str
    folder: str
    again: bool

    def as_dict(self) -> dict[str, object]:
        return {"installed": True, "version": self.version, "folder": self.folder, "again": self.again}


def plugin_install(ctx: Context, request: PluginInstallRequest) -> PluginInstallResult:
    """Write the copy and have Claude add it; one that is there is replaced. Raises LlmSendError: no_claude, plugin."""
    tell = request.on_step or (lambda _: None)
    before = installed(ctx)
    copy = plugin.place(ctx.environment)
    tell(f"write {copy}")
    plugin.write(copy, sys.executable)
    if before:
        take_away(ctx)
    for arguments in plugin.adding(copy):
        tell(f"claude {' '.join(arguments)}")
        claude(ctx, arguments)
    now = installed(ctx)
    if not now or not now.enabled:
        message = "Claude Code does not have the plugin, though it said so."
        raise LlmSendError("plugin", message, "See: claude plugin list")
    return PluginInstallResult(now.version or "?", str(copy), again=before is not None)
