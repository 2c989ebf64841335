"""Somebody does something in the middle of a send, right before one of its steps."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from tests.hazards.act import Act
from tests.hazards.case import DELIVERED, Case, Start
from tests.hazards.ended import Ended

TYPED = Start(hand=True, shell=True)
STOPPED = ("refused(gate_blocked)",)
LATE = ("refused(cancelled)", "unconfirmed(cancelled)")  # what somebody does takes longer than an Enter may wait


def meanwhile(step: str, do: Callable[[Act], object]) -> Callable[[Act, bytes], Ended]:
    return lambda act, data: act.deliver(data.decode(), **{step: lambda: do(act)})


def blind_meanwhile(step: str, do: Callable[[Act], object]) -> Callable[[Act, bytes], None]:
    """The same for the blind: before it, between its paste and its Enter, or after it."""

    def send(act: Act, data: bytes) -> None:
        if step == "enter":
            act.blindly_around(data, lambda: do(act))
        else:
            parts: list[Callable[[], object]] = [lambda: do(act), lambda: act.blindly(data)]
            for part in parts if step == "paste" else reversed(parts):
                part()

    return send


def race(name: str, sees: str, want: tuple[str, ...], step: str, do: Callable[[Act], object], **more: object) -> Case:
    return Case(name, sees, want, send=meanwhile(step, do), blind=blind_meanwhile(step, do), **more)  # type: ignore[arg-type]


def types(act: Act) -> None:
    act.pane.type("oh, and")
    act.settled()


def switches(act: Act) -> None:
    act.pane.press("BTab")
    act.settled(lambda seen: "plan mode on" not in seen)


def ends(act: Act) -> None:
    """Claude ends by itself; the shell it was typed into shows."""
    os.kill(act.claude() or 0, signal.SIGTERM)
    act.pane.wait_until(lambda seen: seen.rstrip().endswith(("$", "#")))


def clears(act: Act) -> None:
    act.pane.type("/clear")
    act.pane.wait_for("/clear")
    act.settled()
    act.pane.press("Enter")
    act.settled()


def relaunches(act: Act) -> None:
    ends(act)
    act.pane.type("claude --permission-mode plan\n")
    act.ready(30)


def suspends(act: Act) -> None:
    act.pane.press("C-z")
    act.pane.wait_for("Stopped")
    act.settled()


def reads_back(act: Act) -> None:
    act.world.server.run("copy-mode", "-t", act.pane.id)


def switches_off(act: Act) -> None:
    act.world.server.run("select-pane", "-d", "-t", act.pane.id)


def kills(act: Act) -> None:
    act.world.server.run("kill-pane", "-t", act.pane.id)


def becomes_low(act: Act) -> None:
    act.world.server.run("resize-window", "-t", act.pane.id, "-x", "100", "-y", "3")
    act.settled()


def submits(act: Act) -> None:
    """Somebody presses Enter first: it is ours that they submit."""
    act.pane.press("Enter")
    act.settled()


def empties(act: Act) -> None:
    act.pane.press("C-u")
    act.settled()


def blocked_then_sent(act: Act, data: bytes) -> Ended:
    """The first is stopped because somebody typed into it; the one after it must not be mixed up with it."""
    first = act.deliver("the first one", enter=lambda: types(act))
    assert str(first) == "refused(gate_blocked)", first
    return act.send(data)


RACES = [
    race("typed between", "somebody types before the Enter", STOPPED, "enter", types, alone=True, untouched=False),
    race(
        "mode changed", "Shift+Tab before the Enter", ("refused(mode_drift)", *STOPPED), "enter", switches, alone=True
    ),
    race(
        "submitted by hand",
        "somebody presses Enter before we do",
        (*DELIVERED, "unconfirmed(unknown_screen)"),
        "enter",
        submits,
        alone=True,
        untouched=False,
    ),
    race(
        "cleared by hand",
        "somebody empties the box before Enter",
        ("refused(unknown_screen)", "unconfirmed(unknown_screen)"),
        "enter",
        empties,
        alone=True,
    ),
    race("copy-mode before Enter", "the person begins to read back", DELIVERED, "enter", reads_back, alone=True),
    race(
        "input off before Enter",
        "select-pane -d",
        ("unconfirmed(input_off)", "refused(input_off)"),
        "enter",
        switches_off,
        alone=True,
        untouched=False,
    ),
    race("pane killed before Enter", "kill-pane", ("refused(gone)",), "enter", kills, may_end=True, alone=True),
    race(
        "too low before Enter",
        "3 rows are left",
        ("unconfirmed(unknown_screen)", "refused(unknown_screen)", *DELIVERED),
        "enter",
        becomes_low,
        alone=True,
        untouched=False,
    ),
    race(
        "suspended before Enter",
        "Ctrl-Z: a shell shows",
        ("refused(suspended)", "refused(shell)", "unconfirmed(shell)", "unconfirmed(suspended)", *LATE),
        "enter",
        suspends,
        text="touch WITNESS",
        start=TYPED,
        alone=True,
        untouched=False,
    ),
    race(
        "quits before the paste",
        "the shell shows",
        ("refused(shell)",),
        "paste",
        ends,
        text="touch WITNESS",
        start=TYPED,
        may_end=True,
        alone=True,
    ),
    race(
        "quits before Enter",
        "the shell shows",
        ("refused(shell)", "unconfirmed(shell)", *LATE),
        "enter",
        ends,
        text="touch WITNESS",
        start=TYPED,
        may_end=True,
        alone=True,
        untouched=False,
    ),
    race("cleared before the paste", "/clear", DELIVERED, "paste", clears),
    race(
        "cleared after Enter",
        "/clear",
        # our text is in the gate by then, or still in the box with the command behind it: then the gate stops the two
        (*DELIVERED, "unconfirmed(unknown_screen)", "refused(gate_blocked)"),
        "evidence",
        clears,
        alone=True,
        untouched=False,
    ),
    race(
        "started again before Enter",
        "Claude is another",
        ("refused(unknown_screen)", "refused(gone)", "refused(shell)", "unconfirmed(unknown_screen)", *LATE),
        "enter",
        relaunches,
        start=TYPED,
        alone=True,
    ),
    race(
        "started again after Enter",
        "Claude is another",
        (*DELIVERED, "unconfirmed(unknown_screen)", "unconfirmed(gone)"),
        "evidence",
        relaunches,
        start=TYPED,
        alone=True,
    ),
    Case(
        "after a block",
        "the gate put a text back",
        (*DELIVERED, "refused(draft)"),
        send=blocked_then_sent,
        alone=True,
        untouched=False,
    ),
]
