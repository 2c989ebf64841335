"""Whether an input box holds the text of a delivery, and nothing else."""

from __future__ import annotations

from llm_send import commands
from llm_send.claude.box import shows_text
from llm_send.target import Look, Parcel


def shows(look: Look, parcel: Parcel) -> bool:
    if parcel.command:
        return commands.shown(parcel.text, look.screen)
    return shows_text(look.screen.box or "", parcel.text, look.screen.hidden)
