"""Takes the directives out of lines: one tag, or a tag, a body and its closing tag, and others behind it on the line.

A directive is passed on when its last line is over and nothing else stands there; a sentence that begins with one is
a sentence. What a text looks like further on is not known here: whether a body follows is asked of `has_body`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from llm_send.sideband.found import Directive, Found, Malformed, malformed
from llm_send.sideband.markdown import Blocks
from llm_send.sideband.tag import BEGIN, BEHIND, CLOSING, LIMIT, Scan, TagError, read, unfinished

Place = tuple[int, int]  # line and column, from 0
# The tag, its name as written, where it ended and the line it ended in → whether a body follows; a sentence if one
# does, but not for certain its own.
HasBody = Callable[[Found, str, Place, str], bool | str]


class Reader:
    """Fed line by line, without their ends. What was found is in `found` until it is taken from there.

    Where a tag or a body has no end, what follows may be data, so nothing more is read; unless it `resumes`.
    """

    def __init__(self, blocks: Blocks, has_body: HasBody, *, resumes: bool) -> None:
        self.found: list[Found] = []
        self._blocks = blocks
        self._has_body = has_body
        self._resumes = resumes
        self._over = False
        self._number = -1
        self._lines: list[str] = []  # of what is not finished; the directive begins at `_start` of the first
        self._size = self._start = 0
        self._chain: list[Found] = []  # of the last of these lines: they count if nothing else stands behind them
        self._scan = Scan()
        self._tag: tuple[Found, str, int, int] | None = None  # with its name; the line and column where its body begins

    def line(self, text: str) -> None:
        """The next line."""
        self._number += 1
        if not self._over:
            self._begin(text)

    def end(self) -> None:
        """The text is over: a tag or body that did not end is malformed."""
        if self._lines:
            self._give_up()

    def _begin(self, text: str) -> None:
        if self._lines:
            self._lines.append(text)
            self._size += len(text) + 1
            self._go_on(0)
        elif (begin := BEGIN.match(text)) and self._blocks.acts(text):
            self._lines, self._size, self._start = [text], len(text), text.index("<", 0, begin.end())
            self._go_on(self._start + 1)
        else:
            self._blocks.step(text)

    def _drop(self) -> None:
        """Nothing is pending."""
        self._lines, self._chain = [], []
        self._size = self._start = 0
        self._scan, self._tag = Scan(), None

    def _go_on(self, at: int) -> None:
        """Reads the last line from `at`; then waits for the next one, or is done with all of them."""
        try:
            while (behind := self._one(at)) is not None:
                rest = BEHIND.match(self._lines[-1], behind)
                if not rest or not rest[1]:
                    self._pass_on() if rest else self._mention()
                    return
                self._next_of_line(rest.start(1))
                at = self._start + 1
        except TagError as wrong:
            self._broken(str(wrong))
            return
        if self._size > LIMIT:
            self._give_up()

    def _one(self, at: int) -> int | None:
        """Where the directive ends in the last line, which is put into the chain; None if it goes on."""
        if self._tag is None:
            end = self._scan.end(self._lines[-1], at)
            if end is None:
                return None
            tag = self._text(0, self._start, end)
            if len(tag) > LIMIT:
                return None
            found, name, may = read(tag)
            body = may and self._has_body(found, name, (self._number, end), self._lines[-1])
            if not body:
                self._chain.append(found)
                return end
            found = malformed(tag, body) if isinstance(body, str) else found
            self._tag = found, name, len(self._lines) - 1, end
            at = end
        return self._closed(*self._tag, at)

    def _closed(self, found: Found, name: str, first: int, column: int, at: int) -> int | None:
        """Where the closing tag ends in the last line."""
        line = self._lines[-1]
        for closing in CLOSING.finditer(line, at):
            if closing[1] != name:
                continue
            if BEHIND.match(line, closing.end()) or len(self._lines) == 1:  # a sentence about one is not waited out
                body = self._text(first, column, closing.start())
                self._chain.append(_with_body(found, body))
                return closing.end()
        return None

    def _text(self, first: int, start: int, end: int) -> str:
        """From a column of a pending line to one of the last."""
        if first == len(self._lines) - 1:
            return self._lines[first][start:end]
        return "\n".join([self._lines[first][start:], *self._lines[first + 1 : -1], self._lines[-1][:end]])

    def _next_of_line(self, start: int) -> None:
        """Another directive on the same line: the lines of those before it are done with."""
        self._blocks.step_over(self._lines[1:])
        self._lines, self._start = self._lines[-1:], start
        self._size = len(self._lines[0]) - start
        self._scan, self._tag = Scan(), None

    def _pass_on(self) -> None:
        self.found += self._chain
        self._blocks.step_over(self._lines[1:])
        self._drop()

    def _mention(self) -> None:
        """A sentence that begins with a directive is none; but a mistake with attributes is worth a word."""
        self.found += [each for each in self._chain if isinstance(each, Malformed) and "=" in each.text]
        for line in self._lines:
            self._blocks.step(line)
        self._drop()

    def _broken(self, why: str) -> None:
        """The tag cannot end any more. Where that showed in a later line, this one is read for itself."""
        lines = self._lines
        self.found += [*self._chain, malformed(self._pending(), why)]
        self._drop()
        for line in lines[: max(1, len(lines) - 1)]:
            self._blocks.step(line)
        if len(lines) > 1:
            self._begin(lines[-1])

    def _give_up(self) -> None:
        if self._tag:
            wrong = malformed(self._pending(), f"The text of {self._tag[1]} does not end within 64 KB.")
        else:
            wrong = unfinished(self._pending(), self._scan.quote)
        self.found += [*self._chain, wrong]
        self._drop()
        self._over = not self._resumes

    def _pending(self) -> str:
        return self._text(0, self._start, len(self._lines[-1]))


def _with_body(found: Found, body: str) -> Found:
    if isinstance(found, Directive):
        return replace(found, body=body.removeprefix("\n").removesuffix("\n"))
    return found
