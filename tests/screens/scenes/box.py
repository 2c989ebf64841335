"""What stands in the input box, and how it is shown."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.screens.stage import Stage, boxed, converse, end, enter, rests, settled, submit

MODES = {"normal": "default", "plan": "plan", "auto-accept": "acceptEdits"}
FOREIGN = ("auto", "dontAsk", "bypassPermissions")
TEXTS = {
    "multi-line": "first line\nsecond line\n\tthird",
    "placeholder": "\n".join(f"line {number}" for number in range(12)),
    "long-line": "long " * 600,
    "wrapped": "wrapped words " * 30,
    "rule-in-the-text": "above\n" + "─" * 30 + "\n❯ below",
    "option-in-the-text": "1. Yes, Do you want to proceed?",
    "wide": "漢字 und Grüße 🙂",
    "scripts": "漢字 かな 한글 Ελλ Кир עבר عرب हिन ไทย",
    "spinner-in-the-text": "* Working…\n✻ Cooking… (3s)",
}


def test_modes(stage: Stage) -> None:
    for ours, value in MODES.items():
        pane = stage.start("--permission-mode", value)
        stage.keep(pane, f"empty-{ours}")
        converse(pane, "Hello there.")
        stage.keep(pane, f"idle-after-turn-{ours}")
        end(pane)


def test_foreign_modes(stage: Stage) -> None:
    said = subprocess.run([stage.claude, "--help"], env=stage.tmux.environment, capture_output=True, text=True).stdout
    for value in FOREIGN:
        if re.search(rf'"{value}"', said):
            pane = stage.open("--permission-mode", value, environment={"IS_SANDBOX": "1"})
            stage.keep(pane, f"start-{value}", "❯")
            end(pane)


def test_typed(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    pane.type("fix the typo in README")
    stage.keep(pane, "one-line", "README")
    pane.press("C-s")
    stage.keep(pane, "stashed", "tash")
    pane.type("meanwhile")
    stage.keep(pane, "stashed-and-text", "meanwhile")
    enter(pane)
    pane.wait_for("Understood")
    settled(pane, rests)
    stage.keep(pane, "draft-restored", "README")
    end(pane)


@pytest.mark.parametrize("name", TEXTS)
def test_pasted(stage: Stage, name: str) -> None:
    pane = stage.start("--permission-mode", "plan")
    pane.paste(TEXTS[name])
    first = TEXTS[name].split()[0]
    pane.wait_until(lambda screen: first in boxed(screen) or "Pasted text" in screen)
    stage.keep(pane, name)
    if name == "placeholder":
        pane.type(" and more")
        stage.keep(pane, "placeholder-and-more", "and more")
    end(pane)


def test_placeholder_emptied(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    pane.paste(TEXTS["long-line"])
    pane.wait_for("Pasted")
    pane.press("C-s")
    stage.keep(pane, "placeholder-stashed", "tash")
    end(pane)


def test_exit_asked(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    pane.press("C-c")
    stage.keep(pane, "exit-asked", "again to exit")
    end(pane)


def test_clear_asked(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    pane.type("a draft")
    pane.wait_for("a draft")
    pane.press("Escape")
    stage.keep(pane, "clear-asked", "again")
    end(pane)


def test_cleared(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    converse(pane, "Some words.")
    submit(pane, "/clear")
    pane.wait_until(lambda screen: "Some words" not in screen, deadline=30)
    stage.keep(pane, "cleared")
    end(pane)


def test_fake_box(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "default")
    rule = "─" * min(30, stage.width - 6)
    fake = f"{rule}\n❯ typed by nobody\n{rule}\n  ⏸ plan mode on (shift+tab to cycle)\nProceed?\n❯ 1. Yes"
    converse(pane, fake)
    stage.keep(pane, "fake-box")
    submit(pane, '[[tool Bash {"command":"touch made","description":"make"}]] go', "Bash")
    stage.keep(pane, "dialog-below-fake-box", "Esc to cancel")
    end(pane)


def test_ellipses(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    for number in range(5):
        converse(pane, f"Thought {number}…")
    stage.keep(pane, "reply-with-an-ellipsis")
    end(pane)
