"""Send a text to the Claude that should get it, and say what became of it."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

from llm_send.actions.adopt import adopt
from llm_send.actions.cancel import MESSAGE as CANCELLED
from llm_send.actions.choosing import chosen
from llm_send.actions.context import Context
from llm_send.actions.follow_end import follow_end
from llm_send.actions.here import Last, Nearby
from llm_send.actions.leave import leave, stay
from llm_send.actions.result import SendResult, ended, of_row, queued
from llm_send.actions.serve import Elsewhere, Left, Serving
from llm_send.clean import Cleaned, clean, clean_command, kept_of
from llm_send.errors import LlmSendError, Refused, UsageError
from llm_send.history import Send, new_send
from llm_send.live import LivePane
from llm_send.modes import Mode
from llm_send.rules import digest
from llm_send.target import Look, Unconfirmed
from llm_send.tmux import TmuxError

TURN = 1.0  # seconds to wait for another sender before asking whether this send is still wanted
MOVES_ON = ("gone", "shell", "mode_drift")  # what the pane of the last send may say, and another may still do


@dataclass
class Order:
    """A place in the order in which the sends of one host were asked for: `before` it another must have its place."""

    before: threading.Event | None = None
    placed: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class SendRequest:
    """What to send, and where: by `mode`, by `pane` (name, id or tmux target), or neither for the one last used here.

    `text` may be bytes straight from a file; `as_command` says that it is a slash command or a `!` line on purpose.
    `queue` is for a busy pane: "own" holds the text until it is idle, "claude" hands it to Claude's own queue, "no"
    refuses. `wait` is how long this call may take in all, in seconds: then the text is left in the queue; 0 refuses
    unless the pane is ready now, None waits. `soon` leaves a text that is held to the queue after so many seconds.
    `file` is where the text is from, for the record. `on_held` is told, once, that the text is held. `id` is what the
    asker wants it to be called (32 hexadecimal digits), to ask for it later.
    """

    text: str | bytes
    mode: Mode | None = None
    pane: str | None = None
    wait: float | None = None
    queue: Literal["own", "claude", "no"] = "own"
    file: str | None = None
    as_command: bool = False
    soon: float | None = None
    on_held: Callable[[SendResult], None] | None = None
    order: Order | None = None
    id: str | None = None


def send(ctx: Context, request: SendRequest) -> SendResult:
    """Clean, resolve, deliver, record. Every end but an error (no tmux, a broken history) is a SendResult."""
    order = request.order or Order()
    try:
        _check(request)
        if order.before:
            order.before.wait()
        sending = _Sending(ctx, request)
        done = sending.place()
    finally:
        order.placed.set()
    return done or sending.run()


def _check(request: SendRequest) -> None:
    if request.as_command and request.queue == "claude":
        message = "What Claude does with a command while it is busy differs from one to the next."
        hint = "Leave the queue out: the command waits here until the pane is idle."
        raise UsageError("usage", message, hint, found="claude", expected=["own", "no"])


class _Sending:
    """One send: its row in the history, its pane, and how long it waits. Serves as `serve.Own`."""

    def __init__(self, ctx: Context, request: SendRequest) -> None:
        self.ctx, self.request, self.history = ctx, request, ctx.history
        self.began = ctx.clock.now()
        row = new_send("", "", mode=request.mode.value if request.mode else None, now=time.time())
        self.row = replace(row, id=request.id) if request.id else row
        self.id = self.row.id
        self.held = self.hinted = False
        self.live: LivePane
        self.near: Nearby

    def place(self) -> SendResult | None:
        """Write it down and put it into a pane's queue; how it ended, if it did not get so far."""
        try:
            cleaned = (clean_command if self.request.as_command else clean)(self.request.text)
        except Refused as refusal:
            return self._unsendable(refusal)
        adopt(self.ctx)
        self._begin(cleaned)
        try:
            return self._placed()
        except BaseException as error:
            self._withdrawn(Refused("cancelled", getattr(error, "message", f"Interrupted: {type(error).__name__}.")))
            raise

    def _unsendable(self, refusal: Refused) -> SendResult | None:
        """Kept where it is a text at all: it can be meant as a command."""
        text = kept_of(self.request.text)
        if text is None:
            return ended(self.row, "refused", refusal)
        self._begin(Cleaned(text, ()))
        return self._withdrawn(refusal)

    def _placed(self) -> SendResult | None:
        """Into a pane's queue; how it ended, if it did not get so far, also when somebody else has just ended it."""
        try:
            self._resolve()
        except Refused as refusal:
            return self._withdrawn(refusal)
        except LlmSendError:
            row = self._settled()
            if not row:
                raise
            return of_row(row, None)
        return None

    def _begin(self, cleaned: Cleaned) -> None:
        request, here = self.request, self.ctx.here
        asked: dict[str, object] = {"pane": request.pane, "cwd": here.cwd, "here": here.pane, "file": request.file}
        asked |= {"queue": request.queue, "as_command": request.as_command}
        asked |= {"socket": self.ctx.tmux.socket(), "socket_name": self.ctx.tmux.socket_name}
        sha256 = digest(cleaned.text)
        self.row = replace(self.row, text=cleaned.text, sha256=sha256, notes=cleaned.notes, request=asked)
        self.history.begin(self.row)

    def _resolve(self) -> None:
        """Find the pane: the one of the last send from here, to be looked at anew, else among all there are."""
        last = self.ctx.memory.last.get(self._key(self.request.mode))
        if last and not self.request.pane:
            self.hinted, self.near = True, last.near
            return self._enqueue(LivePane(self.ctx.tmux, last.agent, self.ctx.paths, self.ctx.config))
        self.hinted = False
        live, self.near = chosen(self.ctx, self.request.mode, self.request.pane)
        return self._enqueue(live)

    def _enqueue(self, live: LivePane) -> None:
        row, self.live = live.row, live
        self.history.enqueue(self.id, server=row.socket, pane=row.id, name=row.name, pid=row.pid, folder=live.folder)
        follow_end(self.ctx, row)

    def run(self) -> SendResult:
        """Deliver it, or see it delivered by whoever has the pane's turn."""
        while True:
            try:
                done = self._turn()
            except Elsewhere:
                self.ctx.memory.last.pop(self._key(self.request.mode), None)
                done = self._placed()
            except Left as left:
                done = self._leave(left)
            except KeyboardInterrupt:
                raise self._interrupted() from None
            if done:
                return done

    def _turn(self) -> SendResult | None:
        serving = Serving(self.ctx, self.live)
        patience = min(TURN, *(self._left(seconds) for seconds in (self.request.wait, self.request.soon)))
        with self.live.turn(max(0.0, patience)) as mine:
            if mine:
                serving.serve(self)
        if result := serving.results.get(self.id):
            return self._remembered(result)
        if row := self._settled():
            return self._remembered(of_row(row, self.live.pane()))
        if not mine:
            self._hold(None)
        return None

    def _settled(self) -> Send | None:
        """The row, if somebody has settled it, or taken it away."""
        row = self.history.get(self.id)
        if row is None:
            raise LlmSendError("history", "The history was removed while this text waited.", "Send it again.")
        return row if row.outcome else None

    def __call__(self, look: Look, *, held: bool) -> None:
        """See `serve.Own`."""
        if held or look.state == "starting":
            self._hold(look)

    def _hold(self, look: Look | None) -> None:
        """The pane cannot take it yet. Raises Left when this send does not wait, or not any longer."""
        if self._left(self.request.wait) <= 0 or self.ctx.memory.leaving.is_set():
            raise Left(look)
        if look and look.state == "starting":
            return
        if (look and self.request.queue == "no") or self._left(self.request.soon) <= 0:
            raise Left(look)
        if not self.held:
            self.held = True
            stay(self.ctx, self.live, os.getpid())
            if self.request.on_held:
                self.request.on_held(queued(self.row, self.live, self.history.place_of(self.id) or 0))

    def _left(self, seconds: float | None) -> float:
        """How much is left of so many seconds since it began."""
        return math.inf if seconds is None else self.began + seconds - self.ctx.clock.now()

    def gives_up_on(self, refusal: Refused) -> bool:
        return self.hinted and refusal.code in MOVES_ON

    def _leave(self, left: Left) -> SendResult | None:
        """Not now: it stays in the queue if it may, else it is refused. None when it is just being delivered."""
        if self.request.queue != "no" and self.request.wait != 0 and not (left.look and left.look.state == "starting"):
            leave(self.ctx, self.live, self.id)
            return queued(self.row, self.live, self.history.place_of(self.id) or 0)
        name = self.live.name
        if left.look is None:
            why = Refused("busy", f"Another send to {name} is under way.", "Try again when it has ended.")
        elif left.look.state == "starting":
            why = Refused("starting_timeout", f"{name} is still starting.", "Look at it there, then send again.")
        else:
            why = Refused("busy", f"{name} is busy.", "Send again when it is idle.")
        return self._withdrawn(why)

    def _withdrawn(self, why: Refused) -> SendResult | None:
        """Settle it as refused, unless somebody has just begun to deliver it."""
        result = ended(self.row, "refused", why, self.live.pane() if hasattr(self, "live") else None)
        if self.history.withdraw(self.id, "refused", result.reason, result.message, hint=result.hint):
            return result
        row = self._settled()
        return of_row(row, result.pane) if row else None

    def _interrupted(self) -> LlmSendError:
        """Ctrl-C. What was held stays in the queue; what was not is called off."""
        row = self.history.get(self.id)
        if row and row.outcome:
            return _Interrupted(Unconfirmed(row.reason or row.outcome, row.message or "", row.hint))
        if self.held:
            leave(self.ctx, self.live, self.id)
            what = f"The text waits in the queue of {self.live.name}"
            return _Interrupted(LlmSendError("interrupted", f"Interrupted. {what}.", "See it with: llm-send queue"))
        self.history.withdraw(self.id, "refused", "cancelled", CANCELLED)
        return _Interrupted(LlmSendError("interrupted", "Interrupted. Nothing was sent.", None))

    def _remembered(self, result: SendResult) -> SendResult:
        """Where it went is where the next one looks first."""
        if result.outcome == "delivered":
            for mode in {None, self.request.mode}:
                self.ctx.memory.last[self._key(mode)] = Last(self.live.agent, self.near)
            with suppress(TmuxError):  # the text is delivered; a server that ends now has nothing to remember for
                self.near.remember(self.live.pane(), self.request.mode)
        return result

    def _key(self, mode: Mode | None) -> tuple[str, str | None, str, str | None]:
        here = self.ctx.here
        return self.ctx.tmux.describe(), here.pane, here.cwd, mode.value if mode else None


class _Interrupted(LlmSendError):  # noqa: N818 — the exit code's word
    """Ctrl-C, and what became of the text."""

    exit_code = 130

    def __init__(self, why: LlmSendError) -> None:
        super().__init__("interrupted", why.message, why.hint)
