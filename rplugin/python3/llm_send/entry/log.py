"""Writes a pane's output to its log: tmux starts it with `pipe-pane`, and its standard input is what the pane shows.

    log.py FOLDER        the pane's folder, in which it stands where to write, and what not

Runs with any Python, the standard library and `confine` alone. The file is for the person alone; at its limit it moves
to FILE.1, that one to FILE.2, and the oldest goes.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from llm_send.confine.redact import Redacted

PLAN = "log.json"
LIMIT = 10_000_000  # bytes of one file
KEPT = 3  # older files
CHUNK = 65536


def main() -> None:
    folder = Path(sys.argv[1])
    found = json.loads((folder / PLAN).read_text())
    (folder / PLAN).unlink()  # what must not be logged stands in it
    redacted = Redacted(found["secrets"])
    log = Log(Path(found["path"]))
    while data := os.read(0, CHUNK):
        log.write(redacted.feed(data))
    log.write(redacted.rest())


class Log:
    """One file, opened anew when it has reached its limit."""

    def __init__(self, path: Path, limit: int = LIMIT) -> None:
        self.path, self.limit = path, limit
        self.descriptor = opened(path)

    def write(self, data: bytes) -> None:
        if data and os.fstat(self.descriptor).st_size + len(data) > self.limit:
            os.close(self.descriptor)
            rotate(self.path)
            self.descriptor = opened(self.path)
        while data:
            data = data[os.write(self.descriptor, data) :]


def opened(path: Path) -> int:
    """Added to, and private from now on. Raises OSError, also for a link or a pipe in its place."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(path, flags, 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileExistsError(f"{path} is no file")
    os.fchmod(descriptor, 0o600)
    return descriptor


def rotate(path: Path) -> None:
    for number in range(KEPT, 0, -1):
        older = path.with_name(f"{path.name}.{number - 1}") if number > 1 else path
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number}"))


if __name__ == "__main__":
    main()
