"""Every change of every send, noted by the history's own file: a trigger there sees what any process writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

NOTED = (
    "CREATE TABLE torture (send TEXT, before TEXT, after TEXT, at REAL)",
    """
    CREATE TRIGGER torture_begun AFTER INSERT ON send BEGIN
        INSERT INTO torture VALUES (new.id, 'asked', new.step, (julianday('now') - 2440587.5) * 86400.0);
    END
    """,
    """
    CREATE TRIGGER torture_moved AFTER UPDATE ON send
    WHEN old.step IS NOT new.step OR old.outcome IS NOT new.outcome OR old.owner_pid IS NOT new.owner_pid BEGIN
        INSERT INTO torture VALUES (
            new.id,
            ifnull(old.outcome || ifnull('(' || old.reason || ')', ''), old.step),
            ifnull(new.outcome || ifnull('(' || new.reason || ')', ''), new.step),
            (julianday('now') - 2440587.5) * 86400.0
        );
    END
    """,
)


@dataclass(frozen=True)
class Change:
    """From a step to a step, or to an outcome and its reason: refused(busy). `at` is unix seconds."""

    send: str
    before: str
    after: str
    at: float

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


@contextmanager
def _opened(history: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(history, timeout=10, isolation_level=None)) as connection:
        yield connection


def begin(history: Path) -> None:
    """Note from now on. The file must be there."""
    with _opened(history) as connection:
        for statement in NOTED:
            connection.execute(statement)


def changes(history: Path) -> list[Change]:
    with _opened(history) as connection:
        return [Change(*row) for row in connection.execute("SELECT * FROM torture ORDER BY rowid")]
