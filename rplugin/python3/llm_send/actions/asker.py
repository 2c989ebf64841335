"""Which agent asks: its pane, what it may do, which panes it has opened."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llm_send import guard, launched, naming, processes
from llm_send.actions.configured import configured
from llm_send.actions.context import Context
from llm_send.actions.find import Found, find
from llm_send.confine import plan
from llm_send.errors import LlmSendError
from llm_send.panes import Pane
from llm_send.sideband.rights import Asker, Relation
from llm_send.tmux import Row, TmuxError

AGENT_KEYS = ("agents", "mcp", "sideband", "shared")
OUTSIDE = "an agent outside tmux"


@dataclass(frozen=True)
class Asking:
    """`key` names the agent for as long as it lives; `openers` says of each pane (`%7`) whose agents have opened it,
    the nearest first; `session` is its own tmux session."""

    key: str
    asker: Asker
    pane: Pane | None = None
    session: str | None = None
    found: Found = field(default_factory=lambda: Found((), (), ()))
    openers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Of its pane; an agent outside tmux is known by its key."""
        return self.pane.id if self.pane else self.key

    @property
    def chain(self) -> str:
        """What is noted on a pane that it opens."""
        return ",".join((self.id, *self.openers.get(self.id, ())))

    def relation(self, pane: str) -> Relation:
        """Of a pane (`%7`) to this agent."""
        if pane == self.id:
            return "self"
        if self.id in self.openers.get(pane, ()):
            return "own"
        return "above" if pane in self.openers.get(self.id, ()) else "other"

    def conversations(self) -> frozenset[str]:
        """Its own, and those of its panes, by their session ids."""
        mine = [pane.session_id for pane in self.found.panes if self.relation(pane.id) in ("self", "own")]
        return frozenset(each for each in mine if each)

    def open(self, openers: Mapping[str, tuple[str, ...]]) -> int:
        """How many of the panes there are it has opened, itself or by others."""
        return sum(self.id in above for above in openers.values())


def asker_of(ctx: Context) -> Asking:
    """Raises TmuxError where the panes cannot be listed, LlmSendError `config`."""
    found, openers = _listed(ctx)
    row = next((row for row in found.rows if row.id == ctx.here.pane), None)
    if row is None:
        return _outside(ctx, found, openers)
    pane = next((pane for pane in found.panes if pane.id == row.id), None)
    values, how = values_of(ctx, row), _how(row)
    asker = Asker(
        name=row.name or row.id,
        mode=pane.mode if pane else None,
        cwd=how.cwd if how else row.cwd,
        depth=len(openers.get(row.id, ())),
        left=_left(row),
        values=values,
    )
    key = f"{row.server_pid}-{row.id[1:]}-{row.pid}-{processes.start_time(row.pid)}"
    return Asking(key, asker, pane, row.session, found, openers)


def _outside(ctx: Context, found: Found, openers: Mapping[str, tuple[str, ...]]) -> Asking:
    """It is known by whoever started us."""
    values = configured(ctx, session=None, name=None, given=None).values
    asker = Asker(OUTSIDE, None, ctx.here.cwd, values=values)
    parent = os.getppid()
    return Asking(f"outside-{parent}-{processes.start_time(parent)}", asker, None, None, found, openers)


def values_of(ctx: Context, row: Row) -> dict[str, Any]:
    """What a pane is configured with. What its agent may do is read anew each time: the person can take it back."""
    how = _how(row)
    session, given = (how.session, how.given) if how else (row.session, None)
    now = configured(ctx, session=session, name=row.name, given=given).values
    if not how:
        return dict(now)
    own = {key: value for key, value in how.values.items() if key not in AGENT_KEYS}
    return {**own, **{key: value for key, value in now.items() if key in AGENT_KEYS}}


def shares_of(ctx: Context, who: Asking, pane: str) -> frozenset[str]:
    """What agents that did not open a pane (`%7`) may do with it."""
    row = next(row for row in who.found.rows if row.id == pane)
    return frozenset(values_of(ctx, row).get("shared", ()))


def _listed(ctx: Context) -> tuple[Found, dict[str, tuple[str, ...]]]:
    try:
        return find(ctx), openers_of(ctx)
    except TmuxError as error:
        if error.code != "no_tmux" or not ctx.tmux.installed():
            raise
        return Found((), (), ()), {}


def openers_of(ctx: Context) -> dict[str, tuple[str, ...]]:
    """By pane, the panes whose agents have opened it, the nearest first; those that are gone too. Raises TmuxError."""
    lines = ctx.tmux.run(["list-panes", "-a", "-F", f"#{{pane_id}} #{{{naming.OPENER}}}"]).splitlines()
    pairs = (line.split() for line in lines)
    return {pair[0]: tuple(pair[1].split(",")) for pair in pairs if len(pair) == 2}


def _how(row: Row) -> launched.Launched | None:
    return launched.read(Path(row.folder)) if row.folder else None


def _left(row: Row) -> float | None:
    """How many seconds its time limit leaves it."""
    found = plan.known(Path(row.folder)) if row.folder else None
    if not row.folder or not found or not found.timeout_secs:
        return None
    try:
        age = processes.age(guard.read_card(Path(row.folder)).anchor_pid)
    except LlmSendError:
        age = None
    return max(0.0, found.timeout_secs - (age or 0.0))
