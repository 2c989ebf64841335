"""What delivery is written against: a pane to look at and to write to, a clock, one text on its way.

A real pane is `live.LivePane`; a test plays one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from llm_send.claude.screen import Screen, shows_text
from llm_send.errors import LlmSendError, Refused
from llm_send.modes import from_claude, label_of
from llm_send.panes import State

TICK = 0.003  # seconds between two looks
CLEAR_KEYS = b"\x15" * 60  # Ctrl+U, once per row; on an empty box it does nothing
SHIFT_TAB = b"\x1b[Z"
ENTER = b"\r"


class Unconfirmed(LlmSendError):  # noqa: N818 — the contract's word
    """Enter was, or may have been, pressed, and what became of it could not be seen. Never sent again by itself."""

    exit_code = 4


@dataclass(frozen=True)
class Look:
    """What the pane is at one moment. `mode` is Claude's own value; `pending` counts open tool uses."""

    state: State
    screen: Screen
    mode: str | None
    pending: int = 0


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


def shows(look: Look, parcel: Parcel) -> bool:
    return shows_text(look.screen.box or "", parcel.text, look.screen.hidden)


def until(target: Target, clock: Clock, seconds: float, holds: Callable[[Look], bool]) -> Look:
    """Look until the condition holds or the time is over; the last look either way."""
    end = clock.now() + seconds
    while True:
        look = target.look()
        if holds(look) or look.state in ("gone", "shell") or clock.now() >= end:
            return look
        clock.pause(TICK)


def label(mode: str | None) -> str:
    return label_of(from_claude(mode) if mode else None)
