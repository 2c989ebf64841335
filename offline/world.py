"""A world with no account and no network, for programs to be shown and measured in: a private folder, home, tmux server
and model. Nothing outside is read or written, and nothing is left when it closes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from offline import home
from offline.model_api import ModelApi
from tests.rig.tmux import Tmux
from tests.rig.wait import wait_until

REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Programs:
    tmux: Path
    nvim: Path
    claude: Path


@dataclass(frozen=True)
class World:
    """`environment` is all that the server and its panes know; `bin` is first on its PATH, `project` is trusted."""

    folder: Path
    programs: Programs
    environment: dict[str, str]
    server: Tmux
    model: ModelApi

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    def seated_at(self, pane: str) -> dict[str, str]:
        """The environment of a program typed into this pane."""
        return {**self.environment, "TMUX": f"{self.server.socket},0,0", "TMUX_PANE": pane}


@contextmanager
def opened(purpose: str, programs: Programs, log: Path | None = None) -> Iterator[World]:
    """`log` is where the model's log shall be, if anybody wants to read it later."""
    folder = Path(tempfile.mkdtemp(prefix=f"llm-send-{purpose}-"))
    try:
        model = ModelApi(log or folder / "model.jsonl").start()
        try:
            environment = _environment(folder, programs, model.url)
            server = Tmux(programs.tmux, folder / "tmux.sock", environment).start()
            try:
                yield World(folder, programs, environment, server, model)
            finally:
                server.stop()
                # A program that still writes to the folder as it ends would bring it back.
                wait_until(lambda: not working_in(folder), 30)
        finally:
            model.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path, programs: Programs, url: str) -> dict[str, str]:
    project, programs_here, temporary = (folder / name for name in ("project", "bin", "tmp"))
    for each in (project, programs_here, temporary):
        each.mkdir()
    own = {"llm-send": REPOSITORY / ".venv/bin/llm-send"}
    named = {"tmux": programs.tmux, "nvim": programs.nvim, "claude": programs.claude, **own}
    for name, program in named.items():
        (programs_here / name).symlink_to(program)
    prepared = home.prepare(folder, url, [project])
    path = f"{programs_here}:{prepared['PATH']}"
    return {**prepared, "PATH": path, "TMPDIR": str(temporary), "COLORTERM": "truecolor"}


def working_in(folder: Path) -> list[str]:
    """The processes whose working directory is in `folder`."""
    links = [process / "cwd" for process in Path("/proc").glob("[0-9]*")]
    return [str(link.parent) for link in links if _target(link).startswith(str(folder))]


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""  # it has just ended, or is somebody else's
