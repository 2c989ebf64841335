"""What a test can ask for. Each builds a private world under one short folder and proves that nothing of it is left."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from offline import home
from offline.model_api import ModelApi
from tests.rig import kernel, leaks, nvim, programs
from tests.rig.claude import ClaudeStarter
from tests.rig.scene import Scene, scene_of
from tests.rig.tmux import Tmux
from tests.rig.wait import wait_until


@pytest.fixture
def place() -> Iterator[Path]:
    """A private folder whose path is short enough for sockets (tmp_path's is not)."""
    folder = Path(tempfile.mkdtemp(prefix="t-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def project(place: Path) -> Path:
    """The folder the person works in; Claude already trusts it."""
    folder = place / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def model_api(place: Path) -> Iterator[ModelApi]:
    """Where Claude's requests end. `prompts()` is what reached the model."""
    api = ModelApi(place / "model.jsonl").start()
    yield api
    api.stop()


@pytest.fixture
def tmux_program(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)  # one test for each: see conftest


@pytest.fixture
def nvim_program(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture(scope="session")
def claude_program() -> Path:
    return programs.claude()


@pytest.fixture
def bin_folder(request: pytest.FixtureRequest, place: Path, tmux_program: Path, claude_program: Path) -> Path:
    """First on PATH: the programs under test by their everyday names. A test may replace one by a stand-in."""
    folder = place / "bin"
    folder.mkdir()
    by_request = "nvim_program" in request.fixturenames
    editor = request.getfixturevalue("nvim_program") if by_request else next(iter(programs.NVIM.values()))
    own = {name: programs.DEPS / "venv/bin" / name for name in ("llm-send", "llm-send-hook")}
    for name, target in {"tmux": tmux_program, "nvim": editor, "claude": claude_program, **own}.items():
        (folder / name).symlink_to(target)
    programs.put_bwrap(folder)
    return folder


@pytest.fixture
def environment(place: Path, project: Path, model_api: ModelApi, bin_folder: Path) -> Iterator[dict[str, str]]:
    """The whole environment of every program of the test. Afterwards none of them may be left."""
    prepared = home.prepare(place, model_api.url, [project])
    folders = {"XDG_RUNTIME_DIR": place / "run", "TMUX_TMPDIR": place / "tmux", "TMPDIR": place / "tmp"}
    for folder in folders.values():
        folder.mkdir(mode=0o700)
    yield {
        **prepared,
        **{name: str(folder) for name, folder in folders.items()},
        "PATH": f"{bin_folder}:{prepared['PATH']}",
        leaks.MARK: str(place),
    }
    try:
        wait_until(lambda: not leaks.started_by(place), show=lambda: "\n".join(map(str, leaks.started_by(place))))
    finally:
        leaks.kill(leaks.started_by(place))


@pytest.fixture
def tmux(place: Path, tmux_program: Path, environment: dict[str, str]) -> Iterator[Tmux]:
    """A server of the test's own, with no session yet. `new_pane` makes them."""
    server = Tmux(tmux_program, place / "tmux.sock", environment).start()
    yield server
    server.stop()


@pytest.fixture
def claude_pane(tmux: Tmux, claude_program: Path, project: Path) -> ClaudeStarter:
    """Starts the real Claude Code: claude_pane("--permission-mode", "plan")."""
    return ClaudeStarter(tmux, claude_program, project)


class CommandLine(Protocol):
    def __call__(
        self, *arguments: str, text: str = ..., cwd: Path | None = ...
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def llm_send(environment: dict[str, str], bin_folder: Path, project: Path) -> CommandLine:
    """Runs the command to its end: llm_send("panes", "--json"). `text` is its standard input."""

    def run(*arguments: str, text: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        argv = [str(bin_folder / "llm-send"), *arguments]
        return subprocess.run(
            argv, input=text, capture_output=True, text=True, env=environment, cwd=cwd or project, timeout=60
        )

    return run


@pytest.fixture
def editor(place: Path, nvim_program: Path, environment: dict[str, str], project: Path) -> Iterator[nvim.Editor]:
    """A Neovim without a screen, outside tmux."""
    opened, process = nvim.start_headless(nvim_program, place / "nvim.sock", environment, project)
    yield opened
    opened.api.close()
    process.terminate()
    process.wait(10)


class EditorStarter(Protocol):
    def __call__(self, *arguments: str, session: str = ..., cwd: Path | None = ...) -> nvim.Editor: ...


@pytest.fixture
def editor_pane(place: Path, nvim_program: Path, tmux: Tmux, project: Path) -> Iterator[EditorStarter]:
    """Starts Neovim in a pane, to press real keys in: editor_pane("file.txt").pane.type("dd")."""
    opened: list[nvim.Editor] = []

    def start(*arguments: str, session: str = "main", cwd: Path | None = None) -> nvim.Editor:
        socket = place / f"nvim-{len(opened)}.sock"
        argv = [*nvim.command_line(nvim_program, socket), *arguments]
        pane = tmux.new_pane(argv, session=session, cwd=cwd or project)
        opened.append(nvim.attach(socket, pane))
        return opened[-1]

    yield start
    for each in opened:
        each.api.close()


class DiskMaker(Protocol):
    def __call__(self, size: str) -> Path: ...


@pytest.fixture
def tiny_disk(place: Path) -> Iterator[DiskMaker]:
    """Makes a file system that is soon full: tiny_disk("64k")."""
    made: list[Path] = []

    def make(size: str) -> Path:
        folder = place / f"disk-{len(made)}"
        folder.mkdir()
        kernel.mount("tmpfs", folder, "tmpfs", options=f"size={size}")
        made.append(folder)
        return folder

    yield make
    for folder in made:
        kernel.unmount(folder)


@pytest.fixture
def scene(environment: dict[str, str], tmux: Tmux, model_api: ModelApi, project: Path) -> Scene:
    """The world as the actions see it, with the real Claude Code."""
    return scene_of(environment, tmux, model_api, project)
