"""Lists, panels and views that stand over the box or instead of it."""

from __future__ import annotations

import re

import pytest

from tests.screens.stage import Stage, clear, converse, end, enter, escape, rests, settled, submit

PANELS = {
    "model": "odel",
    "config": "onfig",
    "resume": "esume",
    "help": "elp",
    "permissions": "llow",
    "memory": "emory",
    "theme": "ark mode",
}


def test_shortcuts(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "acceptEdits")
    pane.type("?")
    stage.keep(pane, "shortcuts-help", "commands")
    end(pane)


def test_slash_picker(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "acceptEdits")
    pane.type("/")
    stage.keep(pane, "slash-picker-all", "/add-dir")
    pane.type("mo")
    stage.keep(pane, "slash-picker", "/model")
    pane.press("Down")
    stage.keep(pane, "slash-picker-next", "/model")
    pane.type("nosuchcommand")
    stage.keep(pane, "slash-nothing", "nosuch")
    end(pane)
    for name, text in {"slash-arguments": "/model ", "slash-pasted": "/mo", "slash-within": "then run /cle"}.items():
        pane = stage.start("--permission-mode", "acceptEdits")
        pane.paste(text)
        stage.keep(pane, name, text.strip())
        end(pane)


def test_file_picker(stage: Stage) -> None:
    for name in ("alpha.txt", "beta.txt", "gamma.txt"):
        (stage.project / name).write_text(name)
    pane = stage.start("--permission-mode", "acceptEdits")
    pane.type("see @")
    stage.keep(pane, "at-picker", "alpha.txt")
    pane.type("bet")
    stage.keep(pane, "file-picker", "see @bet", "beta.txt")
    clear(pane)
    pane.paste("look at @alpha")
    stage.keep(pane, "file-pasted", "alpha.txt")
    end(pane)


def in_shell_mode(screen: str) -> object:
    return re.search(r"^! ?", screen.replace("\u00a0", " "), re.MULTILINE)


def test_shell_mode(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "acceptEdits")
    pane.type("!")
    pane.wait_until(in_shell_mode)
    stage.keep(pane, "shell-mode-empty")
    pane.type("ls -la")
    stage.keep(pane, "shell-mode", "ls -la")
    enter(pane)
    pane.wait_for("total")
    settled(pane, rests)
    stage.keep(pane, "shell-mode-ran")
    end(pane)
    pane = stage.start("--permission-mode", "acceptEdits")
    pane.type("!")
    pane.wait_until(in_shell_mode)
    pane.type("sleep 30")
    enter(pane)
    pane.wait_for("Running")
    stage.keep(pane, "shell-mode-running")
    end(pane)


@pytest.mark.parametrize("name", PANELS)
def test_panel(stage: Stage, name: str) -> None:
    pane = stage.start("--permission-mode", "plan")
    submit(pane, f"/{name}")
    stage.keep(pane, f"panel-{name}", PANELS[name])
    end(pane)


def test_views(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    converse(pane, "A word.")
    pane.press("C-o")
    stage.keep(pane, "transcript", "ranscript")
    escape(pane)
    before = pane.screen()
    pane.press("C-r")
    pane.wait_until(lambda screen: screen != before and "earch" in screen)
    stage.keep(pane, "history-search")
    pane.type("tal")
    stage.keep(pane, "history-search-typed", "tal")
    end(pane)
    pane = stage.start("--permission-mode", "plan")
    converse(pane, "A word.")
    pane.press("Escape", "Escape")
    stage.keep(pane, "panel-rewind", "ewind")
    end(pane)
