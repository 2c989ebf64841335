"""The directives in the raw output of a terminal program, as it comes."""

from __future__ import annotations

from llm_send.sideband.found import Directive, Found, Malformed
from llm_send.sideband.markdown import Blocks
from llm_send.sideband.plain import Plain
from llm_send.sideband.reader import Place, Reader
from llm_send.sideband.tag import CLOSING, LIMIT

FORGET = 500  # lines after which a fence that was not closed is forgotten
CUT = "\ufffd"  # stands for the rest of a line that is longer than anything may be


class Stream:
    """Fed the bytes of one pane; how they are cut makes no difference. A line counts once its newline has come.

    What is to come is not known here, so a body is awaited only where one is needed (`send` without `text`,
    `set-config` with nothing but a pane) or where its closing tag stands on the same line.
    """

    def __init__(self) -> None:
        self._plain = Plain()
        self._reader = Reader(Blocks(quotes=False, forget=FORGET), _has_body, resumes=True)
        self._line: list[str] = []
        self._length = 0

    def feed(self, data: bytes) -> list[Directive | Malformed]:
        """What these bytes completed."""
        first, *others = self._plain.text(data).split("\n")
        self._add(first)
        for piece in others:
            line = "".join(self._line)
            self._line, self._length = [], 0
            self._reader.line(line)
            self._add(piece)
        found, self._reader.found = self._reader.found, []
        return found

    def _add(self, piece: str) -> None:
        room = LIMIT - self._length
        if room >= 0 and piece:
            self._line.append(piece if len(piece) <= room else piece[:room] + CUT)
            self._length += len(piece)
            if len(self._line) > 1024:
                self._line = ["".join(self._line)]


def _has_body(found: Found, name: str, end: Place, line: str) -> bool:
    if any(closing[1] == name for closing in CLOSING.finditer(line, end[1])):
        return True
    verb = name.partition(":")[2]
    if isinstance(found, Malformed):
        return verb == "send" and "text" not in found.text
    given = {key for key, value in found.attributes.items() if value}
    return (verb == "send" and "text" not in given) or (verb == "set-config" and given <= {"pane"})
