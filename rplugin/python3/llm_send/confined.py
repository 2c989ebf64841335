"""Confined panes: where their files really are, and what becomes of those when the pane has ended. Such a pane writes
in places of its own, and names them by where it sees them.

`private` in a pane's folder says which folder is thrown away with it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from llm_send import guard
from llm_send.claude import private as claude_private
from llm_send.claude.private import SESSION
from llm_send.confine import private
from llm_send.confine.view import Mount
from llm_send.paths import Paths, private_folder

INSIDE = Path("/run/llm-send/pane")
"""Where a confined Claude sees its pane's folder. Nobody can put another in its place: /run is read-only there."""

FILE = "private"
KEPT = "keep"  # its second line
READ = ("gate.sh", "hook.py", "rules.py", "want", "pane.json", "settings.json", "keys.lock")
SPOOL = ("events", "pending", "expected")
STAYS = (OSError, RecursionError)  # the second for folders in folders, a thousand deep
PROJECT = re.compile(r"[A-Za-z0-9-]{1,255}")  # what Claude calls a folder of transcripts


def say(folder: Path, own: Path, cwd: Path, *, keep: bool) -> None:
    """Note in a pane's folder which folder is thrown away with it; `keep`: but for what it worked on, in `cwd`."""
    guard.write_private(folder / FILE, f"{own}\n{KEPT if keep else ''}\n{claude_private.folder_name(cwd)}\n")


def private_of(folder: Path | str | None) -> Path | None:
    """None where the pane sees the same files as everybody."""
    try:
        return Path((Path(folder) / FILE).read_text().splitlines()[0]) if folder else None
    except (FileNotFoundError, NotADirectoryError):
        return None


def mounts(folder: Path, more: Iterable[str]) -> list[Mount]:
    """The pane's folder as it is seen inside: what the gate needs, and where its hooks write. `more` are the names of
    other files that Claude is told of."""
    read = [Mount(INSIDE / name, folder / name) for name in (*READ, *more)]
    return [*read, *(Mount(INSIDE / name, folder / name, writable=True) for name in SPOOL)]


def transcript(folder: Path, said: str | None) -> str | None:
    """Where the transcript is that a pane's hooks name. What an agent wrote there is no path to follow: only the last
    two of its names count, and they have the form that Claude gives them."""
    own = private_of(folder)
    if own is None or said is None:
        return said
    project, name = Path(said).parts[-2:] if said.count("/") > 1 else ("", "")
    file = own / "claude/projects" / project / name
    fit = PROJECT.fullmatch(project) and SESSION.fullmatch(name)
    return str(file) if fit and inside(folder, file) else None


def inside(folder: Path | str | None, file: Path) -> bool:
    """Whether a file of a pane's Claude, there or to come, is where that can write: the agent of a confined one may
    have put a link anywhere on the way."""
    own = private_of(folder)
    return own is None or Path(os.path.realpath(file)).is_relative_to(os.path.realpath(own / "claude"))


def take_back(folder: Path, environment: Mapping[str, str]) -> None:
    """The transcripts of a confined pane, to where the person's Claude looks for them."""
    if own := private_of(folder):
        for project in (folder / FILE).read_text().splitlines()[2:]:
            claude_private.take_back(own, environment, project)


def remove(folder: Path, environment: Mapping[str, str]) -> None:
    """The pane has ended: its transcripts go to where the person's Claude looks for them, the rest goes."""
    own = private_of(folder)
    if own:
        take_back(folder, environment)
        keep = (folder / FILE).read_text().splitlines()[1:2] == [KEPT]
        if keep:
            (own / "work").chmod(0o700)
            (own / "work").rename(private_folder(own.parent.parent / "kept") / own.name)
        private.remove(own)
    shutil.rmtree(folder, ignore_errors=True)  # another run may be at it too


def sweep(paths: Paths, environment: Mapping[str, str], now: float) -> list[Path]:
    """Remove what panes have left that are gone; their folders. `now` in unix seconds."""
    found = []
    for folder in guard.over(paths, now):
        with suppress(*STAYS):  # another run is at it too; or there is no room for a transcript, and it stays
            remove(folder, environment)
            found.append(folder)
    guard.sweep_locks(paths)
    known = {private_of(folder) for folder in paths.panes.iterdir()} if paths.panes.is_dir() else set()
    for own in paths.confined.iterdir() if paths.confined.is_dir() else ():
        with suppress(*STAYS):
            if Path(os.path.realpath(own)) not in known and now - own.stat().st_mtime > guard.UNBOUND_GRACE:
                private.remove(own)
    return found
