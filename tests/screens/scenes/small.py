"""Panes too low to show all. One width is enough."""

from __future__ import annotations

import pytest

from tests.rig.tmux import Pane
from tests.screens.stage import Stage, end, enter, settled

HEIGHTS = (5, 6, 7, 8, 10, 12)
BASH = '[[tool Bash {"command":"touch /tmp/made","description":"make a file"}]]'


def low(stage: Stage, height: int) -> None:
    if stage.width != 80:
        pytest.skip("one width")
    stage.tmux.run("set-option", "-t", "main", "default-size", f"{stage.width}x{height}")


def ready(pane: Pane) -> None:
    """Little can be seen: ready is what has stood still for long."""
    pane.wait_until(lambda screen: "──" in screen or "▐▛" in screen)
    for _ in range(4):
        settled(pane)


@pytest.mark.parametrize("height", HEIGHTS)
def test_low(stage: Stage, height: int) -> None:
    low(stage, height)
    pane = stage.open("--permission-mode", "plan")
    ready(pane)
    stage.keep(pane, f"low-{height}-empty")
    pane.paste("a line of words")
    settled(pane)
    stage.keep(pane, f"low-{height}-text")
    pane.press("C-u")
    settled(pane)
    pane.paste("\n".join(f"line {number}" for number in range(4)))
    stage.keep(pane, f"low-{height}-lines")
    pane.press(*["C-u", "BSpace"] * 6)
    settled(pane)
    pane.type("wrapped words " * 40)
    stage.keep(pane, f"low-{height}-wrapped")
    end(pane)


@pytest.mark.parametrize("height", HEIGHTS)
def test_low_work(stage: Stage, height: int) -> None:
    low(stage, height)
    pane = stage.open("--permission-mode", "default")
    ready(pane)
    pane.paste(f"[[slow 4]] {BASH} go")
    enter(pane)
    settled(pane)
    stage.keep(pane, f"low-{height}-busy")
    pane.wait_until(lambda screen: "Yes" in screen or "proceed" in screen or "cancel" in screen)
    stage.keep(pane, f"low-{height}-dialog")
    end(pane)
