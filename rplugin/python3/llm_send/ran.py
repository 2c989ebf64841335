"""A deliberate command between its paste and its receipt: would Enter run it, and has Claude run it?

What proves which command is in `commands`; here it is waited for.
"""

from __future__ import annotations

from dataclasses import replace

from llm_send import commands
from llm_send.claude.screen import Screen
from llm_send.errors import Refused
from llm_send.inbox import shows, without_list
from llm_send.receipt import RECEIPT, blocked, clear
from llm_send.target import BACKSPACE, TICK, Clock, Parcel, Sign, Target, Unconfirmed, until

LISTS = 0.3  # seconds for Claude's list of commands to be drawn


def ready(target: Target, parcel: Parcel, clock: Clock, shown: Screen) -> Screen:
    """The screen Enter will meet. Raises Refused, with the box empty again, where it would not run the command."""
    if commands.bare(parcel.text) and not shown.picker:
        shown = until(target, clock, LISTS, lambda now: now.screen.picker).screen
    if shown.picker and not commands.selected(parcel.text, shown):
        shown = without_list(target, parcel, clock, shown)
    why = commands.hindrance(parcel.text, shown)
    if why is None:
        return shown
    if put_away(target, parcel, clock):
        raise Refused("slash_command", why, "Nothing ran.", found=shown.choice)
    raise Unconfirmed("slash_command", why, f"It stands in the box of {target.name}: clear it there.")


def put_away(target: Target, parcel: Parcel, clock: Clock) -> bool:
    """Our command out of the box again, and the box out of its shell mode, which older Claudes keep."""
    emptied = clear(target, parcel, clock)
    shown = target.look().screen
    if shown.shell_mode and shown.box == "":
        target.write(BACKSPACE)
        emptied = until(target, clock, LISTS, lambda now: now.screen.empty_box).screen.empty_box
    return emptied


def receipt(target: Target, parcel: Parcel, clock: Clock, shown: Screen) -> Sign:
    """Wait for the proof. Raises Refused where it did not run, Unconfirmed where another did, or none comes."""
    watch = _Watch(target, parcel, clock)
    end, gate = clock.now() + RECEIPT, Sign()
    while clock.now() < end:
        gate = target.sign(parcel)
        if gate.verdict and gate.verdict != "passed":
            raise blocked(target, parcel, clock, gate)
        sign = commands.evidence(parcel.text, target.ran(), choice=shown.choice, pane=target.name)
        if sign:
            return _with(gate, sign)
        if sign := watch.look():
            return _with(gate, sign)
        clock.pause(TICK)
    raise _nothing(target, parcel, clock, gate)


def _nothing(target: Target, parcel: Parcel, clock: Clock, gate: Sign) -> Refused | Unconfirmed:
    """No sign at all. Enter is not pressed again: it could meet a panel that the command has opened just then."""
    what = commands.parse(parcel.text)
    if not gate.verdict and shows(target.look(), parcel) and put_away(target, parcel, clock):
        return Refused("unknown_screen", f"{target.name} did not take {what}.", "Nothing ran; send it again.")
    message = f"Entered {what} in {target.name}, but nothing shows that it ran."
    return Unconfirmed("unknown_screen", message, "Look there before you send it again.", found=gate.verdict)


def _with(gate: Sign, sign: Sign) -> Sign:
    """Both: custom commands pass the gate like a prompt, and it knows their mode."""
    if gate.verdict is None:
        return sign
    return replace(sign, prompt_id=gate.prompt_id, mode=gate.mode, evidence=("gate", *sign.evidence))


class _Watch:
    """The screen after Enter: what it says of the command, and for how long it has."""

    def __init__(self, target: Target, parcel: Parcel, clock: Clock) -> None:
        self.target, self.parcel, self.clock = target, parcel, clock
        self.since, self.before = clock.now(), ("", False)

    def look(self) -> Sign | None:
        look = self.target.look()
        now = (look.state, look.screen.empty_box)
        if now != self.before:
            self.since, self.before = self.clock.now(), now
        return commands.seen(self.parcel.text, look, self.clock.now() - self.since)
