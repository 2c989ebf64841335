"""A dialog opens in the middle of a send, right before one of its steps; or while its sender was stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.hazards.act import Act
from tests.hazards.case import DELIVERED, Case, Start, nothing
from tests.hazards.dialogs import NORMAL, bash, escape
from tests.hazards.ended import Ended
from tests.rig.wait import wait_until

FIRST = ("mode", "paste")
STEPS = ("paste", "see", "enter", "evidence")
NOT_SENT = ("refused(cancelled)", "refused(waiting)", "refused(unknown_screen)", "unconfirmed(unknown_screen)")
UNSURE = ("unconfirmed(unknown_screen)", "unconfirmed(cancelled)", "unconfirmed(waiting)", *NOT_SENT, *DELIVERED)

Sending = Callable[[Act, bytes], Ended]


def dialog_up(act: Act) -> bool:
    """The permission dialog stands there, or Claude waits for our hook before it may open it."""
    if "Do you want to proceed?" in act.pane.screen():
        return True
    return act.guarded and any((act.scene.live_by_id(act.pane.id).folder or act.project).glob("pending/*"))


def opening(step: str) -> Sending:
    """A tool use of the person's prompt comes right before this step; the prompt itself went in before the paste."""

    def send(act: Act, data: bytes) -> Ended:
        def open_it() -> None:
            act.world.model.release(act.witness.name)
            wait_until(lambda: dialog_up(act), 5, show=act.pane.report)

        def submit() -> None:
            act.submit(f"[[hold {act.witness.name}]] {bash(act)}")
            if step in FIRST:
                open_it()

        at: dict[str, Callable[[], object]] = {step: submit} if step in FIRST else {"paste": submit, step: open_it}
        return answered(act, act.deliver(data.decode(), **at))

    return send


def answered(act: Act, end: Ended) -> Ended:
    """The dialog must stand there still. The person says yes to it, so that Claude can take what it was handed."""
    if not act.guarded or end.outcome == "refused":
        return end
    act.pane.wait_for("Do you want to proceed?")
    assert not act.witness.exists()
    act.settled()
    act.pane.press("Enter")
    wait_until(act.witness.exists, show=act.pane.report)
    act.witness.unlink()
    return end


def blind_opening(act: Act, data: bytes) -> None:
    act.submit(f"[[hold {act.witness.name}]] {bash(act)}")
    act.pane.wait_for("esc to interrupt")

    def open_it() -> None:
        act.world.model.release(act.witness.name)
        act.pane.wait_for("Do you want to proceed?")
        act.settled()

    act.blindly_around(data, open_it)


def waking(step: str) -> Sending:
    """The sender was stopped before this step; when it wakes a dialog has long been open."""

    def send(act: Act, data: bytes) -> Ended:
        started = act.stopped(data, "paste", *([step] if step != "paste" else []))
        act.submit(f"[[hold {act.witness.name}]] {bash(act)}")
        act.pane.wait_for("esc to interrupt")
        if step != "paste":
            act.wake(started)
            # or it has slept for so long on a slow machine that it touches nothing any more
            wait_until(lambda: data.decode() in act.pane.screen() or started.poll() is not None, show=act.pane.report)
            act.until_stopped(started)
        act.world.model.release(act.witness.name)
        act.pane.wait_for("Do you want to proceed?")
        act.settled()
        act.wake(started)
        return answered(act, act.ended(started))

    return send


def drifts(act: Act) -> None:
    act.ready()
    act.pane.press("BTab")
    act.settled(lambda seen: "accept edits on" in seen)


def during(name: str, sees: str, send: Sending, **more: Any) -> Case:
    """A permission dialog opens while ours is under way; it is left to the person."""
    same: dict[str, Any] = {"want": UNSURE, "blind": blind_opening, "start": NORMAL, "tools": True, "leave": escape}
    return Case(name, sees, send=send, alone=True, untouched=False, **{**same, **more})


OPENINGS = [
    *(during(f"dialog before {step}", "a permission dialog opens during the send", opening(step)) for step in STEPS),
    *(during(f"woken before {step}", "the sender slept while a dialog opened", waking(step)) for step in STEPS),
    during(
        "dialog before mode",
        "it opens before Shift+Tab brings the mode back",
        opening("mode"),
        want=("refused(waiting)", "refused(busy)"),
        bring=drifts,
    ),
    during(
        "dialog, no gate",
        "a pane started by hand; a dialog opens before Enter",
        opening("enter"),
        start=Start("normal", hand=True),
        tools=False,
        leave=nothing,
    ),
]
