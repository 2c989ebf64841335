"""Claude Code's command line and environment, as a guarded pane gets them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from llm_send.errors import UsageError
from llm_send.modes import Mode

CONTRADICT = (
    "--permission-mode",
    "--settings",
    "--dangerously-skip-permissions",
    "--allow-dangerously-skip-permissions",
)
NO_BOX = ("-p", "--print")
RUNNERS = frozenset(("npx", "bunx", "node", "nodejs", "bun", "deno", "env", "mise", "direnv", "volta"))

# What a running Claude sets for its children, measured on 2.1.329. A pane opened from one of its tools must not
# look to the new Claude like a child of the old one. Everything else, the person's own CLAUDE_CODE_… included, stays.
SCRUBBED = (
    "CLAUDECODE",
    "CLAUDE_PID",
    "AI_AGENT",
    "CLAUDE_EFFORT",
    "NoDefaultCurrentDirectoryInExePath",
    "CLAUDE_CODE_ENTRYPOINT",
    "CLAUDE_CODE_EXECPATH",
    "CLAUDE_CODE_SESSION_ID",
    "CLAUDE_CODE_CHILD_SESSION",
    "CLAUDE_CODE_CHILD_NOTES_DIR",
    "CLAUDE_CODE_SESSION_ATTENDED",
    "CLAUDE_CODE_MESSAGING_SOCKET",
    "CLAUDE_CODE_MESSAGING_TOKEN",
)
GIT_EDITOR = "true"  # Claude sets GIT_EDITOR to this; a person's own editor has another value and stays


def scrubbed(environment: Mapping[str, str]) -> list[str]:
    """The names in this environment that a Claude set for its children."""
    found = [name for name in SCRUBBED if name in environment]
    return [*found, "GIT_EDITOR"] if found and environment.get("GIT_EDITOR") == GIT_EDITOR else found


def is_command(command: Sequence[str]) -> bool:
    """Whether this command starts Claude Code, directly or through a runner (`npx @anthropic-ai/claude-code`)."""
    return position(command) is not None


def position(command: Sequence[str]) -> int | None:
    """Where in the command Claude stands; our arguments go right behind it."""
    for index, word in enumerate(command):
        name = word.rsplit("/", 1)[-1]
        if name == "claude" or "claude-code" in word:
            return index
        if name not in RUNNERS and not (index and word.startswith("-")):
            return None
    return None


def resumed(command: Sequence[str]) -> str | None:
    """The conversation that this command goes on with, by its id."""
    for word, value in zip(command, [*command[1:], ""], strict=True):
        if word in ("-r", "--resume") and value and not value.startswith("-"):
            return value
        if word.startswith("--resume="):
            return word.partition("=")[2]
    return None


def check_arguments(arguments: Iterable[str], lock: Mode) -> None:
    """Raise UsageError for arguments that contradict the lock, or that leave no input box to send to."""
    for word in arguments:
        if word == "--":
            return
        name = word.split("=", 1)[0]
        if name in CONTRADICT:
            message = f"{name} contradicts the pane's lock ({lock.value})."
            raise UsageError("usage", message, "Leave it out; the mode is given by --mode.", found=word)
        if name in NO_BOX:
            message = f"With {name} Claude prints and ends: there is nothing to send to."
            raise UsageError("usage", message, "Leave it out.", found=word)


def guarded(command: Sequence[str], lock: Mode, folder: Path, own: Sequence[str] = ()) -> list[str]:
    """The command with the pane's own settings and mode, set in both ways: either has been ignored at times. `own` is
    what its configuration adds; what is given by hand stands behind it and so outranks it. Ours stand between: some of
    its options take every word that follows."""
    at = position(command)
    if at is None:
        raise ValueError(f"not a Claude command: {command}")
    ours = ["--settings", str(folder / "settings.json"), "--permission-mode", lock.claude]
    return [*command[: at + 1], *own, *ours, *command[at + 1 :]]
