"""Telling Claude Code's process from others, however it was installed and started."""

from __future__ import annotations

import re
from collections.abc import Sequence

VERSION_NAME = re.compile(r"^\d+\.\d+\.\d+")  # the native installer's binary is named by its version
SHELLS = frozenset(("ash", "bash", "dash", "fish", "ksh", "sh", "zsh", "nu", "elvish", "xonsh"))
NO_BOX = re.compile(r"(-[a-z]*p[a-z]*|--print|-v|--version|-h|--help|--(in|out)put-format(=.*)?)$")
INTERPRETERS = frozenset(("node", "nodejs", "bun", "deno"))
RUNNERS = frozenset(("npm", "npx", "bunx", "direnv", "mise", "volta", "python", "python3"))
STARTERS = frozenset(
    ("bwrap", "env", "firejail", "nice", "nohup", "script", "stdbuf", "sudo", "systemd-run", "timeout")
)
WRAPPERS = SHELLS | INTERPRETERS | RUNNERS | STARTERS | {"tini"}
SCRIPT = re.compile(r"(^|/)(@anthropic-ai/claude-code/|claude-code/cli\.js$|claude$|\.bin/claude$)")
# What `claude WORD` does without an input box.
COMMANDS = frozenset(
    ("agents", "auth", "config", "doctor", "install", "mcp", "migrate-installer", "plugin", "setup-token", "update")
)


def named_claude(command: str) -> bool:
    """Whether tmux's `pane_current_command` alone says that Claude is in front."""
    return command == "claude" or bool(VERSION_NAME.match(command))


def may_hide_claude(command: str) -> bool:
    """Whether a Claude may run below a command of this name, so that its children are worth a look."""
    return command.lstrip("-") in WRAPPERS


def is_claude(argv: Sequence[str]) -> bool:
    """Whether this command line is an interactive Claude Code: the binary, or an interpreter running its script.

    `claude -p` and the like print and end, and those that speak JSON (`--output-format`, as the Agent SDK starts them)
    serve a program; they have no input box to send to.
    """
    if not argv:
        return False
    name = argv[0].rsplit("/", 1)[-1]
    rest = list(argv[1:])
    if name in INTERPRETERS:
        while rest and rest[0].startswith("-"):
            rest.pop(0)
        if not rest or not SCRIPT.search(rest[0]):
            return False
        rest.pop(0)
    elif not (name == "claude" or (VERSION_NAME.match(name) and "claude" in argv[0])):
        return False
    return not any(NO_BOX.match(word) for word in rest) and _conversation(rest)


def _conversation(rest: list[str]) -> bool:
    return not rest or rest[0] not in COMMANDS


def launch_mode(argv: Sequence[str]) -> str | None:
    """The mode asked for on the command line, Claude's own value; None where it says nothing."""
    words = list(argv)
    for index, word in enumerate(words):
        if word == "--permission-mode" and index + 1 < len(words):
            return words[index + 1]
        if word.startswith("--permission-mode="):
            return word.split("=", 1)[1]
        if word == "--dangerously-skip-permissions":
            return "bypassPermissions"
    return None
