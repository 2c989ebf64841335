"""Deliver what waits for one pane, the oldest first, whoever asked for it.

Whoever has the pane's turn serves its whole queue; the others see their texts settled. What a dead sender left is
carried on where nothing was pasted yet, and is settled as unconfirmed where something may have been.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, cast

from llm_send import guard
from llm_send.actions.context import Context
from llm_send.actions.result import SendResult, delivered, ended, of_row
from llm_send.actions.settle import settle_abandoned
from llm_send.delivery import DRAWN, HINTS, deliver
from llm_send.errors import LlmSendError, Refused
from llm_send.history import Send, Step
from llm_send.live import LivePane
from llm_send.modes import Mode
from llm_send.target import Hold, Look, Parcel, Superseded, Unconfirmed, refuse_state, until


class Own(Hold, Protocol):
    """The text its server is there for, and how long they are ready to wait for it. `gives_up_on`: whether the text
    should look for another pane instead of being refused by this one."""

    id: str

    def gives_up_on(self, refusal: Refused) -> bool: ...


@dataclass
class Serving:
    """One pane's queue. `results` are those of the sends that ended here; `on_end` is told each."""

    ctx: Context
    live: LivePane
    on_end: Callable[[SendResult], None] | None = None
    results: dict[str, SendResult] = field(default_factory=dict)

    def serve(self, own: Own | None = None) -> None:
        """Deliver until the queue is empty, or `own` has ended. Needs the turn. Raises what `own` raises to stop."""
        settle_abandoned(self.ctx.history, self.live, self.ctx.clock)
        while row := self._oldest():
            self._one(row, own)
            if own and own.id in self.results:
                return
        if self.live.folder:
            guard.no_drain(self.live.folder)

    def _oldest(self) -> Send | None:
        row = self.live.row
        return self.ctx.history.oldest(row.socket, row.id, row.pid)

    def _one(self, row: Send, own: Own | None) -> None:
        """Deliver the text, if it is still the next one when the pane can take it."""
        delivery = _Delivery(self, row, own)
        try:
            result = delivered(row, self.live, deliver(self.live, delivery.parcel(), self.ctx.clock, delivery.step))
        except Superseded:
            return
        except Refused as refusal:
            if own and own.id == row.id and not delivery.touched and own.gives_up_on(refusal):
                self.ctx.history.release(row.id)
                raise Elsewhere from refusal
            result = ended(row, "refused", refusal, self.live.pane())
        except Unconfirmed as doubt:
            result = ended(row, "unconfirmed", doubt, self.live.pane())
        except LlmSendError as error:
            if not delivery.touched:
                self.ctx.history.release(row.id)
                raise
            reason = "gone" if error.code == "no_tmux" else "unknown_screen"
            why = Unconfirmed(reason, error.message, "Look at the pane there.")
            result = ended(row, "unconfirmed", why, self.live.pane())
        except BaseException as error:
            self._interrupted(row, delivery, error)
            raise
        self._settle(result)

    def _settle(self, result: SendResult) -> None:
        mine = self.ctx.history.settle(
            result.id,
            result.outcome,
            result.reason,
            result.message,
            result.receipt,
            float(result.elapsed_ms),
            hint=result.hint,
        )
        row = None if mine else self.ctx.history.get(result.id)
        if row and row.outcome:  # whoever called it off, or saw its pane end, was first
            result = of_row(row, self.live.pane())
        self.results[result.id] = result
        if self.on_end:
            self.on_end(result)

    def _interrupted(self, row: Send, delivery: _Delivery, error: BaseException) -> None:
        """Before the paste nothing has happened, so the text waits on; after it nobody can say."""
        if not delivery.touched:
            self.ctx.history.release(row.id)
        elif not isinstance(error, Left):
            message = f"The send was interrupted ({type(error).__name__})."
            self._settle(ended(row, "unconfirmed", Unconfirmed("unknown_screen", message, "Look at the pane there.")))


class Left(Exception):  # noqa: N818 — no error: its sender does not wait any longer
    """`look` is what kept the text waiting, None when it was another sender."""

    def __init__(self, look: Look | None = None) -> None:
        super().__init__()
        self.look = look


class Elsewhere(Exception):  # noqa: N818 — no error: a reason to look further
    """The pane of the last send cannot take this one."""


@dataclass
class _Delivery:
    """One text on its way, and whether anything was pasted."""

    serving: Serving
    row: Send
    own: Own | None
    touched: bool = False

    def parcel(self) -> Parcel:
        ctx, row, live = self.serving.ctx, self.row, self.serving.live
        if live.row.lock and live.row.folder and not guard.whole(live.row.folder):
            refuse_state(live, live.look())  # a pane that has ended has taken its folder with it
            message = f"The gate of {live.name} is gone, so Claude would take no prompt there."
            raise Refused("gate_blocked", message, "Close the pane and open another.", found=live.row.folder)
        return Parcel(
            id=row.id,
            text=row.text,
            mode=self._mode(),
            held=row.held,
            behind=bool(self.serving.results),
            bring_back=ctx.config.bring_back == "auto",
            to_claude=row.request.get("queue") == "claude",
            command=row.as_command,
            hold=self.hold,
        )

    def hold(self, look: Look, *, held: bool) -> None:
        """See `target.Hold`: is it still the next, and does its server still wait?"""
        now = self.serving._oldest()  # noqa: SLF001 — its other half
        if not now or (now.id, now.sha256) != (self.row.id, self.row.sha256):
            raise Superseded
        if held and not self.row.held:
            self.serving.ctx.history.hold(self.row.id)
        if self.own:
            self.own(look, held=held)

    def step(self, name: str) -> None:
        history, live = self.serving.ctx.history, self.serving.live
        if name == "look":
            if not history.claim(self.row.id, self.row.sha256):
                raise Superseded
        elif name == "enter":
            history.mark(self.row.id, live.baseline.transcript, live.baseline.length)
        elif name == "wait":
            history.release(self.row.id)
        else:
            history.step(self.row.id, cast(Step, name))
        self.touched = self.touched or name == "paste"

    def _told(self, live: LivePane) -> Look:
        """The pane as it says its mode; its footer may be drawn a moment late, or be hidden for a while by a hint."""

        def told(now: Look) -> bool:
            return now.mode is not None or now.state != "idle"

        look = until(live, self.serving.ctx.clock, DRAWN, told)
        return until(live, self.serving.ctx.clock, HINTS, told) if look.screen.hint and not look.mode else look

    def _mode(self) -> str:
        """The mode the prompt must run in, Claude's own value."""
        if self.row.mode:
            return Mode(self.row.mode).claude
        live = self.serving.live
        if live.lock:
            return live.lock
        look = self._told(live)
        if look.mode is None:
            refuse_state(live, look)
            message = f"The mode of {live.name} cannot be told."
            hint = f'Name it in the configuration: [panes."{live.name}"] mode = "plan"'
            raise Refused("unknown_screen", message, hint)
        return look.mode
