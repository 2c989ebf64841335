"""Secrets that an agent gave a pane with their values: nobody has them any more, and the person's own variables of the
same names are not what was meant."""

from __future__ import annotations

from collections.abc import Iterable

from llm_send.actions.context import Context
from llm_send.errors import Refused
from llm_send.panes import Pane
from llm_send.tmux import TmuxError

GAVE = "@llm_send_gave"  # their names, on the pane


def remember_secrets(ctx: Context, pane: str, names: Iterable[str]) -> None:
    """Note them on the pane (`%7`)."""
    if said := " ".join(names):
        ctx.tmux.run(["set-option", "-p", "-t", pane, GAVE, said])


def refuse_secrets(ctx: Context, pane: Pane, given: Iterable[str] = ()) -> None:
    """Raise Refused for a pane with such secrets that are not given anew."""
    try:
        had = ctx.tmux.run(["show-options", "-p", "-q", "-v", "-t", pane.id, GAVE]).split()
    except TmuxError:
        return  # it has just ended, which what follows says
    lost = [name for name in had if name not in set(given)]
    if lost:
        message = f"{pane.called} was given {', '.join(lost)} by an agent, and nobody has that any more."
        raise Refused("policy", message, "Give it again in env, or open a new pane.", found=lost)
