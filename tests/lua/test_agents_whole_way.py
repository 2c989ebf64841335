"""An agent asks for more than it has; the person answers in Neovim: nothing in between is a stand-in but the model."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import anyio
import pytest
from mcp.client.client import Client

from llm_send.actions import audit
from llm_send.actions.context import Here
from llm_send.config.given import Options
from llm_send.entry.mcp import server_of
from llm_send.entry.mcp_tools import tools
from llm_send.modes import Mode
from llm_send.panes import Pane
from tests.lua.test_whole_way import person  # noqa: F401 — a fixture
from tests.rig import nvim
from tests.rig.scene import Scene

RIGHTS = {"agents": {"allow": ["read", "send", "spawn", "close"]}, "permissions": {"allow": ["mcp__llm-send"]}}


def asks(scene: Scene, pane: Pane, **arguments: object) -> dict[str, object]:
    """One call of create_pane, as the agent of that pane."""
    ctx = replace(scene.ctx, here=Here(cwd=pane.cwd, pane=pane.id))

    async def run() -> dict[str, object]:
        async with Client(server_of(ctx, tools(None))) as client:
            done = await client.call_tool("create_pane", {"command": "python3 -c input()", **arguments})
            return dict(done.structured_content or {})

    return anyio.run(run)


@pytest.mark.parametrize(("key", "verdict"), [("1", "once"), ("2", "session"), ("3", "no")])
@pytest.mark.newest
def test_the_person_is_asked(scene: Scene, person: nvim.Editor, key: str, verdict: str) -> None:  # noqa: F811
    assert person.pane
    pane = scene.spawn(Mode.PLAN, name="planner", given=Options(config=RIGHTS).given())
    person.api.command("LlmSend agents")  # from now on there is somebody to ask
    person.pane.wait_for("planner")
    person.pane.type("q")
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(asks, scene, pane, name="helper")
        person.pane.wait_for("planner wants to open a pane", "the program python3", "Yes, once", deadline=40)
        # A second after the menu has come: what is typed sooner is no answer.
        person.pane.tmux.run("run-shell", "-d", "1", "-C", f"send-keys -t {person.pane} {key} Enter")
        done = call.result(timeout=40)
    assert _verdicts(scene) == [verdict]
    assert ("error" in done) == (verdict == "no"), done
    if verdict == "session":
        assert "error" not in asks(scene, pane, name="another"), "the very same again is not asked about"
        assert _verdicts(scene) == ["session", "session"]


def _verdicts(scene: Scene) -> list[object]:
    return [line["verdict"] for line in audit.lines(scene.ctx) if "asked" in line]
