"""Where the demo plays: a private folder, tmux server, home and model, with Neovim and a Claude for each mode in it.

Nothing outside is read or written, and nothing is left when it closes.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.prompts import lines
from llm_send.modes import Mode
from offline import home
from offline.model_api import ModelApi
from tests.rig.tmux import Pane, Tmux
from tests.rig.wait import wait_until

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
WIDE, HIGH = 130, 44  # columns and lines from which three Claudes fit beside Neovim; below, each gets a window


@dataclass(frozen=True)
class Programs:
    tmux: Path
    nvim: Path
    claude: Path


@dataclass(frozen=True)
class Stage:
    """`editor` is the pane Neovim is in; `outcomes` gets a JSON line for each send's end."""

    folder: Path
    server: Tmux
    editor: Pane
    model: ModelApi
    outcomes: Path

    def attach_command(self) -> list[str]:
        return [str(self.server.program), "-u", "-S", str(self.server.socket), "attach-session", "-t", "demo"]

    def results(self) -> list[dict[str, object]]:
        text = self.outcomes.read_text() if self.outcomes.exists() else ""
        return [json.loads(line) for line in text.splitlines()]


@contextmanager
def opened(programs: Programs, columns: int, rows: int, log: Path | None = None) -> Iterator[Stage]:
    """The stage, ready to play on. `log` is where the model's log shall be, if anybody wants to read it later."""
    folder = Path(tempfile.mkdtemp(prefix="llm-send-demo-"))
    try:
        model = ModelApi(log or folder / "model.jsonl").start()
        try:
            environment = _environment(folder, programs, model.url)
            server = Tmux(programs.tmux, folder / "tmux.sock", environment).start()
            try:
                editor = _open_editor(server, folder, columns, rows)
                stage = Stage(folder, server, editor, model, folder / "outcomes.jsonl")
                _spawn_claudes(stage, beside=columns >= WIDE and rows >= HIGH)
                yield stage
            finally:
                server.stop()
                _wait_for_the_last(folder)
        finally:
            model.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path, programs: Programs, url: str) -> dict[str, str]:
    project, bin_folder = folder / "project", folder / "bin"
    for each in (project, bin_folder, folder / "tmp"):
        each.mkdir()
    (project / "prompts.md").write_text("\n".join(lines()) + "\n")
    own = {"llm-send": REPOSITORY / ".venv/bin/llm-send"}
    named = {"tmux": programs.tmux, "nvim": programs.nvim, "claude": programs.claude, **own}
    for name, program in named.items():
        (bin_folder / name).symlink_to(program)
    prepared = home.prepare(folder, url, [project])
    return {
        **prepared,
        "PATH": f"{bin_folder}:{prepared['PATH']}",
        "TMPDIR": str(folder / "tmp"),
        "COLORTERM": "truecolor",
        "LLM_SEND_DEMO_OUTCOMES": str(folder / "outcomes.jsonl"),
    }


def _open_editor(server: Tmux, folder: Path, columns: int, rows: int) -> Pane:
    server.run("source-file", str(HERE / "tmux.conf"))
    argv = ["nvim", "-u", str(HERE / "init.lua"), "-i", "NONE", "-n", "prompts.md"]
    size = ["-x", str(columns), "-y", str(rows)]
    form = ["-P", "-F", "#{pane_id} #{pane_pid}"]
    made = server.run(
        "new-session", "-d", "-s", "demo", "-n", "demo", *size, "-c", str(folder / "project"), *form, *argv
    )
    pane, pid = made.split()
    editor = Pane(server, pane, int(pid))
    editor.wait_for("prompts.md", lines()[0][:30])
    return editor


def _spawn_claudes(stage: Stage, *, beside: bool) -> None:
    """One Claude for each mode, as a person would ask for it in a shell beside Neovim."""
    asker = stage.editor.id
    for mode in Mode:
        where = ["--split", "h" if asker == stage.editor.id else "v"] if beside else ["--window"]
        pane = _spawn(stage, asker, ["--mode", mode.value, *where])
        asker = pane if beside else asker
        if beside:  # the last split took half of what was left: Neovim on the left, the rest even on the right
            stage.server.run("select-layout", "-t", "demo:", "main-vertical")
    stage.server.run("select-pane", "-t", stage.editor.id)


def _spawn(stage: Stage, asker: str, arguments: list[str]) -> str:
    seat = {"TMUX": f"{stage.server.socket},0,0", "TMUX_PANE": asker}
    done = subprocess.run(
        ["llm-send", "spawn", "--json", *arguments],
        env={**stage.server.environment, **seat},
        executable=stage.folder / "bin/llm-send",
        cwd=stage.folder / "project",
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    answer = json.loads(done.stdout or "{}")
    if done.returncode != 0:
        raise RuntimeError(f"llm-send spawn {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return str(answer["pane"]["id"])


def _wait_for_the_last(folder: Path) -> None:
    """Programs that still write to the folder as they end would bring it back."""

    def working() -> list[str]:
        links = [Path(f"/proc/{pid.name}/cwd") for pid in Path("/proc").glob("[0-9]*")]
        return [str(link) for link in links if _target(link).startswith(str(folder))]

    wait_until(lambda: not working())


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""
