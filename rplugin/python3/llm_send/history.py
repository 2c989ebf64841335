"""The person's record of every send, written ahead of each step: a send without its row does not happen.

The record is also the queue (`queue.py`); how long a send stays is `keeping.py`; the file itself `history_file.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from llm_send.errors import UsageError
from llm_send.history_row import INSERT, SELECT, Send, Step, asker, cell, cells, new_send, own_process, send_of
from llm_send.keeping import OPEN
from llm_send.outcomes import Outcome, Reason, Receipt
from llm_send.queue import Queue, no_longer_open

__all__ = ["History", "Send", "Step", "new_send"]
SHORTEST = 4  # characters of an id that name it


class History(Queue):
    """The whole record."""

    def begin(self, send: Send) -> None:
        """Write the send ahead of all that is done for it."""
        with self._changing() as connection:
            connection.execute(INSERT, cells(send))
            connection.execute("INSERT INTO prompt VALUES (?, ?)", (send.id, send.text))

    def step(self, id: str, step: Step) -> None:  # noqa: A002 — the contract's word
        """Write a step ahead of doing it. Raises if the send is not under way any more: then it must not be done."""
        self._update(id, {"step": step})

    def mark(self, id: str, transcript: Path | None, start: int) -> None:  # noqa: A002
        """The step `enter`, and where the evidence begins: the transcript, and its length in bytes before Enter."""
        begin = {"transcript": str(transcript) if transcript else None, "transcript_from": start}
        self._update(id, {"step": "enter", **begin})

    def settle(
        self,
        id: str,  # noqa: A002
        outcome: Outcome,
        reason: Reason | None = None,
        message: str | None = None,
        receipt: Receipt | None = None,
        elapsed_ms: float | None = None,
        hint: str | None = None,
    ) -> bool:
        """Write how it ended. The first to say so is believed: False if it was settled already, or is not there."""
        said = {"outcome": outcome, "reason": reason, "message": message, "hint": hint}
        end = {**said, "receipt": receipt, "elapsed_ms": elapsed_ms}
        with self._settling() as connection:
            return self._end(connection, id, end)

    def resettle(
        self,
        id: str,  # noqa: A002
        outcome: Outcome,
        reason: Reason | None,
        message: str,
        receipt: Receipt | None = None,
        hint: str | None = None,
    ) -> bool:
        """Write what was found out about one that had ended unconfirmed; False if it had not."""
        end = {"outcome": outcome, "reason": reason, "message": message, "receipt": receipt, "hint": hint}
        with self._settling() as connection:
            return self._end(connection, id, end, "outcome = 'unconfirmed'")

    def own(self) -> list[Send]:
        """What is open and was asked for by this process, whoever works on it now; the oldest first."""
        return self._read(f"{SELECT} WHERE {OPEN} AND asker = ? ORDER BY send.rowid", (asker(*own_process()),))

    def under_way(self, id: str) -> bool:  # noqa: A002
        """Whether nobody has settled it yet."""
        with self._usable() as connection:
            return bool(connection.execute(f"SELECT 1 FROM send WHERE id = ? AND {OPEN}", (id,)).fetchone())  # noqa: S608

    def open_of(self, server: str, pane: str) -> list[Send]:
        """What is open for one pane, the oldest first; what waits, and whose sender has died, is among them."""
        return self._read(f"{SELECT} WHERE {OPEN} AND server = ? AND pane = ? ORDER BY send.rowid", (server, pane))

    def abandoned(self) -> list[Send]:
        """What is under way though its sender has died, the oldest first: somebody has to see to it."""
        return [send for send in self._read(f"{SELECT} WHERE {OPEN} ORDER BY send.rowid") if send.abandoned]

    def get(self, id: str) -> Send | None:  # noqa: A002
        return next(iter(self._read(f"{SELECT} WHERE id = ?", (id,))), None)

    def named(self, word: str) -> Send:
        """The send a person means: by its id, or as much of it as says which. Raises UsageError `no_send`."""
        found = self.get(word)
        if found:
            return found
        alike = self._read(f"{SELECT} WHERE substr(id, 1, ?) = ?", (len(word), word)) if len(word) >= SHORTEST else []
        if len(alike) == 1:
            return alike[0]
        ids = [f"{send.id[:12]} ({_first_words(send.text)})" for send in alike]
        if alike:
            message, hint = f"{len(alike)} sends begin with {word}.", f"Say more of it: {', '.join(ids)}"
        elif len(word) < SHORTEST:
            message, hint = f"The id “{word}” is too short.", f"Give at least {SHORTEST} characters of it."
        else:
            message, hint = f"There is no send {word}.", "See their ids: llm-send history"
        raise UsageError("no_send", message, hint, found=word, expected=[send.id for send in alike])

    def alike(self, send: Send) -> list[Send]:
        """Other sends of the same text."""
        return self._read(f"{SELECT} WHERE sha256 = ? AND id != ? ORDER BY send.rowid", (send.sha256, send.id))

    def recent(self, limit: int) -> list[Send]:
        """The last sends, settled or not, the newest first."""
        return self._read(f"{SELECT} ORDER BY send.rowid DESC LIMIT ?", (limit,))

    def search(self, words: Sequence[str], limit: int, outcome: Outcome | None = None) -> list[Send]:
        """The newest sends that hold every word, in whatever case: in text, pane, mode, outcome or message.

        `outcome` "queued" means those that are open.
        """
        ended = {None: "", "queued": f"WHERE {OPEN}"}.get(outcome, "WHERE outcome = ?")
        values = (outcome,) if ended.endswith("?") else ()
        wanted = [word.casefold() for word in words]
        found: list[Send] = []
        with (
            self._usable() as connection,
            closing(connection.execute(f"{SELECT} {ended} ORDER BY send.rowid DESC", values)) as rows,
        ):
            for row in rows:
                send = send_of(row)
                if _holds(send, wanted):
                    found.append(send)
                if len(found) == limit:
                    break
        return found

    def _update(self, id: str, values: Mapping[str, object]) -> None:  # noqa: A002
        names = ", ".join(f"{name} = ?" for name in values)
        statement = f"UPDATE send SET {names} WHERE id = ? AND {OPEN}"  # noqa: S608
        with self._usable() as connection:
            changed = connection.execute(statement, [*map(cell, values.values()), id]).rowcount
        if not changed:
            raise no_longer_open(id)


def _holds(send: Send, words: Sequence[str]) -> bool:
    places = (send.text, send.pane_name, send.pane, send.mode, send.outcome or "queued", send.reason, send.message)
    all_of_it = "\n".join(place for place in places if place).casefold() if words else ""
    return all(word in all_of_it for word in words)


def _first_words(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= 30 else f"{line[:29]}…"
