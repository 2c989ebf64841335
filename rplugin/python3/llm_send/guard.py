"""A guarded pane's private folder: its settings, its gate, its journal and its locks.

    settings.json   what Claude is started with              gate.sh hook.py rules.py   the gate, a copy of its own
    want            the lock's mode, or `ask` and whose      expected/   one file per prompt under way
    pane.json       whose folder this is                     events/     the journal        pending/   open tool uses
    turn.lock       one sender at a time                     keys.lock   held while keys can reach the pane
    drain           what to start when a turn ends, while something waits in the queue
    python          what runs the careful half of the gate, where Claude was not started with settings.json

The folder lives as long as the process it was made for (`anchor`: pid and start time) and is removed by the next run
after that. Everything is readable by the person alone.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from llm_send import processes, rules
from llm_send.claude.applied import NOTHING, Applied
from llm_send.claude.settings import settings
from llm_send.errors import LlmSendError
from llm_send.modes import Mode
from llm_send.paths import Paths, private_folder

SOURCE = Path(__file__).parent
GATE = ("gate.sh", "entry/hook.py", "rules.py")
PARTS = (*(Path(name).name for name in GATE), "pane.json", "want")
UNBOUND_GRACE = 60.0  # seconds a folder may wait for its process; a spawn takes a fraction of one
ANY = "any"  # what `want` says where no mode is kept: a prompt may be in any
WORD = 40  # characters of what `want` says, padded: an announced prompt's id is the longest
ANNOUNCED = 30.0  # seconds an announced prompt stays so; the sender takes it back long before
SEARCHED = 65536  # characters; a longer prompt of ours is not searched for inside another


@dataclass(frozen=True)
class Card:
    """`pane.json`: whose folder it is. `lock` is empty where no mode is kept; `policy` is the configuration's `lock`:
    warn or block. `rules` is 0 where there is no gate."""

    lock: str
    policy: str
    rules: int
    anchor_pid: int = 0
    anchor_start: str = ""
    socket: str = ""
    server_pid: int = 0
    pane: str = ""


def arm(
    paths: Paths,
    lock: Mode,
    policy: str,
    environment: Mapping[str, str],
    own: Applied = NOTHING,
    inside: Path | None = None,
) -> Path:
    """Make the folder for a pane about to start and return it. `own` is what its configuration adds; `inside` is where
    the pane sees the folder, where that is another place. `bind` tells it later whose it is."""
    timeout = _timeout(environment)
    folder = private_folder(private_folder(paths.panes) / secrets.token_hex(8))
    _furnish(folder, lock.claude)
    write_card(folder, Card(lock=lock.claude, policy=policy, rules=rules.VERSION))
    for name, (_, text) in own.files.items():
        write_private(folder / name, text)
    content = settings(lock, inside or folder, gate_python(), timeout, own.settings, listens=own.listens)
    write_private(folder / "settings.json", json.dumps(content, indent=2))
    return folder


@dataclass(frozen=True)
class Seat:
    """Where a process is seen: tmux's socket and its server's pid, the pane (`%3`)."""

    socket: str
    server_pid: int
    pane: str


def unlocked(paths: Paths, environment: Mapping[str, str], pid: int, seat: Seat) -> Path:
    """Make the folder of a Claude that a person has started, by its pid: its gate keeps our texts apart from others and
    tells what became of them, and keeps nobody to a mode. Its hooks find it by this name (claude_plugin/hooks)."""
    _timeout(environment)
    start = processes.start_time(pid) or ""
    folder = private_folder(private_folder(paths.panes) / f"claude-{pid}-{start}")
    _furnish(folder, ANY)
    write_private(folder / "python", f"{gate_python()}\n")
    card = Card("", "warn", rules.VERSION, pid, start, seat.socket, seat.server_pid, seat.pane)
    write_card(folder, card)  # the last: with it the folder counts as whole
    return folder


def _timeout(environment: Mapping[str, str]) -> str:
    found = shutil.which("timeout", path=environment.get("PATH"))
    if not found:
        hint = "It is part of coreutils (macOS: brew install coreutils)."
        raise LlmSendError("no_timeout", "The gate needs the program “timeout”.", hint)
    return found


def _furnish(folder: Path, word: str) -> None:
    """Put into a new folder all that the gate consists of, but the card."""
    for name in ("events", "pending", "expected"):
        private_folder(folder / name)
    for name in GATE:
        write_private(folder / Path(name).name, (SOURCE / name).read_text())
    for name in ("turn.lock", "keys.lock"):
        write_private(folder / name, "")
    write_private(folder / "want", "\n")
    want(folder, word)


def forget_unlocked(paths: Paths) -> None:
    """Take away the folders of Claudes that people have started: their hooks do not run any more."""
    for folder in paths.panes.iterdir() if paths.panes.is_dir() else ():
        with suppress(LlmSendError):  # it is no folder of ours, or is being made
            card = read_card(folder)
            if card.rules and not card.lock:
                shutil.rmtree(folder, ignore_errors=True)


def unarmed(paths: Paths, policy: str) -> Path:
    """The folder of a pane that runs something else than Claude: no gate, no lock."""
    folder = private_folder(private_folder(paths.panes) / secrets.token_hex(8))
    private_folder(folder / "events")
    write_card(folder, Card(lock="", policy=policy, rules=0))
    return folder


def gate_python() -> str:
    """A Python that outlives the plugin's own environment: the one that environment was made from."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def bind(folder: Path, *, anchor_pid: int, socket: str, server_pid: int, pane: str) -> None:
    """Say whose folder it is, as soon as the process exists."""
    card = read_card(folder)
    start = processes.start_time(anchor_pid) or ""
    bound = {"anchor_pid": anchor_pid, "anchor_start": start, "socket": socket, "server_pid": server_pid, "pane": pane}
    write_card(folder, Card(**(asdict(card) | bound)))


def read_card(folder: Path) -> Card:
    """Raises LlmSendError when the folder is not one of ours, or is gone."""
    try:
        return Card(**json.loads((folder / "pane.json").read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise LlmSendError("gate", f"The pane's folder cannot be read: {folder}", None, found=str(error)) from error


def want(folder: Path, word: str) -> None:
    """Say which mode a prompt must be in (Claude's value), or `ask`. Raises FileNotFoundError when the folder is gone.

    Thrice in every send: one write over the old word, always as long, is whole for a reader and needs no new file.
    """
    descriptor = os.open(folder / "want", os.O_WRONLY)
    try:
        os.write(descriptor, f"{word:<{WORD}}\n".encode())
    finally:
        os.close(descriptor)


def announce(folder: Path, id: str, text: str, mode: str) -> None:  # noqa: A002 — the contract's word
    """Tell the gate that the next prompt is ours, to run in `mode` (Claude's value). Raises as `want` does.

    The first line of its file is for both halves of the gate, the second for the quick one alone: what must stand in
    the event. It holds the text, so it goes as soon as the prompt has arrived (emptied by the gate) or the send has
    ended (`take_back`).
    """
    normal = rules.normal(text)
    short = len(normal) <= SEARCHED
    sums = f"{rules.digest(normal)} {len(normal)} {rules.rolling(normal) if short else '-'}"
    line = f"{mode} {sums} {time.time() + ANNOUNCED}"
    write_private(folder / "expected" / id, f"{line}\n{rules.in_event(text) if short else ''}\n")
    want(folder, f"ask {id}")


def take_back(folder: Path, id: str) -> None:  # noqa: A002
    """The announced prompt has come, or will not come any more."""
    with suppress(OSError):  # or a confined agent has put something else there: its own gate's loss
        (folder / "expected" / id).unlink()


def clear_announced(folder: Path, now: float) -> None:
    """Take back what senders that have died left announced. `now` in unix seconds."""
    with suppress(OSError):  # the pane's end has taken the folder away; or a confined agent its rights
        for file in (folder / "expected").iterdir():
            with suppress(OSError):  # its sender was quicker; or it is no file
                if now - file.lstat().st_mtime > ANNOUNCED:
                    file.unlink()


def write_card(folder: Path, card: Card) -> None:
    write_private(folder / "pane.json", json.dumps(asdict(card)))


def write_private(path: Path, text: str) -> None:
    """Write a file that only the person can read, complete when it appears."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(temporary, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)


def drain_with(folder: Path, command_line: str) -> None:
    """Have this line of sh started whenever Claude has ended a turn or begins a session. Raises FileNotFoundError when
    the folder is gone."""
    write_private(folder / "drain", f"{command_line}\n")


def no_drain(folder: Path) -> None:
    """Have nothing started any more."""
    with suppress(FileNotFoundError):
        (folder / "drain").unlink()


def armed(folder: str | None) -> bool:
    """Whether the gate that speaks our rules is still in this folder. Half a gate is none."""
    return armed_card(folder) is not None


def armed_card(folder: str | None) -> Card | None:
    """The card of a folder whose gate is there and speaks our rules; else None."""
    if not folder or not whole(folder):
        return None
    try:
        card = read_card(Path(folder))
    except LlmSendError:
        return None
    return card if card.rules == rules.VERSION else None


def whole(folder: str) -> bool:
    """Whether all of the gate is there. Without it Claude's hooks stop every prompt."""
    return all(os.path.isfile(f"{folder}/{name}") for name in PARTS)  # noqa: PTH113 — on every send


def over(paths: Paths, now: float) -> list[Path]:
    """The folders whose process is gone. `now` in unix seconds."""
    folders = paths.panes.iterdir() if paths.panes.is_dir() else ()
    return [folder for folder in folders if _over(folder, now)]


def sweep_locks(paths: Paths) -> None:
    """Remove the lock folders of panes started by hand whose process is gone; their names end in its pid."""
    for folder in paths.locks.iterdir() if paths.locks.is_dir() else ():
        pid = folder.name.rpartition("-")[2]
        if pid.isdigit() and not processes.alive(int(pid), ""):
            shutil.rmtree(folder, ignore_errors=True)


def _over(folder: Path, now: float) -> bool:
    try:
        card = read_card(folder)
        if card.anchor_pid:
            return not processes.alive(card.anchor_pid, card.anchor_start)
        return now - folder.stat().st_mtime > UNBOUND_GRACE
    except (LlmSendError, OSError):
        return folder.is_dir() and now - folder.stat().st_mtime > UNBOUND_GRACE
