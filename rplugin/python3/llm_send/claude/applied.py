"""What a pane's configuration becomes for Claude Code: its settings, its command line, files beside them.

Everything goes through the pane's own `--settings` file where Claude reads it from there, so that the person's own
settings still apply underneath and nothing is seen in a process list. Measured on 2.1.329; see doc/configuration.md.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from types import MappingProxyType
from typing import Any

from llm_send.errors import UsageError

RESERVE = 20_000  # tokens of its window that Claude keeps for the summary
LATEST = 33_000  # tokens before the end of the window at which it compacts at the latest
SMALLEST = 100_000  # tokens of the smallest window it can be told
FLAGS = {"model": "--model", "fallback_model": "--fallback-model", "effort": "--effort"}
"""What is said on the command line: of a conversation that goes on Claude keeps the model its settings do not name."""
LISTS = {"allow": "allow", "deny": "deny", "ask": "ask", "additional_directories": "additionalDirectories"}
SERVER = "llm-send"  # what our own MCP server is called; its tools are mcp__llm-send__create_pane …
OURS = {
    "hooks": "the gate's hooks stand there",
    "disableAllHooks": "the gate is a hook",
    "allowManagedHooksOnly": "the gate is a hook",
    "permissions.defaultMode": "the mode is given by --mode",
    "permissions.disableBypassPermissionsMode": "a pane is kept to its mode",
    "disableAutoMode": "a pane is kept to its mode",
    "env.CLAUDE_CONFIG_DIR": "Claude would be signed out there",
}
"""Claude's settings that are not a configuration's to set, and why."""


@dataclass(frozen=True)
class Applied:
    """`settings` go beneath the gate's own. `files` go into the pane's folder: by name, the option that tells Claude of
    it and its text. `flags` are the other arguments."""

    settings: dict[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    files: dict[str, tuple[str, str]] = field(default_factory=dict)
    listens: bool = False

    def arguments(self, folder: Path) -> list[str]:
        """What goes behind the program's name."""
        named = [word for name, (option, _) in self.files.items() for word in (option, str(folder / name))]
        return [*self.flags, *named]


NOTHING = Applied()


def applied(
    values: Mapping[str, Any], environment: Mapping[str, str], confined: Mapping[str, Any] = MappingProxyType({})
) -> Applied:
    """The Claude keys among these resolved values. `environment` is the person's, for what has to be added to;
    `confined` are settings that tell Claude what it cannot do. Raises UsageError for what Claude has no way to do."""
    settings = merged(merged(values.get("settings", {}), _settings(values, environment)), confined)
    _refuse_ours(settings)
    flags: list[str] = []
    for key, option in FLAGS.items():
        if key in values:
            flags += [option, str(values[key])]
    if values.get("mcp_only"):
        flags.append("--strict-mcp-config")
    files = {}
    if "system_prompt" in values:
        files["system-prompt.md"] = ("--append-system-prompt-file", values["system_prompt"])
    servers = {**values.get("mcp_servers", {}), **({SERVER: server()} if values.get("mcp") else {})}
    if servers or "mcp_servers" in values:
        files["mcp.json"] = ("--mcp-config", json.dumps({"mcpServers": servers}, indent=2))
    return Applied(settings, tuple(flags), files, listens=values.get("sideband", "off") != "off")


def server() -> dict[str, Any]:
    """Our own MCP server, as Claude is told of it."""
    return {"type": "stdio", "command": sys.executable, "args": ["-I", "-m", "llm_send.entry.cli", "mcp"]}


def _settings(values: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """What of our keys stands in Claude's settings."""
    found: dict[str, Any] = {}
    if "status_line" in values:
        # An empty command draws none; there is no other way to take the person's own away.
        found["statusLine"] = {"type": "command", "command": values["status_line"] or "true"}
    permissions = values.get("permissions", {})
    lists = {theirs: list(permissions[ours]) for ours, theirs in LISTS.items() if ours in permissions}
    if lists:
        found["permissions"] = lists
    variables = {**_variables(values, environment), **values.get("env", {})}
    if variables:
        found["env"] = variables
    return found


def _variables(values: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """What Claude takes from its environment alone; it reads `env` of its settings before it begins."""
    found: dict[str, str] = {}
    if "context_limit" in values:
        window, percent = window_for(values["context_limit"])
        found["CLAUDE_CODE_AUTO_COMPACT_WINDOW"] = str(window)
        found["CLAUDE_AUTOCOMPACT_PCT_OVERRIDE"] = str(percent)
    if "max_output_tokens" in values:
        found["CLAUDE_CODE_MAX_OUTPUT_TOKENS"] = str(values["max_output_tokens"])
    if "temperature" in values:
        body = _body(environment.get("CLAUDE_CODE_EXTRA_BODY", ""))
        found["CLAUDE_CODE_EXTRA_BODY"] = json.dumps({**body, "temperature": values["temperature"]})
        if values["temperature"] != 1:
            found["CLAUDE_CODE_DISABLE_THINKING"] = "1"  # the API takes no other beside it
    return found


def _body(known: str) -> dict[str, Any]:
    """What the person adds to each request already."""
    try:
        body = json.loads(known or "{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        message = "Your CLAUDE_CODE_EXTRA_BODY holds no JSON object, so no temperature can be added to it."
        raise UsageError("config", message, "Mend it, or unset it.", found=known[:80])
    return body


def window_for(limit: int) -> tuple[int, int]:
    """The window, in tokens, and the percentage of it for which Claude compacts once `limit` tokens are used.

    It compacts at min(percent of (window less RESERVE), window less LATEST). The percentage is the greatest whole one
    for which the first is the smaller, so that the window is no larger than it has to be: a model has an end too.
    """
    least = 100 * limit // (SMALLEST - RESERVE)
    percent = min(least, 100 * limit // (limit + LATEST - RESERVE))
    return ceil(100 * limit / percent) + RESERVE, percent


def _refuse_ours(settings: Mapping[str, Any]) -> None:
    """Raise UsageError for a setting that cannot be a pane's."""
    for key, why in OURS.items():
        table, _, last = key.rpartition(".")
        place = settings.get(table, {}) if table else settings
        if isinstance(place, Mapping) and last in place:
            raise UsageError("config", f"{key} cannot be set for a pane: {why}.", "Leave it out.", found=key)


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Tables key by key, lists one behind the other, of everything else the one above."""
    found = dict(below)
    for key, value in above.items():
        known = found.get(key)
        if isinstance(known, Mapping) and isinstance(value, Mapping):
            found[key] = merged(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            found[key] = [*known, *(each for each in value if each not in known)]
        else:
            found[key] = value
    return found
