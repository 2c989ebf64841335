"""Takes secrets out of a stream of bytes, wherever the stream is cut."""

from __future__ import annotations

import re
from collections.abc import Iterable

INSTEAD = b"[secret]"


class Redacted:
    """`feed` gives back what is certain; what could be the beginning of a secret waits for more, or for `rest`."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # The longest first: one may be the beginning of another.
        self.secrets = sorted({secret.encode() for secret in secrets if secret}, key=len, reverse=True)
        self.pattern = re.compile(b"|".join(map(re.escape, self.secrets)) or rb"(?!)")
        self.held = b""

    def feed(self, data: bytes) -> bytes:
        text = self.held + data
        out, done = [], 0
        for found in self.pattern.finditer(text):
            if self._open(text, done) <= found.start():
                break  # what begins here may be more than this
            out += [text[done : found.start()], INSTEAD]
            done = found.end()
        end = self._open(text, done)
        self.held = text[end:]
        return b"".join([*out, text[done:end]])

    def rest(self) -> bytes:
        held, self.held = self.held, b""
        return self.pattern.sub(INSTEAD, held)

    def _open(self, text: bytes, start: int) -> int:
        """Where, from `start` on, a secret begins that the text does not hold to its end; its length if nowhere."""
        longest = len(self.secrets[0]) if self.secrets else 0
        for at in range(max(start, len(text) - longest + 1), len(text)):
            if any(len(secret) > len(text) - at and secret.startswith(text[at:]) for secret in self.secrets):
                return at
        return len(text)
