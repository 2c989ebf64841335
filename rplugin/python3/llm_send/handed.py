"""A text that was handed to Claude's own queue while it was busy: is it in there, and what has become of it.

The transcript tells each step (`claude.transcript.Queued`). The prompt hook runs when a text is queued, not when it is
taken, so the gate's word is on the mode of that moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from llm_send import rules
from llm_send.claude.transcript import Queued

Fate = Literal["queued", "taken", "back"]
CLOCKS = 1.0  # seconds by which Claude's clock may be behind ours


def fate(text: str, steps: Sequence[Queued], *, since: float = 0.0) -> Fate | None:
    """Of the text queued last: it waits, Claude has taken it, or it is back in the box; None if it was never queued.

    `steps` begin at a baseline, `since` is when Enter was pressed, in unix seconds. What Claude takes at the end of a
    turn is not named in the transcript: it takes the oldest, so what was queued before the baseline comes first and
    can only make a text look taken too early, never lost.
    """
    wanted = rules.normal(text)
    waiting: list[bool] = []  # oldest first: whether it is ours
    found: Fate | None = None
    for step in steps:
        ours = step.text is not None and rules.normal(step.text) == wanted
        if step.operation == "enqueue":
            waiting.append(ours and (step.at is None or step.at >= since - CLOCKS))
            found = "queued" if waiting[-1] else found
        elif step.operation == "dequeue":
            found = "taken" if waiting and waiting.pop(0) else found
        elif ours in waiting:  # remove: into the running turn; popAll: back into the box
            waiting.remove(ours)
            found = ("back" if step.operation == "popAll" else "taken") if ours else found
    return found
