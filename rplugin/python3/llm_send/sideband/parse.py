"""The directives in a whole message of a model, which is Markdown."""

from __future__ import annotations

import re
from bisect import bisect_left

from llm_send.sideband.found import Directive, Found, Malformed, Verb
from llm_send.sideband.markdown import Blocks
from llm_send.sideband.reader import Place, Reader
from llm_send.sideband.tag import BEGIN, BEHIND, CLOSING, NAME

__all__ = ["Directive", "Malformed", "Verb", "directives"]


def directives(message: str) -> list[Directive | Malformed]:
    """In their order. Nothing that is quoted, shown as code, or said in a sentence; linear in the message."""
    lines = re.split("\r\n?|\n", message)
    reader = Reader(Blocks(quotes=True), _Names(lines).has_body, resumes=False)
    for line in lines:
        reader.line(line)
    reader.end()
    return reader.found


class _Names:
    """Where tags of each name open and close in a message."""

    def __init__(self, lines: list[str]) -> None:
        self._opening: dict[str, list[Place]] = {}
        self._closing: dict[str, list[Place]] = {}
        for number, line in enumerate(lines):
            if BEGIN.match(line) and (name := NAME.search(line)):
                self._opening.setdefault(f"{name[1]}:{name[2]}", []).append((number, name.start()))
            for found in CLOSING.finditer(line) if "</" in line else ():
                if BEHIND.match(line, found.end()):
                    self._closing.setdefault(found[1], []).append((number, found.start()))

    def has_body(self, _found: Found, name: str, end: Place, _line: str) -> bool | str:
        """It has if it is closed; but if another one of its name begins before that, which of them is closed?"""
        closing = _after(self._closing.get(name, []), end)
        if closing is None:
            return False
        opening = _after(self._opening.get(name, []), end)
        if opening and opening < closing:
            return f"It is not clear which one </{name}> closes; end those without a text with “/>”."
        return True


def _after(places: list[Place], place: Place) -> Place | None:
    number = bisect_left(places, place)
    return places[number] if number < len(places) else None
