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


def test_the_calls_of_ccmux_work_as_they_are(scene: Scene) -> None:
    """`claude --resume` opens its picker, if there is a conversation to pick."""
    pane = controller(scene, agents={**ALL, "also_presets": ["haiku-worker"]})
    assert scene.send("remember me", pane="controller").outcome == "delivered"
    wait_until(lambda: scene.live(pane).look().state == "idle", 20)
    common = {"session": "my-session", "command": "claude --resume"}
    calls: list[dict[str, Any]] = [
        {**common, "claude_model": HAIKU, "name": "fast-worker-1"},
        {**common, "preset": "haiku-worker", "name": "worker-1"},
        {**common, "config": {"model": OPUS, "context_limit": 200000, "temperature": 0.7}, "name": "architect"},
    ]

    async def play(call: Calls) -> None:
        for arguments in calls:
            made = await call("ccmux_create_pane", **arguments)
            assert made["state"] == "waiting", made
            assert made["pane"]["name"] == arguments["name"]
            assert made["pane"]["session"] == "my-session"
            assert "Ask the person to answer it" in made["next"]
            assert (await call("ccmux_close_pane", pane=arguments["name"], force=True))["pane"]["state"] == "gone"
        session = scene.live(pane).pane().session_id
        resumed = await call("ccmux_create_pane", command=f"claude --resume {session}", name="again", model=HAIKU)
        assert resumed["state"] == "idle", resumed
        asked = await call("ccmux_send_prompt", pane="again", text="do you?", wait_for_answer=True)
        assert asked["outcome"] == "delivered"

    as_agent(scene, pane, play)
    last = [each for each in requests(scene.model.log) if "do you?" in json.dumps(each["messages"])][-1]
    assert "remember me" in json.dumps(last["messages"])
    assert last["model"] == HAIKU


def test_every_tool_is_called(scene: Scene) -> None:
    async def play(call: Calls) -> None:
        assert (await call("create_pane_with_config", name="w", config={"model": HAIKU}))["state"] == "idle"
        assert (await call("send_prompt", pane="w", text="hello", wait_for_answer=True))["answer"] == "Understood."
        waited = await call("wait_for_pane", pane="w", until="idle")
        assert (waited["state"], waited["timed_out"]) == ("idle", False)
        changed = await call("set_pane_config", pane="w", config={"model": OPUS})
        assert [each["key"] for each in changed["changes"]] == ["model"]
        assert (await call("set_mode", pane="w", mode="normal"))["pane"]["mode"] == "normal"
        copied = await call("fork_pane", pane="w", name="copy")
        assert copied.get("state") == "idle", copied
        assert "haiku-worker" in json.dumps(await call("list_presets"))
        assert (await call("get_config", pane="w"))["config"]["model"] == OPUS
        assert (await call("get_config"))["you_may"] == ["close", "read", "send", "spawn"]
        assert {each["name"] for each in (await call("list_panes"))["panes"]} == {"controller", "w", "copy"}
        for name in ("copy", "w"):
            assert (await call("close_pane", pane=name))["pane"]["state"] == "gone"

    as_agent(scene, controller(scene), play)


def test_a_stranger_is_not_touched(scene: Scene) -> None:
    stranger = scene.spawn(Mode.PLAN, name="stranger")
    shared = scene.spawn(Mode.PLAN, name="open", given=Options(config={"shared": ["read"]}).given())

    async def play(call: Calls) -> None:
        for name in ("send_prompt", "read_pane", "close_pane", "fork_pane", "wait_for_pane", "get_config"):
            more = {"text": "x"} if name == "send_prompt" else {}
            refused = await call(name, pane="stranger", **more)
            assert refused["error"]["code"] == "policy", refused
            assert refused["error"]["hint"]
        assert (await call("read_pane", pane="open"))["pane"]["id"] == shared.id
        assert (await call("send_prompt", pane="open", text="x"))["error"]["code"] == "policy"
        assert (await call("send_prompt", pane="controller", text="x"))["error"]["code"] == "policy"
        assert {each["name"] for each in (await call("list_panes"))["panes"]} == {"controller", "open"}

    as_agent(scene, controller(scene), play)
    assert scene.live(stranger).look().state == "idle"
    assert scene.arrived() == []


def test_nothing_is_allowed_unless_the_person_says_so(scene: Scene) -> None:
    async def play(call: Calls) -> None:
        for name in ("list_panes", "create_pane", "list_presets", "get_config"):
            refused = await call(name)
            assert refused["error"]["code"] == "policy"
            assert "agents.allow is empty" in refused["error"]["message"]

    as_agent(scene, scene.spawn(Mode.PLAN, name="controller"), play)
    assert len(scene.server.panes()) == 2


def test_what_goes_beyond_is_asked_and_nobody_is_there(scene: Scene) -> None:
    async def play(call: Calls) -> None:
        refused = await call("create_pane", mode="auto-accept")
        assert refused["error"]["code"] == "policy"
        assert "mode auto-accept; its own is plan" in refused["error"]["message"]
        assert "there is no Neovim" in refused["error"]["message"]

    as_agent(scene, controller(scene, Mode.PLAN), play)
    assert [line["verdict"] for line in audit.lines(scene.ctx) if "asked" in line] == ["nobody"]


def test_a_long_wait_tells_how_it_goes_and_can_be_called_off(scene: Scene) -> None:
    pane = controller(scene)
    worker = scene.spawn(Mode.NORMAL, name="worker", opener=pane.id)
    ctx = replace(scene.ctx, here=Here(cwd=pane.cwd, pane=pane.id))
    told: list[str | None] = []

    async def on_progress(progress: float, total: float | None, message: str | None) -> None:
        told.append(message)

    async def until(condition: Callable[[], object]) -> None:
        with anyio.fail_after(30):
            while not await anyio.to_thread.run_sync(condition):
                await anyio.sleep(0.05)

    def waits() -> bool:
        return bool(scene.ctx.history.queue(worker.server, worker.id))

    called_off: list[anyio.CancelScope] = []

    async def never_mind(client: Client) -> None:
        with anyio.CancelScope() as scope:
            called_off.append(scope)
            await client.call_tool("send_prompt", {"pane": "worker", "text": "never mind"})

    async def run() -> None:
        async with Client(server_of(ctx, tools(None))) as client, anyio.create_task_group() as group:

            async def asked(text: str) -> None:
                arguments = {"pane": "worker", "text": text, "wait_for_answer": True}
                done = await client.call_tool("send_prompt", arguments, progress_callback=on_progress)
                assert dict(done.structured_content or {})["answer"] == "so be it"

            group.start_soon(asked, "think [[hold it]] [[reply so be it]]")
            await until(lambda: "worker is busy" in told)
            group.start_soon(never_mind, client)
            await until(waits)
            called_off[0].cancel()
            await until(lambda: not waits())
            scene.model.release("it")

    anyio.run(run)
    assert scene.arrived() == ["think [[hold it]] [[reply so be it]]"]


FREER = {"permissions": {"allow": ["Bash"]}, "shared": ["read"]}


def test_a_copy_gives_no_more_than_the_agent_has(scene: Scene) -> None:
    scene.spawn(Mode.NORMAL, name="freer", given=Options(config=FREER).given())
    assert scene.send("remember me", pane="freer").outcome == "delivered"
    wait_until(lambda: scene.live_by_id("freer").look().state == "idle", 20)

    async def play(call: Calls) -> None:
        assert "remember me" in (await call("read_pane", pane="freer"))["screen"]
        refused = await call("fork_pane", pane="freer")
        assert "permissions.allow Bash" in refused["error"]["message"]

    as_agent(scene, controller(scene), play)


def test_a_name_gives_no_more_than_the_agent_has(scene: Scene) -> None:
    """What has no name given gets one, and with it what the person has written for that name."""
    scene.ctx.paths.config.mkdir(parents=True, exist_ok=True)
    scene.ctx.paths.config_file.write_text('[panes.claude-normal]\npermissions.allow = ["Bash"]\n')

    async def play(call: Calls) -> None:
        assert "permissions.allow Bash" in (await call("create_pane"))["error"]["message"]
        assert (await call("create_pane", name="plain"))["state"] == "idle"

    as_agent(scene, controller(scene), play)


def test_secrets_an_agent_gave_are_not_taken_from_the_person(scene: Scene) -> None:
    scene = replace(scene, ctx=replace(scene.ctx, environment={**scene.ctx.environment, "API_KEY": "the person's"}))

    async def play(call: Calls) -> None:
        assert (await call("create_pane", name="w", config={"env": {"API_KEY": "x"}}))["state"] == "idle"
        for name, more in (("set_pane_config", {"model": OPUS}), ("fork_pane", {})):
            refused = await call(name, pane="w", **more)
            assert "nobody has that any more" in refused["error"]["message"], refused
        again = {"model": OPUS, "env": {"API_KEY": "y"}}
        assert "error" not in await call("set_pane_config", pane="w", config=again)

    as_agent(scene, controller(scene), play)
