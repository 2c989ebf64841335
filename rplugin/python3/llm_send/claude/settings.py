"""The settings file a guarded pane gets by `--settings`: its mode, what stays out of the cycle, and the gate's hooks.

Claude Code merges it over the person's own settings; hooks of all levels run. Measured on 2.1.329: a missing script,
exit 1 and a hook timeout all let a prompt through, and only exit 2 blocks. So each command that decides fails closed
by its own text and has a deadline of its own (`timeout`), well under Claude's. One that only reports ends in exit 1:
exit 2 of a Stop hook would make Claude go on, and that of a PostToolUse hook is told to the model.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from llm_send.claude.applied import merged
from llm_send.modes import Mode

CLAUDE_TIMEOUT = 10  # seconds; Claude's own limit for a hook, never meant to be reached
PROMPT_DEADLINE = 2
TOOL_DEADLINE = 4  # waits up to 2 s for a sender's keys
DECIDES = ("prompt", "tool")


def settings(
    lock: Mode,
    folder: Path,
    python: str,
    timeout: str,
    beneath: Mapping[str, Any] = MappingProxyType({}),
    *,
    listens: bool = False,
) -> dict[str, Any]:
    """The settings object. `python` runs the careful gate, `timeout` is the path of coreutils' timeout; `beneath` is
    what the pane's configuration sets, which yields to the gate's. `listens`: what Claude said is recorded too."""

    def hook(what: str, private: str, deadline: int) -> dict[str, object]:
        words = [timeout, str(deadline), "sh", str(folder / "gate.sh"), what, private, python]
        end = 2 if what in DECIDES else 1
        command = f"{shlex.join(words)} || {{ echo 'llm-send gate failed' >&2; exit {end}; }}"
        return {"type": "command", "command": command, "timeout": CLAUDE_TIMEOUT}

    def on(what: str, private: str, deadline: int = PROMPT_DEADLINE) -> list[dict[str, object]]:
        return [{"matcher": "*", "hooks": [hook(what, private, deadline)]}]

    own = f"/{folder.parent}/**"  # `//…` is an absolute path in Claude's permission rules
    gate = {
        "permissions": {
            "defaultMode": lock.claude,
            "disableBypassPermissionsMode": "disable",
            "deny": [f"Read({own})", f"Edit({own})"],
        },
        "disableAutoMode": "disable",
        "hooks": {
            "UserPromptSubmit": on("prompt", "prompt"),
            "PreToolUse": on("tool", "tool_input", TOOL_DEADLINE),
            "PostToolUse": on("done", "tool_input"),
            "PostToolUseFailure": on("done", "tool_input"),
            "Stop": on("note", "-" if listens else "last_assistant_message"),
            "SessionStart": on("note", "-"),
            "SessionEnd": on("note", "-"),
        },
    }
    return merged(beneath, gate)
