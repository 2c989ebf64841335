"""Send a text to the Claude that should get it, and say what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Literal, cast

from llm_send import guard
from llm_send.actions.cancel import MESSAGE as CANCELLED
from llm_send.actions.context import Context
from llm_send.actions.find import Found, find
from llm_send.actions.here import Last, Nearby
from llm_send.actions.settle import settle_abandoned
from llm_send.clean import Cleaned, clean
from llm_send.delivery import deliver
from llm_send.errors import LlmSendError, Refused, UsageError
from llm_send.history import Send, Step, new_send
from llm_send.live import LivePane
from llm_send.modes import Mode, from_claude, label_of
from llm_send.outcomes import EXIT, Outcome, Reason, Receipt
from llm_send.panes import Pane
from llm_send.resolve import choose
from llm_send.rules import digest
from llm_send.target import Parcel, Sign, Unconfirmed
from llm_send.tmux import TmuxError


@dataclass(frozen=True)
class SendRequest:
    """What to send, and where: by `mode`, by `pane` (name, id or tmux target), or neither for the one last used here.

    `text` may be bytes straight from a file. `wait` bounds the whole send, in seconds: None waits as long as a busy
    pane is busy, 0 refuses unless the pane is ready now. `queue` "own" holds the text here until a busy pane is idle,
    "no" refuses. `file` is where the text is from, for the record.
    """

    text: str | bytes
    mode: Mode | None = None
    pane: str | None = None
    wait: float | None = None
    queue: Literal["own", "claude", "no"] = "own"
    file: str | None = None


@dataclass(frozen=True)
class SendResult:
    """How a send ended. `candidates` are the panes a person may choose from when none was clear."""

    id: str
    outcome: Outcome
    reason: Reason | None
    message: str
    hint: str | None
    pane: Pane | None
    receipt: Receipt | None
    elapsed_ms: int
    candidates: tuple[Pane, ...] = ()

    @property
    def exit_code(self) -> int:
        return EXIT[self.outcome]

    def as_dict(self) -> dict[str, object]:
        shown = {name: getattr(self, name) for name in ("id", "outcome", "reason", "message", "hint", "elapsed_ms")}
        return shown | {
            "pane": self.pane.as_dict() if self.pane else None,
            "receipt": asdict(self.receipt) if self.receipt else None,
            "candidates": [pane.as_dict() for pane in self.candidates],
        }


def send(ctx: Context, request: SendRequest) -> SendResult:
    """Resolve, clean, deliver, record. Every end but an error (no tmux, a broken history) is a SendResult."""
    if request.queue == "claude":
        hint = "Leave it out: the text is held here until the pane is idle."
        raise UsageError(
            "usage", "Claude's own queue cannot be used yet.", hint, found="claude", expected=["own", "no"]
        )
    started = ctx.clock.now()
    row = new_send("", "", mode=request.mode.value if request.mode else None, now=time.time())
    one = _Sending(ctx, request, row, lambda: round((ctx.clock.now() - started) * 1000))
    try:
        cleaned = clean(request.text)
    except Refused as refusal:
        return one.refused(refusal)
    return one.run(cleaned)


class _Elsewhere(Exception):  # noqa: N818 — no error: a reason to look further
    """The pane of the last send cannot take this one."""


class _Sending:
    """One send on its way: what is known of it so far, and its row in the history."""

    def __init__(self, ctx: Context, request: SendRequest, row: Send, elapsed: Callable[[], int]) -> None:
        self.ctx, self.request, self.id, self.elapsed = ctx, request, row.id, elapsed
        self.row = row
        self.history = ctx.history
        self.pane: Pane | None = None
        self.touched = False

    def run(self, cleaned: Cleaned) -> SendResult:
        sha256 = digest(cleaned.text)
        self.history.begin(Send(**(asdict(self.row) | {"text": cleaned.text, "sha256": sha256})))
        try:
            return self._settled(self._deliver(cleaned, sha256))
        except Refused as refusal:
            return self._settled(self.refused(refusal))
        except Unconfirmed as doubt:
            return self._settled(self._result("unconfirmed", cast(Reason, doubt.code), doubt.message, doubt.hint))
        except LlmSendError as error:
            if error.code == "history" and not self.history.under_way(self.id):
                return self.refused(Refused("cancelled", CANCELLED))
            if self.touched:
                reason: Reason = "gone" if error.code == "no_tmux" else "unknown_screen"
                return self._settled(self._result("unconfirmed", reason, error.message, "Look at the pane there."))
            self._record_end(error.message)
            raise
        except BaseException as error:
            self._record_end(f"The send was interrupted: {type(error).__name__}.")
            raise

    def _deliver(self, cleaned: Cleaned, sha256: str) -> SendResult:
        last = self.ctx.memory.last.get(self._key(self.request.mode))
        if last and not self.request.pane:
            live = LivePane(self.ctx.tmux, last.agent, self.ctx.paths, self.ctx.config)
            with suppress(_Elsewhere):
                return self._again(last.near, live, cleaned, sha256)
        found = find(self.ctx)
        near = Nearby(self.ctx, found.rows)
        self.pane = self._choose(found, near)
        live = found.live(self.ctx, self.pane)
        result = self._to(live, cleaned, sha256)
        self._remember(near, live)
        return result

    def _again(self, near: Nearby, live: LivePane, cleaned: Cleaned, sha256: str) -> SendResult:
        """To the pane of the last send. If it is not what it was, and no key was pressed, look at them all."""
        try:
            result = self._to(live, cleaned, sha256)
        except Refused as refusal:
            if self.touched or refusal.code not in ("gone", "shell", "mode_drift"):
                raise
            del self.ctx.memory.last[self._key(self.request.mode)]
            raise _Elsewhere from refusal
        self._remember(near, live)
        return result

    def _key(self, mode: Mode | None) -> tuple[str, str | None, str, str | None]:
        here = self.ctx.here
        return self.ctx.tmux.describe(), here.pane, here.cwd, mode.value if mode else None

    def _choose(self, found: Found, near: Nearby) -> Pane:
        request = self.request
        if request.pane:
            return found.named(request.pane)
        return choose(
            found.panes, request.mode, within_reach=near.reaches, last_used=lambda: near.last_used(request.mode)
        )

    def _to(self, live: LivePane, cleaned: Cleaned, sha256: str) -> SendResult:
        """Deliver to one pane."""
        row = live.row
        if row.folder and not guard.whole(row.folder):
            message = f"The gate of {live.name} is gone, so Claude would take no prompt there."
            raise Refused("gate_blocked", message, "Close the pane and open another.", found=row.folder)
        mode = self._mode(live)
        self.history.target(self.id, server=row.socket, pane=row.id, name=row.name, pid=row.pid, folder=live.folder)
        self._step("look")
        parcel = Parcel(
            id=self.id,
            text=cleaned.text,
            mode=mode,
            wait=self.request.wait,
            hold=self.request.queue == "own" and self.request.wait != 0,
            bring_back=self.ctx.config.bring_back == "auto",
            cancelled=lambda: not self.history.under_way(self.id),
        )
        try:
            sign = deliver(live, parcel, self.ctx.clock, self._step)
        finally:
            self.pane = live.pane()
            settle_abandoned(self.history, live)
        return self._delivered(live, sign, cleaned, sha256)

    def _mode(self, live: LivePane) -> str:
        """The mode the prompt must run in, Claude's own value."""
        if self.request.mode:
            return self.request.mode.claude
        wanted = live.lock or (live.look().mode)
        if wanted is None:
            message = f"The mode of {live.name} cannot be told."
            hint = f'Name it in the configuration: [panes."{live.name}"] mode = "plan"'
            raise Refused("unknown_screen", message, hint)
        return wanted

    def _step(self, name: str) -> None:
        self.history.step(self.id, cast(Step, name))
        self.touched = self.touched or name == "paste"

    def _remember(self, near: Nearby, live: LivePane) -> None:
        for mode in {None, self.request.mode}:
            self.ctx.memory.last[self._key(mode)] = Last(live.agent, near)
        with suppress(TmuxError):  # the text is delivered; a server that ends now has nothing to remember for
            near.remember(live.pane(), self.request.mode)

    def _delivered(self, live: LivePane, sign: Sign, cleaned: Cleaned, sha256: str) -> SendResult:
        label = label_of(from_claude(sign.mode)) if sign.mode else label_of(None)
        hint = f"Pane: {live.name}" + ("" if live.guarded else " (started by hand, no gate)")
        hint += "".join(f" · {note}" for note in cleaned.notes)
        receipt = Receipt(sign.prompt_id, sign.mode, sha256, sign.evidence)
        return self._result("delivered", None, f"Sent to Claude ({label})", hint, receipt)

    def refused(self, refusal: Refused) -> SendResult:
        candidates = getattr(refusal, "candidates", ())
        return self._result("refused", cast(Reason, refusal.code), refusal.message, refusal.hint, None, candidates)

    def _result(
        self,
        outcome: Outcome,
        reason: Reason | None,
        message: str,
        hint: str | None,
        receipt: Receipt | None = None,
        candidates: tuple[Pane, ...] = (),
    ) -> SendResult:
        return SendResult(self.id, outcome, reason, message, hint, self.pane, receipt, self.elapsed(), candidates)

    def _settled(self, result: SendResult) -> SendResult:
        self.history.settle(
            self.id, result.outcome, result.reason, result.message, result.receipt, float(result.elapsed_ms)
        )
        return result

    def _record_end(self, message: str) -> None:
        """An end that is no outcome of ours: before the paste nothing happened, after it nobody can say."""
        outcome: Outcome = "unconfirmed" if self.touched else "refused"
        self.history.settle(self.id, outcome, None if self.touched else "cancelled", message)
