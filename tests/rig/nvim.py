"""A real Neovim with the plugin on its runtimepath and nothing of anybody's configuration."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pynvim

from tests.rig.programs import REPOSITORY
from tests.rig.tmux import Pane
from tests.rig.wait import T, wait_until


def command_line(program: Path, listen: Path) -> list[str]:
    """As if a plugin manager had added the repository: its plugin/ is sourced at the start."""
    quiet = ["--clean", "-i", "NONE", "-n"]
    return [str(program), *quiet, "--cmd", f"set runtimepath^={REPOSITORY}", "--listen", str(listen)]


@dataclass(frozen=True)
class Editor:
    """`api` speaks to the Neovim; `pane` is where its screen is, None when it has none."""

    api: pynvim.Nvim
    pane: Pane | None

    def lua(self, code: str, *arguments: object) -> Any:
        return self.api.exec_lua(code, *arguments)

    def messages(self) -> str:
        """What :messages shows."""
        return str(self.api.command_output("messages"))

    def wait_until(self, condition: Callable[[], T], deadline: float = 10.0) -> T:
        return wait_until(condition, deadline, show=self.report)

    def report(self) -> str:
        screen = f"\n{self.pane.report()}" if self.pane else ""
        return f":messages\n{self.messages()}{screen}"


def listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:  # there is a moment when the file exists and nobody answers
        return probe.connect_ex(str(path)) == 0


def attach(path: Path, pane: Pane | None) -> Editor:
    wait_until(lambda: listens(path), show=pane.report if pane else None)
    return Editor(pynvim.attach("socket", path=str(path)), pane)


def start_headless(
    program: Path, listen: Path, environment: Mapping[str, str], cwd: Path
) -> tuple[Editor, subprocess.Popen[bytes]]:
    argv = [*command_line(program, listen), "--headless"]
    process = subprocess.Popen(argv, env=dict(environment), cwd=cwd, stdin=subprocess.DEVNULL)
    return attach(listen, None), process
