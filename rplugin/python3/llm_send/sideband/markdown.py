"""Where in a Markdown text a line may act: outside code, comments, elements and quotes, in whichever way it is read.

One text has more than one reading: a fence in a list item ends with the item, one inside `<example>` is a fence only
after a blank line, or always, or never. Every state that a reader could be in is kept, and a line acts if it does in
all of them. A wrong guess could make an order of something quoted; this can only overhear one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from llm_send.sideband.markup import marks, opened

SEEING, BLOCK, ELEMENT = range(3)  # fences are seen; not before a blank line; not before the element is closed
READINGS = 24  # more than that, and nothing is believed any more
DEPTH = 32
FENCE = re.compile(r"([ \t]*+)((?:(?:[-*+]|\d{1,9}[.)])[ \t]++)*+)(?:(`{3,}+)([^`]*+)|(~{3,}+)(.*+))\Z")
SURE_MARK = re.compile(r"(?:[-*+]|1[.)]) {1,4}\Z")
QUOTE = re.compile(r"[ \t]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)*+>")
SIGN = re.compile("[`~<>]")  # a line without one changes nothing where nothing is open
RUN = re.compile("`++")


class Fence(NamedTuple):
    """An open fence; `inside`: it can only stand in a list item, else it may from the second column on."""

    sign: str
    length: int
    column: int
    inside: bool


class State(NamedTuple):
    """`within`: names of the elements, or ends of the comments, that are open."""

    fence: Fence | None = None
    within: tuple[str, ...] = ()
    blind: int = SEEING


class Line(NamedTuple):
    """`text` without code spans; `fence`: the one it could open or close; `sure`: it opens one if fences are seen."""

    text: str
    indent: int
    fence: Fence | None
    sure: bool
    bare: bool


START = {State()}
LOST = State(within=("\n",))  # which no line holds


class Blocks:
    """Fed line by line. `quotes`: a paragraph that continues a block quote is part of it; `forget`: so many lines
    after it was opened, what was not closed is forgotten."""

    def __init__(self, *, quotes: bool, forget: int | None = None) -> None:
        self._states = set(START)
        self._quotes = quotes
        self._forget = forget
        self._hidden = 0
        self._paragraph_hides = False  # it is a quote's, or may be in the midst of a code span

    def acts(self, text: str) -> bool:
        """Whether this line, which begins as a directive, is one. A fence further right ends here with its list."""
        if self._paragraph_hides or self._states == START:
            return not self._paragraph_hides
        line = Line("<", _indent(text), None, sure=False, bare=False)
        found = {after for state in self._states for after in (_next(state, line) if state.fence else (state,))}
        if any(state.fence or state.within for state in found):
            return False
        self._states = found
        return True

    def step(self, text: str) -> None:
        """The next line."""
        if self._states == START and not SIGN.search(text):
            self._paragraph_hides = self._paragraph_hides and bool(text.strip(" \t"))
            return
        shown, odd = without_code(text) if "`" in text else (text, False)
        line = _line(text, shown)
        fenced = all(state.fence for state in self._states)
        found = {after for state in self._states for after in _next(state, line)}
        self._states = {LOST} if LOST in found or len(found) > READINGS else found
        self._hidden = 0 if self._plain() else self._hidden + 1
        if self._forget is not None and self._hidden > self._forget:
            self._states, self._hidden = set(START), 0
        if fenced or not text.strip(" \t") or all(state.fence for state in self._states):
            self._paragraph_hides = False
        elif (odd and not line.sure) or (self._quotes and QUOTE.match(text)):
            self._paragraph_hides = True

    def step_over(self, lines: list[str]) -> None:
        """Lines of a directive: data for us, but a reader of Markdown may see fences there."""
        before = self._states
        for line in lines:
            self.step(line)
        self._states |= before
        self._paragraph_hides = False

    def _plain(self) -> bool:
        return not any(state.fence or state.within for state in self._states)


def without_code(text: str) -> tuple[str, bool]:
    """The line with a backtick for each of its code spans, and whether one may go on over the line's end."""
    runs = list(RUN.finditer(text))
    last = {len(run[0]): number for number, run in enumerate(runs)}
    parts, at, odd = [], 0, "\\`" in text
    opening: re.Match[str] | None = None
    for number, run in enumerate(runs):
        length = len(run[0])
        if opening is None and last[length] > number:
            opening = run
        elif opening is None:
            odd = True
        elif length == len(opening[0]):
            parts += [text[at : opening.start()], "`"]
            at, opening = run.end(), None
    return "".join([*parts, text[at:]]), odd


def _line(text: str, shown: str) -> Line:
    found = FENCE.match(text)
    indent = _indent(text)
    if not found:
        return Line(shown, indent, None, sure=False, bare=False)
    sign, info = (found[3], found[4]) if found[3] else (found[5], found[6])
    column = len((found[1] + found[2]).expandtabs(4))
    fence = Fence(sign[0], len(sign), column, inside=bool(found[2]) or column > 3)
    sure = indent <= 3 and (not found[2] or bool(SURE_MARK.match(found[2])))
    return Line(shown, indent, fence, sure, bare=not found[2] and not info.strip(" \t"))


def _indent(text: str) -> int:
    return len(text[: len(text) - len(text.lstrip(" \t"))].expandtabs(4))


def _next(state: State, line: Line) -> set[State]:
    if state == LOST:
        return {LOST}
    if not line.text.strip(" \t"):
        return {state._replace(blind=SEEING) if state.blind == BLOCK and not state.fence else state}
    if state.fence:
        return _in_fence(state, state.fence, line)
    if line.fence and state.blind == SEEING:
        return {state._replace(fence=line.fence)} | (set() if line.sure else {state})
    return _markup(state, line)


def _in_fence(state: State, fence: Fence, line: Line) -> set[State]:
    """A list item ends, and the fence in it, with a line that stands further left; which we read then anew."""
    closed = state._replace(fence=None)
    closes = line.fence and line.bare and line.fence.sign == fence.sign and line.fence.length >= fence.length
    if not fence.inside and fence.column < 2:
        return {closed} if closes and line.indent <= 3 else {state}
    if line.indent >= fence.column:
        if not closes:
            return {state}
        return {closed} if line.indent == fence.column else {closed, state}
    ended = _next(closed, line)
    if fence.inside and line.indent < 2:
        return ended
    return ended | ({closed, state} if closes else {state})


def _markup(state: State, line: Line) -> set[State]:
    within = opened(state.within, line.text)
    if len(within) > DEPTH:
        return {LOST}
    if within and not state.within:
        blinds = {BLOCK, ELEMENT} if state.blind == BLOCK else {SEEING, BLOCK, ELEMENT}
        return {State(None, within, blind) for blind in blinds}
    blind = SEEING if not within and state.blind == ELEMENT else state.blind
    after = State(None, within, blind)
    # A line that begins with a tag may begin a block of HTML, which ends at a blank line.
    return {after, after._replace(blind=BLOCK)} if blind == SEEING and marks(line.text) else {after}
