"""What the processes below one have in memory, and who of them can be told to end."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from llm_send.confine import plan, tree
from llm_send.confine.watch import Watch

SHARED = """
import os, signal
held = bytearray(b"x") * 60_000_000
for _ in range(4):
    if os.fork() == 0:
        signal.pause()
print("on", flush=True)
signal.pause()
"""
MANY = 1_000_000


@pytest.fixture
def family() -> Iterator[int]:
    """A process with 60 MB, and four below it that were forked with them."""
    with subprocess.Popen([sys.executable, "-I", "-c", SHARED], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "on\n"
        try:
            yield process.pid
        finally:
            tree.tell(process.pid, signal.SIGKILL)
            process.kill()


@contextmanager
def without_descriptors() -> Iterator[None]:
    had = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, had[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, had)


def test_pages_that_are_shared_count_once(family: int) -> None:
    assert tree.memory(family, MANY) >= 240, "the cheap look, which is enough below the limit"
    assert 48 <= tree.memory(family, 100) < 100, "four of five parts of what all five share"


@pytest.mark.parametrize("reads", ["missing", "comm"], ids=["unreadable", "an older kernel's"])
def test_who_cannot_be_looked_at_closely_counts_in_full(
    family: int, reads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "CLOSELY", reads)
    assert tree.memory(family, 100) >= 240


def test_who_has_gone_has_nothing() -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    assert tree.children(process.pid) == []
    assert tree.memory(process.pid, 0) == 0


def test_not_being_able_to_look_is_not_nobody(family: int) -> None:
    with without_descriptors(), pytest.raises(OSError, match=os.strerror(errno.EMFILE)):
        tree.memory(family, MANY)


def test_not_being_able_to_look_at_one_is_not_nothing(family: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "below", lambda _pid: [family])
    with without_descriptors(), pytest.raises(OSError, match=os.strerror(errno.EMFILE)):
        tree.memory(family, MANY)


def test_who_may_not_be_told_does_not_count(family: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one of another account, which `sudo` started."""
    first, *others = tree.children(family)
    heard = []

    def kill(pid: int, number: int) -> None:
        if pid == first:
            raise PermissionError
        heard.append((pid, number))

    with monkeypatch.context() as patched:
        patched.setattr(os, "kill", kill)
        assert tree.tell(family, signal.SIGTERM) == 3
    assert heard == [(pid, signal.SIGTERM) for pid in others]


def test_an_end_that_one_may_not_be_told_of_comes_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def kill(_pid: int, _number: int) -> None:
        raise PermissionError

    with subprocess.Popen([sys.executable, "-I", "-c", "import signal; signal.pause()"]) as process:
        with monkeypatch.context() as patched:
            patched.setattr(os, "kill", kill)
            Watch(tmp_path, plan.Plan(("true",)), process.pid).end()
        assert process.poll() is None
        process.kill()
