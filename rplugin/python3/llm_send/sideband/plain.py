"""Raw output of a terminal program made plain: characters and newlines, without what moves a cursor or gives colour."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder

TEXT, ESCAPE, BETWEEN, PARAMETERS, STRING = range(5)
STRINGS = "]PX^_"  # OSC, DCS, SOS, PM, APC
STRING_LIMIT = 1024 * 1024  # tmux gives up on a longer one too; one without an end must not swallow all that follows
CANCEL = "\x18\x1a"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
WITHIN = re.compile("[ -?]*+")  # parameters and intermediates
STRING_END = re.compile("[\x07\x18\x1a\x1b]")


class Plain:
    """Chunks may end anywhere, in a character or an escape sequence too. Nothing is kept but what state it is in."""

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._state = TEXT
        self._string = 0  # characters of it so far

    def text(self, data: bytes) -> str:
        """What these bytes add to the text; CRLF is a newline, and other control characters but the tab are gone."""
        chunk = self._decoder.decode(data)
        parts: list[str] = []
        at = 0
        while at < len(chunk):
            if self._state == TEXT:
                end = chunk.find("\x1b", at)
                parts.append(chunk[at:] if end < 0 else chunk[at:end])
                at = len(chunk) if end < 0 else end + 1
                self._state = TEXT if end < 0 else ESCAPE
            elif self._state == STRING:
                at = self._in_string(chunk, at)
            else:
                at = self._in_escape(chunk, at, parts)
        return CONTROL.sub("", "".join(parts))

    def _in_string(self, chunk: str, at: int) -> int:
        found = STRING_END.search(chunk, at, at + STRING_LIMIT - self._string)
        end = found.end() if found else min(len(chunk), at + STRING_LIMIT - self._string)
        self._string += end - at
        if found:
            self._state = ESCAPE if found[0] == "\x1b" else TEXT
        elif self._string >= STRING_LIMIT:
            self._state = TEXT
        return end

    def _in_escape(self, chunk: str, at: int, parts: list[str]) -> int:
        if self._state != ESCAPE:
            within = WITHIN.match(chunk, at)
            at = within.end() if within else at
            if at == len(chunk):
                return at
        sign = chunk[at]
        if sign in CANCEL or sign > "\x7f":
            self._state = TEXT
        elif sign == "\x1b":
            self._state = ESCAPE
        elif sign < " " or sign == "\x7f":  # acts as it would outside
            parts.append(sign)
        elif self._state == ESCAPE:
            self._after_escape(sign)
        else:
            self._state = TEXT
        return at if sign > "\x7f" else at + 1

    def _after_escape(self, sign: str) -> None:
        self._string = 0
        if sign in STRINGS:
            self._state = STRING
        elif sign == "[":
            self._state = PARAMETERS
        else:
            self._state = BETWEEN if sign < "0" else TEXT
