"""Every scene is played by every Claude Code that is there, in every width: `-k 2.1.257-w80` chooses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rig import programs
from tests.rig.tmux import HEIGHT, Tmux
from tests.screens.stage import Stage

WIDTHS = (40, 80, 200)
SEATS = [(version, width) for version in programs.installed() for width in WIDTHS]


@pytest.fixture(params=SEATS, ids=[f"{version}-w{width}" for version, width in SEATS])
def seat(request: pytest.FixtureRequest) -> tuple[str, int]:
    version, width = request.param
    return version, width


@pytest.fixture
def claude_program(seat: tuple[str, int]) -> Path:
    return programs.claude(seat[0])


@pytest.fixture
def stage(seat: tuple[str, int], tmux: Tmux, claude_program: Path, project: Path, place: Path) -> Stage:
    version, width = seat
    tmux.new_pane(["cat"])
    tmux.run("set-option", "-t", "main", "default-size", f"{width}x{HEIGHT}")
    return Stage(tmux, claude_program, version, width, project, place)
