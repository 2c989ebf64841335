"""Panes that run another program than Claude."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from llm_send import processes
from llm_send.actions.close import CloseRequest, close
from llm_send.actions.list_panes import ListRequest, list_panes
from llm_send.actions.spawn import SpawnRequest, spawn
from llm_send.config.given import Options
from llm_send.errors import LlmSendError
from llm_send.panes import Pane
from tests.rig.scene import Scene, ended
from tests.rig.wait import wait_until


def opened(scene: Scene, *command: str, **config: Any) -> Pane:
    given = Options(config=config).given() if config else None
    return spawn(scene.ctx, SpawnRequest(where="window", command=command, given=given)).pane


def test_it_is_named_listed_and_closed(scene: Scene) -> None:
    pane = opened(scene, "cat")
    assert (pane.name, pane.agent, pane.mode, pane.lock, pane.guarded) == ("cat", None, None, None, False)
    # It may be on its way still: what tmux starts is a chain of exec.
    wait_until(lambda: (processes.argv(pane.pid) or [""])[0].rpartition("/")[2] == "cat")
    assert opened(scene, "cat").name == "cat-2"
    assert [each.name for each in list_panes(scene.ctx, ListRequest()).panes] == ["cat", "cat-2"]
    folder = scene.ctx.paths.panes
    close(scene.ctx, CloseRequest("cat"))
    wait_until(lambda: not processes.tree(pane.pid))
    assert len(list(folder.iterdir())) == 1


def test_nothing_is_sent_to_it(scene: Scene) -> None:
    pane = opened(scene, "cat")
    assert ended(scene.send("rm -rf /", pane=pane.name))[0] == "refused"
    assert "rm" not in scene.screen_of(pane).screen()


def test_it_is_confined_as_a_claude_is(scene: Scene) -> None:
    code = "import os; print('in', os.getcwd(), os.environ['ROLE']); open('x', 'w'); input()"
    pane = opened(scene, sys.executable, "-c", code, isolate_fs=True, env={"ROLE": "a worker"})
    screen = scene.screen_of(pane)
    screen.wait_for("a worker")
    assert str(scene.ctx.paths.confined) in screen.screen().replace("\n", "")
    screen.press("C-c")
    wait_until(lambda: not processes.tree(pane.pid))
    list_panes(scene.ctx, ListRequest())
    assert list(scene.ctx.paths.confined.iterdir()) == []


def test_ctrl_c_reaches_what_runs_under_a_limit(scene: Scene) -> None:
    code = "print('ready', flush=True)\ntry: input()\nexcept KeyboardInterrupt: print('stopped', flush=True); input()"
    screen = scene.screen_of(opened(scene, sys.executable, "-c", code, timeout_secs=60))
    screen.wait_for("ready")
    screen.press("C-c")
    screen.wait_for("stopped")
    screen.type("typed")
    screen.wait_for("typed")


def test_tmux_hears_of_the_end_of_a_limited_one(scene: Scene) -> None:
    """tmux 3.3 misses some, and takes the pane for alive then."""
    for _ in range(3):
        screen = scene.screen_of(opened(scene, "sleep", "60", timeout_secs=1))
        screen.wait_for("this pane was ended: its 1 s are over")
        wait_until(lambda: screen.value("#{pane_dead} #{pane_dead_status}") == "1 124")  # noqa: B023 — at once


def test_a_program_that_is_not_there(scene: Scene) -> None:
    with pytest.raises(LlmSendError, match="not found"):
        opened(scene, "no-such-program")
    assert len(scene.server.panes()) == 1
