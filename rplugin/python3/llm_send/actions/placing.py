"""Where a new pane goes: a split beside the asker, a window, or a window of a session. Never stealing the focus."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Literal

from llm_send.actions.context import Context
from llm_send.errors import LlmSendError
from llm_send.tmux import Row, TmuxError, parse_rows, row_format

Where = Literal["h", "v", "window", "session"]
SMALLEST = (40, 10)  # columns and rows below which Claude's input box cannot be read
DETACHED = (200, 50)  # the size of a session nobody looks at yet


def place(
    ctx: Context,
    rows: Sequence[Row],
    where: Where,
    session: str | None,
    *,
    name: str,
    cwd: str,
    env: Mapping[str, str],
    argv: Sequence[str],
) -> Row:
    """Open the pane and run `argv` in it, as it is, without a shell; its row."""
    nonce = secrets.token_hex(4)
    given = [word for key, value in env.items() for word in ("-e", f"{key}={value}")]
    common = ["-d", "-P", "-F", row_format(nonce), "-c", literal(cwd), *given]
    title = literal(name)
    beside = _beside(ctx, rows)
    if where in ("h", "v"):
        _check_split(rows, where, beside)
        command = ["split-window", f"-{where}", *(["-t", beside] if beside else []), *common]
    elif where == "window":
        command = ["new-window", *_behind(rows, beside), "-n", title, *common]
    elif any(row.session == session for row in rows):
        command = ["new-window", "-t", f"={session}:", "-n", title, *common]
    else:
        size = ["-x", str(DETACHED[0]), "-y", str(DETACHED[1])]
        command = ["new-session", "-s", literal(session or "claude"), "-n", title, *size, *common]
    try:
        printed = ctx.tmux.run([*command, "--", *as_one_program(argv)])
    except TmuxError as error:
        if "no space" in error.message or "too small" in error.message:
            raise _too_small(error.message) from error
        raise
    return parse_rows(printed, nonce)[0]


def as_one_program(argv: Sequence[str]) -> list[str]:
    # A single argument would be given to a shell; `env` in front makes it an argument list.
    return ["env", *argv] if len(argv) == 1 else list(argv)


def literal(value: str) -> str:
    """A value where tmux reads a format: `C#` would lose its sign, and `#(…)` would be run. `#[` is never expanded."""
    return re.sub(r"#+(?![#\[])", lambda signs: signs[0] * 2, value)


def _beside(ctx: Context, rows: Sequence[Row]) -> str | None:
    return ctx.here.pane if any(row.id == ctx.here.pane for row in rows) else None


def _behind(rows: Sequence[Row], beside: str | None) -> list[str]:
    """Right behind the asker's window; without one, at the end of whatever session tmux takes for current."""
    windows = [row.target.rpartition(".")[0] for row in rows if row.id == beside]
    return ["-a", "-t", f"={windows[0]}"] if windows else []


def _check_split(rows: Sequence[Row], where: Where, beside: str | None) -> None:
    for row in rows:
        if row.id == beside:
            width = (row.width - 1) // 2 if where == "h" else row.width
            height = (row.height - 1) // 2 if where == "v" else row.height
            if width < SMALLEST[0] or height < SMALLEST[1]:
                raise _too_small(f"{width}x{height}")


def _too_small(found: str) -> LlmSendError:
    expected = f"{SMALLEST[0]}x{SMALLEST[1]}"
    message = f"There is no room for another pane here: Claude needs {expected}, half of this one is {found}."
    if "x" not in found[:5]:
        message = f"There is no room for another pane here: Claude needs {expected}."
    return LlmSendError("too_small", message, "Open a window instead (--window).", found=found, expected=expected)
