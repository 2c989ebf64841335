"""Agents open, prompt, read and close panes by the MCP server: the SDK's own client, and the real Claude Code."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

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
from offline.compare import requests
from tests.rig.scene import Scene
from tests.rig.wait import wait_until

pytestmark = pytest.mark.newest
HAIKU, OPUS = "claude-haiku-3-5-20241022", "claude-opus-4-5-20251101"
ALL = {"allow": ["read", "send", "spawn", "close"], "max_panes": 6}
Calls = Callable[..., Awaitable[dict[str, Any]]]


def controller(scene: Scene, mode: Mode = Mode.NORMAL, **more: Any) -> Pane:
    """A Claude that may do everything with its own panes."""
    config = {"mcp": True, "agents": ALL, "permissions": {"allow": ["mcp__llm-send"]}, **more}
    return scene.spawn(mode, name="controller", given=Options(config=config).given())


def as_agent(scene: Scene, pane: Pane, play: Callable[[Calls], Awaitable[None]]) -> None:
    """Play a scene as the agent of a pane, through the SDK's own client."""
    ctx = replace(scene.ctx, here=Here(cwd=pane.cwd, pane=pane.id))

    async def run() -> None:
        async with Client(server_of(ctx, tools("ccmux"))) as client:

            async def call(name: str, /, **arguments: Any) -> dict[str, Any]:
                done = await client.call_tool(name, arguments)
                shown: dict[str, Any] = dict(done.structured_content or {})
                assert bool(done.is_error) == ("error" in shown)
                return shown

            await play(call)

    anyio.run(run)


def test_a_worker_is_opened_asked_read_and_closed(scene: Scene) -> None:
    async def play(call: Calls) -> None:
        made = await call("create_pane", name="worker", model=HAIKU)
        assert made["state"] == "idle", made
        assert made["pane"]["name"] == "worker"
        sent = await call("send_prompt", pane="worker", text="hello [[reply I am here]]", wait_for_answer=True)
        assert (sent["outcome"], sent["answer"], sent["state"]) == ("delivered", "I am here", "idle"), sent
        assert sent["receipt"]["evidence"]
        read = await call("read_pane", pane="worker")
        assert read["said"] == "I am here"
        assert "I am here" in read["screen"]
        panes = await call("list_panes")
        assert {each["name"]: each["relation"] for each in panes["panes"]} == {"controller": "self", "worker": "own"}
        closed = await call("close_pane", pane="worker")
        assert closed["pane"]["state"] == "gone"

    as_agent(scene, controller(scene), play)
    asked = [each for each in requests(scene.model.log) if "hello [[reply" in json.dumps(each["messages"])]
    assert [each["model"] for each in asked] == [HAIKU]
    recorded = [line["asked"] for line in audit.lines(scene.ctx) if "asked" in line]
    assert recorded == ["create_pane", "send_prompt", "read_pane", "list_panes", "close_pane"]


def test_the_real_claude_uses_it(scene: Scene) -> None:
    pane = controller(scene)

    def told(tool: str, **arguments: Any) -> None:
        text = f"please [[tool mcp__llm-send__{tool} {json.dumps(arguments)}]]"
        assert scene.send(text, pane="controller").outcome == "delivered"
        show = scene.screen_of(pane).report
        wait_until(lambda: scene.live(pane).look().state == "idle", 60, show=show)

    told("create_pane", name="worker", model=HAIKU)
    told("send_prompt", pane="worker", text="what is it?", wait_for_answer=True)
    told("close_pane", pane="worker")
    asked = [each for each in requests(scene.model.log) if each["model"] == HAIKU]
    assert any("what is it?" in json.dumps(each["messages"]) for each in asked)
    results = json.dumps(list(requests(scene.model.log))[-1]["messages"])
    assert "Understood." in results
    assert "gone" in results
