"""Texts for Claude's own queue, on the real Claude Code: handed over while it works, and proven to be in there."""

from __future__ import annotations

import pytest

from llm_send.actions.result import SendResult
from llm_send.delivery import deliver
from llm_send.errors import Refused
from llm_send.live import RealClock
from llm_send.modes import Mode
from llm_send.target import ENTER, SHIFT_TAB, Parcel
from tests.rig.fixtures import CommandLine
from tests.rig.scene import Scene, evidence
from tests.rig.wait import wait_until

pytestmark = pytest.mark.newest


def hand(scene: Scene, text: str, **more: object) -> SendResult:
    return scene.send(text, Mode.PLAN, queue="claude", **more)


def test_a_busy_claude_takes_them_in_order(scene: Scene) -> None:
    scene.spawn(Mode.PLAN)
    scene.send("[[hold turn]] think", Mode.PLAN)
    texts = ["first", "second\nof two\tlines", "\n".join(f"line {number}" for number in range(30))]
    for text in texts:
        result = hand(scene, text)
        assert evidence(result) == ("gate", "claude_queue")
        assert result.message == "In Claude's queue (Plan Mode)"
        assert result.receipt
        assert result.receipt.permission_mode == "plan"
    assert len(scene.arrived()) == 1
    scene.model.release("turn")
    wait_until(lambda: len(scene.arrived()) == 4, show=lambda: repr(scene.arrived()))
    assert scene.arrived()[1:] == [text.replace("\t", "    ") for text in texts]


def test_an_idle_claude_takes_them_as_ever(scene: Scene) -> None:
    scene.spawn(Mode.PLAN)
    assert evidence(hand(scene, "hello"))[0] == "gate"
    wait_until(lambda: scene.arrived() == ["hello"], show=lambda: repr(scene.arrived()))


def test_a_turn_that_ends_at_that_moment(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    scene.send("[[hold turn]] think", Mode.PLAN)
    live = scene.live(pane)

    def end() -> None:
        scene.model.release("turn")
        wait_until(lambda: scene.live(pane).look().screen.state == "idle" or None, show=scene.screen_of(pane).report)

    parcel = Parcel("f" * 32, "just then", "plan", to_claude=True)
    with live.turn(1):
        sign = deliver(live, parcel, RealClock(), lambda name: end() if name == "enter" else None)
    assert sign.proven
    wait_until(lambda: scene.arrived()[1:] == ["just then"], show=lambda: repr(scene.arrived()))


def leave(scene: Scene, llm_send: CommandLine, text: str) -> None:
    """By a command that does not stay for it."""
    where = ("-S", str(scene.server.socket), "send", "--mode", "plan", "--queue", "claude", "--wait", "0.5", "--json")
    assert '"outcome": "queued"' in llm_send(*where, text=text).stdout


def test_a_draft_waits_for_the_end_of_the_turn(scene: Scene, llm_send: CommandLine) -> None:
    pane = scene.spawn(Mode.PLAN)
    screen = scene.screen_of(pane)
    scene.send("[[hold turn]] think", Mode.PLAN)
    screen.type("half a thought")
    screen.wait_for("half a thought")
    leave(scene, llm_send, "not before the draft")
    scene.model.release("turn")
    wait_until(lambda: scene.arrived()[1:] == ["not before the draft"], show=screen.report)
    wait_until(lambda: scene.live(pane).look().screen.box == "half a thought", show=screen.report)


def test_another_mode_waits_for_the_end_of_the_turn(scene: Scene, llm_send: CommandLine) -> None:
    pane = scene.spawn(Mode.PLAN)
    screen = scene.screen_of(pane)
    scene.send("[[hold turn]] think", Mode.PLAN)
    screen.press("BTab")
    wait_until(lambda: scene.live(pane).look().mode not in (None, "plan"), show=screen.report)
    leave(scene, llm_send, "in plan mode")
    scene.model.release("turn")
    wait_until(lambda: scene.arrived()[1:] == ["in plan mode"], show=screen.report)


def test_the_gate_stops_one_in_another_mode(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    scene.send("[[hold turn]] think", Mode.PLAN)
    live = scene.live(pane)
    write = live.write

    def pressed(keys: bytes, words: str | None = None) -> str | None:
        return write(SHIFT_TAB + keys if keys == ENTER else keys, words)

    live.write = pressed  # type: ignore[method-assign]
    parcel = Parcel("f" * 32, "a text", "plan", to_claude=True)
    with live.turn(1), pytest.raises(Refused) as caught:
        deliver(live, parcel, RealClock(), lambda _: None)
    assert caught.value.code == "gate_blocked"
    scene.model.release("turn")
    wait_until(lambda: scene.live(pane).look().state == "idle", show=scene.screen_of(pane).report)
    assert len(scene.arrived()) == 1
    assert scene.live(pane).look().screen.empty_box
