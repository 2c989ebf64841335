"""What a pane about to start is given by the configuration, and what of that can be done here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llm_send.actions.context import Context
from llm_send.config.layers import resolve
from llm_send.config.load import sources
from llm_send.config.types import Given, Resolved
from llm_send.errors import UsageError
from llm_send.tmux import TmuxError


def configured(ctx: Context, *, session: str | None, name: str | None, given: Given | None) -> Resolved:
    """What a pane of that name in that tmux session is given. Raises LlmSendError `config`."""
    return resolve(sources(ctx.paths, ctx.here.cwd), session=session, pane=name, given=given or Given())


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
