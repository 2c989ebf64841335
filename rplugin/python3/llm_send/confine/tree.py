"""The processes below one, what they use, and their end. Those whose parent has gone are among them: the supervisor
adopts them."""

from __future__ import annotations

import os
import signal
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

COUNTED = ("RssAnon:", "RssShmem:", "VmSwap:")  # what is a process's own; files it has mapped are the cache's
CLOSELY = "smaps_rollup"  # the kernel goes through all pages for it
SHARED = ("Pss_Anon:", "Pss_Shmem:", "SwapPss:")  # the same, and of each page only the part that is this process's
UNSEEN = (FileNotFoundError, ProcessLookupError, PermissionError)
"""It has gone, or is hidden as another account's. Any other error, as too many open files, does not mean "nothing"."""


def below(pid: int) -> Iterator[int]:
    """Children, grandchildren and so on of a process."""
    waiting = [pid]
    while waiting:
        found = children(waiting.pop())
        waiting += found
        yield from found


def children(pid: int) -> list[int]:
    """Raises OSError where they cannot be looked for."""
    found: list[int] = []
    with suppress(*UNSEEN):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 — ten times a second
            with suppress(*UNSEEN):
                found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
    return found


def memory(pid: int, limit: int) -> int:
    """Megabytes that everything below the process has. Above the limit, what a fork shares is counted only once: this
    costs more, and the cheap sum is never the smaller. Raises OSError where it cannot be looked at."""
    each = {one: _own(one) for one in below(pid)}
    if sum(each.values()) // 1024 > limit:
        each = {one: _part(one, own) for one, own in each.items()}
    return sum(each.values()) // 1024


def _own(pid: int) -> int:
    """Kilobytes; 0 of a process that has just gone."""
    try:
        return sum(_numbers(pid, "status", COUNTED))
    except UNSEEN:
        return 0


def _part(pid: int, own: int) -> int:
    """Kilobytes; all its own, where this account or this kernel does not say how much of them it shares."""
    try:
        return sum(_numbers(pid, CLOSELY, SHARED)) or own
    except UNSEEN:
        return own


def _numbers(pid: int, file: str, names: tuple[str, ...]) -> list[int]:
    lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    return [int(line.split()[1]) for line in lines if line.startswith(names)]


def tell(pid: int, number: signal.Signals, spared: Collection[int] = ()) -> int:
    """Send the signal to everything below the process but those that are spared; how many it was sent to. Those of
    another account (`sudo`) do not hear us. Raises OSError where nobody can be looked for."""
    return sum(_heard(each, number) for each in [*below(pid)] if each not in spared)


def _heard(pid: int, number: signal.Signals) -> bool:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
