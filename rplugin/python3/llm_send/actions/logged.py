"""A pane's output into a file: tmux writes it, our own program takes out what is secret. The same program looks for
directives in it, where that is wanted: a pane has one pipe."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from llm_send import guard
from llm_send.actions.context import Context
from llm_send.actions.listen import MODULE, environment_of
from llm_send.actions.placing import literal
from llm_send.confine.hidden import secret_by_name
from llm_send.errors import UsageError
from llm_send.tmux import Row

WRITER = guard.SOURCE / "entry/log.py"
PLAN = "log.json"
GO = "go"  # a FIFO; the line in it lets the pane's program start
STARTS = 5.0  # seconds a shell may take to read it
OURS = "@llm_send_pipe"  # set on a pane whose output we take
SHORTEST = 8  # characters of a value that is taken for a secret by its variable's name


def path_of(log_path: str, cwd: str) -> Path:
    """Where it is written. Raises UsageError for where nothing can be."""
    path = Path(cwd, Path(log_path).expanduser())
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UsageError("config", f"The log_path is no file: {path}.", "Name another.", found=str(path))
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        message = f"The log_path cannot be written: {path}."
        raise UsageError("config", message, f"Make {path.parent} a folder you may write to.", found=str(path))
    return path


def plan(ctx: Context, folder: Path, log_path: str, secret: Iterable[str]) -> None:
    """Say in the pane's folder where its output is to go, and what is to be taken out of it."""
    found = {"path": str(path_of(log_path, ctx.here.cwd)), "secrets": [*secret, *_by_name(ctx.environment)]}
    guard.write_private(folder / PLAN, json.dumps(found))


def hear(ctx: Context, row: Row, folder: Path, key: str, values: Mapping[str, Any]) -> None:
    """Say in the pane's folder that its output is to be searched for directives too: those with the key, or all."""
    file = folder / PLAN
    found = json.loads(file.read_text()) if file.exists() else {"path": None, "secrets": []}
    found["secrets"].append(key)
    found["hears"] = {
        "key": key,
        "trusting": values["sideband"] == "trusting",
        "run": [sys.executable, "-I", "-m", MODULE, "act", row.socket, row.id],
        "environment": environment_of(ctx, values),
    }
    guard.write_private(file, json.dumps(found))


def held(folder: Path, argv: Sequence[str]) -> list[str]:
    """The command line that starts a program when its output is being taken: nothing that it says first is missed."""
    os.mkfifo(folder / GO, 0o600)
    return ["sh", "-c", 'read -r _ <"$0"; rm -f "$0"; exec "$@"', str(folder / GO), *argv]


def begin(ctx: Context, pane: str, folder: Path) -> str | None:
    """Begin with what the folder says, in a pane (`%3`); a note where that cannot be: a pipe of the person's stays."""
    if not (folder / PLAN).exists():
        return None
    if _is_piped(ctx, pane):
        (folder / PLAN).unlink()
        _let_go(ctx, folder)
        return "Its output goes somewhere already (pipe-pane), so it is neither logged nor searched for directives."
    line = shlex.join([guard.gate_python(), "-I", "-S", str(WRITER), str(folder)])
    # tmux reads a format in it, and the time's.
    pipe = ["pipe-pane", "-t", pane, literal(line).replace("%", "%%")]
    ctx.tmux.run(pipe, ["set-option", "-p", "-t", pane, OURS, "1"])
    return None


def _let_go(ctx: Context, folder: Path) -> None:
    """A program that is held starts all the same."""
    if not (folder / GO).exists():
        return
    go, end = os.open(folder / GO, os.O_RDWR), ctx.clock.now() + STARTS
    try:
        os.write(go, b"\n")
        while (folder / GO).exists() and ctx.clock.now() < end:
            ctx.clock.pause(0.01)
    finally:
        os.close(go)


def end(ctx: Context, pane: str) -> None:
    """No more of it."""
    if not _is_piped(ctx, pane):
        ctx.tmux.run(["pipe-pane", "-t", pane], ["set-option", "-p", "-u", "-q", "-t", pane, OURS])


def _is_piped(ctx: Context, pane: str) -> bool:
    """Whether somebody else has a pipe there."""
    said = ctx.tmux.run(["display-message", "-p", "-t", pane, f"#{{pane_pipe}} #{{{OURS}}}"]).split()
    return said == ["1"]


def _by_name(environment: Mapping[str, str]) -> list[str]:
    """Values of the person's own variables that are secret by their names."""
    return [value for name, value in environment.items() if secret_by_name(name) and len(value) >= SHORTEST]
