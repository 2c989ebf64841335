"""The tools: from what an agent asks to an action, in a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from llm_send.actions import agent_change, agent_open, agent_see, agent_talk
from llm_send.actions.agent_change import ChangeRequest
from llm_send.actions.agent_open import OpenRequest
from llm_send.actions.agent_talk import TalkRequest
from llm_send.actions.asker import Asking
from llm_send.actions.context import Context
from llm_send.entry import mcp_arguments as takes

Tell = Callable[[str], None]
Do = Callable[[Context, Asking, Any, Tell], Mapping[str, object]]
ERROR = {
    "type": "object",
    "description": "Why it was not done, and what to do next.",
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "hint": {"type": ["string", "null"]},
    },
}
PANE: dict[str, object] = {"type": "object", "description": "id, name, mode, lock, state, cwd, guarded …"}
STATE = {
    "type": "string",
    "description": "starting, idle, busy, waiting (for a person), shell, suspended, unknown, gone",
}
NEXT: dict[str, object] = {"type": ["string", "null"], "description": "What to do next."}


@dataclass(frozen=True)
class Tool:
    """One tool. `shows` are the properties of its result; `reads` says that it changes nothing, `repeatable` that
    doing it twice is as once."""

    title: str
    description: str
    takes: type[takes.Arguments]
    do: Do
    shows: Mapping[str, Any]
    reads: bool = False
    destroys: bool = False
    repeatable: bool = False

    @property
    def output(self) -> dict[str, object]:
        """The JSON Schema of its result."""
        return {"type": "object", "properties": {**self.shows, "error": ERROR}}


def _open(what: str) -> Do:
    def do(ctx: Context, who: Asking, said: takes.Placed, tell: Tell) -> Mapping[str, object]:
        tell("starting")
        given = said.model_dump(exclude_none=True)
        request = OpenRequest(
            command=getattr(said, "command", "claude"),
            session=said.session,
            name=said.name,
            mode=said.mode,
            model=said.model or said.claude_model,
            config=said.config,
            preset=said.preset,
            profile=said.profile or said.config_ref,
            cwd=getattr(said, "cwd", None),
            direction=said.direction,
            fork=getattr(said, "pane", None),
            what=what,
            said=given,
        )
        return agent_open.open_pane(ctx, who, request)

    return do


def _change(what: str, action: Callable[[Context, Asking, ChangeRequest], Mapping[str, object]]) -> Do:
    def do(ctx: Context, who: Asking, said: takes.Arguments, tell: Tell) -> Mapping[str, object]:  # noqa: ARG001
        given = said.model_dump(exclude_none=True)
        request = ChangeRequest(
            pane=given.get("pane", ""),
            config=given.get("config"),
            preset=given.get("preset"),
            profile=given.get("profile") or given.get("config_ref"),
            model=given.get("model") or given.get("claude_model"),
            mode=given.get("mode"),
            force=given.get("force", False),
            what=what,
            said=given,
        )
        return action(ctx, who, request)

    return do


def _talk(what: str, action: Callable[[Context, Asking, TalkRequest], Mapping[str, object]]) -> Do:
    def do(ctx: Context, who: Asking, said: takes.Arguments, tell: Tell) -> Mapping[str, object]:
        given = said.model_dump(exclude_none=True)
        request = TalkRequest(
            pane=given["pane"],
            text=given.get("text", ""),
            answer=given.get("wait_for_answer", False),
            until=given.get("until", "idle"),
            timeout=given.get("timeout_secs", 600.0),
            lines=given.get("lines", 0),
            queue=given.get("queue", "own"),
            tell=tell,
            what=what,
            said=given,
        )
        return action(ctx, who, request)

    return do


OPENED: dict[str, Any] = {"pane": PANE, "state": STATE, "note": NEXT, "next": NEXT}
CHANGED: dict[str, Any] = {"pane": PANE, "changes": {"type": "array"}, "lost": {"type": "array"}, "note": NEXT}
SENT: dict[str, Any] = {
    "outcome": {"type": "string", "description": "delivered, queued, refused or unconfirmed"},
    "reason": {"type": ["string", "null"]},
    "message": {"type": "string"},
    "receipt": {"type": ["object", "null"], "description": "The proof that Claude took the prompt."},
    "answer": {"type": ["string", "null"], "description": "What it said, with wait_for_answer."},
    "state": STATE,
    "next": NEXT,
}
TOOLS: dict[str, Tool] = {
    "create_pane": Tool(
        "Open a pane",
        "Open a tmux pane that runs Claude Code, or another program. Claude is ready for prompts when this returns, "
        "kept to its permission mode; `state: waiting` means that it asks a person something first.",
        takes.CreatePane,
        _open("create_pane"),
        OPENED,
    ),
    "create_pane_with_config": Tool(
        "Open a pane with a configuration",
        "As create_pane, with a configuration that must be there: model, limits, confinement, environment.",
        takes.CreateConfigured,
        _open("create_pane_with_config"),
        OPENED,
    ),
    "set_pane_config": Tool(
        "Change a pane's configuration",
        "Give a pane that you opened another configuration. Its Claude starts again in the same conversation.",
        takes.SetConfig,
        _change("set_pane_config", agent_change.change_pane),
        CHANGED,
        repeatable=True,
    ),
    "list_panes": Tool(
        "List your panes",
        "The panes you opened, those they opened, those shared with you, and yourself, with their states.",
        takes.Nothing,
        _change("list_panes", agent_see.see_panes),
        {"panes": {"type": "array", "items": PANE}, "you": {"type": ["string", "null"]}},
        reads=True,
    ),
    "send_prompt": Tool(
        "Prompt a pane",
        "Send a prompt to the Claude in a pane. `outcome: delivered` comes with a receipt; a busy pane takes it when "
        "it is idle. With wait_for_answer the answer is returned.",
        takes.SendPrompt,
        _talk("send_prompt", agent_talk.send_prompt),
        SENT,
    ),
    "read_pane": Tool(
        "Read a pane",
        "What a pane shows on its screen, and what its Claude said last.",
        takes.ReadPane,
        _talk("read_pane", agent_talk.read_pane),
        {"pane": PANE, "screen": {"type": "string"}, "said": {"type": ["string", "null"]}},
        reads=True,
    ),
    "wait_for_pane": Tool(
        "Wait for a pane",
        "Wait until a pane is idle, waits for a person, or either (finished).",
        takes.WaitForPane,
        _talk("wait_for_pane", agent_talk.wait_for_pane),
        {"pane": PANE, "state": STATE, "timed_out": {"type": "boolean"}, "next": NEXT},
        reads=True,
    ),
    "set_mode": Tool(
        "Change a pane's mode",
        "Bring a pane that you opened to a permission mode, verified. A pane keeps to the mode it was opened in, so "
        "this brings it back to that; open another for another mode.",
        takes.SetMode,
        _change("set_mode", agent_change.change_mode),
        {"pane": PANE},
        repeatable=True,
    ),
    "fork_pane": Tool(
        "Copy a pane",
        "Open a copy of a pane's conversation beside it, with another model or configuration if wished.",
        takes.ForkPane,
        _open("fork_pane"),
        OPENED,
    ),
    "close_pane": Tool(
        "Close a pane",
        "End what runs in a pane that you opened, and close it.",
        takes.ClosePane,
        _change("close_pane", agent_change.close_pane),
        {"pane": PANE},
        destroys=True,
        repeatable=True,
    ),
    "list_presets": Tool(
        "List the presets",
        "The named configurations a pane can be opened with.",
        takes.Nothing,
        _change("list_presets", agent_see.see_presets),
        {"presets": {"type": "array"}},
        reads=True,
    ),
    "get_config": Tool(
        "See a configuration",
        "What a pane, or you yourself, are configured with, and what you may do.",
        takes.GetConfig,
        _change("get_config", agent_see.see_config),
        {"config": {"type": "object"}, "you_may": {"type": "array", "items": {"type": "string"}}},
        reads=True,
    ),
}
PREFIX = "ccmux_"  # of the same tools, for prompts that were written for it


def tools(compat: str | None) -> dict[str, Tool]:
    """By the names that agents call."""
    also = {f"{PREFIX}{name}": tool for name, tool in TOOLS.items()} if compat == "ccmux" else {}
    return {**TOOLS, **also}
