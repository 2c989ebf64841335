"""The world of an end-to-end test as the actions see it: a tmux server, the real Claude Code, a model that logs."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from llm_send.actions.context import Context, Here, context_of
from llm_send.actions.find import find
from llm_send.actions.result import SendResult
from llm_send.actions.send import SendRequest, send
from llm_send.actions.spawn import SpawnRequest, spawn
from llm_send.config.types import Config
from llm_send.delivery import deliver
from llm_send.errors import Refused
from llm_send.live import LivePane, RealClock
from llm_send.modes import Mode
from llm_send.panes import Pane
from llm_send.rules import normal
from llm_send.target import Look, Parcel, Sign
from offline.compare import user_texts
from offline.model_api import ModelApi
from tests.rig import tmux as rig

STAYS = 6.0  # seconds


@dataclass(frozen=True)
class Scene:
    """`ctx` is what an action gets; `seat` is the pane the person sits in, a shell."""

    ctx: Context
    server: rig.Tmux
    model: ModelApi
    seat: rig.Pane
    project: Path
    panes: list[Pane] = field(default_factory=list)

    def spawn(self, mode: Mode = Mode.PLAN, **more: object) -> Pane:
        """A guarded pane in a window of its own, ready."""
        request = SpawnRequest(**{"mode": mode, "where": "window", **more})  # type: ignore[arg-type]
        return spawn(self.ctx, request).pane

    def send(self, text: str | bytes, mode: Mode | None = None, **more: object) -> SendResult:
        return send(self.ctx, SendRequest(text=text, mode=mode, **more))  # type: ignore[arg-type]

    def live(self, pane: Pane) -> LivePane:
        return self.live_by_id(pane.id)

    def live_by_id(self, id: str) -> LivePane:  # noqa: A002
        found = find(self.ctx)
        return found.live(self.ctx, found.named(id))

    def deliver(self, live: LivePane, text: str, at: Mapping[str, Callable[[], object]], mode: str = "plan") -> Sign:
        """Delivery alone, with something done right before the steps named; a pane that becomes busy or asks
        something is waited for a few seconds."""
        end = time.monotonic() + STAYS

        def step(name: str) -> None:
            if name in at:
                at[name]()

        def hold(look: Look, *, held: bool) -> None:  # its name is the protocol's
            if time.monotonic() > end:
                raise Refused("busy", "Not any longer.", "Send it again.", found=held)

        return deliver(live, Parcel(id=uuid.uuid4().hex, text=text, mode=mode, hold=hold), RealClock(), step)

    def screen_of(self, pane: Pane) -> rig.Pane:
        return rig.Pane(self.server, pane.id, pane.pid)

    def folder(self, pane: Pane) -> Path:
        live = self.live(pane)
        assert live.folder
        return live.folder

    def with_config(self, **keys: object) -> Scene:
        return replace(self, ctx=replace(self.ctx, config=replace(self.ctx.config, **keys)))  # type: ignore[arg-type]

    def arrived(self) -> list[str]:
        """What reached the model, as the rules read it."""
        return [normal(text) for text in user_texts(self.model.log)]


def scene_of(environment: dict[str, str], server: rig.Tmux, model: ModelApi, project: Path) -> Scene:
    seat = server.new_pane(["sh"], cwd=project)
    here = Here(cwd=str(project), pane=seat.id)
    ctx = context_of(environment, here=here, socket_path=str(server.socket))
    assert ctx.config == Config()
    return Scene(ctx, server, model, seat, project)


def ended(result: SendResult) -> tuple[str, str | None]:
    return result.outcome, result.reason


def evidence(result: SendResult) -> tuple[str, ...]:
    """Of one that was delivered."""
    assert ended(result) == ("delivered", None), (result.message, result.hint)
    assert result.receipt
    return tuple(result.receipt.evidence)
