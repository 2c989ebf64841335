"""Which agent asks: its pane, what it may do, which panes it has opened."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
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
    """`key` names the agent for as long as it lives; `openers` says of each pane (`%7`) which one opened it."""

    key: str
    asker: Asker
    pane: Pane | None = None
    found: Found = field(default_factory=lambda: Found((), (), ()))
    openers: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Of its pane, empty for one outside tmux."""
        return self.pane.id if self.pane else ""

    def relation(self, pane: str) -> Relation:
        """Of a pane (`%7`) to this agent."""
        if pane == self.id:
            return "self"
        if self.id in _above(self.openers, pane):
            return "own"
        return "above" if pane in _above(self.openers, self.id) else "other"

    def open(self) -> int:
        """How many panes that it, or one it opened, has opened are there."""
        return sum(self.relation(row.id) == "own" for row in self.found.rows)


def asker_of(ctx: Context) -> Asking:
    """Raises TmuxError where the panes cannot be listed, LlmSendError `config`."""
    found, openers = _listed(ctx)
    row = next((row for row in found.rows if row.id == ctx.here.pane), None)
    if row is None:
        values = configured(ctx, session=None, name=None, given=None).values
        return Asking(
            f"outside-{os.getppid()}", Asker(OUTSIDE, None, ctx.here.cwd, values=values), None, found, openers
        )
    pane = next((pane for pane in found.panes if pane.id == row.id), None)
    values, how = values_of(ctx, row), _how(row)
    asker = Asker(
        name=row.name or row.id,
        mode=pane.mode if pane else None,
        cwd=how.cwd if how else row.cwd,
        depth=len(list(_above(openers, row.id))),
        left=_left(row),
        values=values,
    )
    return Asking(f"{row.server_pid}-{row.id[1:]}-{row.pid}", asker, pane, found, openers)


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


def _listed(ctx: Context) -> tuple[Found, dict[str, str]]:
    try:
        return find(ctx), openers_of(ctx)
    except TmuxError as error:
        if error.code != "no_tmux" or not ctx.tmux.installed():
            raise
        return Found((), (), ()), {}


def openers_of(ctx: Context) -> dict[str, str]:
    """By pane, the pane whose agent has opened it; one that is gone counts too. Raises TmuxError."""
    lines = ctx.tmux.run(["list-panes", "-a", "-F", f"#{{pane_id}} #{{{naming.OPENER}}}"]).splitlines()
    pairs = (line.split() for line in lines)
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def _above(openers: Mapping[str, str], pane: str) -> Iterator[str]:
    """The panes above, from the nearest on."""
    seen = {pane}
    while (pane := openers.get(pane, "")) and pane not in seen:
        seen.add(pane)
        yield pane


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
