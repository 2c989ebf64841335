"""A pane's output into a file: tmux writes it, our own program takes out what is secret."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

from llm_send import guard
from llm_send.actions.context import Context
from llm_send.actions.placing import literal
from llm_send.confine.hidden import secret_by_name
from llm_send.errors import UsageError

WRITER = guard.SOURCE / "entry/log.py"
PLAN = "log.json"
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


def to_file(pane: str, folder: Path) -> list[list[str]]:
    """The tmux commands that begin with it, in a pane (`%3`); none where no log is wanted."""
    if not (folder / PLAN).exists():
        return []
    line = shlex.join([guard.gate_python(), "-I", "-S", str(WRITER), str(folder)])
    # tmux reads a format in it, and the time's.
    return [["pipe-pane", "-t", pane, literal(line).replace("%", "%%")]]


def to_nowhere(pane: str) -> list[list[str]]:
    return [["pipe-pane", "-t", pane]]


def _by_name(environment: Mapping[str, str]) -> list[str]:
    """Values of the person's own variables that are secret by their names."""
    return [value for name, value in environment.items() if secret_by_name(name) and len(value) >= SHORTEST]
