"""A deliberate command between its paste and its receipt: would Enter run it, and has Claude run it?

What proves which command is in `commands`; here it is waited for.
"""

from __future__ import annotations

from dataclasses import replace

from llm_send import commands
from llm_send.claude.screen import Screen
from llm_send.errors import Refused
from llm_send.inbox import shows, without_list
from llm_send.receipt import AGAIN, ENTERS, RECEIPT, blocked, clear, enter
from llm_send.target import TICK, Clock, Look, Parcel, Sign, Target, Unconfirmed, until

LISTS = 0.3  # seconds for Claude's list of commands to be drawn
EMPTY_LINE = b"\x7f"  # Backspace in an empty box ends the shell mode


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
    if target.look().screen.shell_mode and target.look().screen.box == "":
        target.write(EMPTY_LINE)
        emptied = until(target, clock, LISTS, lambda now: now.screen.empty_box).screen.empty_box
    return emptied


def receipt(target: Target, parcel: Parcel, clock: Clock, shown: Screen) -> Sign:
    """Wait for the proof. Raises Refused where it did not run, Unconfirmed where another did, or none comes."""
    watch = _Watch(target, parcel, clock, shown)
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
    what = commands.parse(parcel.text)
    message = f"Entered {what} in {target.name}, but nothing shows that it ran."
    raise Unconfirmed("unknown_screen", message, "Look there before you send it again.", found=gate.verdict)


def _with(gate: Sign, sign: Sign) -> Sign:
    """Both: custom commands pass the gate like a prompt, and it knows their mode."""
    if gate.verdict is None:
        return sign
    return replace(sign, prompt_id=gate.prompt_id, mode=gate.mode, evidence=("gate", *sign.evidence))


class _Watch:
    """The screen after Enter: what it says of the command, and whether Enter was lost."""

    def __init__(self, target: Target, parcel: Parcel, clock: Clock, shown: Screen) -> None:
        self.target, self.parcel, self.clock, self.shown = target, parcel, clock, shown
        self.pressed, self.enters = clock.now(), 1
        self.since, self.before = clock.now(), ("", False)

    def look(self) -> Sign | None:
        look = self.target.look()
        now = (look.state, look.screen.empty_box)
        if now != self.before:
            self.since, self.before = self.clock.now(), now
        sign = commands.seen(self.parcel.text, look, self.clock.now() - self.since)
        if not sign and self.clock.now() - self.pressed > AGAIN:
            self._press_again(look)
        return sign

    def _press_again(self, look: Look) -> None:
        """Enter was lost: again, while the box still shows our command and Enter still means it."""
        lost = shows(look, self.parcel) and look.state == "idle" and not look.screen.hook_running
        if lost and self.enters < ENTERS and commands.hindrance(self.parcel.text, look.screen) is None:
            enter(self.target, self.parcel, self.shown)
            self.enters, self.pressed = self.enters + 1, self.clock.now()
