"""Claude's vim editor mode. Newer versions read it from settings, the oldest from its state file alone."""

from __future__ import annotations

from tests.screens.scenes.menus import in_shell_mode
from tests.screens.stage import Stage, end, settled, spins, submit


def test_vim(stage: Stage) -> None:
    stage.remember(editorMode="vim")
    pane = stage.start("--permission-mode", "plan")
    stage.keep(pane, "vim-insert", "INSERT")
    pane.type("words")
    stage.keep(pane, "vim-insert-text", "words")
    pane.press("Escape")
    pane.wait_until(lambda screen: "INSERT" not in screen)
    stage.keep(pane, "vim-normal", "words")
    pane.press("v")
    stage.keep(pane, "vim-visual")
    pane.press("Escape")
    settled(pane)
    pane.press("V")
    stage.keep(pane, "vim-visual-line")
    end(pane)


def test_vim_busy(stage: Stage) -> None:
    stage.remember(editorMode="vim")
    pane = stage.start("--permission-mode", "plan")
    submit(pane, "[[hold ever]] think")
    pane.wait_until(spins)
    stage.keep(pane, "vim-busy")
    pane.type("a draft")
    stage.keep(pane, "vim-busy-with-text", "a draft")
    end(pane)


def test_vim_shell_mode(stage: Stage) -> None:
    stage.remember(editorMode="vim")
    pane = stage.start("--permission-mode", "plan")
    pane.type("!")
    pane.wait_until(in_shell_mode)
    stage.keep(pane, "vim-shell-mode")
    end(pane)
