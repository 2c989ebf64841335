"""The world an action works in, passed in whole: nothing in `actions/` reads a global."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from llm_send.config.load import load
from llm_send.config.types import Config
from llm_send.errors import LlmSendError
from llm_send.history import History
from llm_send.live import LivePane, RealClock
from llm_send.paths import Paths, paths_of
from llm_send.target import Clock
from llm_send.tmux import Row, Tmux

if TYPE_CHECKING:
    from llm_send.actions.here import Last


@dataclass(frozen=True)
class Here:
    """Who asks, from where: a working directory, and the asker's own pane (`%3`) if there is one."""

    cwd: str
    pane: str | None = None


@dataclass
class Memory:
    """What a long-lived host keeps between requests, to be quick: the open history, and where agents and sends were.

    `agents` are the ids of a server's agent panes at the last listing; `last` is by (server, asker's pane, working
    directory, mode). Hints only: what they name is looked at anew before it is used.

    `keeper` sees a queued text to its end when its sender does not wait for it, in a host that stays; `leaving` is set
    when the host ends, so that nobody waits any longer. `faults` kept it from doing so.

    `on_end` hears the name of a pane that one of its limits has ended, and why; `followed` are the processes of those
    whose end is waited for.
    """

    history: History | None = None
    keeper: Callable[[Context, LivePane, str], None] | None = None
    leaving: threading.Event = field(default_factory=threading.Event)
    faults: list[LlmSendError] = field(default_factory=list)
    agents: dict[str, list[str]] = field(default_factory=dict)
    last: dict[tuple[str, str | None, str, str | None], Last] = field(default_factory=dict)
    on_end: Callable[[str, str], None] | None = None
    followed: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Context:
    """`tmux` and `config` are the server and the configuration in force; `memory` is shared between requests."""

    tmux: Tmux
    config: Config
    paths: Paths
    environment: Mapping[str, str]
    here: Here
    clock: Clock = field(default_factory=RealClock)
    memory: Memory = field(default_factory=Memory)

    @property
    def history(self) -> History:
        if self.memory.history is None:
            kept = self.config.history
            self.memory.history = History(self.paths.history_file, keep=kept.keep if kept.enabled else 0)
        return self.memory.history

    def own_session(self, rows: list[Row]) -> str | None:
        """The tmux session of the asker's own pane."""
        return next((row.session for row in rows if row.id == self.here.pane), None)


def context_of(
    environment: Mapping[str, str],
    *,
    here: Here,
    socket_name: str | None = None,
    socket_path: str | None = None,
    memory: Memory | None = None,
    config: Config | None = None,
) -> Context:
    """The world as this environment and these flags describe it. Raises LlmSendError `config`.

    With a `config` of the caller's none is read: a broken file must not keep the doctor from working.
    """
    paths = paths_of(environment)
    return Context(
        tmux=Tmux(socket_path=socket_path, socket_name=socket_name, environment=environment),
        config=config or load(paths, environment),
        paths=paths,
        environment=environment,
        here=here,
        memory=memory or Memory(),
    )
