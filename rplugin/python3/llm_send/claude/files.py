"""What Claude Code writes, read with care: in a confined pane the agent can write anything there instead.

No link is followed at the end of a path and no pipe is waited for, no more is read than should be there, and each value
has the type that it is asked for.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

PLAINLY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
LARGEST = 200_000_000  # bytes of a transcript
BUFFER = 65_536
LONGEST = 20_000_000  # bytes of a line in it: a prompt with pictures
WORD = 200  # characters of an id, a mode or a time


def opened(path: Path) -> BinaryIO:
    """A regular file, to be read. Raises OSError, for everything else too."""
    return os.fdopen(_descriptor(path), "rb", BUFFER)


def content(path: Path, most: int) -> bytes:
    """What a file holds, but no more than `most` bytes of it. Raises OSError."""
    descriptor = _descriptor(path)
    try:
        return os.read(descriptor, most)  # a file object would cost as much again, for each event of a listing
    finally:
        os.close(descriptor)


def _descriptor(path: Path) -> int:
    descriptor = os.open(path, PLAINLY)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise FileNotFoundError(path)


def lines(path: Path, offset: int) -> Iterator[bytes]:
    """The complete lines past an offset in bytes, but for those past `LARGEST`. Raises OSError."""
    with opened(path) as file:
        file.seek(offset)
        left = LARGEST
        while left > 0 and (line := file.readline(min(LONGEST, left))):
            left -= len(line)
            if line.endswith(b"\n"):
                yield line


def record(raw: bytes) -> dict[str, object] | None:
    """A JSON object; None where it is none."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):  # the second for thousands of brackets
        return None
    return found if isinstance(found, dict) else None


def fields(value: object) -> dict[str, object]:
    """A value that is an object; an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str | None:
    """A value that is text. Half a surrogate pair, which nothing can write, becomes a question mark."""
    if not isinstance(value, str):
        return None
    return value if value.isascii() else value.encode(errors="replace").decode()


def word(value: object) -> str | None:
    """A value that is short and can be shown: an id, a mode, a time."""
    return value if isinstance(value, str) and len(value) <= WORD and value.isprintable() else None


def number(value: object) -> int:
    """A value that is a whole number; 0 where it is none."""
    return value if isinstance(value, int) else 0


def moment(value: object) -> float | None:
    """A time of ISO 8601, in unix seconds."""
    from datetime import datetime  # not in the way of a send

    try:
        return datetime.fromisoformat(value).timestamp() if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None
