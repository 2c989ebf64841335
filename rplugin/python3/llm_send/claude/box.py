"""The input box: where it stands on the screen, what was typed into it, and whether that is a given text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from llm_send.claude.rows import Row

RULE = re.compile(r"^[─━]{8,}.*[─━]$")
CLIPPED = re.compile(r"^─+ ↑ (\d+) more ─+$")  # the upper rule when the pane is too low for all of the box
PROMPT = re.compile(r"^[❯>!](?:[ \u00a0]|$)")
PLACEHOLDER = re.compile(r"\[Pasted text #(\d+)(?: \+(\d+) lines)?\]")
PLAIN = re.compile(r"(?:[^\W_]|[ .,;:/-]){0,20}")
INDENT = 2  # columns of the prompt sign, and of what stands below it
SHOWN_AT_MOST = 100_000  # characters no screen has room for


def standing(box: str, *, shell_mode: bool, hidden: int) -> str:
    """Words that stand on the screen as long as the box with this text does.

    They are its sign, which has a no-break space behind it nowhere else (2.1.32 to 2.1.329), and how the text begins,
    as far as tmux takes each character for itself. Of a box whose first rows are `hidden`, how its last row begins.
    """
    rows = box.split("\n")
    sign = "  " if hidden else "!\u00a0" if shell_mode else "❯\u00a0"
    begin = PLAIN.match(rows[-1] if hidden else rows[0])
    return sign + (begin[0] if begin else "")


def find_box(texts: Sequence[str]) -> tuple[int, int] | None:
    """Row numbers of the rules above and below the input box; None where there is none.

    The box is what stands between the lowest two rules, if its first row begins with the prompt sign. Typed rows are
    indented, and so is the conversation: a rule in a text never starts at the left edge.
    """
    bottom = _rule_above(texts, len(texts))
    if bottom is None:
        return None
    top = _rule_above(texts, bottom)
    if top is None or top + 1 == bottom:
        return None
    return (top, bottom) if CLIPPED.match(texts[top]) or PROMPT.match(texts[top + 1]) else None


def _rule_above(texts: Sequence[str], end: int) -> int | None:
    numbers = range(end - 1, -1, -1)
    return next((number for number in numbers if RULE.match(texts[number]) or CLIPPED.match(texts[number])), None)


def hidden(texts: Sequence[str], top: int) -> int:
    """How many rows of the box the pane is too low to show."""
    clipped = CLIPPED.match(texts[top])
    return int(clipped[1]) if clipped else 0


def typed(rows: Sequence[Row]) -> str:
    """What was put into the box, rows joined by newlines."""
    command = bool(rows) and rows[0].text[INDENT:].startswith("/")
    return "\n".join(_typed(row, command=command) for row in rows)


def _typed(row: Row, *, command: bool) -> str:
    """The text of a box row without the prompt sign, the indent and what is only suggested.

    Suggestions are dimmed. The cursor shows the first character of one reversed and not dimmed: a reversed character
    right before dimmed ones belongs to them. Behind a command and the cursor the arguments it takes may stand, in a
    colour: `/model [model]`.
    """
    keep = []
    for column in range(INDENT, len(row.text)):
        following = column + 1 < len(row.text)
        suggested = row.dimmed[column] or (row.reversed[column] and following and row.dimmed[column + 1])
        if suggested:
            continue
        keep.append(row.text[column])
        if command and row.reversed[column] and row.text[column] == " " and following and row.coloured[column + 1]:
            break
    return "".join(keep).replace("\u00a0", " ").rstrip()


class _Kept(dict[int, int | None]):
    """For str.translate: drops what terminals, tmux and Claude do not all draw alike, and what is not drawn."""

    def __missing__(self, code: int) -> int | None:
        self[code] = code if _drawn_alike(code) else None
        return self[code]


def _drawn_alike(code: int) -> bool:
    """Letters, digits and signs of every script; no blanks, marks, joiners, no emoji and what may be drawn as one."""
    category = unicodedata.category(chr(code))
    if category[0] in "LN":
        return True
    return category[0] in "PS" and category != "Sk" and not _may_be_emoji(code)


def _may_be_emoji(code: int) -> bool:
    return code >= 0x1F000 or 0x2300 <= code <= 0x23FF or 0x2600 <= code <= 0x27BF or 0x2B00 <= code <= 0x2BFF


_KEPT = _Kept()


def compact(text: str) -> str:
    """A text without what the box draws in its own way, to compare with the box.

    The box wraps lines and indents them, Claude composes characters (NFC), and wide, combining and joined ones may be
    drawn otherwise. What is left is enough to see that the box shows this text and nothing else: the exact comparison
    is the gate's, by hash.
    """
    whole = text if text.isascii() else unicodedata.normalize("NFC", text)
    return whole.translate(_KEPT)


def shows_text(box: str, text: str, hidden: int = 0) -> bool:
    """Whether the box shows exactly this text, as itself or as its placeholder.

    Of a box with `hidden` rows the end is compared; what stands above it is left to the gate.
    """
    found = PLACEHOLDER.fullmatch(box.strip())
    if found:
        return int(found[2] or 0) == text.count("\n")
    if not box or (len(text) > SHOWN_AT_MOST and not hidden):
        return False
    shown = compact(box)
    if hidden:
        return bool(shown) and compact(text).endswith(shown)
    return shown == compact(text) and (bool(shown) or _loosely(box) == _loosely(text))


def _loosely(text: str) -> str:
    """For texts without a single plain character: signs of any kind, no blanks, nothing invisible."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if not c.isspace() and c.isprintable())
