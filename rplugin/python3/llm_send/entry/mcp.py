"""`llm-send mcp`: the MCP server by which an agent opens, prompts, reads and closes panes. It translates; what may be
done is decided in `actions.permitted`."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp_types import Tool as Described
from pydantic import ValidationError

from llm_send import __version__
from llm_send.actions.asker import asker_of
from llm_send.actions.context import Context, Memory
from llm_send.entry.full_report import unexpected
from llm_send.entry.mcp_tools import Tell, Tool, tools
from llm_send.errors import LlmSendError, UsageError

INSTRUCTIONS = """Opens other agents in tmux panes and works with them: create_pane, send_prompt (with \
wait_for_answer), read_pane, close_pane. What you may do is the person's to decide: a refusal says why, and what to do \
next. Panes you open are no freer than you are, unless the person agrees."""
AT_ONCE = 16  # calls that may run, most of them waiting for a pane


def serve(ctx: Context, compat: str | None = None) -> None:
    """Until standard input ends."""
    anyio.run(_serve, ctx, tools(compat))


async def _serve(ctx: Context, known: Mapping[str, Tool]) -> None:
    server = server_of(ctx, known)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


def server_of(ctx: Context, known: Mapping[str, Tool]) -> Server[Any]:
    """The server, without a way to reach it."""
    threads = anyio.CapacityLimiter(AT_ONCE)

    async def listed(_: ServerRequestContext[Any], __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[described(name, tool) for name, tool in known.items()])

    async def called(request: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
        memory = Memory()
        own = Context(ctx.tmux, ctx.config, ctx.paths, ctx.environment, ctx.here, ctx.clock, memory)
        tell = _Progress(request).tell
        try:
            done = await anyio.to_thread.run_sync(
                lambda: answer(own, known, params.name, params.arguments or {}, tell),
                abandon_on_cancel=True,
                limiter=threads,
            )
        finally:
            memory.leaving.set()  # a call that was cancelled waits no longer
        return done

    return Server("llm-send", version=__version__, instructions=INSTRUCTIONS, on_list_tools=listed, on_call_tool=called)


def described(name: str, tool: Tool) -> Described:
    """As the client is told of it."""
    return Described(
        name=name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.takes.model_json_schema(),
        output_schema=tool.output,
        annotations=ToolAnnotations(
            title=tool.title,
            read_only_hint=tool.reads,
            destructive_hint=tool.destroys,
            idempotent_hint=tool.reads or tool.repeatable,
            open_world_hint=False,
        ),
    )


def answer(
    ctx: Context, known: Mapping[str, Tool], name: str, arguments: Mapping[str, Any], tell: Any
) -> CallToolResult:
    """The result of one call. Raises nothing: every end is a result, and an error says the next step."""
    try:
        return _result(dict(_done(ctx, known, name, arguments, tell)))
    except LlmSendError as error:
        more = getattr(error, "result", None) or {}
        return _result({**more, "error": error.as_dict()}, failed=True)
    except Exception as error:  # noqa: BLE001  # the last resort: no agent is shown a traceback
        return _result({"error": unexpected(error, f"mcp: {name}", ctx.paths).as_dict()}, failed=True)


def _done(ctx: Context, known: Mapping[str, Tool], name: str, arguments: Mapping[str, Any], tell: Tell) -> Any:
    tool = known.get(name)
    if tool is None:
        raise UsageError(
            "usage", f"There is no tool {name[:80]!r}.", f"There are: {', '.join(known)}.", found=name[:80]
        )
    try:
        said = tool.takes.model_validate(arguments)
    except ValidationError as error:
        raise _mistake(name, error) from error
    return tool.do(ctx, asker_of(ctx), said, tell)


def _mistake(name: str, error: ValidationError) -> UsageError:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(step) for step in first["loc"]) or "the arguments"
    hint = f"See the schema of {name}: tools/list has it."
    return UsageError("usage", f"{name}, {place}: {first['msg']}.", hint, found=_short(first.get("input")))


def _short(value: object) -> str:
    return repr(value)[:80]


def _result(shown: dict[str, Any], *, failed: bool = False) -> CallToolResult:
    plain = json.loads(json.dumps(shown, default=str, ensure_ascii=False).encode(errors="replace"))
    text = json.dumps(plain, ensure_ascii=False, indent=2)
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=plain, is_error=failed)


class _Progress:
    """Says how a long call goes on, from the thread it runs on."""

    def __init__(self, request: ServerRequestContext[Any]) -> None:
        self.request, self.steps, self.lock = request, 0, threading.Lock()

    def tell(self, message: str) -> None:
        with self.lock:
            self.steps += 1
        with suppress(RuntimeError):  # the client has gone meanwhile
            anyio.from_thread.run(self.request.session.report_progress, float(self.steps), None, message)


def main(ctx: Context, compat: str | None) -> int:
    """The exit code."""
    serve(ctx, compat)
    os._exit(0)  # a call that still waits for a pane keeps nobody
