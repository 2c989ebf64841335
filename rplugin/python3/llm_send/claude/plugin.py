"""Our plugin for Claude Code: where it lies, what is written into the person's copy of it, and the commands of Claude's
own that add it and take it away. The person's settings are Claude's to edit.

Measured from 2.1.32 to 2.1.329: a folder can be a marketplace and the one plugin in it; adding one from a path needs no
network; the newest runs it where it lies, older ones make a copy of their own.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from llm_send.claude.applied import server
from llm_send.claude.files import fields, record, word
from llm_send.paths import private_folder

SOURCE = Path(__file__).parents[1] / "claude_plugin"
NAME = "llm-send"
ID = f"{NAME}@{NAME}"  # the plugin, and the marketplace it is from
LIST = ("plugin", "list", "--json")
AWAY = (("plugin", "uninstall", ID), ("plugin", "marketplace", "remove", NAME))


@dataclass(frozen=True)
class Installed:
    """What Claude says of it."""

    version: str | None
    enabled: bool


def place(environment: Mapping[str, str]) -> Path:
    """Where the person's copy is: it must outlive the folder it was made from, and be in nobody's way."""
    given = environment.get("XDG_DATA_HOME", "")
    home = Path(environment.get("HOME") or Path.home())
    data = Path(given) if given.startswith("/") else home / ".local/share"
    return data / "llm-send" / "claude-plugin"


def adding(copy: Path) -> list[tuple[str, ...]]:
    """Claude's arguments, one command after the other."""
    return [("plugin", "marketplace", "add", str(copy)), ("plugin", "install", ID)]


def installed(listed: str) -> Installed | None:
    """Read what `LIST` prints; None where ours is not in it. Raises ValueError for what is no listing."""
    found = json.loads(listed)
    if not isinstance(found, list):
        raise ValueError(listed)  # noqa: TRY004 — as for what is no JSON
    ours = (fields(each) for each in found if fields(each).get("id") == ID)
    return next((Installed(word(each.get("version")), each.get("enabled") is True) for each in ours), None)


def write(copy: Path, python: str) -> None:
    """Write the person's copy, which starts our program with this Python. It is whole at any moment."""
    private_folder(copy.parent)
    new, old = (copy.with_name(f".{copy.name}.{what}.{os.getpid()}") for what in ("new", "old"))
    try:
        shutil.copytree(SOURCE, new)
        (new / "python").write_text(f"{python}\n")
        servers = {"mcpServers": {NAME: {**server(), "command": python}}}
        (new / ".mcp.json").write_text(json.dumps(servers, indent=2))
        if copy.exists():
            copy.rename(old)
        new.rename(copy)
    finally:
        for each in (new, old):
            shutil.rmtree(each, ignore_errors=True)


def python_of(copy: Path) -> str | None:
    """The Python that this copy starts our program with."""
    try:
        return (copy / "python").read_text().strip()
    except OSError:
        return None


def version_of(copy: Path) -> str | None:
    """Of a copy that is whole."""
    try:
        manifest = record((copy / ".claude-plugin/plugin.json").read_bytes())
    except OSError:
        return None
    return word(fields(manifest).get("version"))


def settings_given(argv: Sequence[str]) -> list[Path]:
    """The settings files that a Claude was started with."""
    words = list(argv)
    behind = [after for option, after in pairwise(words) if option == "--settings"]
    joined = [each.partition("=")[2] for each in words if each.startswith("--settings=")]
    return [Path(each) for each in (*behind, *joined)]
