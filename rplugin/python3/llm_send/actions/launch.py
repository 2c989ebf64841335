"""What every way of starting a guarded Claude shares: the program, its arguments, its private folder."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from llm_send import guard
from llm_send.actions.confining import Confined, command_line, confinement
from llm_send.actions.context import Context
from llm_send.claude import commandline
from llm_send.claude.applied import applied
from llm_send.claude.commandline import scrubbed
from llm_send.claude.private import begin, bring
from llm_send.confine.asked import asked
from llm_send.confined import INSIDE
from llm_send.errors import LlmSendError, UsageError
from llm_send.modes import Mode
from llm_send.tmux import Row


@dataclass(frozen=True)
class Launch:
    """A folder that is armed, the argument list that starts Claude with it, and where. `inside` is where Claude sees
    the folder; `program` is the path of what runs in the end, `values` what the pane is configured with."""

    folder: Path
    argv: list[str]
    cwd: str
    inside: Path
    how: Confined
    program: str
    values: Mapping[str, Any]


def prepare(
    ctx: Context,
    command: Sequence[str],
    lock: Mode,
    values: Mapping[str, Any] = MappingProxyType({}),
    *,
    cwd: str,
    named: bool = True,
    again: Path | None = None,
    known: str | None = None,
    env: Mapping[str, str] = MappingProxyType({}),
) -> Launch:
    """Arm a folder for `command`, with the pane's resolved configuration. `named`: somebody said where it works;
    `again` is what an earlier run of the same pane wrote to, `known` the path of the program that it was started from
    before; `env` are the variables given to it. Raises for a command we cannot guard, a value Claude has no way to
    obey, a confinement that cannot be enforced, and when claude is not found."""
    check(command, lock)
    first = _found(ctx, known) if known else program(ctx) if command[0] == "claude" else _found(ctx, command[0])
    how = confinement(ctx, asked(values), claude=True, again=again)
    if again and not how.private and Path(cwd).is_relative_to(again):
        message = "It works in a folder of its own, which goes with its confinement."
        hint = "Keep isolate_fs or readonly, or go on in a copy: llm-send fork"
        raise UsageError("config", message, hint, found="isolate_fs")
    cwd = how.folder(cwd, named=named)
    if how.private and values.get("mcp"):
        message = "The MCP server needs tmux, which a pane with isolate_fs or readonly cannot reach."
        raise UsageError("config", message, "Leave mcp out, and set sideband for its directives.", found="mcp")
    own = applied(values, ctx.environment, how.rules(cwd))
    folder = guard.arm(ctx.paths, lock, ctx.config.lock, ctx.environment, own, INSIDE if how.private else None)
    try:
        inside = INSIDE if how.private else folder
        # The program may have another name than claude, so its own arguments are found in the command as it was given.
        argv = [first, *commandline.guarded(command, lock, inside, own.arguments(inside))[1:]]
        given = {**env, **values.get("env", {})}
        argv = command_line(ctx, how, folder, argv, cwd, claude=tuple(own.files), env=given)
        session = commandline.resumed(command)
        if how.private and session:
            bring(how.private, ctx.environment, session, Path(cwd))
        if how.private and not again:
            begin(how.private, ctx.environment)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Launch(folder, argv, cwd, inside, how, first, values)


def check(command: Sequence[str], lock: Mode) -> None:
    """Raise UsageError for a command we cannot guard."""
    at = commandline.position(command)
    if at is None:
        message = f"This starts {command[0]}, not Claude Code."
        raise UsageError("usage", message, "For example: -- claude --resume", found=command[0], expected="claude")
    commandline.check_arguments(command[at + 1 :], lock)


def program(ctx: Context) -> str:
    """The absolute path of claude: LLM_SEND_CLAUDE, the configuration, PATH."""
    return _found(ctx, ctx.config.claude or "claude")


def _found(ctx: Context, name: str) -> str:
    path = shutil.which(name, path=ctx.environment.get("PATH"))
    if path:
        return str(Path(path).absolute())
    if name == "claude":
        message, hint = "claude was not found in PATH.", 'Install Claude Code, or name it: claude = "/path/to/claude"'
        hint += f" in {ctx.paths.config_file}"
    else:
        message, hint = f"{name} was not found, or is not a program.", "Check LLM_SEND_CLAUDE and the configuration."
    raise LlmSendError("no_claude", message, hint, found=name, expected="a program")


def environment_of(ctx: Context, given: Sequence[tuple[str, str]]) -> dict[str, str]:
    """What a pane's process gets beside the tmux server's own environment."""
    return {"PATH": ctx.environment.get("PATH", ""), **dict(given)}


def scrub(ctx: Context, rows: list[Row]) -> list[str]:
    """`env -u …` for what the tmux server inherited from a Claude it was started from; nothing if it did not."""
    inherited: dict[str, str] = {}
    if rows:
        lines = ctx.tmux.run(["show-environment", "-g"]).splitlines()
        inherited = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("-"))
    else:
        inherited = dict(ctx.environment)
    names = scrubbed(inherited)
    return ["env", *[word for name in names for word in ("-u", name)]] if names else []
