"""Where the demo plays: Neovim with a file of prompts, and a Claude for each mode beside it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.prompts import lines
from llm_send.modes import Mode
from offline import world
from offline.world import Programs, World
from tests.rig.tmux import Pane

HERE = Path(__file__).resolve().parent
WIDE, HIGH = 130, 44  # columns and lines from which three Claudes fit beside Neovim; below, each gets a window


@dataclass(frozen=True)
class Stage:
    """`editor` is the pane Neovim is in; `outcomes` gets a JSON line for each send's end."""

    world: World
    editor: Pane
    outcomes: Path

    def attach_command(self) -> list[str]:
        server = self.world.server
        return [str(server.program), "-u", "-S", str(server.socket), "attach-session", "-t", "demo"]

    def results(self) -> list[dict[str, object]]:
        text = self.outcomes.read_text() if self.outcomes.exists() else ""
        return [json.loads(line) for line in text.splitlines()]


@contextmanager
def opened(programs: Programs, columns: int, rows: int, log: Path | None = None) -> Iterator[Stage]:
    """The stage, ready to play on."""
    with world.opened("demo", programs, log) as here:
        (here.project / "prompts.md").write_text("\n".join(lines()) + "\n")
        outcomes = here.folder / "outcomes.jsonl"
        stage = Stage(here, _open_editor(here, columns, rows, outcomes), outcomes)
        _spawn_claudes(stage, beside=columns >= WIDE and rows >= HIGH)
        yield stage


def _open_editor(here: World, columns: int, rows: int, outcomes: Path) -> Pane:
    here.server.run("source-file", str(HERE / "tmux.conf"))
    argv = ["nvim", "-u", str(HERE / "init.lua"), "-i", "NONE", "-n", "prompts.md"]
    size = ["-x", str(columns), "-y", str(rows)]
    form = ["-P", "-F", "#{pane_id} #{pane_pid}"]
    place = ["-s", "demo", "-n", "demo", "-c", str(here.project), "-e", f"LLM_SEND_DEMO_OUTCOMES={outcomes}"]
    pane, pid = here.server.run("new-session", "-d", *place, *size, *form, *argv).split()
    editor = Pane(here.server, pane, int(pid))
    editor.wait_for("prompts.md", lines()[0][:30])
    return editor


def _spawn_claudes(stage: Stage, *, beside: bool) -> None:
    """One Claude for each mode, as a person would ask for it in a shell beside Neovim."""
    asker, server = stage.editor.id, stage.world.server
    for mode in Mode:
        where = ["--split", "h" if asker == stage.editor.id else "v"] if beside else ["--window"]
        pane = _spawn(stage.world, asker, ["--mode", mode.value, *where])
        asker = pane if beside else asker
        if beside:  # the last split took half of what was left: Neovim on the left, the rest even on the right
            server.run("select-layout", "-t", "demo:", "main-vertical")
    server.run("select-pane", "-t", stage.editor.id)


def _spawn(here: World, asker: str, arguments: list[str]) -> str:
    argv = [str(here.bin / "llm-send"), "spawn", "--json", *arguments]
    done = subprocess.run(
        argv, env=here.seated_at(asker), cwd=here.project, capture_output=True, text=True, check=False, timeout=90
    )
    if done.returncode != 0:
        raise RuntimeError(f"llm-send spawn {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return str(json.loads(done.stdout)["pane"]["id"])
