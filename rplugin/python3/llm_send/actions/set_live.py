"""Change what a running pane is confined by, where that needs no new start: its limits and its log."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from llm_send import guard
from llm_send.actions import logged
from llm_send.actions.confining import checked
from llm_send.actions.context import Context
from llm_send.confine import plan, secrets
from llm_send.confine.asked import Confinement
from llm_send.tmux import Row

LIMITS = frozenset(("timeout_secs", "memory_limit_mb"))
LIVE = LIMITS | {"log_path"}


def is_live(folder: Path, keys: Iterable[str], after: Confinement) -> bool:
    """Whether these changes can be made while it runs: a limit needs a supervisor that is there already, and stays."""
    changed = set(keys)
    if not changed & LIMITS or not changed <= LIVE:
        return changed <= LIVE
    now = plan.known(folder)
    if not now or ("memory_limit_mb" in changed and now.scope):  # what systemd holds was given at its start
        return False
    return now.limited and bool(after.timeout_secs or after.memory_limit_mb)


def set_live(ctx: Context, row: Row, folder: Path, keys: Iterable[str], after: Confinement) -> None:
    """Do it. Time counts from the pane's start. Raises as a spawn does for a limit that cannot be."""
    changed = set(keys)
    if changed & LIMITS:
        checked(ctx, after, claude=True)
        time, memory = after.timeout_secs, after.memory_limit_mb
        limits = replace(plan.read(folder), timeout_secs=time, memory_limit_mb=memory)
        guard.write_private(folder / plan.FILE, plan.text_of(limits))
        with suppress(ProcessLookupError):
            os.kill(row.pid, signal.SIGUSR1)
    if "log_path" in changed and after.log_path:
        logged.plan(ctx, folder, after.log_path, secrets.values(after.secure_env, ctx.environment).values())
        logged.begin(ctx, row.id, folder)
    elif "log_path" in changed:
        logged.end(ctx, row.id)
