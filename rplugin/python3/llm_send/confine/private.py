"""What a confined pane can write to: a folder of its own under our state, removed when the pane has ended.

home   its home        tmp   its /tmp        work   the folder it works in        claude   Claude's configuration
"""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from llm_send.paths import Paths, private_folder

PARTS = ("home", "tmp", "work", "claude")


def make(paths: Paths) -> Path:
    """An empty one. Its path is short: sockets are made below it."""
    folder = private_folder(private_folder(paths.confined) / secrets.token_hex(4))
    for name in PARTS:
        private_folder(folder / name)
    return Path(os.path.realpath(folder))


def link_home(private: Path, home: Path, left_out: frozenset[str]) -> None:
    """The links of the real home, in the private one: what they lead to is seen or is not."""
    for entry in home.iterdir():
        there = private / "home" / entry.name
        if entry.is_symlink() and entry.name not in left_out and not there.is_symlink():
            there.symlink_to(entry.readlink())


def remove(private: Path) -> None:
    """All of it, with what the agent made unreadable for us."""
    for each, names, _ in os.walk(private):
        for name in names:
            inner = Path(each, name)
            if not inner.is_symlink() and not os.access(inner, os.R_OK | os.W_OK | os.X_OK):
                inner.chmod(0o700)
    shutil.rmtree(private, ignore_errors=True)
