"""The person's record of every send, written ahead of each step: a send without its row does not happen.

One SQLite file, readable by the person alone. Each write is a transaction of its own; in WAL mode with
synchronous=NORMAL it is in the kernel's hands when the call returns, so it outlives our death, but does not wait for
the disk. A power cut may cost the last moments, never the file.

Anything that keeps a row from being written is an LlmSendError with code `history`.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

from llm_send import processes
from llm_send.errors import LlmSendError
from llm_send.outcomes import Outcome, Reason, Receipt
from llm_send.paths import private_folder

Step = Literal["resolve", "look", "mode", "paste", "see", "enter", "evidence"]
PATIENCE = 2.0  # seconds to wait for another writer; a healthy one is done in well under a millisecond

# One entry per version of the file; PRAGMA user_version counts how many have been applied. Never edit one: add one.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE send (
            id TEXT PRIMARY KEY, created_at REAL NOT NULL, sha256 TEXT NOT NULL, mode TEXT,
            owner_pid INTEGER NOT NULL, owner_start TEXT NOT NULL, step TEXT NOT NULL,
            server TEXT, pane TEXT, pane_name TEXT, pane_pid INTEGER, folder TEXT,
            outcome TEXT, reason TEXT, message TEXT, receipt TEXT, elapsed_ms REAL
        )
        """,
        "CREATE INDEX open_send ON send (server, pane) WHERE outcome IS NULL",
        # Apart, because an update writes its whole row anew: a megabyte of text for every step.
        "CREATE TABLE prompt (id TEXT PRIMARY KEY REFERENCES send, text TEXT NOT NULL)",
    ),
)


@dataclass(frozen=True)
class Send:
    """One send. `mode` is our word, None when a pane was asked for; `created_at` unix seconds.

    The owner is the process that sends; `owner_start` is `processes.start_time` of it, "" where that is not known.
    `server`, `pane` (tmux's id), `pane_name` and `pane_pid` are None until it is known where it goes; `folder` is that
    pane's private folder, None for an unguarded one. `outcome` and what follows are None while it is under way.
    """

    id: str
    created_at: float
    text: str
    sha256: str
    mode: str | None
    owner_pid: int
    owner_start: str
    step: Step = "resolve"
    server: str | None = None
    pane: str | None = None
    pane_name: str | None = None
    pane_pid: int | None = None
    folder: str | None = None
    outcome: Outcome | None = None
    reason: Reason | None = None
    message: str | None = None
    receipt: Receipt | None = None
    elapsed_ms: float | None = None

    @property
    def abandoned(self) -> bool:
        """Whether it is under way for ever: its sender has died."""
        return self.outcome is None and not processes.alive(self.owner_pid, self.owner_start)


COLUMNS = tuple(field.name for field in fields(Send) if field.name != "text")
# Only our own names go into statements, never values.
INSERT = f"INSERT INTO send ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
SELECT = f"SELECT {', '.join(COLUMNS)}, text FROM send JOIN prompt USING (id)"  # noqa: S608
OPEN = "outcome IS NULL"
UNTOUCHED = f"{OPEN} AND step IN ('resolve', 'look')"


def new_send(text: str, sha256: str, *, mode: str | None, now: float) -> Send:
    """A send of this process, about to begin."""
    pid = os.getpid()
    return Send(uuid.uuid4().hex, now, text, sha256, mode, owner_pid=pid, owner_start=processes.start_time(pid) or "")


class History:
    """The file at `path`, made with its folder when first used. One object serves any number of threads."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._inode = 0

    def begin(self, send: Send) -> None:
        """Write the send ahead of all that is done for it."""
        with self._usable() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(INSERT, [_cell(getattr(send, name)) for name in COLUMNS])
            connection.execute("INSERT INTO prompt VALUES (?, ?)", (send.id, send.text))
            connection.execute("COMMIT")

    def step(self, id: str, step: Step) -> None:  # noqa: A002 — the contract's word
        """Write a step ahead of doing it. Raises if the send is not under way any more: then it must not be done."""
        self._update(id, {"step": step})

    def target(
        self, id: str, *, server: str, pane: str, name: str | None, pid: int, folder: Path | None = None  # noqa: A002
    ) -> None:  # fmt: skip
        """Write where it goes. Raises as `step` does."""
        where = {"server": server, "pane": pane, "pane_name": name, "pane_pid": pid}
        self._update(id, {**where, "folder": str(folder) if folder else None})

    def settle(
        self,
        id: str,  # noqa: A002
        outcome: Outcome,
        reason: Reason | None = None,
        message: str | None = None,
        receipt: Receipt | None = None,
        elapsed_ms: float | None = None,
    ) -> bool:
        """Write how it ended. The first to say so is believed: False if it was settled already, or is not there."""
        end = {"outcome": outcome, "reason": reason, "message": message, "receipt": receipt, "elapsed_ms": elapsed_ms}
        return self._change(id, end) == 1

    def cancel(self, id: str | None, owner_pid: int, message: str) -> list[str]:  # noqa: A002
        """Settle as cancelled what has not touched a pane: one send, or for None all of a process; their ids.

        The sender learns of it at its next `step`, which raises.
        """
        which, value = ("id = ?", id) if id else ("owner_pid = ?", owner_pid)
        statement = (
            f"UPDATE send SET outcome = 'refused', reason = 'cancelled', message = ? WHERE {which} AND {UNTOUCHED}"  # noqa: S608
        )
        with self._usable() as connection:
            return [row[0] for row in connection.execute(f"{statement} RETURNING id", (message, value)).fetchall()]

    def under_way(self, id: str) -> bool:  # noqa: A002
        """Whether nobody has settled it yet."""
        with self._usable() as connection:
            return bool(connection.execute(f"SELECT 1 FROM send WHERE id = ? AND {OPEN}", (id,)).fetchone())  # noqa: S608

    def open_of(self, server: str, pane: str) -> list[Send]:
        """What is under way to one pane, the oldest first; whose sender has died is among them."""
        return self._read(f"{SELECT} WHERE {OPEN} AND server = ? AND pane = ? ORDER BY send.rowid", (server, pane))

    def abandoned(self) -> list[Send]:
        """What is under way though its sender has died, the oldest first: somebody has to settle it."""
        return [send for send in self._read(f"{SELECT} WHERE {OPEN} ORDER BY send.rowid") if send.abandoned]

    def get(self, id: str) -> Send | None:  # noqa: A002
        return next(iter(self._read(f"{SELECT} WHERE id = ?", (id,))), None)

    def recent(self, limit: int) -> list[Send]:
        """The last sends, settled or not, the newest first."""
        return self._read(f"{SELECT} ORDER BY send.rowid DESC LIMIT ?", (limit,))

    def close(self) -> None:
        """Let go of the file. The next use opens it again."""
        with self._lock:
            self._drop()

    def _update(self, id: str, values: Mapping[str, object]) -> None:  # noqa: A002
        if not self._change(id, values):
            message = f"Send {id} is not under way any more."
            hint = "Something else has settled it, or has removed the history. Send the text again if it is wanted."
            raise LlmSendError("history", message, hint, found=id)

    def _change(self, id: str, values: Mapping[str, object]) -> int:  # noqa: A002
        names = ", ".join(f"{name} = ?" for name in values)
        statement = f"UPDATE send SET {names} WHERE id = ? AND {OPEN}"  # noqa: S608
        with self._usable() as connection:
            return connection.execute(statement, [*map(_cell, values.values()), id]).rowcount

    def _read(self, statement: str, values: Sequence[object] = ()) -> list[Send]:
        with self._usable() as connection:
            return [_send(row) for row in connection.execute(statement, values)]

    @contextmanager
    def _usable(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one thread at a time. After an error it is a new one: nothing half done stays behind."""
        with self._lock:
            try:
                yield self._connected()
            except BaseException as error:
                self._drop()
                if isinstance(error, sqlite3.Error | OSError):
                    raise _unusable(self._path, error) from error
                raise

    def _connected(self) -> sqlite3.Connection:
        # A file that was removed or replaced under a long-lived editor would swallow our rows without a word.
        if self._connection and self._inode != _inode(self._path):
            self._drop()
        if not self._connection:
            self._connection = _connect(self._path, self._patience)
            self._inode = _inode(self._path)
        return self._connection

    def _drop(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None


def _connect(path: Path, patience: float) -> sqlite3.Connection:
    private_folder(path.parent)
    if not path.exists():
        _create(path)
    elif path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return _opened(path, patience)


def _create(path: Path) -> None:
    # Made aside and linked into place whole: turning a file to WAL does not wait for others who do the same. And
    # never opened by ourselves once it is in place: a process that closes any descriptor of the file loses SQLite's
    # locks on it. Its journals take the permissions of the file beside them.
    aside = path.with_name(f"{path.name}-{uuid.uuid4().hex}")
    os.close(os.open(aside, os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _opened(aside, 0).close()
        with suppress(FileExistsError):  # another process was first: its file is as good
            os.link(aside, path)
    finally:
        aside.unlink()


def _opened(path: Path, patience: float) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        if _version(connection) != len(MIGRATIONS):
            _migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA journal_mode = WAL")  # the file remembers it
    connection.execute("BEGIN IMMEDIATE")
    known, found = len(MIGRATIONS), _version(connection)  # asked again: another process may have been first
    if found > known:
        message = f"The history {path} was written by a newer llm-send (version {found}, this one knows {known})."
        raise LlmSendError("history", message, "Update llm-send, or move the file away.", found=found, expected=known)
    for statements in MIGRATIONS[found:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {known}")
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0


def _cell(value: object) -> object:
    return json.dumps(asdict(value)) if isinstance(value, Receipt) else value


def _send(row: tuple[object, ...]) -> Send:
    values = dict(zip((*COLUMNS, "text"), row, strict=True))
    if isinstance(values["receipt"], str):
        receipt = json.loads(values["receipt"])
        values["receipt"] = Receipt(**{**receipt, "evidence": tuple(receipt["evidence"])})
    return Send(**values)  # type: ignore[arg-type]  # the columns are the fields


HINTS = {
    "SQLITE_BUSY": "Another program holds it. Is one stopped, or is the file open in a database tool?",
    "SQLITE_FULL": "Make room on the disk.",
    "SQLITE_READONLY": "Make the file and its folder writable.",
    "SQLITE_CANTOPEN": "Make the file and its folder writable.",
    "SQLITE_CORRUPT": "Move the file away; a new one is made.",
    "SQLITE_NOTADB": "Move the file away; a new one is made.",
}


def _unusable(path: Path, error: Exception) -> LlmSendError:
    name = getattr(error, "sqlite_errorname", "")
    hint = next((hint for code, hint in HINTS.items() if name.startswith(code)), None)
    why = error.strerror if isinstance(error, OSError) else str(error)
    message = f"The history {path} cannot be used: {why}."
    return LlmSendError("history", message, hint or "Nothing was sent: a send is recorded first.", found=name or why)
