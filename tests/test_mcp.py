"""The MCP server without a tmux server: its tools, their schemas, and mistakes in arguments."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import anyio
import jsonschema
import pytest
from mcp.client.client import Client

from llm_send.actions.context import Context, Here, context_of
from llm_send.entry.mcp import described, server_of
from llm_send.entry.mcp_tools import TOOLS, tools

NAMES = [
    *("create_pane", "create_pane_with_config", "set_pane_config", "list_panes", "send_prompt", "read_pane"),
    *("wait_for_pane", "set_mode", "fork_pane", "close_pane", "list_presets", "get_config"),
]


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TMUX_TMPDIR": str(tmp_path)}
    return context_of(environment, here=Here(cwd=str(tmp_path)), socket_path=str(tmp_path / "none"))


def test_the_tools() -> None:
    assert list(TOOLS) == NAMES
    assert list(tools("ccmux")) == [*NAMES, *(f"ccmux_{name}" for name in NAMES)]
    assert list(tools(None)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_is_described(name: str) -> None:
    tool = described(name, TOOLS[name])
    for schema in (tool.input_schema, tool.output_schema or {}):
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object"
    assert all("description" in each for each in tool.input_schema.get("properties", {}).values())
    assert tool.annotations
    reads = name in ("list_panes", "read_pane", "wait_for_pane", "list_presets", "get_config")
    assert tool.annotations.read_only_hint == reads
    assert tool.annotations.destructive_hint == (name == "close_pane")


def test_all_new_arguments_are_optional() -> None:
    assert "required" not in TOOLS["create_pane"].takes.model_json_schema()


def called(ctx: Context, calls: list[tuple[str, Any]]) -> list[Any]:
    async def run() -> list[Any]:
        async with Client(server_of(ctx, tools("ccmux"))) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == list(tools("ccmux"))
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return anyio.run(run)


def odd(dice: random.Random, depth: int = 0) -> Any:
    """A value that nobody expects."""
    if depth < 2 and dice.random() < 0.4:
        return {dice.choice(["a", "", "model", "\0", "é"]): odd(dice, depth + 1) for _ in range(dice.randint(0, 3))}
    simple = [None, True, -1, 1e308, "", "\0", "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace")]
    return dice.choice([*simple, "x" * 5000, "../../etc", "%3", "a:b", "{", "[]", [], [1, [2]], {}, "-rf", "#(id)"])


@pytest.mark.parametrize("seed", range(8))
def test_odd_arguments_are_errors_with_words(ctx: Context, seed: int) -> None:
    dice = random.Random(seed)
    calls = []
    for _ in range(25):
        name = dice.choice([*NAMES, "ccmux_create_pane", "no_such_tool"])
        known = list(TOOLS[name].takes.model_fields) if name in TOOLS else ["pane"]
        chosen = [*dice.sample(known, dice.randint(0, len(known))), *(["odd"] if dice.random() < 0.2 else [])]
        calls.append((name, {key: odd(dice) for key in chosen}))
    for done in called(ctx, calls):
        assert done.is_error
        error = done.structured_content["error"]
        assert error["message"]
        assert error["code"] != "internal", error
        assert "Traceback" not in done.content[0].text


def test_a_mistake_names_what_was_found(ctx: Context) -> None:
    [done] = called(ctx, [("create_pane", {"mode": "turbo"})])
    error = done.structured_content["error"]
    assert (error["code"], error["found"]) == ("usage", "'turbo'")
    assert "create_pane, mode" in error["message"]
