"""After the paste is seen: Enter, and the proof that Claude took the prompt; or our text out of the box again."""

from __future__ import annotations

from dataclasses import replace

from llm_send import draft
from llm_send.claude.box import PLACEHOLDER, standing
from llm_send.claude.screen import Screen, mode_words
from llm_send.errors import Refused
from llm_send.inbox import cut_back, pressed, shows
from llm_send.target import (
    CLEAR_KEYS,
    ENTER,
    TICK,
    Clock,
    Look,
    Parcel,
    Sign,
    Target,
    Unconfirmed,
    label,
    until,
)

COMES_BACK = 5.0  # seconds for a blocked text to stand in the box again
STAYS = 0.7  # seconds a cleared box must stay empty
CLEARINGS = 4
RECEIPT = 8.0  # seconds for the gate's record and the second sign
FOLLOWS = 0.01  # seconds between two looks for the second sign: reading for it takes time from the Claude it is about
EMPTY = 1.5  # seconds the box must stay empty after the gate's word to count as the second sign
STANDS = 2.0  # seconds a text must stand in the box after the gate's word to count as blocked by another hook
AGAIN = 0.5  # seconds without a record before Enter is pressed again, while the box still shows our text
ENTERS = 3


def enter(target: Target, parcel: Parcel, shown: Screen) -> str | None:
    """Press Enter if the pane still shows what it must; None, or why not.

    A placeholder hides the footer's mode words, so there the placeholder itself must stand. Where the footer has none
    (old versions, a mode the person vouches for in the configuration, a command) the box itself must, which any dialog
    takes away; the mode is the gate's to check.
    """
    found = PLACEHOLDER.search(shown.box or "")
    if found:
        return target.write(ENTER, f"Pasted text #{found[1]}")
    box = standing(shown.box or "", shell_mode=shown.shell_mode, hidden=shown.hidden)
    return target.write(ENTER, mode_words(parcel.mode) if shown.mode else box)


def receipt(target: Target, parcel: Parcel, clock: Clock, shown: Screen, rest: str = "") -> Sign:
    """Wait for the proof that Claude took the prompt. Raises Refused for a block, Unconfirmed when none comes.

    `rest` is the draft that comes back into the box when ours has gone.
    """
    end = clock.now() + RECEIPT
    watch = _Watch(target, parcel, clock, shown, rest)
    sign, reason = Sign(), "unknown_screen"
    while clock.now() < end:
        sign = target.sign(parcel)
        if sign.proven:
            return in_its_mode(target, parcel, sign)
        if sign.verdict and sign.verdict != "passed":
            raise blocked(target, parcel, clock, sign, rest)
        if clock.now() - watch.pressed > AGAIN:
            look = target.look()
            if look.state == "gone":
                reason = "gone"
                break
            if look.screen.hook_running:  # another hook takes its time
                end = max(end, clock.now() + 1)
            if watch.empty_long_enough(look, sign):
                return replace(sign, evidence=(*sign.evidence, "box"), proven=True)
            watch.press_again(look, sign)
        clock.pause(FOLLOWS if sign.verdict else TICK)
    seen = "the gate let it through, but nothing followed" if sign.verdict else "no sign that Claude took it"
    message = f"Sent to {target.name}: {seen}."
    raise Unconfirmed(reason, message, "Look there before you send it again.", found=sign.verdict)


def in_its_mode(target: Target, parcel: Parcel, sign: Sign) -> Sign:
    """A prompt that ran in another mode is not what was asked for. Only a pane without a gate can let that happen."""
    if sign.mode in (None, parcel.mode):
        return sign
    message = f"Claude took it in {label(sign.mode)}, not in {label(parcel.mode)}: {target.name} changed at Enter."
    raise Unconfirmed("mode_drift", message, "Press Esc there to stop it.", found=sign.mode, expected=parcel.mode)


class _Watch:
    """The box after Enter: does our text still stand there, or has it been empty for long enough?"""

    def __init__(self, target: Target, parcel: Parcel, clock: Clock, shown: Screen, rest: str) -> None:
        self.target, self.parcel, self.clock, self.shown, self.rest = target, parcel, clock, shown, rest
        self.aside = bool(rest) or shown.stashed  # a draft that takes our text's place: ours, or one found in the stash
        self.pressed, self.enters = clock.now(), 1
        self.empty_since: float | None = None
        self.stands_since: float | None = None

    def empty_long_enough(self, look: Look, sign: Sign) -> bool:
        """The second sign where no other comes. After a block the text comes back into the box, so it must stay so.

        With a draft it is none: older Claudes restore that alone after a block, and leave an empty box empty.
        """
        seen = look.screen
        if self.aside or sign.verdict != "passed" or not seen.empty_box or seen.hook_running or seen.stopped:
            self.empty_since = None
            return False
        self.empty_since = self.clock.now() if self.empty_since is None else self.empty_since
        return self.clock.now() - self.empty_since > EMPTY

    def press_again(self, look: Look, sign: Sign) -> None:
        """Enter was lost: again, bounded, while the box still shows our text. After the gate's word that is a block."""
        if look.state not in ("idle", "busy"):
            self.enters = ENTERS  # what stands in the box after a dialog, the person has left there
        below = f"{self.rest}\n{self.shown.box}"  # where Claude puts it back with a draft
        if look.screen.box not in (self.shown.box, below) or look.screen.hook_running or look.state != "idle":
            self.stands_since = None
            return
        if sign.verdict == "passed":
            self._blocked_by_another()
        elif not self.aside and self.enters < ENTERS and enter(self.target, self.parcel, self.shown) is None:
            self.enters, self.pressed = self.enters + 1, self.clock.now()

    def _blocked_by_another(self) -> None:
        """Raise if the text stays in the box: on a busy machine Claude draws what it has taken long after."""
        self.stands_since = self.clock.now() if self.stands_since is None else self.stands_since
        if self.clock.now() - self.stands_since > STANDS and not self.target.sign(self.parcel).proven:
            raise _other_hook(self.target, self.parcel, self.clock, self.rest)


def blocked(target: Target, parcel: Parcel, clock: Clock, sign: Sign, rest: str = "") -> Refused:
    """Our gate stopped it: clear our text from the box and say so.

    The gate's word is there before Claude has heard it. What was taken out of the box until then would come back.
    """
    until(target, clock, COMES_BACK, lambda now: now.screen.stopped)
    cleared = _cleared(target, parcel, clock, rest)
    stands = "" if cleared else " The text still stands in the box there."
    if sign.verdict == "blocked_mode":
        message = f"Stopped by the gate: {target.name} changed to {label(sign.mode)} just before Enter."
    else:
        message = f"Stopped by the gate: something else was typed into the box of {target.name}."
    hint = f"Nothing reached Claude; send it again.{stands}"
    return Refused("gate_blocked", message, hint, found=sign.mode, expected=parcel.mode)


def _other_hook(target: Target, parcel: Parcel, clock: Clock, rest: str) -> Refused:
    cleared = _cleared(target, parcel, clock, rest)
    stands = "" if cleared else " The text still stands in the box there."
    message = f"Another hook in {target.name} stopped the prompt; its reason shows there."
    return Refused("other_hook_blocked", message, f"Nothing reached Claude.{stands}")


def _cleared(target: Target, parcel: Parcel, clock: Clock, rest: str) -> bool:
    return draft.bring_back(target, clock, rest, parcel.text) if rest else clear(target, parcel, clock)


def clear(target: Target, parcel: Parcel, clock: Clock) -> bool:
    """Empty the box if it shows our text and nothing else, and see it stay so.

    After a block the text comes back a moment later (a command does not, nor before 2.1.321 any), and what shows until
    then may be the box of before.
    """
    states = ("idle", "busy") if parcel.to_claude else ("idle",)
    seconds = STAYS if parcel.command else COMES_BACK
    for _ in range(CLEARINGS):
        look = until(target, clock, seconds, lambda now: shows(now, parcel) and now.state in states)
        if not shows(look, parcel):
            return look.screen.empty_box and (seconds == STAYS or look.screen.stopped)
        if look.state not in states or not _emptied(target, clock, look.screen.box or ""):
            return False
        seconds = STAYS
    return False


def _emptied(target: Target, clock: Clock, shown: str) -> bool:
    """Take what the box shows out of it; all at once, or where Claude does not understand that (2.1.32) bit by bit."""
    left = pressed(target, clock, CLEAR_KEYS, shown)
    if left and shown.startswith(left):
        cut_back(target, clock, left, "")
    return target.look().screen.empty_box
