"""The world an action works in, passed in whole: nothing in `actions/` reads a global."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from llm_send.config.load import load
from llm_send.config.types import Config
from llm_send.delivery import Clock
from llm_send.live import RealClock
from llm_send.paths import Paths, paths_of
from llm_send.tmux import Row, Tmux


@dataclass(frozen=True)
class Here:
    """Who asks, from where: a working directory, and the asker's own pane (`%3`) if there is one."""

    cwd: str
    pane: str | None = None


@dataclass(frozen=True)
class Context:
    tmux: Tmux
    config: Config
    paths: Paths
    environment: Mapping[str, str]
    here: Here
    clock: Clock = field(default_factory=RealClock)

    def own_session(self, rows: list[Row]) -> str | None:
        """The tmux session of the asker's own pane."""
        return next((row.session for row in rows if row.id == self.here.pane), None)


def context_of(
    environment: Mapping[str, str],
    *,
    here: Here,
    socket_name: str | None = None,
    socket_path: str | None = None,
) -> Context:
    """The world as this environment and these flags describe it. Raises LlmSendError `config`."""
    paths = paths_of(environment)
    return Context(
        tmux=Tmux(socket_path=socket_path, socket_name=socket_name, environment=environment),
        config=load(paths, environment),
        paths=paths,
        environment=environment,
        here=here,
    )


def work_tree(folder: str) -> str | None:
    """The git work tree a folder is in."""
    path = Path(folder)
    for each in (path, *path.parents):
        if (each / ".git").exists():
            return str(each)
    return None
