"""Finds the processes a test started, however they were detached, by a mark in the environment they inherited."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

MARK = "LLM_SEND_TEST_PLACE"


@dataclass(frozen=True)
class Process:
    pid: int
    argv: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.pid} {' '.join(self.argv)[:100]}"


def started_by(place: Path) -> list[Process]:
    """Living processes whose environment carries the mark of the test at `place`."""
    mark = f"{MARK}={place}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                argv = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                found.append(Process(int(process.name), tuple(argv)))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # ended while we looked, or another test's with other rights
    return found


def kill(processes: list[Process]) -> None:
    for process in processes:
        try:
            os.kill(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
