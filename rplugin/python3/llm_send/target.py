"""What delivery is written against: a pane to look at and to write to, a clock, one text on its way.

A real pane is `live.LivePane`; a test plays one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from llm_send.claude.screen import Screen
from llm_send.claude.transcript import Queued, Ran
from llm_send.errors import LlmSendError, Refused
from llm_send.modes import from_claude, label_of
from llm_send.panes import State

TICK = 0.003  # seconds between two looks
CLEAR_LINE = b"\x15"  # Ctrl+U, to the beginning of the row; there it joins it to the one before
CLEAR_KEYS = CLEAR_LINE * 60  # on an empty box it does nothing
STASH = b"\x13"  # Ctrl+S puts a draft aside; on an empty box it brings it back; twice destroys the first
SHIFT_TAB = b"\x1b[Z"
ENTER = b"\r"
ESCAPE = b"\x1b"
BACKSPACE = b"\x7f"  # in an empty box it ends the shell mode


class Unconfirmed(LlmSendError):  # noqa: N818 — the contract's word
    """Enter was, or may have been, pressed, and what became of it could not be seen. Never sent again by itself."""

    exit_code = 4


@dataclass(frozen=True)
class Look:
    """What the pane is at one moment. `mode` is Claude's own value; `pending` counts open tool uses. `ending`: its
    hooks have just reported the end of the turn, and its screen is about to show it."""

    state: State
    screen: Screen
    mode: str | None
    pending: int = 0
    ending: bool = False


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
    notes: tuple[str, ...] = ()


class TurnBegan(Refused):
    """The pane was idle, and is not any more; nothing of the text is in it, so it can wait."""

    def __init__(self, name: str) -> None:
        super().__init__("busy", f"A turn has begun in {name}.", "Send it again when the turn is over.")


class Superseded(Exception):  # noqa: N818 — no error: another text is next
    """This text is not the one to deliver any more: it was called off, edited, moved, or delivered by another."""


def _patient(look: Look, *, held: bool) -> None:
    """Waits for as long as it takes."""


class Hold(Protocol):
    """Asked at each look at a pane that cannot take the text yet; raises to stop waiting. `held` is whether it has
    been busy meanwhile, so that the text stands in its queue."""

    def __call__(self, look: Look, *, held: bool) -> None: ...


@dataclass(frozen=True)
class Parcel:
    """One text on its way. `mode` is Claude's own value that the prompt must run in. `held`: it has waited in the
    pane's queue, where dialogs and drafts pass by. `to_claude`: a busy Claude may take it into its own queue.
    `command`: a slash command or a `!` line, to be run as one. `behind`: it follows right behind another, so the pane
    is probably busy."""

    id: str
    text: str
    mode: str
    held: bool = False
    behind: bool = False
    bring_back: bool = True
    to_claude: bool = False
    command: bool = False
    hold: Hold = _patient


class Clock(Protocol):
    def now(self) -> float: ...
    def pause(self, seconds: float) -> None: ...


class Target(Protocol):
    """One pane, as delivery needs it. `write` sends keys only if the pane is as it was last looked at and, if given,
    shows `words`; it answers None, or why not: a contract reason. `write_ahead` says that the next write will probably
    be with these words, `look_ahead` that it will be looked at soon: what that needs can be started. `news` changes
    when the pane's hooks report. `ran` and `queued` are what the transcript says since `mark`: commands, and the steps
    of Claude's own queue."""

    name: str
    guarded: bool
    lock: str | None

    def keys(self) -> AbstractContextManager[bool]: ...
    def look(self) -> Look: ...
    def look_ahead(self) -> None: ...
    def write(self, keys: bytes, words: str | None = None) -> str | None: ...
    def write_ahead(self, words: str | None = None) -> None: ...
    def expect(self, parcel: Parcel) -> AbstractContextManager[None]: ...
    def mark(self) -> None: ...
    def sign(self, parcel: Parcel) -> Sign: ...
    def ran(self) -> list[Ran]: ...
    def queued(self) -> list[Queued]: ...
    def settle_pending(self) -> None: ...
    def news(self) -> object: ...


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


def must(target: Target, reason: str | None) -> None:
    """Raise if a guarded write was not done."""
    if reason is None:
        return
    if reason == "input_off":
        message = f"{target.name} takes no input (select-pane -d)."
        raise Refused("input_off", message, "Switch it on with: tmux select-pane -e")
    if reason == "gone":
        raise Refused("gone", f"{target.name} has just ended.", "Start another with: llm-send spawn")
    if reason == "cancelled":
        message = f"The send was held up for so long that its turn at {target.name} was over."
        raise Refused("cancelled", message, "Nothing was sent; send it again.")
    raise Refused(reason, f"{target.name} changed while it was looked at.", "Nothing was sent; send it again.")


def until(target: Target, clock: Clock, seconds: float, holds: Callable[[Look], bool]) -> Look:
    """Look until the condition holds or the time is over; the last look either way."""
    end = clock.now() + seconds
    while True:
        look = target.look()
        if holds(look) or look.state in ("gone", "shell") or clock.now() >= end:
            return look
        target.look_ahead()
        clock.pause(TICK)


def label(mode: str | None) -> str:
    return label_of(from_claude(mode) if mode else None)
