"""Change the permission mode of a running pane, verified."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send.actions.context import Context
from llm_send.actions.find import PaneResult, again, find
from llm_send.delivery import bring_back
from llm_send.errors import Refused
from llm_send.modes import Mode
from llm_send.target import refuse_state

TURN = 5.0  # seconds to wait for a send that is under way


@dataclass(frozen=True)
class SetModeRequest:
    """`pane` by name, id or tmux target."""

    pane: str
    mode: Mode


def set_mode(ctx: Context, request: SetModeRequest) -> PaneResult:
    """One Shift+Tab at a time, each read back, only in an idle pane with an empty box.

    A locked pane keeps its lock: it can be brought back to it, but not to another mode.
    """
    found = find(ctx)
    pane = found.named(request.pane)
    if pane.lock and pane.lock != request.mode.value:
        message = f"{pane.called} is locked to {Mode(pane.lock).label}."
        hint = f"Open another for {request.mode.label}: llm-send spawn --mode {request.mode.value}"
        raise Refused("policy", message, hint, found=pane.lock, expected=request.mode.value)
    live = found.live(ctx, pane)
    with live.turn(TURN) as mine, live.keys() as free:
        if not (mine and free):
            raise Refused("busy", f"A send to {pane.called} is under way.", "Try again when it has ended.")
        look = live.look()
        refuse_state(live, look)
        if look.state != "idle" or look.pending:
            raise Refused("busy", f"{pane.called} is busy.", "Try again when it is idle.")
        if look.screen.box or look.screen.shell_mode:
            raise Refused(
                "draft", f"There is unsent text in the box of {pane.called}.", "Send or clear it there first."
            )
        bring_back(live, request.mode.claude, ctx.clock)
    return PaneResult(again(ctx, pane))
