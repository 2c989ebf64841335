"""Which tags have reached the model so far: the log read once, as it grows."""

from __future__ import annotations

import re
import threading
from pathlib import Path

TAG = re.compile(rb"t[0-9a-f]{6}x[0-9]{5}|own[bcdfghjklmpqrstvwxz]{4}")
MAIN_THREAD = rb"\"tools\":[{"


class Arrivals:
    """For waiting only; what is right is for the judge to say."""

    def __init__(self, log: Path) -> None:
        self.log, self._read = log, 0
        self._tags: set[str] = set()
        self._lock = threading.Lock()

    def has(self, tag: str) -> bool:
        with self._lock:
            if tag not in self._tags:
                self._look()
            return tag in self._tags

    def _look(self) -> None:
        with self.log.open("rb") as log:
            log.seek(self._read)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                if MAIN_THREAD in line:
                    self._tags.update(tag.decode() for tag in TAG.findall(line))


def tag_in(text: str) -> str:
    """The tag that a text carries."""
    found = TAG.search(text.encode())
    assert found, text
    return found[0].decode()


def tags_in(text: str) -> list[str]:
    """All tags in it, in order."""
    return [tag.decode() for tag in TAG.findall(text.encode("utf-8", "surrogateescape"))]
