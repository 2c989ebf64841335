"""The processes below one, what they use, and their end. Those whose parent has gone are among them: the supervisor
adopts them."""

from __future__ import annotations

import os
import signal
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

COUNTED = ("RssAnon:", "RssShmem:")  # what is a process's own; files it has mapped are the cache's


def below(pid: int) -> Iterator[int]:
    """Children, grandchildren and so on of a process."""
    waiting = [pid]
    while waiting:
        found = children(waiting.pop())
        waiting += found
        yield from found


def children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 — ten times a second
            with suppress(OSError):
                found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
    return found


def memory(pid: int) -> int:
    """Megabytes that everything below the process has in memory."""
    return sum(_own(each) for each in below(pid)) // 1024


def _own(pid: int) -> int:
    """Kilobytes; 0 of a process that has just gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(COUNTED))


def tell(pid: int, number: signal.Signals, spared: Collection[int] = ()) -> int:
    """Send the signal to everything below the process but those that are spared; how many there were."""
    found = [each for each in below(pid) if each not in spared]
    for each in found:
        with suppress(ProcessLookupError):
            os.kill(each, number)
    return len(found)
