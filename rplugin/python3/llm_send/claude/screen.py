"""Reading Claude Code's screen: what state it is in, its mode, what stands in the input box.

Input is what `tmux capture-pane -p -e` prints, attributes included: the box can show dimmed text that nobody typed
(placeholders, suggestions). Everything is read from the box and the lines around it, because the conversation above
can contain any words at all. What is not understood is `unknown`, never guessed.

The screen, bottom up (Claude Code 2.1.329):

    ✻ Cooking… (3s)                      a turn is running (older: also "esc to interrupt")
    ──────────────────────────── rule
    ❯ text                       box     "! text" is shell mode
    ──────────────────────────── rule
      ⏸ plan mode on (shift+tab to cycle) · esc to interrupt
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

State = Literal["idle", "busy", "waiting", "blank", "unknown"]

MODE_WORDS = {
    "manual mode on": "default",
    "plan mode on": "plan",
    "accept edits on": "acceptEdits",
    "auto mode on": "auto",
    "bypass permissions on": "bypassPermissions",
    "don't ask on": "dontAsk",
}
SGR = re.compile(r"\x1b\[([0-9;:]*)m")
OTHER_ESCAPES = re.compile(r"\x1b(?:\[[0-9;:?]*[A-Za-ln-z]|[()][A-Z0-9]|\][^\x07\x1b]*(?:\x07|\x1b\\))|[\x0e\x0f]")
RULE = re.compile(r"^[─━]{8,}.*[─━]$")
CLIPPED = re.compile(r"^─+ ↑ (\d+) more ─+$")  # the upper rule when the pane is too low for all of the box
PROMPT = re.compile(r"^[❯>!][ \u00a0]?")
PANEL = re.compile(r"^▔{8,}")
PLACEHOLDER = re.compile(r"\[Pasted text #(\d+)(?: \+(\d+) lines)?\]")
SPINNER = re.compile(r"^[·✢✳✶✻✽*] \S.*…( \(| ·|\s*$)")
OPTION = re.compile(r"^\s*❯ ?\d+\. ")
FIRST_OPTION = re.compile(r"^\s*(❯ ?)?1\. ")
ASKS = re.compile(
    r"(Esc to (cancel|exit|go back|close)|Enter to (confirm|select|continue|submit)|Do you want to|Press Enter to)",
    re.IGNORECASE,
)
FOOTER_ROWS = 12  # the shortcuts help is the tallest thing that stands below the box


@dataclass(frozen=True)
class Screen:
    """What one look at the pane shows.

    `mode` is Claude's own value or None where the footer does not say. `box` is the text a person (or we) put into
    the input box, rows joined by newlines, None when no box shows; `shell_mode` is the box's `!` mode. `dialog` is
    the first line of what waits for an answer. `hook_running`: Claude waits for a UserPromptSubmit hook. `hidden` is
    how many rows of the box stand above what a low pane shows of it.
    """

    state: State
    mode: str | None = None
    box: str | None = None
    shell_mode: bool = False
    dialog: str | None = None
    hook_running: bool = False
    stashed: bool = False
    hidden: int = 0

    @property
    def empty_box(self) -> bool:
        return self.box == "" and not self.shell_mode


def read(captured: str) -> Screen:
    """Read one capture."""
    lines = OTHER_ESCAPES.sub("", captured).rstrip("\n").split("\n")
    texts = [SGR.sub("", line) for line in lines]
    if not any(text.strip() for text in texts):
        return Screen("blank")
    edges = find_box(texts)
    if edges is None:
        return _read_without_box(texts)
    top, bottom = edges
    above, footer = texts[:top], texts[bottom + 1 :]
    if OPTION.match(texts[top + 1]) and any(ASKS.search(text) for text in footer):
        return _read_without_box(texts)  # a choice that stands between two rules
    mode = _mode(footer)
    busy = any("esc to interrupt" in text for text in footer) or _spins(above)
    return Screen(
        state="busy" if busy else "idle",
        mode=mode,
        box="\n".join(_typed(row) for row in styled(lines, top + 1, bottom)),
        shell_mode=texts[top + 1].startswith("!"),
        hook_running=_spins(above) and any("UserPromptSubmit hook" in text for text in above[-6:]),
        stashed=any("draft stashed" in text for text in [*above[-2:], *footer]),
        hidden=int(clipped[1]) if (clipped := CLIPPED.match(texts[top])) else 0,
    )


@dataclass(frozen=True)
class _Row:
    """A row of the screen: its characters, and for each whether it is dimmed."""

    text: str
    dimmed: tuple[bool, ...]
    reversed: tuple[bool, ...]


def styled(lines: list[str], first: int, end: int) -> list[_Row]:
    """Some rows with their attributes, which run on across rows, so those of the rows before count too."""
    now = (False, False)
    for line in lines[:first]:
        for parameters in SGR.findall(line):
            now = _attributes(parameters, now)
    rows: list[_Row] = []
    for line in lines[first:end]:
        text: list[str] = []
        dims: list[bool] = []
        reverses: list[bool] = []
        for index, part in enumerate(SGR.split(line)):
            if index % 2:
                now = _attributes(part, now)
                continue
            text.append(part)
            dims.extend([now[0]] * len(part))
            reverses.extend([now[1]] * len(part))
        rows.append(_Row("".join(text), tuple(dims), tuple(reverses)))
    return rows


def _attributes(parameters: str, before: tuple[bool, bool]) -> tuple[bool, bool]:
    """Dim and reverse after one SGR sequence; colours carry arguments that must be skipped."""
    dim, reverse = before
    codes = iter((parameters or "0").split(";"))
    for code in codes:
        if code in ("38", "48", "58"):
            kind = next(codes, "")
            for _ in range({"5": 1, "2": 3}.get(kind, 0)):
                next(codes, "")
        elif code in ("0", ""):
            dim = reverse = False
        elif code == "2":
            dim = True
        elif code == "22":
            dim = False
        elif code in ("7", "27"):
            reverse = code == "7"
    return dim, reverse


def find_box(texts: list[str]) -> tuple[int, int] | None:
    """Row numbers of the rules above and below the input box; None where there is none.

    The box is the last pair of rules whose first row begins with the prompt sign. Typed rows are indented, so a rule
    in the text itself never starts at the left edge.
    """
    last = len(texts) - 1
    while last >= 0 and not texts[last].strip():
        last -= 1
    for bottom in range(last, max(last - FOOTER_ROWS, 0), -1):
        if not RULE.match(texts[bottom]):
            continue
        for top in range(bottom - 1, -1, -1):
            if CLIPPED.match(texts[top]) and top + 1 < bottom:
                return top, bottom
            if PROMPT.match(texts[top + 1]) and top + 1 < bottom and RULE.match(texts[top]):
                return top, bottom
            if RULE.match(texts[top]) and not PROMPT.match(texts[top + 1]):
                break
    return None


def _typed(row: _Row) -> str:
    """The text of a box row without the prompt sign, the indent and what is only suggested (dimmed).

    The cursor shows the first character of a suggestion reversed and not dimmed: a reversed character right before
    dimmed ones belongs to them.
    """
    start = 2
    keep = []
    for column in range(start, len(row.text)):
        suggested = row.dimmed[column] or (
            row.reversed[column] and column + 1 < len(row.text) and row.dimmed[column + 1]
        )
        if not suggested:
            keep.append(row.text[column])
    return "".join(keep).replace("\u00a0", " ").rstrip()


def _mode(footer: list[str]) -> str | None:
    for text in footer:
        for words, value in MODE_WORDS.items():
            if words in text:
                return value
    # Before 2.1.200 the footer had no words for normal mode, only this hint.
    return "default" if footer and footer[0].strip().startswith("? for shortcuts") else None


def _spins(above: list[str]) -> bool:
    """Whether the spinner of a running turn stands above the box (a tip or a hint may stand between)."""
    return any(SPINNER.match(text) for text in above[-8:])


def _read_without_box(texts: list[str]) -> Screen:
    """No input box: a dialog that wants an answer, or something we do not know."""
    lower = [text for text in texts if text.strip()][-30:]
    asks = any(OPTION.match(text) for text in lower) or any(ASKS.search(text) for text in lower[-6:])
    if asks or any(PANEL.match(text) for text in texts):
        return Screen("waiting", dialog=_title([text for text in texts if text.strip()]))
    return Screen("unknown")


def _title(texts: list[str]) -> str:
    """The first line of a dialog: under the last full rule above its choices, else the first line there is."""
    choices = [index for index, text in enumerate(texts) if FIRST_OPTION.match(text)]
    above = texts[: choices[-1]] if choices else texts
    rules = [index for index, text in enumerate(above) if RULE.match(text) or PANEL.match(text)]
    after = [text for text in texts[rules[-1] + 1 :] if text.strip(" ─╌")] if rules else texts
    return (after or texts)[0].strip()


def mode_words(value: str) -> str:
    """What the footer says in this mode (Claude's value)."""
    return next(words for words, known in MODE_WORDS.items() if known == value)


def compact(text: str) -> str:
    """A text without white space and without what terminals draw in their own way, to compare with the box.

    The box wraps lines and indents them; wide, combining and joined characters may be drawn otherwise. What is left is
    enough to see that the box shows this text and nothing else: the exact comparison is the gate's, by hash.
    """
    return "".join(c for c in text if "!" <= c <= "~" or ("\u00a1" <= c <= "\u02ff" and c != "\u00ad"))


def shows_text(box: str, text: str, hidden: int = 0) -> bool:
    """Whether the box shows exactly this text, as itself or as its placeholder.

    Of a box with `hidden` rows the end is compared; what stands above it is left to the gate.
    """
    found = PLACEHOLDER.fullmatch(box.strip())
    if found:
        lines = int(found[2] or 0)
        return lines == text.count("\n")
    shown = compact(box)
    if hidden:
        return bool(shown) and compact(text).endswith(shown)
    if not box or len(shown) > len(text) or shown != compact(text):
        return False
    return bool(shown) or _loosely(box) == _loosely(text)


def _loosely(text: str) -> str:
    """For texts without a single plain character: letters and signs of any script, no spaces, no marks."""
    return "".join(c for c in text if not c.isspace() and c.isprintable())
