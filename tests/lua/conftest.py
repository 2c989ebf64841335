"""Fixtures of the front-end tests: each has a Neovim of its own and a stand-in for the host."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from tests.lua.front import INIT, Front, Host, environment_for
from tests.rig import nvim


class FrontStarter(Protocol):
    def __call__(
        self, setup: str | None = ..., before: str = ..., after: str = ..., *, use_host: bool = ...
    ) -> Front: ...


@pytest.fixture
def host(place: Path) -> Host:
    return Host(place / "host")


@pytest.fixture
def start_front(
    place: Path, nvim_program: Path, environment: dict[str, str], project: Path, host: Host
) -> Iterator[FrontStarter]:
    """Starts a Neovim whose init.lua ends with `before` and setup(`setup`); `after` runs when it is up."""
    started: list[tuple[nvim.Editor, subprocess.Popen[bytes]]] = []

    def start(setup: str | None = "", before: str = "", after: str = "", *, use_host: bool = True) -> Front:
        python = f"python = {str(host.python)!r}, " if use_host else ""
        init = place / f"init-{len(started)}.lua"
        called = "" if setup is None else f"require('llm-send').setup({{ {python}{setup} }})"
        init.write_text(f"{INIT}\n{before}\n{called}\n")
        socket = place / f"nvim-{len(started)}.sock"
        argv = [*nvim.command_line(nvim_program, socket), "-u", str(init), "--headless"]
        argv.remove("--clean")  # it would win over -u
        process = subprocess.Popen(argv, env=environment_for(host, environment), cwd=project, stdin=subprocess.DEVNULL)
        editor = nvim.attach(socket, None)
        started.append((editor, process))
        editor.wait_until(lambda: editor.lua("return vim.v.vim_did_enter == 1"))
        editor.lua(after)
        return Front(editor, host)

    yield start
    for editor, process in started:
        editor.api.close()
        process.terminate()
        process.wait(10)


@pytest.fixture
def front(start_front: FrontStarter) -> Front:
    return start_front()
