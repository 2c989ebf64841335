"""Delivery: a conversation with one pane, each step only on what the last one showed.

    turn ─ wait until it can take a prompt ─ keys ─ look ─ (bring the mode back) ─ paste ─ see ─ Enter ─ evidence

Written against a `Target` and a `Clock`, so that every path has a test. A step that does not hold raises `Refused`
(nothing reached Claude) or `Unconfirmed` (it may have). Nothing is ever pasted twice.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Protocol

from llm_send.claude.screen import PLACEHOLDER, Screen, mode_words, shows_text
from llm_send.errors import LlmSendError, Refused
from llm_send.modes import from_claude, label_of
from llm_send.panes import State

TICK = 0.003  # seconds between two looks
POLL = 0.03  # seconds between two looks at a pane that is busy
STARTING = 30.0  # seconds a starting Claude is waited for, unless the caller said otherwise
DRAWN = 1.0  # seconds an idle screen must stand unchanged before a footer that is not there is believed
QUIET = 2.0  # seconds an idle screen must stand unchanged before an open tool use counts as ended
TURN = 30.0  # seconds to wait for another sender
SEE = 2.0  # seconds for a paste to show, plus SEE_PER_MB
SEE_PER_MB = 4.0
SWITCH = 1.0  # seconds for the footer to follow one Shift+Tab
COMES_BACK = 5.0  # seconds for a blocked text to stand in the box again
STAYS = 0.7  # seconds a cleared box must stay empty
CLEARINGS = 4
SWITCHES = 6  # the longest cycle Claude Code has
RECEIPT = 8.0  # seconds for the gate's record and the second sign
EMPTY = 1.5  # seconds the box must stay empty after the gate's word to count as the second sign
AGAIN = 0.5  # seconds without a record before Enter is pressed again, while the box still shows our text
ENTERS = 3
CLEAR_KEYS = b"\x15" * 60  # Ctrl+U, once per row; on an empty box it does nothing
SHIFT_TAB = b"\x1b[Z"
ENTER = b"\r"


class Unconfirmed(LlmSendError):  # noqa: N818 — the contract's word
    """Enter was, or may have been, pressed, and what became of it could not be seen. Never sent again by itself."""

    exit_code = 4


@dataclass(frozen=True)
class Look:
    """What the pane is at one moment. `mode` is Claude's own value; `pending` counts open tool uses; `ours` is whether
    the turn is still ours."""

    state: State
    screen: Screen
    mode: str | None
    pending: int = 0
    ours: bool = True


@dataclass(frozen=True)
class Sign:
    """What the gate and the transcript say of our prompt so far. `verdict` is the gate's, None before it spoke.

    `proven` is whether that is a receipt: the gate's word and a second sign, or in an unguarded pane the transcript.
    """

    verdict: str | None = None
    prompt_id: str | None = None
    mode: str | None = None
    evidence: tuple[str, ...] = ()
    proven: bool = False


@dataclass(frozen=True)
class Parcel:
    """One text on its way. `mode` is Claude's own value that the prompt must run in; `wait` bounds the whole, in
    seconds, None for no bound of its own; `hold` is whether to wait for a busy pane."""

    id: str
    text: str
    mode: str
    wait: float | None = None
    hold: bool = True
    bring_back: bool = True
    cancelled: Callable[[], bool] = field(default=lambda: False)


class Clock(Protocol):
    def now(self) -> float: ...
    def pause(self, seconds: float) -> None: ...


class Target(Protocol):
    """One pane, as delivery needs it. `write` sends keys only if the pane is as it was last looked at and, if given,
    shows `words`; it answers None, or why not: a contract reason."""

    name: str
    guarded: bool
    lock: str | None

    def turn(self, seconds: float) -> AbstractContextManager[bool]: ...
    def keys(self) -> AbstractContextManager[bool]: ...
    def look(self) -> Look: ...
    def write(self, keys: bytes, words: str | None = None) -> str | None: ...
    def expect(self, parcel: Parcel) -> AbstractContextManager[None]: ...
    def mark(self) -> None: ...
    def sign(self, parcel: Parcel) -> Sign: ...
    def settle_pending(self) -> None: ...


def deliver(target: Target, parcel: Parcel, clock: Clock, step: Callable[[str], None]) -> Sign:
    """Deliver one text to one pane; what proves it. Raises Refused or Unconfirmed.

    `step` is called before each step that changes something, with its name, for the write-ahead row.
    """
    start = clock.now()
    end = None if parcel.wait is None else start + parcel.wait
    with target.turn(TURN if end is None else max(0.0, parcel.wait or 0.0)) as mine:
        if not mine:
            raise Refused("busy", f"Another send to {target.name} is under way.", "Try again when it has ended.")
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


def refuse_state(target: Target, look: Look) -> None:
    """Raise for a state in which nothing may be touched."""
    name = target.name
    if look.state == "waiting":
        what = f": {look.screen.dialog}" if look.screen.dialog else ""
        raise Refused("waiting", f"{name} waits for an answer{what}.", "Answer it there, then send again.")
    if look.state == "shell":
        raise Refused("shell", f"Claude has ended in {name}; a shell shows.", "Start it again there, then send again.")
    if look.state == "suspended":
        raise Refused("suspended", f"Claude is suspended in {name}.", "Bring it back with: fg")
    if look.state == "gone":
        raise Refused("gone", f"{name} is gone.", "Start another with: llm-send spawn")
    if look.state == "unknown":
        message = f"{name} shows something that is not Claude's input box."
        raise Refused("unknown_screen", message, "Close what is open there (often Esc), then send again.")


def _wait(target: Target, parcel: Parcel, clock: Clock, end: float | None, *, taken: bool) -> None:
    """Look, without the keys, until the pane seems ready; at least once. Raises Refused when it takes too long.

    `taken`: another has the keys, so an idle pane is not ready either until a moment has passed.
    """
    began = quiet_since = clock.now()
    before = None
    while True:
        look = target.look()
        if parcel.cancelled():
            raise Refused("cancelled", "The send was cancelled before anything was sent.")
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
        reason = _enter(target, parcel, shown)
        if reason:
            _take_back(target, parcel, clock, reason)
        step("evidence")
        return _receipt(target, parcel, clock, shown)


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
        look = _until(target, clock, SWITCH, _another_mode_than(before))
    if look.mode == mode:
        return
    message = f"{target.name} is in {_label(look.mode)} and could not be brought to {_label(mode)}."
    raise Refused("mode_drift", message, "Press Shift+Tab there, then send again.", found=look.mode, expected=mode)


def _shows(look: Look, parcel: Parcel) -> bool:
    return shows_text(look.screen.box or "", parcel.text, look.screen.hidden)


def _another_mode_than(before: str) -> Callable[[Look], bool]:
    return lambda now: now.mode not in (None, before)


def _see(target: Target, parcel: Parcel, clock: Clock) -> Screen:
    """Wait until the box shows the text, alone; the screen then."""
    seconds = SEE + SEE_PER_MB * len(parcel.text) / 1e6
    look = _until(target, clock, seconds, lambda now: _shows(now, parcel))
    if _shows(look, parcel):
        return look.screen
    message = f"The text was pasted into {target.name}, but its box does not show it alone."
    raise Unconfirmed("unknown_screen", message, "Look at the box there; nothing was submitted.", found=look.state)


def _enter(target: Target, parcel: Parcel, shown: Screen) -> str | None:
    """Press Enter if the pane still shows what it must; None, or why not.

    A placeholder hides the footer's mode words, so there the placeholder itself must stand. A footer without words
    (old versions, or a mode the person vouches for in the configuration) leaves the check to the gate.
    """
    found = PLACEHOLDER.search(shown.box or "")
    if found:
        return target.write(ENTER, f"Pasted text #{found[1]}")
    return target.write(ENTER, mode_words(parcel.mode) if shown.mode else None)


def _receipt(target: Target, parcel: Parcel, clock: Clock, shown: Screen) -> Sign:
    """Wait for the proof that Claude took the prompt. Raises Refused for a block, Unconfirmed when none comes."""
    end = clock.now() + RECEIPT
    watch = _Watch(target, parcel, clock, shown)
    sign, reason = Sign(), "unknown_screen"
    while clock.now() < end:
        sign = target.sign(parcel)
        if sign.proven:
            return _in_its_mode(target, parcel, sign)
        if sign.verdict and sign.verdict != "passed":
            raise _blocked(target, parcel, clock, sign)
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
        clock.pause(TICK)
    seen = "the gate let it through, but nothing followed" if sign.verdict else "no sign that Claude took it"
    message = f"Sent to {target.name}, but {seen}."
    raise Unconfirmed(reason, message, "Look there before you send it again.", found=sign.verdict)


def _in_its_mode(target: Target, parcel: Parcel, sign: Sign) -> Sign:
    """A prompt that ran in another mode is not what was asked for. Only a pane without a gate can let that happen."""
    if sign.mode in (None, parcel.mode):
        return sign
    message = f"Claude took it in {_label(sign.mode)}, not in {_label(parcel.mode)}: {target.name} changed at Enter."
    raise Unconfirmed("mode_drift", message, "Press Esc there to stop it.", found=sign.mode, expected=parcel.mode)


class _Watch:
    """The box after Enter: does our text still stand there, or has it been empty for long enough?"""

    def __init__(self, target: Target, parcel: Parcel, clock: Clock, shown: Screen) -> None:
        self.target, self.parcel, self.clock, self.shown = target, parcel, clock, shown
        self.pressed, self.enters = clock.now(), 1
        self.empty_since: float | None = None

    def empty_long_enough(self, look: Look, sign: Sign) -> bool:
        """The second sign where no other comes. After a block the text comes back into the box, so it must stay so."""
        if sign.verdict != "passed" or not look.screen.empty_box or look.screen.hook_running:
            self.empty_since = None
            return False
        self.empty_since = self.clock.now() if self.empty_since is None else self.empty_since
        return self.clock.now() - self.empty_since > EMPTY

    def press_again(self, look: Look, sign: Sign) -> None:
        """Enter was lost: again, bounded, while the box still shows our text. After the gate's word that is a block."""
        if look.state not in ("idle", "busy"):
            self.enters = ENTERS  # what stands in the box after a dialog, the person has left there
        if look.screen.box != self.shown.box or look.screen.hook_running or look.state != "idle":
            return
        if sign.verdict == "passed":
            raise _other_hook(self.target, self.parcel, self.clock)
        if self.enters < ENTERS and _enter(self.target, self.parcel, self.shown) is None:
            self.enters, self.pressed = self.enters + 1, self.clock.now()


def _blocked(target: Target, parcel: Parcel, clock: Clock, sign: Sign) -> Refused:
    """Our gate stopped it: clear our text from the box and say so."""
    cleared = _clear(target, parcel, clock)
    stands = "" if cleared else " The text still stands in the box there."
    if sign.verdict == "blocked_mode":
        message = f"Stopped by the gate: {target.name} changed to {_label(sign.mode)} just before Enter."
    else:
        message = f"Stopped by the gate: something else was typed into the box of {target.name}."
    hint = f"Nothing reached Claude; send it again.{stands}"
    return Refused("gate_blocked", message, hint, found=sign.mode, expected=parcel.mode)


def _other_hook(target: Target, parcel: Parcel, clock: Clock) -> Refused:
    cleared = _clear(target, parcel, clock)
    stands = "" if cleared else " The text still stands in the box there."
    message = f"Another hook in {target.name} stopped the prompt; its reason shows there."
    return Refused("other_hook_blocked", message, f"Nothing reached Claude.{stands}")


def _take_back(target: Target, parcel: Parcel, clock: Clock, reason: str) -> None:
    """Enter was not pressed: take our text out of the box again, if it can be proven to be ours."""
    if reason in ("gone", "shell") or _clear(target, parcel, clock):
        look = target.look()
        refuse_state(target, look)
        if look.mode != parcel.mode:
            raise _drifted(target, parcel, look.mode)
        _must(target, reason)
    message = f"The text stands unsent in the box of {target.name}."
    raise Unconfirmed(reason, message, "Press Enter or clear it there.", found=reason)


def _clear(target: Target, parcel: Parcel, clock: Clock) -> bool:
    """Empty the box if it shows our text and nothing else, and see it stay so.

    After a block the text comes back a moment later, and what shows until then may be the box of before.
    """
    seconds = COMES_BACK
    for _ in range(CLEARINGS):
        look = _until(target, clock, seconds, lambda now: _shows(now, parcel) and now.state == "idle")
        if not _shows(look, parcel):
            return look.screen.empty_box and seconds == STAYS
        if look.state != "idle" or target.write(CLEAR_KEYS) is not None:
            return False
        if not _until(target, clock, SWITCH, lambda now: now.screen.empty_box).screen.empty_box:
            return False
        seconds = STAYS
    return False


def _until(target: Target, clock: Clock, seconds: float, holds: Callable[[Look], bool]) -> Look:
    """Look until the condition holds or the time is over; the last look either way."""
    end = clock.now() + seconds
    while True:
        look = target.look()
        if holds(look) or look.state in ("gone", "shell") or clock.now() >= end:
            return look
        clock.pause(TICK)


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


def _drifted(target: Target, parcel: Parcel, mode: str | None) -> Refused:
    message = f"{target.name} is in {_label(mode)}, not in {_label(parcel.mode)}."
    hint = "Press Shift+Tab there, or send to a pane in that mode."
    return Refused("mode_drift", message, hint, found=mode, expected=parcel.mode)


def _label(mode: str | None) -> str:
    return label_of(from_claude(mode) if mode else None)
