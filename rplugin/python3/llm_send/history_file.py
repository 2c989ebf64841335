"""The history's file: made, opened, brought up to date, and what keeps it from being used said in words.

One SQLite file, readable by the person alone. Each write is a transaction of its own; in WAL mode with
synchronous=NORMAL it is in the kernel's hands when the call returns, so it outlives our death, but does not wait for
the disk. A power cut may cost the last moments, never the file. What is deleted is overwritten (secure_delete).

Anything that keeps a row from being written is an LlmSendError with code `history`.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from llm_send.errors import LlmSendError
from llm_send.paths import private_folder

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
    (
        "ALTER TABLE send ADD COLUMN asker TEXT",
        "ALTER TABLE send ADD COLUMN settled_at REAL",
        "ALTER TABLE send ADD COLUMN hint TEXT",
        "ALTER TABLE send ADD COLUMN position REAL",
        "ALTER TABLE send ADD COLUMN held INTEGER",
        "ALTER TABLE send ADD COLUMN request TEXT",
        "ALTER TABLE send ADD COLUMN transcript TEXT",
        "ALTER TABLE send ADD COLUMN transcript_from INTEGER",
        "ALTER TABLE send ADD COLUMN notes TEXT",
        "UPDATE send SET settled_at = created_at WHERE outcome IS NOT NULL",
    ),
)


class HistoryFile:
    """The file at `path`, made with its folder when first used. One object serves any number of threads."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._opened = 0

    def version(self) -> int:
        """A number that changes whenever anybody, this process or another, has written."""
        with self._usable() as connection:
            others = int(connection.execute("PRAGMA data_version").fetchone()[0])
            # A connection begins to count anew. Each of the two counts only ever grows.
            return (self._opened << 48) + others + connection.total_changes

    def close(self) -> None:
        """Let go of the file. The next use opens it again."""
        with self._lock:
            self._drop()

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

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """The connection in a transaction that no other writer's can come between."""
        with self._usable() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def _connected(self) -> sqlite3.Connection:
        # A file that was removed or replaced under a long-lived editor would swallow our rows without a word.
        if self._connection and self._inode != _inode(self._path):
            self._drop()
        if not self._connection:
            self._connection = _connect(self._path, self._patience)
            self._inode = _inode(self._path)
            self._opened += 1
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
    return _open(path, patience)


def _create(path: Path) -> None:
    # Made aside and linked into place whole: turning a file to WAL does not wait for others who do the same. And
    # never opened by ourselves once it is in place: a process that closes any descriptor of the file loses SQLite's
    # locks on it. Its journals take the permissions of the file beside them.
    aside = path.with_name(f"{path.name}-{uuid.uuid4().hex}")
    os.close(os.open(aside, os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _open(aside, 0).close()
        with suppress(FileExistsError):  # another process was first: its file is as good
            os.link(aside, path)
    finally:
        aside.unlink()


def _open(path: Path, patience: float) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")
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
