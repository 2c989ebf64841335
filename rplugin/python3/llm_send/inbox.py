"""Whether an input box holds the text of a delivery, and nothing else; and no list that Enter would choose from."""

from __future__ import annotations

from llm_send import commands
from llm_send.claude.box import shows_text
from llm_send.claude.screen import Screen
from llm_send.target import BACKSPACE, CLEAR_LINE, ESCAPE, Clock, Look, Parcel, Target, must, until

CLOSES = 3.0  # seconds for a list to close
GOES = 0.5  # seconds for a part of a text to go
LINES = 200  # of a text that are taken out of the box one by one


def shows(look: Look, parcel: Parcel) -> bool:
    if parcel.command:
        return commands.shown(parcel.text, look.screen)
    return shows_text(look.screen.box or "", parcel.text, look.screen.hidden)


def without_list(target: Target, parcel: Parcel, clock: Clock, shown: Screen) -> Screen:
    """The box without the list that has opened above it: Enter could choose from that instead of submitting the text.

    One Escape closes it and leaves the text; a second would take the text away. In vim mode it would mean another
    thing, so there the list stays.
    """
    if not shown.picker or shown.vim:
        return shown
    must(target, target.write(ESCAPE))
    return until(target, clock, CLOSES, lambda now: shows(now, parcel) and not now.screen.picker).screen


def cut_back(target: Target, clock: Clock, shown: str, goal: str) -> str:
    """Take out of the box, which shows so much, what is behind `goal`, row by row: as long as what is left is a part of
    what was there, and something goes each time. What it shows in the end."""
    for _ in range(LINES):
        if shown == goal:
            break
        left = pressed(target, clock, CLEAR_LINE, shown)
        if left == shown:  # at an empty row Ctrl+U alone may do nothing
            left = pressed(target, clock, BACKSPACE, shown)
        if left is None or left == shown or not shown.startswith(left) or len(left) < len(goal):
            break
        shown = left
    return shown


def pressed(target: Target, clock: Clock, keys: bytes, shown: str) -> str | None:
    """What the box shows after these keys; None when they could not be pressed, or it shows nothing at all."""
    if target.write(keys) is not None:
        return None
    return until(target, clock, GOES, lambda now: now.screen.box != shown).screen.box
