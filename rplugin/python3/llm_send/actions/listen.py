"""Begin to listen to what the agent of a pane says, where the pane's configuration wants that."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llm_send.actions.context import Context
from llm_send.actions.outlive import outlive
from llm_send.claude.commandline import scrubbed
from llm_send.confine.asked import sources

MODULE = "llm_send.entry.sideband"


def environment_of(ctx: Context, values: Mapping[str, Any]) -> dict[str, str]:
    """The person's, in which panes can be opened as they would open them themselves; without the pane's secrets."""
    not_theirs = {*scrubbed(ctx.environment), *sources(values.get("secure_env", {})), "TMUX", "TMUX_PANE"}
    return {name: value for name, value in ctx.environment.items() if name not in not_theirs}


def listen(ctx: Context, socket: str, pane: str, folder: Path, values: Mapping[str, Any]) -> None:
    """A process that outlives us and ends with the pane's Claude."""
    if values.get("sideband", "off") == "off":
        return
    outlive([sys.executable, "-I", "-m", MODULE, "watch", socket, pane, str(folder)], environment_of(ctx, values))
