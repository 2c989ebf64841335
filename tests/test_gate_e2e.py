"""The gate inside the real Claude Code: it stops what must be stopped, and every way it can break stops the prompt."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from llm_send import journal
from llm_send.modes import Mode
from tests.rig.fixtures import DiskMaker
from tests.rig.scene import Scene
from tests.rig.wait import wait_until

pytestmark = pytest.mark.newest

Break = Callable[[Path], None]


def gate_gone(folder: Path) -> None:
    (folder / "gate.sh").unlink()


def gate_unreadable(folder: Path) -> None:
    (folder / "gate.sh").chmod(0)


def careful_half_gone(folder: Path) -> None:
    (folder / "hook.py").unlink()


def want_gone(folder: Path) -> None:
    (folder / "want").unlink()


def folder_gone(folder: Path) -> None:
    shutil.rmtree(folder)


def journal_unwritable(folder: Path) -> None:
    (folder / "events").chmod(0o500)


def hangs(folder: Path) -> None:
    (folder / "want").unlink()
    os.mkfifo(folder / "want")


BREAKS: list[Break] = [
    gate_gone,
    gate_unreadable,
    careful_half_gone,
    want_gone,
    folder_gone,
    journal_unwritable,
    hangs,
]


@pytest.mark.parametrize("break_it", BREAKS, ids=lambda breaks: breaks.__name__)
def test_a_broken_gate_stops_the_prompt(scene: Scene, break_it: Break) -> None:
    pane = scene.spawn(Mode.PLAN)
    screen, folder = scene.screen_of(pane), scene.folder(pane)
    screen.press("BTab")  # so that the careful half is needed too
    screen.wait_for("manual mode on")
    break_it(folder)
    screen.type("must not arrive")
    screen.wait_for("must not arrive")
    screen.press("Enter")
    screen.wait_for("llm-send gate failed", deadline=20)
    assert scene.arrived() == []
    for path in (folder / "events", folder / "gate.sh"):
        if path.exists():
            path.chmod(0o700)


def test_a_full_disk_stops_the_prompt(scene: Scene, tiny_disk: DiskMaker) -> None:
    pane = scene.spawn(Mode.PLAN)
    screen, folder = scene.screen_of(pane), scene.folder(pane)
    full = tiny_disk("16k")
    with pytest.raises(OSError, match="No space"):
        (full / "filler").write_bytes(b"x" * 100_000)
    (folder / "events").rename(folder / "events.old")
    (folder / "events").symlink_to(full)
    screen.type("must not arrive")
    screen.wait_for("must not arrive")
    screen.press("Enter")
    screen.wait_for("llm-send gate failed", deadline=20)
    assert scene.arrived() == []


def test_no_python_stops_ours(scene: Scene) -> None:
    """The gate finds another Python if its own is gone; without any it stops what it is not certain of."""
    pane = scene.spawn(Mode.PLAN)
    screen, folder = scene.screen_of(pane), scene.folder(pane)
    text = (folder / "gate.sh").read_text()
    (folder / "gate.sh").write_text(text.replace("python=$3", "python=/nowhere/python PATH=/nowhere"))
    screen.press("BTab")
    screen.wait_for("manual mode on")
    screen.type("must not arrive")
    screen.wait_for("must not arrive")
    screen.press("Enter")
    screen.wait_for("llm-send gate failed", deadline=20)
    assert scene.arrived() == []


def test_a_hand_typed_prompt_in_another_mode_is_warned_about(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    screen = scene.screen_of(pane)
    screen.press("BTab")
    screen.wait_for("manual mode on")
    screen.type("typed by hand")
    screen.wait_for("typed by hand")
    screen.press("Enter")
    screen.wait_for("This pane is locked to plan mode, but Claude is in normal mode")
    wait_until(lambda: scene.arrived() == ["typed by hand"], show=screen.report)


def test_lock_block_stops_a_hand_typed_prompt(scene: Scene) -> None:
    strict = scene.with_config(lock="block")
    pane = strict.spawn(Mode.PLAN)
    screen = strict.screen_of(pane)
    screen.press("BTab")
    screen.wait_for("manual mode on")
    screen.type("typed by hand")
    screen.wait_for("typed by hand")
    screen.press("Enter")
    screen.wait_for("Nothing was sent to Claude")
    assert strict.arrived() == []
    screen.press("BTab", "BTab")
    screen.wait_for("plan mode on")
    screen.press("Enter")
    wait_until(lambda: strict.arrived() == ["typed by hand"], show=screen.report)


def test_the_person_can_work_in_the_locks_mode_as_ever(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    screen = scene.screen_of(pane)
    for number in range(2):
        screen.type(f"typed {number}")
        screen.wait_for(f"typed {number}")
        screen.press("Enter")
        wait_until(lambda: len(scene.arrived()) == number + 1, show=screen.report)  # noqa: B023
    prompts = [event for event in journal.events(scene.folder(pane)) if event.name == "UserPromptSubmit"]
    assert [event.verdict for event in prompts] == ["passed", "passed"]
    assert "llm-send" not in screen.screen()


def test_a_text_mixed_with_typing_is_stopped(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    screen, live = scene.screen_of(pane), scene.live(pane)

    def meddle() -> None:
        screen.type(" and more")
        screen.press("Enter")
        screen.wait_for("something else", deadline=20)

    with pytest.raises(Exception, match=r"Stopped by the gate|stands unsent"):
        scene.deliver(live, "our own text", {"enter": meddle})
    assert scene.arrived() == []


def test_a_dialog_cannot_open_while_keys_are_held(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    screen, live = scene.screen_of(pane), scene.live(pane)
    call = '{"command": "touch never", "description": "make a file"}'
    scene.send(f"[[slow 0.5]] [[tool Bash {call}]]", Mode.PLAN)
    with live.turn(1), live.keys() as free:
        assert free
        wait_until(lambda: journal.pending(scene.folder(pane)) == 1, show=screen.report)
        assert "Do you want to proceed?" not in screen.screen()
    screen.wait_for("Do you want to proceed?")
    assert journal.pending(scene.folder(pane)) == 1
    screen.press("Escape")
    screen.wait_for("Interrupted")
    assert journal.pending(scene.folder(pane)) == 1  # Esc sends no event
    assert scene.send("after the dialog", Mode.PLAN).outcome == "delivered"
    assert journal.pending(scene.folder(pane)) == 0


def test_a_tool_waits_for_the_keys(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    screen, live = scene.screen_of(pane), scene.live(pane)
    call = '{"command": "touch never", "description": "make a file"}'
    screen.type(f"[[tool Bash {call}]]")
    screen.wait_for("make a file")
    with live.turn(1), live.keys() as free:
        assert free
        live.look()
        screen.press("Enter")
        wait_until(lambda: journal.pending(scene.folder(pane)) == 1, show=screen.report)
        assert "Do you want to proceed?" not in screen.screen()
        # A sender that holds on too long loses its turn, and with it every further key.
        screen.wait_for("Do you want to proceed?")
        assert live.write(b"\r") == "cancelled"
    assert "Do you want to proceed?" in screen.screen()
    assert not (scene.project / "never").exists()


def test_a_pane_without_its_gate_is_refused(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    gate_gone(scene.folder(pane))
    result = scene.send("must not arrive", Mode.PLAN)
    assert (result.outcome, result.reason) == ("refused", "gate_blocked")
    assert "must not arrive" not in scene.screen_of(pane).screen()
