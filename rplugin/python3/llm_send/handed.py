"""A text that was handed to Claude's own queue while it was busy: is it in there, and what has become of it.

The transcript tells each step (`claude.transcript.Queued`). The prompt hook runs when a text is queued, not when it is
taken, so the gate's word is on the mode of that moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from llm_send import rules
from llm_send.claude.transcript import Queued
from llm_send.receipt import RECEIPT, blocked, in_its_mode
from llm_send.target import TICK, Clock, Parcel, Sign, Target, Unconfirmed

Fate = Literal["queued", "taken", "back"]


def fate(text: str, steps: Sequence[Queued]) -> Fate | None:
    """Of the text queued last: it waits, Claude has taken it, or it is back in the box; None if it was never queued.

    `steps` begin at a baseline. What Claude takes at the end of a turn is not named in the transcript: it takes the
    oldest, so what was queued before the baseline comes first and can only make a text look taken too early, never
    lost.
    """
    wanted = rules.normal(text)
    waiting: list[bool] = []  # oldest first: whether it is ours
    found: Fate | None = None
    for step in steps:
        ours = step.text is not None and rules.normal(step.text) == wanted
        if step.operation == "enqueue":
            waiting.append(ours)
            found = "queued" if waiting[-1] else found
        elif step.operation == "dequeue":
            found = "taken" if waiting and waiting.pop(0) else found
        elif ours in waiting:  # remove: into the running turn; popAll: back into the box
            waiting.remove(ours)
            found = ("back" if step.operation == "popAll" else "taken") if ours else found
    return found


def receipt(target: Target, parcel: Parcel, clock: Clock) -> Sign:
    """Wait for the proof that a busy Claude has it in its queue, or took it at once because its turn had just ended.

    Raises Refused for a block, Unconfirmed when nothing shows. Enter is pressed once: what a busy box shows afterwards
    may be anything.
    """
    end, sign = clock.now() + RECEIPT, Sign()
    while clock.now() < end:
        sign = target.sign(parcel)
        if sign.verdict and sign.verdict != "passed":
            raise blocked(target, parcel, clock, sign)
        what = fate(parcel.text, target.queued())
        if what == "back":
            message = f"{target.name} had it in its queue; it is back in the box there."
            raise Unconfirmed("draft", message, "Press Enter there, or clear it.", found="back in the box")
        if what and (sign.verdict or not target.guarded):
            evidence = (*(("gate",) if sign.verdict else ()), "claude_queue")
            return in_its_mode(target, parcel, replace(sign, prompt_id=None, evidence=evidence, proven=True))
        if sign.proven:
            return in_its_mode(target, parcel, sign)
        clock.pause(TICK)
    message = f"Sent to {target.name}, which is busy, but nothing shows that it is in its queue."
    raise Unconfirmed("busy", message, "Look there before you send it again.", found=sign.verdict)
