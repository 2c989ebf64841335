"""What waits for a pane: in order, claimed by one alone, however many reach for it and whoever dies."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from llm_send.errors import LlmSendError
from llm_send.history import History, Send, Step, new_send
from llm_send.history_file import MIGRATIONS
from tests.test_history import heard, run, tell

SERVER = "/tmp/tmux-1000/default"
PANE = "%3"
PID = 4711

CLAIMING = """
import sys
from pathlib import Path
from llm_send.history import History
history = History(Path(sys.argv[1]), patience=10)
print("ready", flush=True)
sys.stdin.readline()
while first := history.oldest("/tmp/tmux-1000/default", "%3", 4711):
    claimed = history.claim(first.id, first.sha256)
    if claimed:
        history.step(claimed.id, "paste")
        history.settle(claimed.id, "delivered")
        print(claimed.text, flush=True)
"""
CLAIMING_ONE = """
import sys
from pathlib import Path
from llm_send.history import History
history = History(Path(sys.argv[1]))
first = history.oldest("/tmp/tmux-1000/default", "%3", 4711)
assert history.claim(first.id, first.sha256)
"""
ADDING = """
import sys
from pathlib import Path
from llm_send.history import History, new_send
history = History(Path(sys.argv[1]), patience=10)
print("ready", flush=True)
sys.stdin.readline()
for n in range(50):
    send = new_send(f"{sys.argv[2]} {n}", "0" * 64, mode="plan", now=1.0)
    history.begin(send)
    history.enqueue(send.id, server="/tmp/tmux-1000/default", pane="%3", name="claude-plan", pid=4711)
"""
DYING = """
import sys
from pathlib import Path
from llm_send.history import History, new_send
history = History(Path(sys.argv[1]))
send = new_send(sys.argv[3], "0" * 64, mode="plan", now=1.0, server="/tmp/tmux-1000/default")
history.begin(send)
if sys.argv[2] != "resolve":
    history.enqueue(send.id, server="/tmp/tmux-1000/default", pane="%3", name="claude-plan", pid=4711)
if sys.argv[2] not in ("resolve", "waiting"):
    assert history.claim(send.id, "0" * 64)
    history.step(send.id, sys.argv[2])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.sqlite3"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    history = History(path)
    yield history
    history.close()


def waiting(history: History, text: str = "hello", pane: str = PANE, pid: int = PID) -> Send:
    send = new_send(text, text, mode="plan", now=1700000000.5)
    history.begin(send)
    assert history.enqueue(send.id, server=SERVER, pane=pane, name="claude-plan", pid=pid)
    return send


def claimed(history: History, text: str, step: Step = "look") -> Send:
    send = waiting(history, text)
    assert history.claim(send.id, text)
    history.step(send.id, step)
    return send


def left_by_a_dead_sender(path: Path, step: str, text: str = "left") -> None:
    process = run(DYING, path, step, text)
    with process:
        assert process.wait(30) == 0


def texts(history: History) -> list[str]:
    return [send.text for send in history.queue(SERVER, PANE)]


def found(history: History, send: Send) -> Send:
    now = history.get(send.id)
    assert now
    return now


def all_at_once(processes: list[subprocess.Popen[str]]) -> list[str]:
    """Let them all begin at the same moment; what each printed."""
    assert [heard(process) for process in processes] == ["ready"] * len(processes)
    for process in processes:
        tell(process, "go")
    printed = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return printed


def test_the_first_that_began_is_the_first_in_its_panes_queue(history: History) -> None:
    waiting(history, "for the program that was in this pane before", pid=PID - 1)
    one, two = (new_send(text, text, mode="plan", now=1.0) for text in ("one", "two"))
    for send in (one, two):
        history.begin(send)
    for send in (two, one):
        history.enqueue(send.id, server=SERVER, pane=PANE, name="claude-plan", pid=PID)
    waiting(history, "elsewhere", pane="%4")
    first = history.oldest(SERVER, PANE, PID)
    assert first
    assert (first.id, first.step, first.pane_name) == (one.id, "waiting", "claude-plan")
    assert [history.place_of(send.id) for send in (one, two)] == [0, 1]
    assert history.oldest(SERVER, "%9", PID) is None


def test_only_the_first_can_be_claimed_and_only_as_it_was_read(history: History) -> None:
    one, two = waiting(history, "one"), waiting(history, "two")
    assert history.claim(two.id, "two") is None
    history.edit(one.id, "uno", "uno")
    assert history.claim(one.id, "one") is None
    taken = history.claim(one.id, "uno")
    assert taken
    assert (taken.text, taken.step) == ("uno", "look")
    assert history.claim(one.id, "uno") is None, "and once only"
    assert history.claim(two.id, "two")
    assert history.claim("nothing", "") is None


def test_four_processes_claim_each_row_once_and_in_order(history: History, path: Path) -> None:
    wanted = [waiting(history, str(n)).text for n in range(200)]
    took = [done.split() for done in all_at_once([run(CLAIMING, path) for _ in range(4)])]
    assert sorted((text for each in took for text in each), key=int) == wanted
    assert all(each == sorted(each, key=int) for each in took)
    assert sum(map(bool, took)) > 1, "more than one of them had a part in it"
    assert {send.outcome for send in history.recent(1000)} == {"delivered"}


def test_four_processes_add_and_each_ones_order_is_kept(history: History, path: Path) -> None:
    all_at_once([run(ADDING, path, name) for name in "abcd"])
    for name in "abcd":
        assert [text for text in texts(history) if text[0] == name] == [f"{name} {n}" for n in range(50)]
    assert len(texts(history)) == 200


@pytest.mark.parametrize("step", ["waiting", "look", "mode", "stash"])
def test_what_a_dead_sender_left_before_the_paste_keeps_its_place(history: History, path: Path, step: str) -> None:
    left_by_a_dead_sender(path, step)
    later = waiting(history, "later")
    first = history.oldest(SERVER, PANE, PID)
    assert first
    assert (first.text, first.waits, first.abandoned) == ("left", True, step != "waiting")
    assert history.claim(later.id, "later") is None
    taken = history.claim(first.id, first.sha256)
    assert taken
    assert (taken.step, taken.abandoned) == ("look", False)


@pytest.mark.parametrize("step", ["paste", "see", "enter", "evidence"])
def test_what_may_be_in_the_pane_is_in_no_queue(history: History, path: Path, step: str) -> None:
    left_by_a_dead_sender(path, step)
    (left,) = history.abandoned()
    assert (left.step, left.waits) == (step, False)
    assert history.oldest(SERVER, PANE, PID) is None
    assert history.queue() == []
    assert history.claim(left.id, left.sha256) is None
    assert not history.withdraw(left.id, "refused", "cancelled", "Cancelled.")
    assert history.call_off([left.id], "Cancelled.") == []


def test_what_died_before_its_pane_was_known_can_be_found(history: History, path: Path) -> None:
    left_by_a_dead_sender(path, "resolve")
    history.begin(new_send("still looking", "x", mode="plan", now=1.0, server=SERVER))
    (left,) = history.unresolved()
    assert left.text == "left"
    assert [send.id for send in history.queue()] == [left.id]
    assert history.place_of(left.id) is None
    assert history.enqueue(left.id, server=SERVER, pane=PANE, name=None, pid=PID)
    assert history.place_of(left.id) == 0


def test_a_sender_gives_its_own_back(history: History) -> None:
    one, two = claimed(history, "one"), waiting(history, "two")
    assert history.release(one.id)
    assert [history.place_of(send.id) for send in (one, two)] == [0, 1]
    assert not history.release(one.id)
    assert history.claim(one.id, "one")
    history.step(one.id, "paste")
    assert not history.release(one.id), "it may be in the pane"


def test_nobody_gives_back_what_is_anothers(history: History) -> None:
    history.begin(replace(new_send("x", "x", mode="plan", now=1.0), owner_pid=1, owner_start="1", step="look"))
    (other,) = history.recent(1)
    assert not history.release(other.id)


def test_another_pane_for_one_that_waits(history: History) -> None:
    one, two = waiting(history, "one"), waiting(history, "two", pane="%4")
    assert history.enqueue(one.id, server=SERVER, pane="%4", name="other", pid=PID)
    assert [history.place_of(send.id) for send in (one, two)] == [0, 1], "it was asked for first"
    assert history.claim(one.id, "one")
    assert not history.enqueue(one.id, server=SERVER, pane=PANE, name=None, pid=PID), "it is on its way"
    history.settle(one.id, "delivered")
    with pytest.raises(LlmSendError, match="not under way any more"):
        history.enqueue(one.id, server=SERVER, pane=PANE, name=None, pid=PID)


def test_move(history: History) -> None:
    sends = [waiting(history, text) for text in "abcd"]
    history.move(sends[3].id, 0)
    assert texts(history) == ["d", "a", "b", "c"]
    history.move(sends[3].id, 99)
    assert texts(history) == ["a", "b", "c", "d"]
    history.move(sends[0].id, 2)
    waiting(history, "e")
    assert texts(history) == ["b", "c", "a", "d", "e"]
    history.settle(sends[1].id, "refused")
    with pytest.raises(LlmSendError, match=r"has ended \(refused\)") as caught:
        history.move(sends[1].id, 0)
    assert caught.value.code == "not_waiting"


def test_an_edited_text_is_the_one_that_goes(history: History) -> None:
    send = waiting(history, "draft")
    history.edit(send.id, "better", "digest", ["1 invisible character left out"])
    now = found(history, send)
    assert (now.text, now.sha256, now.notes) == ("better", "digest", ("1 invisible character left out",))
    assert history.claim(send.id, "digest")
    with pytest.raises(LlmSendError, match="already on its way") as caught:
        history.edit(send.id, "too late", "x")
    assert caught.value.code == "not_waiting"
    assert found(history, send).text == "better"
    with pytest.raises(LlmSendError, match="not there any more"):
        history.edit("nothing", "x", "x")


def test_call_off_what_has_not_touched_a_pane(history: History) -> None:
    looking, switching, pasted = claimed(history, "1"), claimed(history, "2", "mode"), claimed(history, "3", "paste")
    held = waiting(history, "4")
    ids = [send.id for send in (looking, switching, pasted, held)]
    assert history.call_off([*ids, "nothing"], "Cancelled.") == [looking.id, held.id]
    ended = found(history, held)
    assert (ended.outcome, ended.reason, ended.message) == ("refused", "cancelled", "Cancelled.")
    with pytest.raises(LlmSendError, match="not under way any more"):
        history.step(looking.id, "paste")
    assert history.call_off([held.id], "Cancelled.") == []


def test_own_are_those_this_process_asked_for(history: History, path: Path) -> None:
    one, two = waiting(history, "one"), waiting(history, "two")
    left_by_a_dead_sender(path, "waiting")
    history.settle(two.id, "delivered")
    claimer = run(CLAIMING_ONE, path)
    with claimer:
        assert claimer.wait(30) == 0
    now = found(history, one)
    assert (now.owner_pid, now.waits) == (claimer.pid, True)
    assert [send.id for send in history.own()] == [one.id]


def test_withdraw_only_what_nobody_has_claimed(history: History) -> None:
    one, two = claimed(history, "one"), waiting(history, "two")
    assert not history.withdraw(one.id, "refused", "busy", "Busy.")
    assert history.withdraw(two.id, "refused", "busy", "Busy.", "Later.")
    ended = found(history, two)
    assert (ended.outcome, ended.reason, ended.message, ended.hint) == ("refused", "busy", "Busy.", "Later.")
    assert not history.withdraw(two.id, "refused", "busy", "Busy.")
    assert not history.withdraw("nothing", "refused", "busy", "Busy.")


def test_the_queues_of_all_panes(history: History) -> None:
    for text, pane in (("b1", "%4"), ("a1", "%3"), ("b2", "%4"), ("a2", "%3")):
        waiting(history, text, pane=pane)
    assert [send.text for send in history.queue()] == ["a1", "a2", "b1", "b2"]
    assert [send.text for send in history.queue(SERVER, "%4")] == ["b1", "b2"]
    assert history.queue("/other") == []


def test_held_is_remembered(history: History) -> None:
    send = waiting(history)
    assert not found(history, send).held
    history.hold(send.id)
    assert found(history, send).held


def test_what_was_asked_is_kept(history: History) -> None:
    asked = {"pane": None, "cwd": "/project", "here": "%1", "file": "/project/a.md", "as_command": False}
    send = new_send("x", "x", mode="plan", now=1.0, request=asked, notes=("a note",))
    history.begin(send)
    assert found(history, send) == send
    history.enqueue(send.id, server=SERVER, pane=PANE, name=None, pid=PID)
    assert history.claim(send.id, "x")
    history.step(send.id, "paste")
    history.mark(send.id, Path("/t.jsonl"), 17)
    now = found(history, send)
    assert (now.step, now.transcript, now.transcript_from) == ("enter", "/t.jsonl", 17)
    history.settle(send.id, "delivered")
    with pytest.raises(LlmSendError, match="not under way any more"):
        history.mark(send.id, None, 0)


def test_the_version_tells_that_somebody_wrote(history: History, path: Path) -> None:
    send = waiting(history)
    before = history.version()
    assert history.version() == before
    history.hold(send.id)
    own = history.version()
    assert own > before
    other = History(path)
    other.settle(send.id, "refused")
    other.close()
    assert history.version() > own
    history.close()
    assert history.version() not in (before, own)


def test_a_file_of_the_first_version_is_brought_up_to_date(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as old:
        for statement in MIGRATIONS[0]:
            old.execute(statement)
        old.execute("PRAGMA user_version = 1")
        for id, outcome in (("aaaa", "delivered"), ("bbbb", None)):  # noqa: A001
            values = (id, 1.5, "0", "plan", 1, "1", "paste", outcome)
            names = "id, created_at, sha256, mode, owner_pid, owner_start, step, outcome"
            old.execute(f"INSERT INTO send ({names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
            old.execute("INSERT INTO prompt VALUES (?, ?)", (id, f"text of {id}"))
    history = History(path)
    left, done = history.recent(9)
    assert (done.text, done.outcome, done.settled_at, done.request, done.notes) == (
        "text of aaaa",
        "delivered",
        1.5,
        {},
        (),
    )
    assert (left.abandoned, left.held, left.settled_at) == (True, False, None)
    history.close()
