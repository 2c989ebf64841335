"""Show what a new pane would be given, and where each value comes from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from llm_send import launched
from llm_send.actions.configure import over
from llm_send.actions.configured import own_session
from llm_send.actions.context import Context
from llm_send.actions.find import find
from llm_send.config.layers import resolve
from llm_send.config.load import sources
from llm_send.config.types import Given, Resolved
from llm_send.errors import LlmSendError
from llm_send.launched import Launched

NONE = ("no_tmux", "no_pane")  # what says that no pane of a name runs


@dataclass(frozen=True)
class ConfigShowRequest:
    """For a pane of that name, in that tmux session (by default the asker's own), spawned with what is `given`."""

    pane: str | None = None
    session: str | None = None
    given: Given | None = None


@dataclass(frozen=True)
class ConfigShowResult:
    pane: str | None
    session: str | None
    resolved: Resolved

    def as_dict(self) -> dict[str, object]:
        origins = {key: origin.as_dict() for key, origin in self.resolved.origins.items()}
        return {
            "pane": self.pane,
            "session": self.session,
            "values": dict(self.resolved.values),
            "origins": origins,
            "notices": list(self.resolved.notices),
        }


def config_show(ctx: Context, request: ConfigShowRequest) -> ConfigShowResult:
    """What `spawn` would go by, asked the same; of a pane that runs, what was said when it was opened counts too."""
    running = _running(ctx, request.pane) if request.pane else None
    session = request.session or (running.session if running else own_session(ctx))
    given = over(request.given or Given(), running.given) if running else request.given or Given()
    resolved = resolve(sources(ctx.paths, ctx.here.cwd), session=session, pane=request.pane, given=given)
    return ConfigShowResult(request.pane, session, resolved)


def _running(ctx: Context, name: str) -> Launched | None:
    """How the pane of that name was opened, if there is one. Raises LlmSendError where that cannot be told."""
    try:
        found = find(ctx)
        pane = found.named(name)
    except LlmSendError as error:
        if error.code in NONE:
            return None
        raise
    row = next(row for row in found.rows if row.id == pane.id)
    return launched.read(Path(row.folder)) if row.folder else None
