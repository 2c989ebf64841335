"""The history of sends: written ahead, outliving the writer, shared by processes, closed to other people."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from llm_send.errors import LlmSendError
from llm_send.history import History, Send, new_send
from llm_send.history_file import MIGRATIONS
from llm_send.outcomes import Receipt
from tests.rig import kernel

NOW = 1700000100.0
SERVER = "/tmp/tmux-1000/default"
RECEIPT = Receipt("p-1", "plan", "0" * 64, ("gate", "box"))

WRITER = """
import sys
from pathlib import Path
from llm_send.history import History, new_send
history = History(Path(sys.argv[1]))
def start(text):
    send = new_send(text, "0" * 64, mode="plan", now=1.0)
    history.begin(send)
    history.enqueue(send.id, server="/tmp/tmux-1000/default", pane="%3", name="claude-plan", pid=4711)
    history.step(send.id, "paste")
    return send
"""
MANY = WRITER + "for n in range(200): history.settle(start(f'{sys.argv[2]} {n}').id, 'delivered')"
HANGING = WRITER + "start('half way'); print('written', flush=True); sys.stdin.read()"
MAKING = """
import sys
from pathlib import Path
from llm_send.history import History, new_send
for path in sys.argv[1:]:
    sys.stdin.readline()
    History(Path(path)).begin(new_send("x", "0" * 64, mode=None, now=1.0))
    print(path, flush=True)
"""


def run(program: str, *arguments: object) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", program, *map(str, arguments)]
    env = {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin
    print(line, file=process.stdin, flush=True)


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().rstrip("\n")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.sqlite3"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    history = History(path, patience=0.2, now=lambda: NOW)
    yield history
    history.close()


def begun(history: History, text: str = "hello", pane: str = "%3") -> Send:
    send = new_send(text, "0" * 64, mode="plan", now=1700000000.5)
    history.begin(send)
    history.enqueue(send.id, server=SERVER, pane=pane, name="claude-plan", pid=4711)
    return send


def test_a_send_from_begin_to_end(history: History) -> None:
    send = new_send("ünï\n\tcode", "0" * 64, mode="plan", now=1700000000.5)
    history.begin(send)
    assert history.get(send.id) == send
    assert send.owner_pid == os.getpid()

    folder = Path("/state/panes/x")
    history.enqueue(send.id, server=SERVER, pane="%3", name="claude-plan", pid=4711, folder=folder)
    assert history.claim(send.id, send.sha256)
    history.step(send.id, "paste")
    where = {"server": SERVER, "pane": "%3", "pane_name": "claude-plan", "pane_pid": 4711, "folder": "/state/panes/x"}
    under_way = replace(send, position=1.0, **where)  # type: ignore[arg-type]
    assert history.get(send.id) == replace(under_way, step="paste")

    assert history.settle(send.id, "delivered", None, "Sent to Claude (Plan Mode)", RECEIPT, 41.5)
    ended = replace(
        under_way, outcome="delivered", message="Sent to Claude (Plan Mode)", receipt=RECEIPT, settled_at=NOW
    )
    assert history.get(send.id) == replace(ended, step="paste", elapsed_ms=41.5)


def test_what_was_never_begun_is_not_there(history: History) -> None:
    assert history.get("x") is None
    assert history.recent(10) == []
    assert not history.settle("x", "refused", "busy")


def test_each_send_begins_once(history: History) -> None:
    send = begun(history)
    with pytest.raises(LlmSendError, match="UNIQUE constraint"):
        history.begin(send)
    assert history.get(send.id)
    assert begun(history, "the history works on").id


def test_recent_are_the_newest_first(history: History) -> None:
    sends = [begun(history, f"number {n}") for n in range(5)]
    assert [send.text for send in history.recent(3)] == ["number 4", "number 3", "number 2"]
    assert {send.id for send in history.recent(99)} == {send.id for send in sends}


def test_open_of_knows_its_own_pane_and_what_is_under_way(history: History) -> None:
    first, second = begun(history, "first"), begun(history, "second")
    begun(history, "elsewhere", pane="%4")
    history.settle(begun(history, "settled").id, "delivered")
    assert [send.id for send in history.open_of(SERVER, "%3")] == [first.id, second.id]
    assert history.open_of("/other/server", "%3") == []


def test_the_first_to_settle_is_believed(history: History) -> None:
    send = begun(history)
    assert history.settle(send.id, "unconfirmed")
    assert not history.settle(send.id, "delivered")
    settled = history.get(send.id)
    assert settled
    assert settled.outcome == "unconfirmed"


def test_only_doubt_is_settled_anew(history: History) -> None:
    doubt, sure = begun(history, "doubt"), begun(history, "sure")
    history.settle(doubt.id, "unconfirmed")
    history.settle(sure.id, "delivered")
    assert not history.resettle(sure.id, "refused", "cancelled", "It was not.")
    assert history.resettle(doubt.id, "refused", "cancelled", "It was not.")
    assert not history.resettle(doubt.id, "delivered", None, "It was.")
    ends = [send.outcome for send in map(history.get, (sure.id, doubt.id)) if send]
    assert ends == ["delivered", "refused"]


def test_a_settled_send_takes_no_further_step(history: History) -> None:
    """A sender that was stopped, and meanwhile given up for dead, must not go on to press Enter."""
    send = begun(history)
    history.settle(send.id, "unconfirmed")
    with pytest.raises(LlmSendError, match="not under way any more") as caught:
        history.step(send.id, "enter")
    assert caught.value.code == "history"


def test_a_killed_writer_leaves_its_last_step_for_the_next(history: History, path: Path) -> None:
    writer = run(HANGING, path)
    with writer:
        assert heard(writer) == "written"
        (mine,) = history.open_of(SERVER, "%3")
        assert not mine.abandoned
        assert history.abandoned() == []
        writer.kill()
    (left,) = history.abandoned()
    assert (left.text, left.step, left.owner_pid) == ("half way", "paste", writer.pid)
    assert history.settle(left.id, "unconfirmed", message="Its sender ended.")
    assert history.abandoned() == []


def test_another_process_of_the_same_pid_is_not_the_owner(history: History) -> None:
    history.begin(replace(new_send("x", "0" * 64, mode=None, now=1.0), owner_start="1"))
    assert len(history.abandoned()) == 1


def test_two_processes_write_at_once(history: History, path: Path) -> None:
    writers = [run(MANY, path, name) for name in ("one", "two")]
    for writer in writers:
        with writer:
            assert writer.wait(30) == 0
    sends = history.recent(1000)
    assert sorted(send.text for send in sends) == sorted(f"{name} {n}" for name in ("one", "two") for n in range(200))
    assert {send.outcome for send in sends} == {"delivered"}


def test_of_several_who_make_the_file_at_once_all_can_use_it(tmp_path: Path) -> None:
    paths = [tmp_path / str(n) / "history.sqlite3" for n in range(20)]
    writers = [run(MAKING, *paths) for _ in range(3)]
    for path in paths:
        for writer in writers:
            tell(writer, "now")
        assert [heard(writer) for writer in writers] == [str(path)] * 3
    for writer in writers:
        with writer:
            assert writer.wait(30) == 0
    assert [len(History(path).recent(9)) for path in paths] == [3] * 20
    files = {file.name.removeprefix("history.sqlite3") for path in paths for file in path.parent.iterdir()}
    assert files <= {"", "-wal", "-shm"}


def test_threads_share_one_object(history: History) -> None:
    together = threading.Barrier(4)

    def work(name: str) -> None:
        together.wait()
        for n in range(100):
            history.settle(begun(history, f"{name} {n}").id, "delivered")

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({send.text for send in history.recent(1000) if send.outcome == "delivered"}) == 400


def test_nobody_else_can_read_it(history: History, path: Path) -> None:
    before = os.umask(0)
    try:
        begun(history)
    finally:
        os.umask(before)
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()}
    assert modes == {path.name: "0o600", f"{path.name}-wal": "0o600", f"{path.name}-shm": "0o600"}
    assert oct(path.parent.stat().st_mode & 0o777) == "0o700"


def test_a_file_left_open_to_others_is_closed_to_them(history: History, path: Path) -> None:
    begun(history)
    history.close()
    path.chmod(0o644)
    begun(history)
    assert oct(path.stat().st_mode & 0o777) == "0o600"


def test_a_file_removed_meanwhile_does_not_swallow_rows(history: History, path: Path) -> None:
    send = begun(history)
    for file in path.parent.iterdir():
        file.unlink()
    with pytest.raises(LlmSendError, match="not under way any more"):
        history.step(send.id, "enter")
    after = begun(history, "after")
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT id FROM send").fetchall() == [(after.id,)]


def unusable(history: History, words: str) -> LlmSendError:
    with pytest.raises(LlmSendError, match=words) as caught:
        begun(history)
    assert caught.value.code == "history"
    assert caught.value.hint
    return caught.value


def test_a_locked_file_is_an_error(history: History, path: Path) -> None:
    begun(history)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "Another program holds it" in str(unusable(history, "database is locked").hint)
    other.execute("ROLLBACK")
    other.close()
    begun(history)


def test_a_newer_schema_is_left_alone(history: History, path: Path) -> None:
    begun(history)
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    history.close()
    error = unusable(history, "newer llm-send")
    assert (error.found, error.expected) == (len(MIGRATIONS) + 1, len(MIGRATIONS))
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT count(*) FROM send").fetchone() == (1,)


def test_another_kind_of_file_is_not_overwritten(history: History, path: Path) -> None:
    path.parent.mkdir()
    path.write_text("This is a letter.\n" * 500)
    assert "Move the file away" in str(unusable(history, "not a database").hint)
    assert path.read_text().startswith("This is a letter.")


def test_a_broken_file_is_an_error(history: History, path: Path) -> None:
    for n in range(200):
        begun(history, "x" * 1000 + str(n))
    history.close()
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xa5" * (len(data) - 4096))
    assert "Move the file away" in str(unusable(history, "malformed").hint)


def test_a_full_disk_is_an_error(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    kernel.mount("tmpfs", disk, "tmpfs", options="size=256k")
    history = History(disk / "state" / "history.sqlite3")
    try:
        send = begun(history)
        with pytest.raises(LlmSendError, match="full") as caught:
            begun(history, "x" * 300_000)
        assert caught.value.code == "history"
        assert "Make room" in str(caught.value.hint)
        assert [each.id for each in history.recent(9)] == [send.id], "and nothing half written is left"
    finally:
        history.close()
        kernel.unmount(disk)


def test_a_file_or_folder_that_cannot_be_written_is_an_error(history: History, path: Path, tmp_path: Path) -> None:
    begun(history)
    history.close()
    path.chmod(0o400)
    assert "writable" in str(unusable(history, "readonly").hint)
    path.unlink()
    tmp_path.chmod(0o500)
    history = History(tmp_path / "elsewhere" / "history.sqlite3")
    try:
        unusable(history, "Permission denied")
    finally:
        tmp_path.chmod(0o700)
