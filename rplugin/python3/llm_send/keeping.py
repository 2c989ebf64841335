"""How long a send stays in the history: bounded, or no longer than it is open; and the removal that leaves no trace.

What is open is never removed. Of what has ended the newest `keep` stay; one that ended unconfirmed stays at least
`DOUBT`, because somebody may have to look into it. With `keep` 0 the text goes in the very transaction that settles
its send, and the row soon after.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from llm_send.errors import LlmSendError
from llm_send.history_file import PATIENCE, HistoryFile
from llm_send.history_row import cell

KEEP = 1000  # sends
LARGEST = 64_000_000  # bytes the file may hold; the oldest go first
EVERY = 32  # sends between two looks at these bounds
DOUBT = 7 * 86400.0  # seconds
LINGER = 600.0  # seconds that a row without its text stays for those who wait to hear how it ended
OPEN = "outcome IS NULL"
ENDED = "outcome IS NOT NULL"
WHEN = "ifnull(settled_at, created_at)"
PRUNABLE = f"{ENDED} AND (outcome != 'unconfirmed' OR {WHEN} < ?)"


class Keeping(HistoryFile):
    """The file with its bounds. `now` is unix seconds."""

    def __init__(
        self, path: Path, patience: float = PATIENCE, *, keep: int = KEEP, now: Callable[[], float] = time.time
    ) -> None:
        super().__init__(path, patience)
        self._keep = keep
        self._now = now

    def prune(self, keep: int, largest: int = LARGEST) -> int:
        """Remove what is beyond the bounds; how many. Settling does so by itself now and then."""
        with self._changing() as connection:
            return self._prune(connection, keep, largest)

    def purge(self, before: float | None = None, ids: Sequence[str] | None = None) -> int:
        """Remove what has ended, before that time or of those ids, so that the text is gone from the file; how many.

        Raises LlmSendError `history` if bytes of it may be left, because another program reads the file just now.
        """
        with self._changing() as connection:
            gone = [row[0] for row in connection.execute(f"SELECT id FROM send WHERE {ENDED}")]  # noqa: S608
            if before is not None:
                older = connection.execute(f"SELECT id FROM send WHERE {WHEN} < ?", (before,))  # noqa: S608
                gone = sorted({row[0] for row in older} & set(gone))
            gone = [id for id in gone if ids is None or id in ids]  # noqa: A001
            _remove(connection, gone)
        with self._usable() as connection:
            connection.execute("VACUUM")
            left = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if left:
            message = f"{len(gone)} sends were removed, but parts of their text may still be in {self._path}-wal."
            raise LlmSendError("history", message, "Another program reads the file. Purge again when it has ended.")
        return len(gone)

    @contextmanager
    def _settling(self) -> Iterator[sqlite3.Connection]:
        """A transaction that settles. Nothing may be left of a text that is not to be kept, in the journal neither."""
        with self._changing() as connection:
            yield connection
        if not self._keep:
            with suppress(LlmSendError), self._usable() as connection:  # settled it is; the next one tries again
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _end(self, connection: sqlite3.Connection, id: str, values: Mapping[str, object], where: str = OPEN) -> bool:  # noqa: A002
        """Settle one, within `_settling`; False if it is not there as `where` says."""
        values = {**values, "settled_at": self._now()}
        names = ", ".join(f"{name} = ?" for name in values)
        statement = f"UPDATE send SET {names} WHERE id = ? AND {where} RETURNING rowid"  # noqa: S608
        done = connection.execute(statement, [*map(cell, values.values()), id]).fetchone()
        if not done:
            return False
        if not self._keep:
            self._forget(connection, id)
        elif done[0] % min(EVERY, self._keep) == 0:
            self._prune(connection, self._keep, LARGEST)
        return True

    def _forget(self, connection: sqlite3.Connection, id: str) -> None:  # noqa: A002
        connection.execute("UPDATE prompt SET text = '' WHERE id = ?", (id,))
        connection.execute("UPDATE send SET request = NULL, notes = NULL WHERE id = ?", (id,))
        told = connection.execute(f"SELECT id FROM send WHERE {ENDED} AND {WHEN} < ?", (self._now() - LINGER,))  # noqa: S608
        _remove(connection, [row[0] for row in told.fetchall()])

    def _prune(self, connection: sqlite3.Connection, keep: int, largest: int) -> int:
        settled = (self._now() - DOUBT,)
        beyond = f"rowid <= (SELECT rowid FROM send ORDER BY rowid DESC LIMIT 1 OFFSET {int(keep)})"  # noqa: S608
        statement = f"SELECT id FROM send WHERE {PRUNABLE} AND {beyond}"  # noqa: S608
        gone = [row[0] for row in connection.execute(statement, settled)]
        _remove(connection, gone)
        while _bytes(connection) > largest:
            statement = f"SELECT id FROM send WHERE {PRUNABLE} ORDER BY rowid LIMIT {EVERY}"  # noqa: S608
            more = [row[0] for row in connection.execute(statement, settled)]
            if not more:
                break
            _remove(connection, more)
            gone += more
        return len(gone)


def _remove(connection: sqlite3.Connection, ids: Sequence[str]) -> None:
    each = [(id,) for id in ids]  # noqa: A001
    connection.executemany("DELETE FROM prompt WHERE id = ?", each)
    connection.executemany("DELETE FROM send WHERE id = ?", each)


def _bytes(connection: sqlite3.Connection) -> int:
    """What the file's used pages take."""
    size, pages, free = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "page_count", "freelist_count")
    )
    return int(size * (pages - free))
