"""Questions to the kernel, asked of real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llm_send import processes
from tests.rig.wait import wait_until


@pytest.fixture
def start() -> Iterator[Callable[..., int]]:
    """Start a program and give its pid; it ends with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*argv: str, **options: object) -> int:
        started.append(subprocess.Popen(argv, stdin=subprocess.PIPE, **options))  # type: ignore[call-overload]
        return started[-1].pid

    yield start
    for each in started:
        for pid in processes.tree(each.pid) if each.poll() is None else []:
            os.kill(pid, 9)
        each.wait()
        assert each.stdin
        each.stdin.close()


@pytest.fixture
def gone() -> int:
    """The pid of a process that has ended and been waited for."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    return ended.pid


def test_a_process_is_told_from_a_later_one_of_the_same_pid(start: Callable[..., int]) -> None:
    pid = start("cat")
    began = processes.start_time(pid)
    assert began is not None
    assert processes.alive(pid, began)
    assert not processes.alive(pid, str(int(began) + 1))


def test_an_unknown_start_time_leaves_the_pid_to_decide(start: Callable[..., int], gone: int) -> None:
    assert processes.alive(start("cat"), "")
    assert not processes.alive(gone, "")
    assert processes.alive(1, ""), "a process of somebody else is alive too"


def test_an_ended_process_nobody_waited_for_is_not_alive(start: Callable[..., int]) -> None:
    pid = start("cat")
    began = processes.start_time(pid)
    assert began
    os.kill(pid, 9)
    wait_until(lambda: processes.state(pid) == "Z")
    assert not processes.alive(pid, began)
    assert processes.argv(pid) == []
    assert processes.environ_of(pid) in ({}, None)


def test_a_stopped_process_says_so(start: Callable[..., int]) -> None:
    pid = start("cat")
    os.kill(pid, 19)
    wait_until(lambda: processes.state(pid) == "T")


def test_a_name_with_spaces_and_brackets_does_not_confuse(start: Callable[..., int], tmp_path: Path) -> None:
    odd = tmp_path / "a) R 1 (b"
    odd.symlink_to("/bin/cat")
    pid = start(str(odd))
    wait_until(lambda: processes.argv(pid) == [str(odd)])
    assert processes.parent(pid) == os.getpid()
    assert processes.state(pid) in ("S", "R")


def test_children_and_tree(start: Callable[..., int]) -> None:
    pid = start("sh", "-c", "sleep 60 & sleep 60; wait")
    wait_until(lambda: [processes.argv(child) for child in processes.children(pid)] == [["sleep", "60"]] * 2)
    assert pid in processes.children(os.getpid())
    assert processes.tree(pid) == [pid, *processes.children(pid)]
    assert processes.tree(os.getpid())[0] == os.getpid()
    assert set(processes.tree(pid)) < set(processes.tree(os.getpid()))


def test_a_child_started_by_a_thread_is_a_child(start: Callable[..., int]) -> None:
    program = "import subprocess, threading, time\n"
    program += "def run(): subprocess.Popen(['sleep', '60'], stdin=subprocess.DEVNULL); time.sleep(60)\n"
    program += "threading.Thread(target=run, daemon=True).start(); input()"
    pid = start(sys.executable, "-c", program)
    wait_until(lambda: processes.children(pid))
    assert processes.parent(processes.children(pid)[0]) == pid


def test_what_a_process_was_started_with(start: Callable[..., int], tmp_path: Path) -> None:
    pid = start("cat", "-", "two words", "ünï", cwd=tmp_path, env={"A": "b=c", "EMPTY": "", "PATH": os.environ["PATH"]})
    wait_until(lambda: (processes.argv(pid) or [""])[0] == "cat")
    assert processes.argv(pid) == ["cat", "-", "two words", "ünï"]
    environ = processes.environ_of(pid)
    assert environ is not None
    assert environ["A"] == "b=c"
    assert environ["EMPTY"] == ""
    assert processes.cwd(pid) == str(tmp_path)


def test_a_removed_working_directory_is_not_named(start: Callable[..., int], tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    pid = start("cat", cwd=folder)
    folder.rmdir()
    assert processes.cwd(pid) is None


def test_foreground_is_the_group_in_front_on_the_terminal() -> None:
    pid, terminal = os.forkpty()
    if pid == 0:
        os.execlp("cat", "cat")
    try:
        wait_until(lambda: processes.argv(pid) == ["cat"])
        assert processes.foreground(pid) == pid
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(terminal)


def test_no_terminal_no_foreground(start: Callable[..., int]) -> None:
    assert processes.foreground(start("cat", start_new_session=True)) is None


@pytest.mark.parametrize(
    "ask",
    [
        processes.start_time,
        processes.state,
        processes.parent,
        processes.foreground,
        processes.argv,
        processes.environ_of,
        processes.cwd,
    ],
)
def test_nothing_is_known_of_one_that_is_gone(ask: Callable[[int], object], gone: int) -> None:
    assert ask(gone) is None


def test_one_that_is_gone_has_no_family(gone: int) -> None:
    assert processes.children(gone) == []
    assert processes.tree(gone) == []
    assert not processes.alive(gone, "1")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look at everybody")
def test_what_the_kernel_hides_is_not_known() -> None:
    assert processes.start_time(1) is not None
    assert processes.environ_of(1) is None
    assert processes.cwd(1) is None
