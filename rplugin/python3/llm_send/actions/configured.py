"""What a pane about to start is given by the configuration, and what of that can be done here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llm_send.actions.context import Context
from llm_send.config.layers import resolve
from llm_send.config.load import sources
from llm_send.config.types import Given, Origin, Resolved
from llm_send.errors import UsageError
from llm_send.tmux import TmuxError

NOT_YET = ("log_path",)
"""Keys of confinement. None of them is enforced yet, and one that is not enforced is worse than none."""


def configured(ctx: Context, *, session: str | None, name: str | None, given: Given | None) -> Resolved:
    """What a pane of that name in that tmux session is given. Raises LlmSendError `config`, and UsageError for what
    cannot be enforced."""
    found = resolve(sources(ctx.paths, ctx.here.cwd), session=session, pane=name, given=given or Given())
    for key in NOT_YET:
        if key in found.values:
            message = f"{key} cannot be enforced by this version, so the pane is not started."
            raise UsageError("config", message, f"Leave it out: {told(found.origins.get(key))}.", found=key)
    return found


def told(origin: Origin | None) -> str:
    """Where a value comes from, for a message."""
    if origin is None:
        return "it is built in"
    line = f", line {origin.line}" if origin.line else ""
    return f"{origin.where} in {origin.file}{line}" if origin.file else origin.where


def folder(ctx: Context, asked: str | None, values: Mapping[str, Any]) -> str:
    """Where Claude starts: what is asked for, else what is configured, else here. Raises UsageError."""
    wanted = asked or values.get("cwd")
    cwd = Path(ctx.here.cwd, Path(wanted).expanduser() if wanted else "")
    if not cwd.is_dir():
        raise UsageError("usage", f"There is no folder {cwd}.", "Name an existing one.", found=str(cwd))
    return str(cwd)


def own_session(ctx: Context) -> str | None:
    """The tmux session of whoever asks, None outside of tmux. Raises TmuxError where that cannot be told."""
    if ctx.here.pane is None:
        return None
    try:
        return ctx.own_session(ctx.tmux.rows())
    except TmuxError as error:
        if error.code == "no_tmux":
            return None
        raise


def note(*parts: str | None) -> str | None:
    """What the person should know, as one text."""
    return " ".join(part for part in parts if part) or None
