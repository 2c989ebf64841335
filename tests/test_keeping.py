"""How long a send stays in the history, and that what is removed is gone from the files, to the byte."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from llm_send import keeping
from llm_send.errors import LlmSendError
from llm_send.history import History, Send, new_send
from llm_send.outcomes import Outcome

DAY = 86400.0
SECRET = "an-unusual-word"


@dataclass
class Clock:
    now: float = 1700000000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.sqlite3"


@pytest.fixture
def history(path: Path, clock: Clock) -> Iterator[History]:
    history = History(path, patience=0.2, now=clock)
    yield history
    history.close()


@pytest.fixture
def off(path: Path, clock: Clock) -> Iterator[History]:
    history = History(path, patience=0.2, keep=0, now=clock)
    yield history
    history.close()


def begun(history: History, text: str = "hello") -> Send:
    send = new_send(text, "0" * 64, mode="plan", now=1.0, request={"file": f"/{text[:20]}"}, notes=(text[:20],))
    history.begin(send)
    history.enqueue(send.id, server="/tmp/sock", pane="%3", name="claude-plan", pid=1)
    return send


def ended(history: History, text: str = "hello", outcome: Outcome = "delivered") -> Send:
    send = begun(history, text)
    assert history.settle(send.id, outcome)
    return send


def left_in(path: Path, words: str) -> list[str]:
    """The history's files that hold the words."""
    return [file.name for file in path.parent.iterdir() if words.encode() in file.read_bytes()]


def texts(history: History) -> list[str]:
    return [send.text for send in history.recent(10_000)]


def test_the_oldest_go_when_there_are_too_many(history: History) -> None:
    for n in range(10):
        ended(history, str(n))
    assert history.prune(keep=4) == 6
    assert texts(history) == ["9", "8", "7", "6"]
    assert history.prune(keep=4) == 0


def test_the_largest_bound_is_the_files_own(history: History) -> None:
    for n in range(100):
        ended(history, f"{n} " + "x" * 10_000)
    gone = history.prune(keep=1000, largest=600_000)
    assert gone
    assert texts(history)[0].startswith("99 ")
    assert texts(history)[-1].startswith(f"{gone} ")
    assert 30 < len(texts(history)) < 60


def test_what_is_open_or_in_doubt_is_kept(history: History, clock: Clock) -> None:
    waits = begun(history, "waits")
    doubt = ended(history, "in doubt", "unconfirmed")
    ended(history, "done")
    clock.now += 6 * DAY
    assert history.prune(keep=0, largest=1) == 1
    assert {send.id for send in history.recent(9)} == {waits.id, doubt.id}
    clock.now += 2 * DAY
    assert history.prune(keep=0, largest=1) == 1
    assert [send.id for send in history.recent(9)] == [waits.id]


def test_settling_keeps_the_bounds_by_itself(path: Path, clock: Clock) -> None:
    history = History(path, keep=40, now=clock)
    for n in range(500):
        ended(history, str(n))
        assert len(texts(history)) <= 40 + keeping.EVERY
    assert texts(history)[:40] == [str(n) for n in range(499, 459, -1)]
    history.close()


@pytest.mark.parametrize("size", [1, 300, 9000, 300_000])
def test_what_is_purged_is_gone_from_the_file(history: History, path: Path, size: int) -> None:
    sends = [ended(history, f"{SECRET} {n} " + SECRET * (size // len(SECRET))) for n in range(20)]
    kept = begun(history, "this one waits")
    assert left_in(path, SECRET)
    assert history.purge() == len(sends)
    assert left_in(path, SECRET) == []
    assert [send.id for send in history.recent(99)] == [kept.id]
    assert path.stat().st_size < 100_000
    assert begun(history).id, "and it works on"


def test_purge_by_age_and_by_id(history: History, clock: Clock) -> None:
    old = ended(history, "old")
    clock.now += 10 * DAY
    new, other = ended(history, "new"), ended(history, "other")
    assert history.purge(before=clock.now - 5 * DAY) == 1
    assert history.get(old.id) is None
    waits = begun(history)
    assert history.purge(ids=[new.id, waits.id, "nothing"]) == 1
    assert {send.id for send in history.recent(9)} == {other.id, waits.id}


def test_a_purge_that_leaves_bytes_says_so(history: History, path: Path) -> None:
    ended(history, SECRET)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM send").fetchall()
    with pytest.raises(LlmSendError, match="may still be in") as caught:
        history.purge()
    assert caught.value.code == "history"
    reader.close()
    assert history.purge() == 0
    assert left_in(path, SECRET) == []


@pytest.mark.parametrize("outcome", ["delivered", "refused", "unconfirmed"])
@pytest.mark.parametrize("size", [1, 20_000])
def test_switched_off_no_text_outlives_its_send(off: History, path: Path, outcome: Outcome, size: int) -> None:
    for _ in range(3):
        send = begun(off, SECRET * size)
        assert left_in(path, SECRET), "it must be there for whoever delivers it"
        off.settle(send.id, outcome)
        assert left_in(path, SECRET) == []
        now = off.get(send.id)
        assert now
        assert (now.outcome, now.text, now.request, now.notes) == (outcome, "", {}, ())


def test_switched_off_what_is_called_off_is_gone_too(off: History, path: Path) -> None:
    off.call_off([begun(off, SECRET).id], "Cancelled.")
    assert left_in(path, SECRET) == []
    off.withdraw(begun(off, SECRET).id, "refused", "busy", "Busy.")
    assert left_in(path, SECRET) == []


def test_switched_off_the_rows_go_with_a_later_send(off: History, clock: Clock) -> None:
    first = ended(off)
    clock.now += keeping.LINGER + 1
    waits = begun(off)
    last = ended(off)
    assert off.get(first.id) is None
    assert {send.id for send in off.recent(9)} == {waits.id, last.id}


def test_switched_off_while_another_reads_the_next_one_clears_up(off: History, path: Path) -> None:
    send = begun(off, SECRET)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM send").fetchall()
    assert off.settle(send.id, "delivered")
    reader.close()
    ended(off, "the next")
    assert left_in(path, SECRET) == []
