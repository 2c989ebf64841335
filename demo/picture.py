"""Draws a terminal's screen, as `tmux capture-pane -e` gives it, into a picture."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

KIT = Path(__file__).resolve().parents[1] / ".deps/picture"
sys.path.append(str(KIT))

# It lies beside the font and not in the venv: only this file wants it.
from PIL import Image, ImageDraw, ImageFont  # type: ignore[import-not-found]  # noqa: E402

SIZE = 15  # of the letters, in pixels
PAPER, INK = "#16181d", "#d4d7dd"
BASIC = ["#16181d", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d4d7dd"]
BASIC += ["#5c6370", "#ff7b86", "#b5e08f", "#ffd68a", "#82c4ff", "#dd9bf0", "#7fd6e2", "#ffffff"]
# The font has no glyph for these: the nearest one it has.
STAND_IN = str.maketrans("⏸⏵⏺⏹⎿※ℹ", "‖▶●■└×i")
ESCAPE = re.compile(r"\x1b\[([0-9;:]*)m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x0e\x0f]")


@dataclass(frozen=True)
class Style:
    """Colours as `#rrggbb`, None for the terminal's own."""

    ink: str | None = None
    paper: str | None = None
    bold: bool = False
    dim: bool = False
    underline: bool = False
    reverse: bool = False

    def colours(self) -> tuple[str, str]:
        ink, paper = self.ink or INK, self.paper or PAPER
        if self.reverse:
            ink, paper = paper, ink
        return (_mixed(ink, paper) if self.dim else ink), paper


def draw(screen: str) -> Image.Image:
    """The picture of a screen with its escape sequences."""
    fonts = {bold: ImageFont.truetype(KIT / f"DejaVuSansMono{'-Bold' * bold}.ttf", SIZE) for bold in (False, True)}
    wide, high = round(fonts[False].getlength("M")), SIZE + 4
    lines = [list(cells(line)) for line in screen.split("\n")]
    columns = max(sum(_width(character) for character, _ in line) for line in lines)
    picture = Image.new("RGB", (columns * wide + 2 * wide, len(lines) * high + high), PAPER)
    pen = ImageDraw.Draw(picture)
    for row, line in enumerate(lines):
        column = 1
        for character, style in line:
            box = (column * wide, row * high + high // 2)
            _cell(pen, box, (wide * _width(character), high), character.translate(STAND_IN), style, fonts[style.bold])
            column += _width(character)
    return picture


def _cell(
    pen: ImageDraw.ImageDraw, at: tuple[int, int], size: tuple[int, int], character: str, style: Style,
    font: ImageFont.FreeTypeFont,
) -> None:  # fmt: skip
    ink, paper = style.colours()
    left, top, right, bottom = *at, at[0] + size[0], at[1] + size[1]
    if paper != PAPER:
        pen.rectangle((left, top, right - 1, bottom - 1), fill=paper)
    if character.strip():
        pen.text(at, character, fill=ink, font=font)
    if style.underline:
        pen.line((left, bottom - 2, right - 1, bottom - 2), fill=ink)


def cells(line: str) -> Iterator[tuple[str, Style]]:
    """Each character of a line with the style it is shown in. tmux begins every line with a clean one."""
    style, at = Style(), 0
    for escape in ESCAPE.finditer(line):
        yield from ((character, style) for character in line[at : escape.start()])
        if escape[1] is not None:
            style = styled(style, [int(part or 0) for part in re.split("[;:]", escape[1])])
        at = escape.end()
    yield from ((character, style) for character in line[at:])


def styled(style: Style, codes: list[int]) -> Style:
    """The style after one SGR sequence."""
    rest = list(codes)
    while rest:
        code = rest.pop(0)
        if code in (38, 48):
            colour = _colour(rest)
            style = replace(style, ink=colour) if code == 38 else replace(style, paper=colour)
        elif code in CHANGES:
            style = replace(style, **CHANGES[code])
    return style


def _colour(rest: list[int]) -> str:
    """A colour of the 256, or a true one; takes its numbers off `rest`."""
    if rest.pop(0) == 2:
        return "#{:02x}{:02x}{:02x}".format(*(rest.pop(0) for _ in range(3)))
    number = rest.pop(0)
    if number < 16:
        return BASIC[number]
    if number < 232:
        steps = (0, 95, 135, 175, 215, 255)
        red, green, blue = (steps[(number - 16) // part % 6] for part in (36, 6, 1))
        return f"#{red:02x}{green:02x}{blue:02x}"
    return f"#{8 + 10 * (number - 232):02x}" + 2 * f"{8 + 10 * (number - 232):02x}"


PLAIN = Style()
CHANGES: dict[int, dict[str, Any]] = {
    0: dict(vars(PLAIN)),
    1: {"bold": True},
    2: {"dim": True},
    4: {"underline": True},
    7: {"reverse": True},
    22: {"bold": False, "dim": False},
    24: {"underline": False},
    27: {"reverse": False},
    39: {"ink": None},
    49: {"paper": None},
    **{base + at: {name: BASIC[at]} for base, name in ((30, "ink"), (40, "paper")) for at in range(8)},
    **{base + at: {name: BASIC[8 + at]} for base, name in ((90, "ink"), (100, "paper")) for at in range(8)},
}


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _mixed(ink: str, paper: str) -> str:
    pairs = [(int(ink[at : at + 2], 16), int(paper[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{(3 * one + 2 * other) // 5:02x}" for one, other in pairs)
