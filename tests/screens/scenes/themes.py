"""The same in each theme. One version and width are enough: what differs is colour."""

from __future__ import annotations

import pytest

from tests.rig.programs import NEWEST
from tests.screens.stage import Stage, clear, end, escape, spins, submit

THEMES = ("dark", "light", "dark-daltonized", "light-daltonized", "dark-ansi", "light-ansi")


@pytest.mark.parametrize("theme", THEMES)
def test_theme(stage: Stage, theme: str) -> None:
    if (stage.version, stage.width) != (NEWEST, 80):
        pytest.skip("one version, one width")
    stage.remember(theme=theme)
    pane = stage.start("--permission-mode", "default")

    def keep(name: str, *texts: str) -> None:
        stage.keep(pane, f"{theme}-{name}", *texts)

    keep("empty")
    pane.type("some words")
    keep("one-line", "some words")
    clear(pane)
    pane.paste("long " * 600)
    keep("placeholder", "Pasted")
    clear(pane)
    pane.type("!")
    keep("shell-mode", "!")
    pane.press("BSpace")
    pane.type("/mo")
    keep("slash-picker", "/model")
    clear(pane)
    submit(pane, '[[tool Bash {"command":"touch made","description":"make"}]] go', "[[tool")
    keep("dialog", "Esc to cancel")
    escape(pane)
    submit(pane, "[[hold ever]] think")
    pane.wait_until(spins)
    keep("busy")
    end(pane)
