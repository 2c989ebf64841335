"""Run a short program to its end, in less time than `subprocess` takes for it.

A send is two tmux processes, and `subprocess.run` adds a third of a millisecond to each (see bench/). Same contract,
less of it: the whole input is there before the program starts, all output is kept, a deadline ends it.
"""

from __future__ import annotations

import functools
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    """How it ended: the exit code (negative: the signal), and what it wrote."""

    code: int
    out: bytes
    err: bytes


def run(argv: Sequence[str], environment: Mapping[str, str], deadline: float, stdin: bytes = b"") -> Done:
    """Start `argv` with exactly this environment and wait for it, at most `deadline` seconds.

    Raises FileNotFoundError when there is no such program in the environment's PATH, TimeoutError when it takes longer;
    it is ended then.
    """
    out, out_end = os.pipe()
    err, err_end = os.pipe()
    given = _input(stdin)
    try:
        streams = [(os.POSIX_SPAWN_DUP2, end, number) for number, end in enumerate((given, out_end, err_end))]
        pid = _start(argv, environment, streams)
    except BaseException:
        os.close(out)
        os.close(err)
        raise
    finally:
        for end in (given, out_end, err_end):
            os.close(end)
    return _wait(pid, (out, err), time.monotonic() + deadline)


def _start(argv: Sequence[str], environment: Mapping[str, str], streams: list[tuple[int, int, int]]) -> int:
    program = found(argv[0], environment.get("PATH"))
    if not program:
        raise FileNotFoundError(argv[0])
    # Python ignores SIGPIPE for itself; a program expects it as it always was.
    return os.posix_spawn(program, list(argv), environment, file_actions=streams, setsigdef=[signal.SIGPIPE])


@functools.lru_cache(maxsize=16)
def found(name: str, path: str | None) -> str | None:
    """Where a program is. Asked anew for every PATH, not for every call."""
    return shutil.which(name, path=path)


def _input(data: bytes) -> int:
    """A descriptor to read the data from: a file, so that nobody has to write while the program runs."""
    if not data:
        return os.open(os.devnull, os.O_RDONLY)
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("stdin")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _wait(pid: int, ends: tuple[int, int], until: float) -> Done:
    """Read both streams to their end, then the exit code."""
    kept: dict[int, list[bytes]] = {end: [] for end in ends}
    status = None
    try:
        poll = select.poll()
        for end in ends:
            poll.register(end, select.POLLIN | select.POLLHUP)
        open_ends = set(ends)
        while open_ends:
            ready = poll.poll(max(0.0, until - time.monotonic()) * 1000)
            if not ready:
                raise TimeoutError
            for end, _ in ready:
                data = os.read(end, 1 << 16)
                kept[end].append(data)
                if not data:
                    poll.unregister(end)
                    open_ends.discard(end)
        status = os.waitpid(pid, 0)[1]
    finally:
        for end in ends:
            os.close(end)
        if status is None:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    out, err = (b"".join(kept[end]) for end in ends)
    return Done(os.waitstatus_to_exitcode(status), out, err)
