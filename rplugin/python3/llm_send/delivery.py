"""Delivery: a conversation with one pane, each step only on what the last one showed.

    turn ─ wait until it can take a prompt ─ keys ─ look ─ (bring the mode back) ─ paste ─ see ─ Enter ─ evidence

Written against a `Target` and a `Clock`, so that every path has a test. A step that does not hold raises `Refused`
(nothing reached Claude) or `Unconfirmed` (it may have). Nothing is ever pasted twice.
"""

from __future__ import annotations

from collections.abc import Callable

from llm_send.claude.screen import Screen, mode_words
from llm_send.errors import Refused
from llm_send.receipt import clear, enter, receipt
from llm_send.target import (
    SHIFT_TAB,
    Clock,
    Look,
    Parcel,
    Sign,
    Target,
    Unconfirmed,
    label,
    refuse_state,
    shows,
    until,
)

POLL = 0.03  # seconds between two looks at a pane that is busy
STARTING = 30.0  # seconds a starting Claude is waited for, unless the caller said otherwise
DRAWN = 1.0  # seconds an idle screen must stand unchanged before a footer that is not there is believed
QUIET = 2.0  # seconds an idle screen must stand unchanged before an open tool use counts as ended
TURN = 1.0  # seconds to wait for another sender before asking whether this send is still wanted
SEE = 2.0  # seconds for a paste to show, plus SEE_PER_MB
SEE_PER_MB = 4.0
SWITCH = 1.0  # seconds for the footer to follow one Shift+Tab
SWITCHES = 6  # the longest cycle Claude Code has


def deliver(target: Target, parcel: Parcel, clock: Clock, step: Callable[[str], None]) -> Sign:
    """Deliver one text to one pane; what proves it. Raises Refused or Unconfirmed.

    `step` is called before each step that changes something, with its name, for the write-ahead row.
    """
    began = clock.now()
    end = None if parcel.wait is None else began + parcel.wait
    while True:
        with target.turn(TURN if end is None else min(TURN, max(0.0, end - clock.now()))) as mine:
            if mine:
                return _in_turn(target, parcel, clock, step, end)
        if parcel.cancelled():
            raise _cancelled()
        if not parcel.hold or (end is not None and clock.now() >= end):
            raise Refused("busy", f"Another send to {target.name} is under way.", "Try again when it has ended.")


def _in_turn(target: Target, parcel: Parcel, clock: Clock, step: Callable[[str], None], end: float | None) -> Sign:
    """With the turn in hand: take the keys when the pane seems ready, look again, and go."""
    while True:
        with target.keys() as free:
            look = target.look() if free else None
            if look and ready(target, parcel, look):
                return _hand_over(target, parcel, clock, step, look)
        _wait(target, parcel, clock, end, taken=not free)


def ready(target: Target, parcel: Parcel, look: Look, *, drawn: bool = False) -> bool:
    """Whether the pane can take the prompt now. False: worth waiting for. Raises Refused where it is not.

    `drawn`: the screen has stood for so long that what it does not show will not come.
    """
    refuse_state(target, look)
    if look.state in ("starting", "busy") or look.pending:
        return False
    if look.screen.box or look.screen.shell_mode:
        message = f"There is unsent text in the box of {target.name}."
        raise Refused("draft", message, "Send or clear it there, then send again.", found="a draft")
    if look.mode is None and not drawn:
        return False  # Claude draws its box before its footer, and both anew after a resize
    may_change = parcel.bring_back and target.lock == parcel.mode and look.mode is not None
    if look.mode != parcel.mode and not may_change:
        raise _drifted(target, parcel, look.mode)
    return True


def _wait(target: Target, parcel: Parcel, clock: Clock, end: float | None, *, taken: bool) -> None:
    """Look, without the keys, until the pane seems ready; at least once. Raises Refused when it takes too long.

    `taken`: another has the keys, so an idle pane is not ready either until a moment has passed.
    """
    began = quiet_since = clock.now()
    before = None
    while True:
        look = target.look()
        if parcel.cancelled():
            raise _cancelled()
        if look.screen != before or look.state != "idle":
            quiet_since, before = clock.now(), look.screen
        if look.pending and clock.now() - quiet_since > QUIET:
            target.settle_pending()  # Esc at a dialog ends a tool use without any event
        elif ready(target, parcel, look, drawn=clock.now() - quiet_since > DRAWN) and not taken:
            return
        taken = False
        late = end is not None and clock.now() >= end
        if look.state == "starting" and (late or clock.now() - began > STARTING):
            raise Refused("starting_timeout", f"{target.name} is still starting.", "Look at it there, then send again.")
        undrawn = look.state == "idle" and look.mode is None
        if look.state != "starting" and not undrawn and (late or not parcel.hold):
            raise Refused("busy", f"{target.name} is busy.", "Send again when it is idle.")
        clock.pause(POLL)


def _hand_over(target: Target, parcel: Parcel, clock: Clock, step: Callable[[str], None], look: Look) -> Sign:
    """With the keys in hand: the mode, the paste, Enter, the receipt."""
    if look.mode != parcel.mode:
        step("mode")
        bring_back(target, parcel.mode, clock)
    with target.expect(parcel):
        step("paste")
        _must(target, target.write(pasted(parcel.text)))
        step("see")
        shown = _see(target, parcel, clock)
        step("enter")
        target.mark()
        reason = enter(target, parcel, shown)
        if reason:
            _take_back(target, parcel, clock, reason)
        step("evidence")
        return receipt(target, parcel, clock, shown)


def pasted(text: str) -> bytes:
    """The text as a bracketed paste. Enter right behind a backslash would make a new line instead of submitting, so a
    space goes between them, which Claude trims."""
    return b"\x1b[200~" + text.encode() + (b" " if text.endswith("\\") else b"") + b"\x1b[201~"


def bring_back(target: Target, mode: str, clock: Clock) -> None:
    """Change an idle pane's mode to Claude's value `mode`, one Shift+Tab at a time, each read back from the footer."""
    look = target.look()
    for _ in range(SWITCHES):
        refuse_state(target, look)
        if look.mode == mode:
            return
        if look.state != "idle" or look.pending or look.mode is None:
            break
        before = look.mode
        _must(target, target.write(SHIFT_TAB, mode_words(before)))
        look = until(target, clock, SWITCH, _another_mode_than(before))
    if look.mode == mode:
        return
    message = f"{target.name} is in {label(look.mode)} and could not be brought to {label(mode)}."
    raise Refused("mode_drift", message, "Press Shift+Tab there, then send again.", found=look.mode, expected=mode)


def _another_mode_than(before: str) -> Callable[[Look], bool]:
    return lambda now: now.mode not in (None, before)


def _see(target: Target, parcel: Parcel, clock: Clock) -> Screen:
    """Wait until the box shows the text, alone; the screen then."""
    seconds = SEE + SEE_PER_MB * len(parcel.text) / 1e6
    look = until(target, clock, seconds, lambda now: shows(now, parcel))
    if shows(look, parcel):
        return look.screen
    message = f"The text was pasted into {target.name}, but its box does not show it alone."
    raise Unconfirmed("unknown_screen", message, "Look at the box there; nothing was submitted.", found=look.state)


def _take_back(target: Target, parcel: Parcel, clock: Clock, reason: str) -> None:
    """Enter was not pressed: take our text out of the box again, if it can be proven to be ours."""
    if reason in ("gone", "shell") or clear(target, parcel, clock):
        look = target.look()
        refuse_state(target, look)
        if look.mode != parcel.mode:
            raise _drifted(target, parcel, look.mode)
        _must(target, reason)
    message = f"The text stands unsent in the box of {target.name}."
    raise Unconfirmed(reason, message, "Press Enter or clear it there.", found=reason)


def _must(target: Target, reason: str | None) -> None:
    """Raise if a guarded write was not done."""
    if reason is None:
        return
    if reason == "input_off":
        message = f"{target.name} takes no input (select-pane -d)."
        raise Refused("input_off", message, "Switch it on with: tmux select-pane -e")
    if reason == "gone":
        raise Refused("gone", f"{target.name} has just ended.", "Start another with: llm-send spawn")
    if reason == "cancelled":
        raise Refused("cancelled", f"The turn at {target.name} was taken away from this send.", "Send it again.")
    raise Refused(reason, f"{target.name} changed while it was looked at.", "Nothing was sent; send it again.")


def _cancelled() -> Refused:
    return Refused("cancelled", "The send was cancelled before anything was sent.")


def _drifted(target: Target, parcel: Parcel, mode: str | None) -> Refused:
    message = f"{target.name} is in {label(mode)}, not in {label(parcel.mode)}."
    hint = "Press Shift+Tab there, or send to a pane in that mode."
    return Refused("mode_drift", message, hint, found=mode, expected=parcel.mode)
