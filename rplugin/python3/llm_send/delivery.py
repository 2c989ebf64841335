"""Delivery: a conversation with one pane, each step only on what the last one showed.

    wait until it can take a prompt ─ keys ─ look ─ (draft aside) ─ (mode back) ─ paste ─ see ─ Enter ─ evidence

Written against a `Target` and a `Clock`, so that every path has a test. A step that does not hold raises `Refused`
(nothing reached Claude) or `Unconfirmed` (it may have). Nothing is ever pasted twice. The caller has the pane's turn.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from llm_send import draft, handed, ran
from llm_send.claude.screen import Screen, mode_words
from llm_send.errors import Refused
from llm_send.inbox import shows, without_list
from llm_send.receipt import clear, enter, receipt
from llm_send.target import (
    SHIFT_TAB,
    TICK,
    Clock,
    Look,
    Parcel,
    Sign,
    Target,
    TurnBegan,
    Unconfirmed,
    label,
    must,
    refuse_state,
    until,
)

POLL = 0.03  # seconds between two looks at a pane that is busy, at first
REPORTS = 0.1  # the same for one whose hooks say when a turn is over: each look takes its Claude a little time
DRAWS = 0.01  # the same when they have just said so, and it is about to draw its box
SLOWEST = 1.0  # seconds between two looks at one that has been busy for long, unless its hooks report something
SLOWER = 1.05  # how the time between two looks grows
STARTING = 30.0  # seconds a starting Claude is waited for
STILL = 0.5  # seconds a draft must stand unchanged before it is put aside: nobody is typing
DRAWN = 1.0  # seconds an idle screen must stand unchanged before a footer that is not there is believed
HINTS = 10.0  # seconds a hint may stand in the footer; the longest, after a paste, stands for 8
QUIET = 2.0  # seconds an idle screen must stand unchanged before an open tool use counts as ended
SEE = 6.0  # seconds for a paste to show, plus SEE_PER_MB
SEE_PER_MB = 4.0
SWITCH = 3.0  # seconds for the footer to follow one Shift+Tab
SWITCHES = 6  # the longest cycle Claude Code has
PASSING = ("waiting", "draft", "unknown_screen", "suspended", "input_off")  # what a held text waits through


def deliver(target: Target, parcel: Parcel, clock: Clock, step: Callable[[str], None]) -> Sign:
    """Deliver one text to one pane; what proves it. Raises Refused, Unconfirmed, or what `parcel.hold` raises.

    `step` is called before each step that changes something, with its name, for the write-ahead row; first with
    `look`, which may raise Superseded: from there on the text is this delivery's alone, until `wait`.
    """
    held, still = parcel.held, 0.0
    if parcel.behind:
        held, still = _wait(target, parcel, clock, held=held, taken=False)
    while True:
        with target.keys() as free:
            look = target.look() if free else None
            if look and ready(target, parcel, look, held=held, still=still):
                step("look")
                with suppress(TurnBegan):
                    return _hand_over(target, parcel, clock, step, look)
                step("wait")
                held = True
        held, still = _wait(target, parcel, clock, held=held, taken=not free)


def ready(target: Target, parcel: Parcel, look: Look, *, held: bool = False, still: float = 0.0) -> bool:
    """Whether the pane can take the prompt now. False: worth waiting for. Raises Refused where it is not.

    `still`: seconds for which an idle screen has stood unchanged.
    """
    try:
        return _ready(target, parcel, look, still)
    except Refused as refusal:
        if held and refusal.code in PASSING:
            return False
        raise


def _ready(target: Target, parcel: Parcel, look: Look, still: float) -> bool:
    if look.state == "unknown" and look.screen.box is not None and still < DRAWN:
        return False  # Claude draws its box before its footer, and both anew after a resize
    refuse_state(target, look)
    if look.state == "starting" or look.pending:
        return False
    if look.state == "busy" and not _takes(parcel, look):
        return False
    draft.check(target, look)
    if look.screen.box and still < STILL:
        return False
    if look.mode is None and look.screen.hint and still < HINTS:
        return False  # a hint stands where the mode's words are, and goes by itself
    if look.mode is None and look.screen.box:
        return True  # a draft can hide the words: seen when it is aside
    if look.mode is None and still < DRAWN:
        return False  # the same
    _serves(target, parcel, look.mode)
    return True


def _takes(parcel: Parcel, look: Look) -> bool:
    """Whether a busy Claude may be handed it now. A draft and another mode wait for the end of the turn: the one must
    be seen to be put aside, the other would change the mode of what runs."""
    return parcel.to_claude and look.screen.empty_box and look.mode == parcel.mode


def _serves(target: Target, parcel: Parcel, mode: str | None) -> None:
    """Raise Refused if the pane is not in the mode asked for and may not be brought back to it."""
    may_change = parcel.bring_back and target.lock == parcel.mode and mode is not None
    if mode != parcel.mode and not may_change:
        raise _drifted(target, parcel, mode)


def _wait(target: Target, parcel: Parcel, clock: Clock, *, held: bool, taken: bool) -> tuple[bool, float]:
    """Look, without the keys, until the pane seems ready; at least once. Whether it was busy meanwhile, and for how
    many seconds the screen has stood still.

    `taken`: another has the keys, so an idle pane is not ready either until a moment has passed.
    """
    began = quiet_since = clock.now()
    at_first = POLL if target.news() is None else REPORTS
    before, pause = None, at_first
    while True:
        news, look = target.news(), target.look()
        if look.screen != before or look.state not in ("idle", "unknown"):
            quiet_since, before = clock.now(), look.screen
        still = clock.now() - quiet_since
        held = held or look.state == "busy" or look.pending > 0
        if look.pending and look.state == "idle" and still > QUIET:
            target.settle_pending()  # Esc at a dialog ends a tool use without any event
        elif ready(target, parcel, look, held=held, still=still) and not taken:
            return held, still
        if look.state == "starting" and not held and clock.now() - began > STARTING:
            raise Refused("starting_timeout", f"{target.name} is still starting.", "Look at it there, then send again.")
        if held or taken or look.state == "starting":
            parcel.hold(look, held=held)
        taken = False
        if look.ending or look.state == "idle":
            pause = DRAWS if look.ending else POLL
        else:
            pause = min(max(pause, at_first) * SLOWER, SLOWEST)
        _rest(target, clock, pause, news)


def _rest(target: Target, clock: Clock, seconds: float, before: object) -> None:
    """Wait so long, or until the pane's hooks report something that they had not `before`."""
    end = clock.now() + seconds
    while clock.now() < end and target.news() == before:
        clock.pause(min(POLL, max(TICK, seconds / 10)))  # the longer it has taken, the less a moment matters


def _hand_over(target: Target, parcel: Parcel, clock: Clock, step: Callable[[str], None], look: Look) -> Sign:
    """With the keys in hand: a draft aside, the mode, the text, its receipt, and the draft in its place again."""
    if not look.screen.box:
        return _pass_on(target, parcel, clock, step, look.mode, busy=look.state == "busy")
    step("stash")
    words = draft.put_aside(target, clock, look.screen)
    try:
        mode = _uncovered(target, parcel, clock)
        sign = _pass_on(target, parcel, clock, step, mode, words)
    except Refused as refusal:
        if not draft.bring_back(target, clock, words, parcel.text):
            refusal.hint = draft.stashed(refusal.hint)
        raise
    except Unconfirmed as doubt:
        if target.look().screen.stashed:
            doubt.hint = draft.stashed(doubt.hint)
        raise
    if draft.is_back(target, clock, words):
        return sign
    return replace(sign, notes=(*sign.notes, draft.STASHED))


def _uncovered(target: Target, parcel: Parcel, clock: Clock) -> str | None:
    """The mode, seen now that the draft is aside; raises Refused for what the text in the box was hiding."""
    look = until(target, clock, DRAWN, lambda now: now.mode is not None or now.state != "idle")
    refuse_state(target, look)
    if look.state == "busy":
        message = f"A turn runs in {target.name}, behind the unsent text in its box."
        raise Refused("busy", message, "Send it again when the turn is over.")
    _serves(target, parcel, look.mode)
    return look.mode


def _pass_on(
    target: Target,
    parcel: Parcel,
    clock: Clock,
    step: Callable[[str], None],
    mode: str | None,
    rest: str = "",
    *,
    busy: bool = False,
) -> Sign:
    """The mode, the paste, Enter, the receipt. `rest` is the draft that was put aside; `busy`: into Claude's queue."""
    if mode != parcel.mode:
        step("mode")
        bring_back(target, parcel.mode, clock)
    with target.expect(parcel):
        step("paste")
        must(target, target.write(pasted(parcel.text)))
        target.look_ahead()
        target.write_ahead(mode_words(parcel.mode))
        step("see")
        shown = _see(target, parcel, clock)
        shown = (ran.ready if parcel.command else without_list)(target, parcel, clock, shown)
        target.mark()
        step("enter")
        reason = enter(target, parcel, shown)
        if reason:
            _take_back(target, parcel, clock, reason)
        step("evidence")
        if parcel.command:
            return ran.receipt(target, parcel, clock, shown)
        return handed.receipt(target, parcel, clock) if busy else receipt(target, parcel, clock, shown, rest)


def pasted(text: str) -> bytes:
    """The text as a bracketed paste. Enter right behind a backslash would make a new line instead of submitting, so a
    space goes between them, which Claude trims."""
    return b"\x1b[200~" + text.encode() + (b" " if text.endswith("\\") else b"") + b"\x1b[201~"


def bring_back(target: Target, mode: str, clock: Clock) -> None:
    """Change an idle pane's mode to Claude's value `mode`, one Shift+Tab at a time, each read back from the footer.

    Raises Refused, TurnBegan where the pane has become busy.
    """
    look = target.look()
    for _ in range(SWITCHES):
        refuse_state(target, look)
        if look.mode == mode:
            return
        if look.state == "busy" or look.pending:
            raise TurnBegan(target.name)
        if look.state != "idle" or look.mode is None:
            break
        before = look.mode
        reason = target.write(SHIFT_TAB, mode_words(before))
        if reason != "unknown_screen":  # else it changed in between: look again
            must(target, reason)
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
    if reason in ("gone", "shell") or (ran.put_away if parcel.command else clear)(target, parcel, clock):
        look = target.look()
        refuse_state(target, look)
        if look.mode != parcel.mode:
            raise _drifted(target, parcel, look.mode)
        must(target, reason)
    if shows(target.look(), parcel):
        message, hint = f"The text stands unsent in the box of {target.name}.", "Press Enter or clear it there."
    else:
        message = f"Enter was not pressed in {target.name}, and its box does not show the text alone."
        hint = "Look there before you send it again."
    raise Unconfirmed(reason, message, hint, found=reason)


def _drifted(target: Target, parcel: Parcel, mode: str | None) -> Refused:
    if mode is None:
        message = f"{target.name} does not show its mode, so it may not be in {label(parcel.mode)}."
        hint = "Close what hides it below the box there (often Esc), then send again."
        return Refused("mode_drift", message, hint, expected=parcel.mode)
    message = f"{target.name} is in {label(mode)}, not in {label(parcel.mode)}."
    hint = "Press Shift+Tab there, or send to a pane in that mode."
    return Refused("mode_drift", message, hint, found=mode, expected=parcel.mode)
