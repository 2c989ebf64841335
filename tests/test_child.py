"""Short programs run to their end."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from llm_send import child

HERE = {"PATH": "/usr/bin:/bin", "WORD": "a b"}


def descriptors() -> set[str]:
    return {each.name for each in Path("/proc/self/fd").iterdir()}


def test_all_it_wrote_and_how_it_ended() -> None:
    done = child.run(["sh", "-c", 'echo "$WORD"; echo no >&2; exit 3'], HERE, 5)
    assert done == child.Done(3, b"a b\n", b"no\n")


def test_exactly_this_environment() -> None:
    names = child.run(["env"], HERE, 5).out.split(b"\n")
    assert sorted(names) == [b"", b"PATH=/usr/bin:/bin", b"WORD=a b"]


@pytest.mark.parametrize("size", [0, 1, 65_536, 3_000_000])
def test_input_of_any_size_arrives_whole(size: int) -> None:
    data = os.urandom(size)
    assert child.run(["cat"], HERE, 10, data) == child.Done(0, data, b"")


def test_a_program_that_reads_nothing() -> None:
    assert child.run(["true"], HERE, 5, b"x" * 1_000_000).code == 0


def test_no_such_program() -> None:
    before = descriptors()
    with pytest.raises(FileNotFoundError):
        child.run(["no-such-program"], HERE, 5)
    assert descriptors() <= before  # one that another test has left may go meanwhile


def test_the_deadline_ends_it_and_leaves_nothing(tmp_path: Path) -> None:
    before = descriptors()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        child.run(["sh", "-c", f"echo $$ >{tmp_path}/pid; exec sleep 60"], HERE, 0.3)
    assert time.monotonic() - began < 10
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert descriptors() <= before  # one that another test has left may go meanwhile


def test_the_signal_that_ended_it() -> None:
    assert child.run(["sh", "-c", "kill -TERM $$"], HERE, 5).code == -signal.SIGTERM


def test_sigpipe_is_as_programs_expect_it() -> None:
    bits = child.run(["sh", "-c", "grep SigIgn /proc/self/status"], HERE, 5).out.split()[1]
    assert not int(bits, 16) & 1 << signal.SIGPIPE - 1


@pytest.mark.parametrize("size", [0, 1, child.PIPE])
def test_started_ahead_it_gets_its_input_later(size: int) -> None:
    data = os.urandom(size)
    assert child.Ahead(["cat"], HERE).finish(data, 5) == child.Done(0, data, b"")


def test_started_ahead_it_may_have_ended() -> None:
    ahead = child.Ahead(["sh", "-c", "exec <&-; exit 0"], HERE)
    assert ahead.finish(b"too late", 5).code == 0


def test_abandoned_it_leaves_nothing() -> None:
    before = descriptors()
    child.Ahead(["cat"], HERE).abandon()
    assert descriptors() <= before  # one that another test has left may go meanwhile
