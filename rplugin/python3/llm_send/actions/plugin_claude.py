"""Ask Claude Code itself to change what plugins it has: its settings are its own."""

from __future__ import annotations

from collections.abc import Sequence

from llm_send import child
from llm_send.actions.context import Context
from llm_send.actions.launch import program
from llm_send.claude import plugin
from llm_send.claude.commandline import scrubbed
from llm_send.errors import LlmSendError

ANSWER = 60.0  # seconds; one is usual, the first start after an update is slow
SHOWN = 300  # characters of what it said


def claude(ctx: Context, arguments: Sequence[str]) -> str:
    """What `claude ARGUMENTS…` prints. Raises LlmSendError: no_claude, plugin."""
    said = f"claude {' '.join(arguments)}"
    inherited = scrubbed(ctx.environment)
    environment = {name: value for name, value in ctx.environment.items() if name not in inherited}
    try:
        done = child.run([program(ctx), *arguments], environment, ANSWER)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise LlmSendError("plugin", f"{said}: {why}.", None, found=why) from error
    except TimeoutError:
        message = f"{said} has not ended after {ANSWER:.0f} seconds."
        raise LlmSendError("plugin", message, f"Try it by hand: {said}") from None
    if done.code:
        why = " ".join((done.err or done.out).decode(errors="replace").split())[:SHOWN]
        message = f"{said} failed: {why.removeprefix('✘ ') or f'exit {done.code}'}"
        raise LlmSendError("plugin", message, f"Try it by hand: {said}", found=why)
    return done.out.decode(errors="replace")


def installed(ctx: Context) -> plugin.Installed | None:
    """Our plugin, as Claude lists it; None where it has it not. Raises as `claude` does."""
    printed = claude(ctx, plugin.LIST)
    try:
        return plugin.installed(printed)
    except ValueError:
        message = "Claude Code does not list its plugins in a way that llm-send can read."
        raise LlmSendError("plugin", message, "Update it: claude update", found=printed[:SHOWN]) from None


def take_away(ctx: Context) -> None:
    """Whatever there is of ours, from whatever folder it was added."""
    for arguments in plugin.AWAY:
        try:
            claude(ctx, arguments)
        except LlmSendError as error:
            if error.code != "plugin":
                raise
