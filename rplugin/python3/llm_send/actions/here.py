"""What is near the asker: the panes within reach, and the one last used here (options of the tmux session)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llm_send.actions.context import Context
from llm_send.modes import Mode
from llm_send.panes import Agent, Pane
from llm_send.paths import work_tree
from llm_send.tmux import Row, TmuxError


class Nearby:
    """Within reach: the same tmux session, the same git work tree, or the same folder."""

    def __init__(self, ctx: Context, rows: Sequence[Row]) -> None:
        self._ctx = ctx
        self._session = ctx.own_session(list(rows))
        self._tree = work_tree(ctx.here.cwd)

    def reaches(self, pane: Pane) -> bool:
        if pane.session == self._session or pane.cwd == self._ctx.here.cwd:
            return True
        return self._tree is not None and work_tree(pane.cwd) == self._tree

    def last_used(self, mode: Mode | None) -> str | None:
        """The id of the pane last sent to from here, for this mode or for any."""
        command = ["show-options", "-q", "-v", *self._scope(), _option(mode)]
        try:
            return self._ctx.tmux.run(command).strip() or None
        except TmuxError:
            return None  # no such option set on this session yet

    def remember(self, pane: Pane, mode: Mode | None) -> None:
        """Make `pane` the last used here."""
        options = [_option(None), *([_option(mode)] if mode else [])]
        self._ctx.tmux.run(*(["set-option", *self._scope(), option, pane.id] for option in options))

    def _scope(self) -> list[str]:
        # Outside tmux there is no session of our own: the server remembers.
        return ["-t", f"={self._session}:"] if self._session else ["-s"]


@dataclass(frozen=True)
class Last:
    """Where a send from here went, for the next one to look at first."""

    agent: Agent
    near: Nearby


def _option(mode: Mode | None) -> str:
    return f"@llm_send_last_{mode.value.replace('-', '_')}" if mode else "@llm_send_last"
