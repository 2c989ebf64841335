"""What panes are called, and the marks that make a pane ours: pane options, paired with the pane's process.

The options are the only registry there is. They die with the pane, follow it when it moves, and every host sees them.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from llm_send.errors import LlmSendError, UsageError
from llm_send.modes import Mode
from llm_send.paths import Paths, private_folder
from llm_send.tmux import Row

OPENER = "@llm_send_opener"  # the panes (`%3`) whose agents have opened this one, the nearest first


@contextmanager
def one_at_a_time(paths: Paths) -> Iterator[None]:
    """Two spawns at once must not choose the same name."""
    private_folder(paths.state)
    with (paths.state / "spawn.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def choose(rows: Sequence[Row], wanted: str | None, mode: Mode) -> str:
    """The name asked for, or the mode's default with the first free number. Raises when a name is taken or unfit."""
    return free(rows, wanted, mode.pane_name)


def free(rows: Sequence[Row], wanted: str | None, usual: str) -> str:
    """The same, with the name that is usual."""
    taken = {row.name: row.id for row in rows if row.name}
    if wanted is None:
        names = [usual, *(f"{usual}-{number}" for number in range(2, len(taken) + 3))]
        return next(name for name in names if name not in taken)
    if not wanted.strip() or not wanted.isprintable() or wanted[0] in "%-" or ":" in wanted:
        message = f"{wanted!r} cannot be a pane's name."
        hint = "A name is printable, has no colon, and does not begin with % or -."
        raise UsageError("usage", message, hint, found=wanted)
    if wanted in taken:
        message = f"There is a pane {wanted} already: {taken[wanted]}."
        raise LlmSendError("name_taken", message, "Choose another name, or leave it out.", found=wanted)
    return wanted


def mark(row: Row, *, name: str, lock: str, folder: Path) -> list[list[str]]:
    """Commands that mark a pane as ours. Its pid is part of the mark: options survive a respawn."""
    values = {"pid": str(row.pid), "name": name, "lock": lock, "folder": str(folder)}
    own = [["set-option", "-p", "-t", row.id, f"@llm_send_{key}", value] for key, value in values.items()]
    return [*own, *_of_before(row.id)]


def opened_by(pane: str, opener: str) -> list[list[str]]:
    """The command that notes whose agents have opened a pane (`%7`), such as `%3,%1`; none where a person did."""
    return [["set-option", "-p", "-t", pane, OPENER, opener]] if opener else []


def mark_anew(pane: str, folder: Path) -> list[list[str]]:
    """Commands that give a pane (`%3`) the gate of this folder and make its marks hold for the process it has now."""
    option = ["set-option", "-p", "-t", pane]
    own = [[*option, "-F", "@llm_send_pid", "#{pane_pid}"], [*option, "@llm_send_folder", str(folder)]]
    return [*own, *_of_before(pane)]


def _of_before(pane: str) -> list[list[str]]:
    """Commands that take away what was said of the pane's last process alone."""
    return [["set-option", "-p", "-u", "-q", "-t", pane, f"@llm_send_{key}"] for key in ("ended", "not_enforced")]


def unlock(pane: str) -> list[list[str]]:
    """Commands that leave a pane (`%3`) its name and take its lock and gate away: its hooks do not run."""
    return [["set-option", "-p", "-u", "-t", pane, f"@llm_send_{key}"] for key in ("lock", "folder")]
