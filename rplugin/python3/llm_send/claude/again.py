"""The command line of a Claude that is started once more for the same conversation.

What chose a conversation goes, since the conversation is given now; what can be given twice stays; anything else is
refused, above all a prompt, which would be sent again. From `claude --help` of 2.1.329.
"""

from __future__ import annotations

from collections.abc import Sequence

from llm_send.claude.commandline import position
from llm_send.errors import UsageError

SWITCHES = frozenset(
    (
        "--ax-screen-reader",
        "--bare",
        "--brief",
        "--chrome",
        "--disable-slash-commands",
        "--exclude-dynamic-system-prompt-sections",
        "--ide",
        "--no-chrome",
        "--restricted",
        "--safe-mode",
        "--strict-mcp-config",
        "--verbose",
    )
)
VALUED = frozenset(
    (
        "--agent",
        "--agents",
        "--append-system-prompt",
        "--append-system-prompt-file",
        "--autocompact",
        "--debug-file",
        "--effort",
        "--fallback-model",
        "--max-budget-usd",
        "--model",
        "--name",
        "-n",
        "--plugin-url",
        "--setting-sources",
        "--system-prompt",
        "--system-prompt-file",
    )
)
LISTED = frozenset(  # take every word up to the next option
    (
        "--add-dir",
        "--allowed-tools",
        "--allowedTools",
        "--betas",
        "--disallowed-tools",
        "--disallowedTools",
        "--mcp-config",
        "--plugin-dir",
        "--tools",
    )
)
CHOOSE = frozenset(("-c", "--continue", "--fork-session"))
CHOOSE_VALUED = frozenset(("-r", "--resume", "--session-id", "--from-pr"))  # the value may be missing


def again(command: Sequence[str], session: str | None, *, fork: bool = False) -> list[str]:
    """The command for the conversation `session` (its id), or for a new one; `fork`: for a copy of it.

    Raises UsageError where that cannot be told.
    """
    at = position(command)
    if at is None:
        raise UsageError("usage", f"This starts {command[0]}, not Claude Code.", "Close it and spawn another.")
    resume = [] if session is None else ["--resume", session, *(["--fork-session"] if fork else [])]
    return [*command[: at + 1], *_kept(command[at + 1 :]), *resume]


def _kept(words: Sequence[str]) -> list[str]:
    """What of the arguments stays."""
    kept: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name = word.partition("=")[0]
        count = _values(name, rest, given="=" in word)
        if count is None:
            message = f"Claude was started with “{word}”, which cannot be given to it a second time."
            raise UsageError("usage", message, "Close the pane and spawn another, with what you want.", found=word)
        if name not in CHOOSE | CHOOSE_VALUED:
            kept += [word, *rest[:count]]
        del rest[:count]
    return kept


def _values(name: str, rest: Sequence[str], *, given: bool) -> int | None:
    """How many of the words behind an option are its values; None where it is no option that can be given again."""
    if name in SWITCHES | CHOOSE:
        return 0
    if name in VALUED:
        return 0 if given else 1 if rest else None
    if name in LISTED | CHOOSE_VALUED:
        end = next((index for index, word in enumerate(rest) if word.startswith("-")), len(rest))
        return end if name in LISTED else 0 if given else min(end, 1)
    return None
