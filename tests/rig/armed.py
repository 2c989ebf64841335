"""A pane's gate as it is armed, with no program behind it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from llm_send import guard
from llm_send.config.types import Config
from llm_send.live import LivePane
from llm_send.modes import Mode
from llm_send.panes import Agent
from llm_send.paths import Paths
from llm_send.tmux import Tmux
from tests.rows import row

AGENT = 77


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "state")


@pytest.fixture
def folder(paths: Paths) -> Path:
    return guard.arm(paths, Mode.PLAN, "warn", os.environ)


@pytest.fixture
def make(paths: Paths) -> Callable[..., LivePane]:
    """A pane with no tmux behind it; `folder` makes it a guarded one."""

    def pane(folder: Path | None = None, **fields: object) -> LivePane:
        shown = row(folder=str(folder) if folder else None, **fields)
        return LivePane(Tmux(environment={}), Agent(shown, AGENT), paths, Config())

    return pane
