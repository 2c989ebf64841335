"""Which Claudes are given a folder when their session starts. The Claudes are programs of that name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from llm_send import guard, naming, processes
from llm_send.actions.context import Here, context_of
from llm_send.actions.plugin_start import PluginStartRequest, plugin_start
from llm_send.modes import Mode
from tests.rig import tmux as rig
from tests.rig.wait import wait_until

pytestmark = pytest.mark.newest

WAITS = "import time; time.sleep(1000)"
# It starts another, and both write down who they are.
STARTS = """
import os, subprocess, sys, time
inner = subprocess.Popen([sys.argv[1], "-c", "import time; time.sleep(1000)"])
open(sys.argv[2], "w").write(f"{os.getpid()} {inner.pid}\\n")
inner.wait()
"""
Start = Callable[..., Path | None]


@pytest.fixture
def program(place: Path) -> Path:
    """What looks like Claude in a list of processes."""
    folder = place / "fake"
    folder.mkdir()
    (folder / "claude").symlink_to(sys.executable)
    return folder / "claude"


@pytest.fixture
def start(tmux: rig.Tmux, environment: dict[str, str]) -> Start:
    """Asks as the hook of this process in this pane does."""

    def ask(pane: rig.Pane, pid: int) -> Path | None:
        ctx = context_of(environment, here=Here(cwd="/", pane=pane.id), socket_path=str(tmux.socket))
        return plugin_start(ctx, PluginStartRequest(pid)).folder

    return ask


def marks(tmux: rig.Tmux, environment: dict[str, str], pane: rig.Pane) -> tuple[str | None, str | None, str | None]:
    ctx = context_of(environment, here=Here(cwd="/"), socket_path=str(tmux.socket))
    [row] = [row for row in ctx.tmux.rows() if row.id == pane.id]
    return row.name, row.lock, row.folder


def test_the_agent_of_a_pane_is_given_one(
    tmux: rig.Tmux, program: Path, start: Start, environment: dict[str, str]
) -> None:
    pane = tmux.new_pane([str(program), "-c", WAITS])
    folder = start(pane, pane.pid)
    assert folder
    assert guard.armed(str(folder))
    assert marks(tmux, environment, pane) == (None, None, str(folder))
    card = guard.read_card(folder)
    assert (card.lock, card.anchor_pid, card.socket, card.pane) == ("", pane.pid, str(tmux.socket), pane.id)


def test_one_inside_another_is_not(tmux: rig.Tmux, program: Path, start: Start, place: Path) -> None:
    pane = tmux.new_pane([str(program), "-c", STARTS, str(program), str(place / "pids")])
    wait_until(lambda: (place / "pids").exists() and (place / "pids").read_text().endswith("\n"))
    outer, inner = map(int, (place / "pids").read_text().split())
    assert start(pane, inner) is None
    assert start(pane, outer)


def test_one_that_is_not_in_the_pane_is_not(tmux: rig.Tmux, program: Path, start: Start) -> None:
    pane, other = (tmux.new_pane([str(program), "-c", WAITS]) for _ in range(2))
    assert start(pane, other.pid) is None
    assert start(replace(pane, id="%99"), pane.pid) is None


def test_one_with_settings_of_ours_is_not(
    tmux: rig.Tmux, program: Path, start: Start, environment: dict[str, str]
) -> None:
    ctx = context_of(environment, here=Here(cwd="/"), socket_path=str(tmux.socket))
    settings = guard.arm(ctx.paths, Mode.PLAN, "warn", environment) / "settings.json"
    pane = tmux.new_pane([str(program), "-c", WAITS, "--settings", str(settings)])
    assert start(pane, pane.pid) is None
    confined = tmux.new_pane([str(program), "-c", WAITS, "--settings", "/run/llm-send/pane/settings.json"])
    assert start(confined, confined.pid) is None
    own = tmux.new_pane([str(program), "-c", WAITS, "--settings", "/home/own.json"])
    assert start(own, own.pid)


def test_a_pane_that_has_a_lock_keeps_it(
    tmux: rig.Tmux, program: Path, start: Start, environment: dict[str, str]
) -> None:
    """Until the process that it was locked for has ended."""
    ctx = context_of(environment, here=Here(cwd="/"), socket_path=str(tmux.socket))
    locked = guard.arm(ctx.paths, Mode.PLAN, "warn", environment)
    pane, other = (tmux.new_pane([str(program), "-c", WAITS]) for _ in range(2))
    [row] = [row for row in ctx.tmux.rows() if row.id == pane.id]
    guard.bind(locked, anchor_pid=other.pid, socket=row.socket, server_pid=row.server_pid, pane=row.id)
    ctx.tmux.run(*naming.mark(row, name="claude-plan", lock="plan", folder=locked))
    assert start(pane, pane.pid) is None
    assert marks(tmux, environment, pane) == ("claude-plan", "plan", str(locked))
    ctx.tmux.run(["kill-pane", "-t", other.id])
    wait_until(lambda: processes.start_time(other.pid) is None)
    folder = start(pane, pane.pid)
    assert marks(tmux, environment, pane) == (None, None, str(folder))
    assert not locked.exists()
