"""What stands on the screen instead of the input box and waits for an answer: dialogs, panels, choices."""

from __future__ import annotations

import re
from collections.abc import Sequence

from llm_send.claude.box import RULE

PANEL = re.compile(r"^▔{8,}")
OPTION = re.compile(r"^\s*❯ ?\d+\. ")
FIRST_OPTION = re.compile(r"^\s*(❯ ?)?1\. ")
CURSOR = re.compile(r"^[\s│]+❯ +\S")  # on a choice; a shell's prompt stands at the left edge
ASKS = re.compile(
    r"(Esc(?:/\w+)* to (cancel|exit|go back|close|clear)|Enter to (confirm|select|continue|submit|view|use|add)"
    r"|Enter/\S+ to (select|close)|Do you want to|Press Enter to)",
    re.IGNORECASE,
)
LOWER = 30  # rows from the lowest one up in which a choice is looked for
LOWEST = 6  # and those in which the keys are named
DRAWN = " ─╌│╭╮╰╯▔"


def between_rules(texts: Sequence[str], top: int, bottom: int) -> bool:
    """Whether what looks like the input box is a choice that stands between two rules."""
    return bool(OPTION.match(texts[top + 1])) and any(ASKS.search(text) for text in texts[bottom + 1 :])


def question(texts: Sequence[str]) -> str | None:
    """The first line of what waits for an answer on a screen without an input box; None where nothing is seen to."""
    rows = [text for text in texts if text.strip()]
    lower = rows[-LOWER:]
    asks = any(OPTION.match(text) or CURSOR.match(text) for text in lower) or any(map(ASKS.search, rows[-LOWEST:]))
    return _title(rows) if asks or any(map(PANEL.match, rows)) else None


def _title(rows: Sequence[str]) -> str:
    """The first line under the last full rule above the choices, else the first line there is."""
    choices = [index for index, text in enumerate(rows) if FIRST_OPTION.match(text)]
    above = rows[: choices[-1]] if choices else rows
    rules = [index for index, text in enumerate(above) if RULE.match(text) or PANEL.match(text)]
    after = rows[rules[-1] + 1 :] if rules else rows
    return next((text for text in (*after, *rows) if text.strip(DRAWN)), "").strip(DRAWN)
