"""What may be said of an unconfirmed send by its traces. Only what is proven is said for certain."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send.history import Send
from llm_send.history_row import BEFORE_ENTER
from llm_send.live import LivePane
from llm_send.modes import Mode
from llm_send.outcomes import Outcome, Reason, Receipt
from llm_send.target import label
from llm_send.traces import Box, Traces


@dataclass(frozen=True)
class Verdict:
    """How it ended, in the words of a send's result."""

    outcome: Outcome
    reason: Reason | None
    message: str
    hint: str | None = None
    receipt: Receipt | None = None


def verdict(send: Send, seen: Traces, live: LivePane | None, box: Box | None = None) -> Verdict:
    """`box` is what stands in the pane's box, None where nobody could look."""
    name = send.pane_name or send.pane or "the pane"
    passed = seen.event is not None and seen.event.verdict == "passed"
    if seen.taken or (passed and seen.ended):
        return _arrived(send, seen, name)
    if seen.within:
        message = f"A longer prompt with this text in it reached {name}."
        return Verdict("unconfirmed", "unknown_screen", message, "Look there before you send it again.")
    if box == "text":
        return _left_in_the_box(seen, name, passed=passed)
    if seen.event and not passed:
        return Verdict("refused", "gate_blocked", f"The gate of {name} stopped it.", "Nothing reached Claude.")
    if box == "empty" and send.step in BEFORE_ENTER and seen.searched and not seen.elsewhere:
        message = f"Enter was not pressed in {name}, and Claude's transcript does not have the text."
        return Verdict("refused", "cancelled", message, "Nothing reached Claude; send it again.")
    return _not_known(send, seen, live, box, name)


def _arrived(send: Send, seen: Traces, name: str) -> Verdict:
    taken, event = seen.taken, seen.event
    mode = (event.mode if event else None) or (taken.mode if taken else None)
    prompt = (event.prompt_id if event else None) or (taken.prompt_id if taken else None)
    evidence = (*(["gate"] if event else []), "transcript" if taken else "event")
    receipt = Receipt(prompt, mode, send.sha256, evidence)
    if send.mode and mode not in (None, Mode(send.mode).claude):
        message = f"Claude took it in {label(mode)}, not in {label(Mode(send.mode).claude)}."
        return Verdict("unconfirmed", "mode_drift", message, f"Pane: {name}", receipt)
    return Verdict("delivered", None, f"Sent to Claude ({label(mode)})", f"Pane: {name} · seen later", receipt)


def _left_in_the_box(seen: Traces, name: str, *, passed: bool) -> Verdict:
    reason: Reason = "other_hook_blocked" if passed else "gate_blocked" if seen.event else "draft"
    message = f"The text stands unsent in the box of {name}."
    return Verdict("refused", reason, message, "Nothing reached Claude: press Enter there, or clear it.")


def _not_known(send: Send, seen: Traces, live: LivePane | None, box: Box | None, name: str) -> Verdict:
    """Still unconfirmed; `message` says all that was seen."""
    facts = [f"the sender ended at the step “{send.step}”"] if send.reason is None else []
    if not send.text:
        facts.append("its text was not kept, so that it cannot be looked for")
    elif seen.searched:
        facts.append("Claude's transcript does not have it" + (", but another's has" if seen.elsewhere else ""))
    else:
        facts.append("there is no transcript to look in")
    if send.folder:
        facts.append("the gate let it through" if seen.event else "the gate has no record of it")
    if live is None:
        facts.append("the pane is gone")
    elif box:
        facts.append("its box is empty" if box == "empty" else "its box shows something else")
    message = f"Still not known what became of it in {name}: {', '.join(facts)}."
    return Verdict("unconfirmed", send.reason, message, "Look there before you send it again.", send.receipt)
