"""Take llm-send's hooks and tools away from the Claudes that the person starts by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from llm_send import guard
from llm_send.actions.context import Context
from llm_send.actions.plugin_claude import installed, take_away
from llm_send.claude import plugin
from llm_send.errors import LlmSendError


@dataclass(frozen=True)
class PluginRemoveRequest:
    """`on_step` hears what will be done next."""

    on_step: Callable[[str], None] | None = None


@dataclass(frozen=True)
class PluginRemoveResult:
    """`changed` is whether there was anything of it."""

    changed: bool

    def as_dict(self) -> dict[str, object]:
        return {"installed": False, "changed": self.changed}


def plugin_remove(ctx: Context, request: PluginRemoveRequest) -> PluginRemoveResult:
    """Have Claude forget it and remove the copy. Claudes that run go on: their hooks find nothing to run, so what makes
    their panes look guarded goes too."""
    tell = request.on_step or (lambda _: None)
    copy = plugin.place(ctx.environment)
    before = installed(ctx)
    for arguments in plugin.AWAY if before else ():
        tell(f"claude {' '.join(arguments)}")
    take_away(ctx)
    if installed(ctx):
        message = "Claude Code still has the plugin."
        raise LlmSendError("plugin", message, f"Try it by hand: claude {' '.join(plugin.AWAY[0])}")
    changed = before is not None or copy.exists()
    if copy.exists():
        tell(f"remove {copy}")
        shutil.rmtree(copy)
    guard.forget_unlocked(ctx.paths)
    return PluginRemoveResult(changed)
