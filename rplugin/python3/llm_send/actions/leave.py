"""Leave texts in a pane's queue to somebody who stays: a drainer of their own, or the editor's host."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import suppress

from llm_send import guard
from llm_send.actions.context import Context
from llm_send.actions.outlive import outlive
from llm_send.live import LivePane

PASSED_ON = ("HOME", "PATH", "LANG", "LC_ALL", "TMUX_TMPDIR", "TMPDIR", "LLM_SEND_CLAUDE")
PREFIXES = ("XDG_", "LLM_SEND_TEST_")


def leave(ctx: Context, live: LivePane, id: str) -> None:  # noqa: A002 — the contract's word
    """See that this text is delivered when its sender does not wait for it."""
    if ctx.memory.keeper:
        stay(ctx, live, os.getpid())
        ctx.memory.keeper(ctx, live, id)
    else:
        start_drainer(ctx, live)


def stay(ctx: Context, live: LivePane, pid: int) -> None:
    """Say which process sees to the pane's queue. When it is killed, the pane's own hooks start a drainer."""
    if live.folder:
        words = shlex.join(["env", "-i", *(f"{k}={v}" for k, v in _environment(ctx).items()), *_command(live)])
        with suppress(FileNotFoundError):  # the pane's end takes its folder away
            guard.drain_with(live.folder, f"kill -0 {pid} 2>/dev/null || exec {words}")


def start_drainer(ctx: Context, live: LivePane) -> None:
    """A process that outlives us and ends with the pane's queue."""
    stay(ctx, live, outlive(_command(live), _environment(ctx)))


def _command(live: LivePane) -> list[str]:
    return [sys.executable, "-I", "-m", "llm_send.entry.drain", live.row.socket, live.row.id]


def _environment(ctx: Context) -> dict[str, str]:
    kept = {name: value for name, value in ctx.environment.items() if name in PASSED_ON or name.startswith(PREFIXES)}
    return {"PATH": os.defpath, **kept}
