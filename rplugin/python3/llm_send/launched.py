"""How a pane of ours was started: kept in its folder, so that the same can be started again with other settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llm_send.config.types import Document, Given
from llm_send.guard import write_private

FILE = "launched.json"
PLAIN = ("command", "cwd", "env", "session", "values", "program", "path")  # kept as they are


@dataclass(frozen=True)
class Launched:
    """`command` as it was asked for, before anything of ours was added; `env` as given with `--env`; `given` is what
    was said of the configuration beside the files, `values` what came of it all; `session` is the tmux session's name
    then. `program` is the absolute path of what was started, `path` its PATH; empty where nobody knows."""

    command: tuple[str, ...]
    cwd: str
    env: tuple[tuple[str, str], ...] = ()
    session: str | None = None
    given: Given = field(default_factory=Given)
    values: Mapping[str, Any] = field(default_factory=dict)
    program: str = ""
    path: str = ""


def write(folder: Path, launched: Launched) -> None:
    options = [(option, document.tree, document.file) for option, document in launched.given.options]
    given = {"preset": launched.given.preset, "options": options}
    raw = {name: getattr(launched, name) for name in PLAIN}
    write_private(folder / FILE, json.dumps(raw | {"given": given}))


def read(folder: Path) -> Launched | None:
    """None where nothing was kept: the pane was started otherwise, or by an earlier version."""
    try:
        raw = json.loads((folder / FILE).read_text())
        options = tuple((option, Document(tree, file)) for option, tree, file in raw["given"]["options"])
        return Launched(
            command=tuple(raw["command"]),
            cwd=raw["cwd"],
            env=tuple((name, value) for name, value in raw["env"]),
            session=raw["session"],
            given=Given(raw["given"]["preset"], options),
            values=raw["values"],
            program=raw["program"],
            path=raw["path"],
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
