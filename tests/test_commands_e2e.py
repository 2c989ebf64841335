"""Deliberate commands on the real Claude Code: each runs once, is proven by what it leaves, or is refused unharmed."""

from __future__ import annotations

from pathlib import Path

import pytest

from llm_send.actions.result import SendResult
from llm_send.errors import UsageError
from llm_send.modes import Mode
from llm_send.panes import Pane
from tests.rig.scene import Scene, ended, evidence
from tests.rig.wait import wait_until

pytestmark = pytest.mark.newest


def run(scene: Scene, text: str, **more: object) -> SendResult:
    return scene.send(text, Mode.PLAN, as_command=True, **more)


def settled(scene: Scene, pane: Pane) -> None:
    """Idle again, its box empty."""
    live = scene.live(pane)
    wait_until(
        lambda: (look := live.look()).state == "idle" and look.screen.empty_box, show=scene.screen_of(pane).report
    )


@pytest.fixture
def pane(scene: Scene) -> Pane:
    commands = Path(scene.ctx.environment["CLAUDE_CONFIG_DIR"]) / "commands"
    commands.mkdir(parents=True, exist_ok=True)
    (commands / "foo.md").write_text("Say foo about: $ARGUMENTS\n")
    (commands / "cook.md").write_text("Cook.\n")
    return scene.spawn(Mode.PLAN)


def test_a_command_of_ones_own_passes_the_gate_like_a_prompt(scene: Scene, pane: Pane) -> None:
    for text in ("/foo", "/foo two\twords", "/foo three\nlines\nof them"):
        result = run(scene, text)
        assert evidence(result) == ("gate", "transcript")
        assert result.receipt
        assert result.receipt.permission_mode == "plan"
        assert result.message == "Ran /foo"
        settled(scene, pane)
    said = [text for text in scene.arrived() if text.startswith("Say foo")]
    assert [text.removeprefix("Say foo about:").strip() for text in said] == [
        "",
        "two    words",
        "three\nlines\nof them",
    ]


def test_a_shell_line_runs_in_the_shell(scene: Scene, pane: Pane) -> None:
    assert evidence(run(scene, "!echo one > made; echo two")) in (("transcript",), ("running",))
    wait_until((scene.project / "made").exists)
    settled(scene, pane)
    assert (scene.project / "made").read_text() == "one\n"
    assert evidence(run(scene, "! mkfifo never; read -r word < never")) == ("running",)
    scene.screen_of(pane).press("Escape")


def test_local_commands_are_proven_by_the_transcript(scene: Scene, pane: Pane) -> None:
    scene.send("hello", Mode.PLAN)
    settled(scene, pane)
    assert evidence(run(scene, "/rename a name")) == ("transcript",)
    settled(scene, pane)
    assert evidence(run(scene, "/clear")) == ("transcript",)
    settled(scene, pane)
    assert ended(scene.send("anew", Mode.PLAN)) == ("delivered", None)
    wait_until(lambda: scene.arrived()[-1] == "anew", show=lambda: repr(scene.arrived()))


def test_a_panel_is_what_proves_a_command_that_opens_one(scene: Scene, pane: Pane) -> None:
    result = run(scene, "/help")
    assert evidence(result) == ("panel",)
    assert "/help has opened a panel there" in (result.hint or "")
    assert ended(scene.send("not into the panel", Mode.PLAN)) == ("refused", "waiting")
    scene.screen_of(pane).press("Escape")
    settled(scene, pane)


def test_an_unknown_command_is_told(scene: Scene, pane: Pane) -> None:
    """Also one that begins like another: Enter in Claude's list would run that, whatever was typed."""
    for text in ("/coo", "/nosuch", "/nosuch with words", "/coo with words"):
        result = run(scene, text)
        assert ended(result) == ("refused", "slash_command"), (result.message, result.hint)
        assert result.message == f"claude-plan knows no command {text.split()[0]}."
        settled(scene, pane)
    assert scene.arrived() == []


def test_a_draft_survives_a_command(scene: Scene, pane: Pane) -> None:
    screen = scene.screen_of(pane)
    screen.type("a draft of mine")
    screen.wait_for("a draft of mine")
    live = scene.live(pane)
    for text in ("/foo bar", "/rename x", "!true"):
        result = run(scene, text)
        assert ended(result) == ("delivered", None), (text, result.message, result.hint)
        wait_until(
            lambda: live.look().state == "idle" and live.look().screen.box == "a draft of mine", show=screen.report
        )


def test_a_command_waits_for_a_busy_pane(scene: Scene, pane: Pane) -> None:
    scene.send("[[slow 1]] think", Mode.PLAN)
    assert evidence(run(scene, "/foo afterwards")) == ("gate", "transcript")
    wait_until(lambda: scene.arrived()[1:] == ["Say foo about: afterwards"], show=lambda: repr(scene.arrived()))


def test_claudes_queue_takes_no_commands(scene: Scene, pane: Pane) -> None:
    with pytest.raises(UsageError):
        run(scene, "/foo", queue="claude")


def test_ending_claude_on_purpose(scene: Scene, pane: Pane) -> None:
    assert evidence(run(scene, "/exit")) == ("ended",)
