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
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    """How it ended: the exit code (negative: the signal), and what it wrote."""

    code: int
    out: bytes
    err: bytes


PIPE = 65_536  # bytes that can be handed over at once, whoever reads them when


def run(argv: Sequence[str], environment: Mapping[str, str], deadline: float, stdin: bytes = b"") -> Done:
    """Start `argv` with exactly this environment and wait for it, at most `deadline` seconds.

    Raises FileNotFoundError when there is no such program in the environment's PATH, TimeoutError when it takes longer;
    it is ended then.
    """
    given = _input(stdin)
    try:
        started = _Started(argv, environment, given)
    finally:
        os.close(given)
    return started.wait(time.monotonic() + deadline)


class Ahead:
    """A program started ahead of its input, so that it is there when the input is. Ends by `finish` or `abandon`."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        given, self._input = os.pipe()
        try:
            self._started = _Started(argv, environment, given)
        except BaseException:
            os.close(self._input)
            raise
        finally:
            os.close(given)

    def finish(self, data: bytes, deadline: float) -> Done:
        """Give it all of its input, at most PIPE bytes, and wait as `run` does."""
        try:
            with suppress(BrokenPipeError):  # it has ended; how, its exit code says
                os.write(self._input, data)
        finally:
            os.close(self._input)
        return self._started.wait(time.monotonic() + deadline)

    def abandon(self) -> None:
        """End it without its input."""
        self._started.end()
        os.close(self._input)


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


class _Started:
    """A running program and the ends of the pipes it writes to."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str], given: int) -> None:
        program = found(argv[0], environment.get("PATH"))
        if not program:
            raise FileNotFoundError(argv[0])
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        self._ends = (out, err)
        streams = [(os.POSIX_SPAWN_DUP2, end, number) for number, end in enumerate((given, out_end, err_end))]
        try:
            # Python ignores SIGPIPE for itself; a program expects it as it always was.
            signals = [signal.SIGPIPE]
            self._pid = os.posix_spawn(program, list(argv), environment, file_actions=streams, setsigdef=signals)
        except BaseException:
            self._close()
            raise
        finally:
            os.close(out_end)
            os.close(err_end)

    def wait(self, until: float) -> Done:
        """Read both streams to their end, then the exit code. Ends it when the time is over, or we are interrupted."""
        try:
            kept = self._read(until)
        except BaseException:
            self.end()
            raise
        self._close()
        status = os.waitpid(self._pid, 0)[1]
        out, err = (b"".join(kept[end]) for end in self._ends)
        return Done(os.waitstatus_to_exitcode(status), out, err)

    def _read(self, until: float) -> dict[int, list[bytes]]:
        kept: dict[int, list[bytes]] = {end: [] for end in self._ends}
        poll = select.poll()
        for end in self._ends:
            poll.register(end, select.POLLIN | select.POLLHUP)
        left = set(self._ends)
        while left:
            ready = poll.poll(max(0.0, until - time.monotonic()) * 1000)
            if not ready:
                raise TimeoutError
            for end, _ in ready:
                data = os.read(end, PIPE)
                kept[end].append(data)
                if not data:
                    poll.unregister(end)
                    left.discard(end)
        return kept

    def end(self) -> None:
        self._close()
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)

    def _close(self) -> None:
        for end in self._ends:
            os.close(end)
