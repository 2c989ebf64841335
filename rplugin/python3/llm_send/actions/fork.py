"""Open a copy of a pane's conversation beside it: in another mode, with another model. The pane itself goes on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from llm_send import confined, launched
from llm_send.actions.configure import over
from llm_send.actions.context import Context
from llm_send.actions.conversation import conversation
from llm_send.actions.find import find
from llm_send.actions.spawn import SpawnRequest, spawn
from llm_send.actions.starting import SpawnResult
from llm_send.claude.again import again
from llm_send.config.types import Given
from llm_send.errors import Refused
from llm_send.launched import Launched
from llm_send.modes import Mode
from llm_send.panes import Pane
from llm_send.resolve import AGENTLESS


@dataclass(frozen=True)
class ForkRequest:
    """`pane` by name, id or tmux target. `to` says how the copy is opened: its mode, by default the pane's own, its
    name, where it goes, and what is laid over the pane's own configuration."""

    pane: str
    to: SpawnRequest = field(default_factory=SpawnRequest)


def fork(ctx: Context, request: ForkRequest) -> SpawnResult:
    """Open it. Raises Refused where there is no conversation yet or its turn is not over, and as spawn does."""
    found = find(ctx)
    pane = found.named(request.pane)
    live = found.live(ctx, pane)
    if pane.state in AGENTLESS:
        raise Refused("gone", f"Claude has ended in {pane.called}.", "Start one with: llm-send spawn", found=pane.state)
    if pane.state in ("busy", "waiting"):
        what = "is busy" if pane.state == "busy" else "waits for an answer"
        message = f"{pane.called} {what}: the copy would end in the middle."
        raise Refused(pane.state, message, "Try again when it is idle.")
    session = conversation(live)
    if session is None:
        message = f"Nothing has been said to {pane.called} yet, so there is nothing to copy."
        raise Refused("no_candidate", message, "Open a new pane with: llm-send spawn")
    known = launched.read(live.folder) if live.folder else None
    before = known or Launched(("claude",), pane.cwd)
    to, path = request.to, (("PATH", before.path),) if before.path else ()
    own = confined.private_of(live.folder)
    if own and live.folder:
        confined.take_back(live.folder, ctx.environment)
    return spawn(
        ctx,
        replace(
            to,
            mode=to.mode or _own_mode(pane),
            cwd=None if own and before.cwd == str(own / "work") else before.cwd,
            env=(*path, *before.env, *to.env),
            program=before.program or None,
            command=tuple(again(before.command, session, fork=True)),
            given=over(to.given or Given(), before.given),
        ),
    )


def _own_mode(pane: Pane) -> Mode | None:
    """The mode it is kept to, or is in; None where that is Claude's own."""
    own = pane.lock or pane.mode
    return Mode(own) if own in {mode.value for mode in Mode} else None
