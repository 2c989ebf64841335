"""What waits for its pane: each pane's queue, as rows of the history.

A send stands in the queue of its pane from `enqueue` on. Whoever holds the pane's turn claims the first; one whose
claimer died before the paste stands there again, in its old place. Each change is one transaction, so of any number of
processes exactly one gets a row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from llm_send import processes
from llm_send.errors import LlmSendError
from llm_send.history_row import CLAIMED, SELECT, Send, cell, own_process, send_of
from llm_send.keeping import OPEN, Keeping
from llm_send.outcomes import Outcome, Reason

PLACE = "ifnull(position, send.rowid), send.rowid"
FREE = "step IN ('waiting', 'look', 'mode', 'stash')"  # or claimed, if the owner lives


class Queue(Keeping):
    """The queues of all panes."""

    def enqueue(
        self, id: str, *, server: str, pane: str, name: str | None, pid: int, folder: Path | None = None  # noqa: A002
    ) -> bool:  # fmt: skip
        """Write where it goes: it now stands in that pane's queue, in the order in which the sends began.

        False if somebody else has claimed it meanwhile; raises LlmSendError `history` if it is settled.
        """
        where = {"server": server, "pane": pane, "pane_name": name, "pane_pid": pid, "folder": folder and str(folder)}
        named = ", ".join(f"{column} = ?" for column in where)
        statement = (
            f"UPDATE send SET {named}, step = 'waiting', position = ifnull(position, rowid) "  # noqa: S608
            f"WHERE id = ? AND {OPEN} AND step IN ('resolve', 'waiting')"
        )
        with self._usable() as connection:
            if connection.execute(statement, [*where.values(), id]).rowcount:
                return True
            found = connection.execute(f"SELECT 1 FROM send WHERE id = ? AND {OPEN}", (id,)).fetchone()  # noqa: S608
        if not found:
            raise no_longer_open(id)
        return False

    def oldest(self, server: str, pane: str, pid: int) -> Send | None:
        """The first of a pane's queue. `pid` is tmux's pane_pid: a pane that was respawned is another pane."""
        with self._usable() as connection:
            first = next(iter(_line(connection, server, pane, pid)), None)
            return _one(connection, first) if first else None

    def claim(self, id: str, sha256: str) -> Send | None:  # noqa: A002
        """Make it ours, at the step `look`, if it is first in its queue with that digest; else None."""
        pid, start = own_process()
        with self._changing() as connection:
            line = _line_of(connection, id)
            found = _one(connection, id) if line and line[0] == id else None
            if not found or found.sha256 != sha256:
                return None
            values = (pid, start, id)
            connection.execute("UPDATE send SET step = 'look', owner_pid = ?, owner_start = ? WHERE id = ?", values)
            return _one(connection, id)

    def release(self, id: str) -> bool:  # noqa: A002
        """Put one of ours back into its place; False if it is not ours or may be in the pane already."""
        statement = (
            f"UPDATE send SET step = 'waiting' WHERE id = ? AND {OPEN} AND step IN {CLAIMED} "  # noqa: S608
            "AND owner_pid = ? AND owner_start = ?"
        )
        with self._usable() as connection:
            return connection.execute(statement, (id, *own_process())).rowcount == 1

    def hold(self, id: str) -> None:  # noqa: A002
        """Write that it waits for a busy pane: from now on it also waits through dialogs and drafts."""
        with self._usable() as connection:
            connection.execute(f"UPDATE send SET held = 1 WHERE id = ? AND {OPEN}", (id,))  # noqa: S608

    def withdraw(
        self, id: str, outcome: Outcome, reason: Reason | None, message: str | None, hint: str | None = None  # noqa: A002
    ) -> bool:  # fmt: skip
        """Settle it if nobody has claimed it; False if somebody has, or it is settled."""
        with self._settling() as connection:
            found = _one(connection, id)
            free = found is not None and found.outcome is None and (found.waits or found.step == "resolve")
            end = {"outcome": outcome, "reason": reason, "message": message, "hint": hint}
            return free and self._end(connection, id, end)

    def call_off(self, ids: Sequence[str], message: str) -> list[str]:
        """Settle as cancelled those of them that have not touched a pane; their ids.

        A sender that has claimed one learns of it at its next `step`, which raises.
        """
        end = {"outcome": "refused", "reason": "cancelled", "message": message}
        with self._settling() as connection:
            found = [send for id in ids if (send := _one(connection, id))]  # noqa: A001
            free = [send.id for send in found if send.waits or send.step in ("resolve", "look")]
            return [id for id in free if self._end(connection, id, end)]  # noqa: A001

    def queue(self, server: str | None = None, pane: str | None = None) -> list[Send]:
        """All that waits, by pane and place. At the end what has no pane yet and nobody looks for one any more."""
        chosen = {"server": server, "pane": pane}
        where = "".join(f" AND {name} = ?" for name, value in chosen.items() if value is not None)
        order = f"pane IS NULL, server, pane, pane_pid, {PLACE}"
        values = [value for value in chosen.values() if value is not None]
        found = self._read(f"{SELECT} WHERE {OPEN}{where} ORDER BY {order}", values)
        return [send for send in found if send.free]

    def unresolved(self) -> list[Send]:
        """What has no pane yet, and its sender died before one was chosen; the oldest first."""
        found = self._read(f"{SELECT} WHERE {OPEN} AND step = 'resolve' ORDER BY send.rowid")
        return [send for send in found if send.abandoned]

    def place_of(self, id: str) -> int | None:  # noqa: A002
        """How many stand before it in its pane's queue; None when it does not stand there."""
        with self._usable() as connection:
            line = _line_of(connection, id)
        return line.index(id) if id in line else None

    def move(self, id: str, place: int) -> None:  # noqa: A002
        """To that place, counted from 0, of its pane's queue; beyond the end means the end. Raises `not_waiting`."""
        with self._changing() as connection:
            line = _line_of(connection, id)
            if id in line:
                positions = sorted(_position(connection, each) for each in line)
                line.remove(id)
                line.insert(max(0, place), id)
                places = zip(positions, line, strict=True)
                connection.executemany("UPDATE send SET position = ? WHERE id = ?", places)
                return
        raise self.not_waiting(id)

    def edit(self, id: str, text: str, sha256: str, notes: Sequence[str] = ()) -> None:  # noqa: A002
        """Another text for one that waits. Raises `not_waiting` once it is on its way."""
        with self._changing() as connection:
            found = _one(connection, id)
            if found and found.free:
                values = (sha256, cell(tuple(notes)), id)
                connection.execute("UPDATE send SET sha256 = ?, notes = ? WHERE id = ?", values)
                connection.execute("UPDATE prompt SET text = ? WHERE id = ?", (text, id))
                return
        raise self.not_waiting(id)

    def _read(self, statement: str, values: Sequence[object] = ()) -> list[Send]:
        with self._usable() as connection:
            return [send_of(row) for row in connection.execute(statement, values)]

    def still_waiting(self, id: str) -> Send:  # noqa: A002
        """The send, if it waits. Raises `not_waiting`."""
        with self._usable() as connection:
            found = _one(connection, id)
        if found and found.free:
            return found
        raise self.not_waiting(id)

    def not_waiting(self, id: str) -> LlmSendError:  # noqa: A002
        """What is said of one that does not wait any more."""
        with self._usable() as connection:
            found = _one(connection, id)
        if found and found.outcome is None:
            message, hint = f"Send {id[:8]} is already on its way.", "See what became of it: llm-send history"
        else:
            what = f"has ended ({found.outcome})" if found else "is not there any more"
            message, hint = f"Send {id[:8]} {what}.", "See what waits: llm-send queue"
        return LlmSendError("not_waiting", message, hint, found=id)


def no_longer_open(id: str) -> LlmSendError:  # noqa: A002
    """What is said to a sender whose row was settled by another."""
    message = f"Send {id} is not under way any more."
    hint = "Something else has settled it, or has removed the history. Send the text again if it is wanted."
    return LlmSendError("history", message, hint, found=id)


def _one(connection: sqlite3.Connection, id: str) -> Send | None:  # noqa: A002
    row = connection.execute(f"{SELECT} WHERE id = ?", (id,)).fetchone()
    return send_of(row) if row else None


def _line(connection: sqlite3.Connection, server: str | None, pane: str | None, pid: int | None) -> list[str]:
    """The ids in one pane's queue, the first first. Texts are not read for it."""
    where = f"{OPEN} AND server = ? AND pane = ? AND pane_pid = ? AND {FREE}"
    statement = f"SELECT id, step, owner_pid, owner_start FROM send WHERE {where} ORDER BY {PLACE}"  # noqa: S608
    rows = connection.execute(statement, (server, pane, pid)).fetchall()
    return [id for id, step, owner, start in rows if step == "waiting" or not processes.alive(owner, start)]  # noqa: A001


def _line_of(connection: sqlite3.Connection, id: str) -> list[str]:  # noqa: A002
    """The queue of the pane that this one goes to."""
    where = connection.execute("SELECT server, pane, pane_pid FROM send WHERE id = ?", (id,)).fetchone()
    return _line(connection, *where) if where else []


def _position(connection: sqlite3.Connection, id: str) -> float:  # noqa: A002
    return float(connection.execute("SELECT ifnull(position, rowid) FROM send WHERE id = ?", (id,)).fetchone()[0])
