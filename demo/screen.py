"""The whole screen as a person sees it: in a second tmux, whose one pane is attached to the demo's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.stage import Stage
from tests.rig.tmux import Pane, Tmux


@contextmanager
def watching(stage: Stage, columns: int, rows: int) -> Iterator[Pane]:
    environment = {name: value for name, value in stage.world.server.environment.items() if not name.startswith("TMUX")}
    outer = Tmux(stage.world.server.program, stage.world.folder / "watch.sock", environment).start()
    try:
        outer.run("set-option", "-g", "status", "off", ";", "set-option", "-g", "default-terminal", "tmux-256color")
        outer.run("set-option", "-as", "terminal-features", ",*:RGB")
        size, form = ["-x", str(columns), "-y", str(rows)], ["-P", "-F", "#{pane_id} #{pane_pid}"]
        pane, pid = outer.run("new-session", "-d", *size, *form, "--", *stage.attach_command()).split()
        watched = Pane(outer, pane, int(pid))
        # Attached, and every Claude has drawn itself anew for the size that this gave it.
        watched.wait_for("llm-send demo", "manual mode on", "plan mode on", "accept edits on")
        yield watched
    finally:
        outer.stop()


def settle(watched: Pane, answers: int) -> None:
    """Until that many Claudes have answered."""
    watched.wait_until(lambda text: text.count("● Understood.") >= answers)


def save(watched: Pane, folder: Path) -> None:
    from demo.picture import draw  # wants more than the venv has

    (folder / "screen.txt").write_text(watched.screen() + "\n")
    draw(watched.screen(styled=True)).save(folder / "screen.png")
