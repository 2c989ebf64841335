"""Whether an input box holds the text of a delivery, and nothing else; and no list that Enter would choose from."""

from __future__ import annotations

from llm_send import commands
from llm_send.claude.box import shows_text
from llm_send.claude.screen import Screen
from llm_send.target import ESCAPE, Clock, Look, Parcel, Target, must, until

CLOSES = 3.0  # seconds for a list to close


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
