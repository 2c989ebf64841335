"""Panes that are confined, with the real Claude Code in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llm_send import processes
from llm_send.actions.close import CloseRequest, close
from llm_send.config.given import Options
from llm_send.modes import Mode
from llm_send.panes import Pane
from tests.rig.scene import Scene, ended, evidence

pytestmark = pytest.mark.newest


def spawned(scene: Scene, mode: Mode = Mode.NORMAL, **config: Any) -> Pane:
    return scene.spawn(mode, given=Options(config=config).given())


@pytest.mark.parametrize("key", ["isolate_fs", "readonly"])
def test_a_prompt_arrives(scene: Scene, environment: dict[str, str], key: str) -> None:
    pane = spawned(scene, Mode.PLAN, **{key: True})
    assert (pane.mode, pane.lock, pane.state, pane.guarded, pane.verified) == ("plan", "plan", "idle", True, True)
    assert pane.agent_pid != pane.pid
    assert processes.inner(pane.agent_pid or 0) != pane.agent_pid
    assert pane.session_id
    result = scene.send("hello in there [[reply I heard you]]", Mode.PLAN)
    assert set(evidence(result)) >= {"gate"}
    scene.screen_of(pane).wait_for("I heard you")
    assert scene.arrived() == ["hello in there [[reply I heard you]]"]
    second = scene.send("and again", Mode.PLAN)
    assert ended(second) == ("delivered", None)
    folder = scene.folder(pane)
    close(scene.ctx, CloseRequest(pane="claude-plan", force=True))
    assert not folder.exists()
    assert list(scene.ctx.paths.confined.iterdir()) == []
    kept = list(Path(environment["CLAUDE_CONFIG_DIR"]).glob("projects/*/*.jsonl"))
    assert len(kept) == 1
    assert "hello in there" in kept[0].read_text()
