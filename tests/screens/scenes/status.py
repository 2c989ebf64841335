"""A status line of the person's own, below the box."""

from __future__ import annotations

import pytest

from tests.screens.stage import Stage, boxed, clear, converse, end, spins, submit

LINES = {"status": "~/src/project on main · 12% used", "status-two": "~/src/project on main\n12% used · 3 files"}


@pytest.mark.parametrize("name", LINES)
def test_status_line(stage: Stage, name: str) -> None:
    script = stage.place / "status.sh"
    script.write_text(f"cat <<'END'\n{LINES[name]}\nEND\n")
    shown = stage.settings(statusLine={"type": "command", "command": f"sh {script}"})
    pane = stage.start("--permission-mode", "plan", *shown)
    stage.keep(pane, f"{name}-empty", "~/src")
    pane.type("some words")
    stage.keep(pane, f"{name}-text", "some words")
    clear(pane)
    pane.paste("long " * 600)
    pane.wait_until(lambda screen: "Pasted text" in boxed(screen))
    stage.keep(pane, f"{name}-placeholder", "~/src")
    clear(pane)
    converse(pane, "A word.")
    stage.keep(pane, f"{name}-after-turn", "~/src")
    submit(pane, "[[hold ever]] think")
    pane.wait_until(spins)
    stage.keep(pane, f"{name}-busy", "~/src")
    end(pane)
    pane = stage.open("--permission-mode", "default", *shown)  # normal mode may have no words of its own then
    stage.keep(pane, f"{name}-normal", "~/src")
    end(pane)
