"""The rows of a captured screen: their characters, and how each is drawn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

SGR = re.compile(r"\x1b\[([0-9;:]*)m")
OTHER_ESCAPES = re.compile(r"\x1b(?:\[[0-9;:?]*[A-Za-ln-z]|[()][A-Z0-9]|\][^\x07\x1b]*(?:\x07|\x1b\\))|[\x0e\x0f]")
COLOURS = ("38", "48", "58")
ARGUMENTS = {"5": 1, "2": 3}  # of a colour, by its kind
FOREGROUND = re.compile(r"3[0-9]|9[0-7]")


@dataclass(frozen=True)
class Row:
    """A row's characters, and for each whether it is dimmed, reversed, in a colour of its own."""

    text: str
    dimmed: tuple[bool, ...]
    reversed: tuple[bool, ...]
    coloured: tuple[bool, ...]


Style = tuple[bool, bool, bool]
PLAIN: Style = (False, False, False)


def lines_of(captured: str) -> list[str]:
    """The screen's lines as `tmux capture-pane -p -e` prints them, with nothing but SGR sequences left in."""
    return OTHER_ESCAPES.sub("", captured).split("\n")


def texts_of(lines: Sequence[str]) -> list[str]:
    return SGR.sub("", "\n".join(lines)).split("\n")


def styled(lines: Sequence[str], first: int, end: int) -> list[Row]:
    """Some rows with their attributes, which run on across rows, so those of the rows before count too."""
    now = PLAIN
    for parameters in SGR.findall("".join(lines[:first])):
        now = _after(parameters, now)
    rows: list[Row] = []
    for line in lines[first:end]:
        text: list[str] = []
        styles: list[Style] = []
        for index, part in enumerate(SGR.split(line)):
            if index % 2:
                now = _after(part, now)
                continue
            text.append(part)
            styles.extend([now] * len(part))
        dimmed, reverse, coloured = zip(*styles, strict=True) if styles else ((), (), ())
        rows.append(Row("".join(text), dimmed, reverse, coloured))
    return rows


def _after(parameters: str, before: Style) -> Style:
    """The style after one SGR sequence; colours carry arguments that must be skipped."""
    dim, reverse, coloured = before
    codes = iter((parameters or "0").split(";"))
    for code in codes:
        if code in COLOURS:
            for _ in range(ARGUMENTS.get(next(codes, ""), 0)):
                next(codes, "")
        if code in ("0", ""):
            dim = reverse = coloured = False
        elif code in ("2", "22"):
            dim = code == "2"
        elif code in ("7", "27"):
            reverse = code == "7"
        elif FOREGROUND.fullmatch(code):
            coloured = code != "39"
    return dim, reverse, coloured
