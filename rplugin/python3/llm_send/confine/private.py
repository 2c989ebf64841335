"""What a confined pane can write to: a folder of its own under our state, removed when the pane has ended.

home   its home        tmp   its /tmp        work   the folder it works in        claude   Claude's configuration
"""

from __future__ import annotations

import os
import secrets
import subprocess
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
        # Path's own would raise for a file system in the home that another account has mounted.
        if os.path.islink(entry) and entry.name not in left_out and not os.path.lexists(there):  # noqa: PTH114
            there.symlink_to(entry.readlink())


def remove(private: Path) -> None:
    """All of it, however deep, with what the agent made unreadable for us. Neither program follows a link."""
    for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
        subprocess.run([*command, "--", str(private)], stderr=subprocess.DEVNULL, check=False)
