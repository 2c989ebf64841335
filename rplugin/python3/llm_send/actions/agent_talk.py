"""An agent prompts another, waits for it, and reads what it said or shows: decided by policy."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from llm_send import journal
from llm_send.actions.agent_change import ChangeRequest, about, asked_for, done_with
from llm_send.actions.asker import Asking
from llm_send.actions.cancel import CancelRequest, cancel
from llm_send.actions.context import Context
from llm_send.actions.find import find
from llm_send.actions.permitted import done, permitted
from llm_send.actions.send import SendRequest, send
from llm_send.claude.answer import answer_since
from llm_send.errors import LlmSendError, Refused, UsageError
from llm_send.live import LivePane
from llm_send.panes import Pane
from llm_send.resolve import AGENTLESS

Until = Literal["idle", "waiting", "finished"]
POLL = 0.2
DRAWN = 3.0  # seconds in which Claude draws that a turn is over
WRITTEN = 3.0  # seconds in which it writes down what it said
LONGEST = 100_000  # characters of an answer or a screen
Tell = Callable[[str], None]


@dataclass(frozen=True)
class TalkRequest:
    """`pane` by name or id. `answer`: wait, up to `timeout` seconds, until Claude has ended the turn, and return what
    it said. `tell` hears from time to time what is being waited for."""

    pane: str
    text: str = ""
    answer: bool = False
    until: Until = "idle"
    timeout: float = 600.0
    lines: int = 0
    queue: Literal["own", "no"] = "own"
    tell: Tell = lambda _: None
    way: str = "mcp"
    what: str = "send_prompt"
    said: Mapping[str, Any] = field(default_factory=dict)


def send_prompt(ctx: Context, who: Asking, request: TalkRequest) -> dict[str, object]:
    """The outcome and its receipt; and the answer, if asked for. Raises Refused `policy`."""
    pane, id = _permitted(ctx, who, request, "send")  # noqa: A001 — the contract's word
    live = who.found.live(ctx, pane)
    live.mark()
    transcript, offset = live.evidence.baseline.transcript, live.evidence.baseline.length
    sent_id = secrets.token_hex(16)
    sending = SendRequest(request.text, pane=pane.id, id=sent_id, wait=request.timeout, queue=request.queue)
    sent = done_with(ctx, id, lambda: send(ctx, sending).as_dict())
    if sent["outcome"] == "queued" and ctx.memory.leaving.is_set():  # nobody waits for it any more
        with suppress(LlmSendError):  # it is just being delivered
            cancel(ctx, CancelRequest(sent_id))
    if not request.answer or sent["outcome"] != "delivered":
        return sent
    seen = _until(ctx, live, request, lambda state: _over(live, sent_id, state))
    if seen["timed_out"] or seen["state"] == "waiting":
        return {**sent, **seen, "answer": None}
    return {**sent, **seen, "answer": _answer(ctx, live, transcript, offset)}


def _answer(ctx: Context, live: LivePane, before: Path | None, offset: int) -> str | None:
    """What was said since; the transcript is written a little after the hooks have told of it."""
    end = ctx.clock.now() + WRITTEN
    while True:
        now = _newest_transcript(live)
        said = answer_since(now, offset if now == before else 0) if now else None
        if said or ctx.clock.now() > end:
            return said[-LONGEST:] if said else None
        ctx.clock.pause(POLL)


def wait_for_pane(ctx: Context, who: Asking, request: TalkRequest) -> dict[str, object]:
    """Until it is idle, waits for an answer, or has ended a turn (`finished`: idle, waiting or gone). A time that runs
    out is no error: `timed_out` says so."""
    pane, id = _permitted(ctx, who, request, "read")  # noqa: A001
    ends = {"idle": ("idle",), "waiting": ("waiting",), "finished": ("idle", "waiting")}[request.until]
    with done(ctx, id):
        return _until(ctx, who.found.live(ctx, pane), request, lambda state: state in ends)


def read_pane(ctx: Context, who: Asking, request: TalkRequest) -> dict[str, object]:
    """What its screen shows, and so many lines above it; and what its Claude said last."""
    pane, id = _permitted(ctx, who, request, "read")  # noqa: A001
    with done(ctx, id):
        above = ["-S", f"-{request.lines}"] if request.lines else []
        screen = ctx.tmux.run(["capture-pane", "-p", "-J", *above, "-t", pane.id]).rstrip()
        transcript = _newest_transcript(who.found.live(ctx, pane)) if pane.agent else None
        said = answer_since(transcript, 0) if transcript else None
        return {"pane": pane.as_dict(), "screen": screen[-LONGEST:], "said": said[-LONGEST:] if said else None}


def _permitted(ctx: Context, who: Asking, request: TalkRequest, tier: Literal["send", "read"]) -> tuple[Pane, str]:
    if not 0 <= request.timeout <= 86400:
        raise UsageError("usage", "The timeout is in seconds.", "Give 0 to 86400.", found=request.timeout)
    pane = who.found.named(request.pane)
    does = "prompt" if tier == "send" else "read"
    change = ChangeRequest(request.pane, way=request.way, what=request.what, said=request.said)
    return pane, permitted(ctx, who, about(ctx, who, pane, tier), asked_for(who, change, f"{does} {pane.called}"))


def _until(ctx: Context, live: LivePane, request: TalkRequest, over: Callable[[str], bool]) -> dict[str, object]:
    """Look until it is so. Raises Refused `gone` where the agent has ended."""
    end = ctx.clock.now() + request.timeout
    while True:
        found = find(ctx)
        pane = next((each for each in found.panes if each.id == live.row.id), None)
        if pane is None or pane.state in AGENTLESS:
            raise Refused("gone", f"The agent in {live.name} has ended.", "Look with read_pane or list_panes.")
        late = ctx.clock.now() >= end
        if over(pane.state) or pane.state == "waiting" or late or ctx.memory.leaving.is_set():
            return _seen(pane, timed_out=late and not over(pane.state) and pane.state != "waiting")
        request.tell(f"{live.name} is {pane.state}")
        ctx.clock.pause(POLL)


def _seen(pane: Pane, *, timed_out: bool) -> dict[str, object]:
    told = None
    if pane.state == "waiting":
        told = f"{pane.called} waits for a person's answer: ask them to go there."
    elif timed_out:
        told = f"{pane.called} is still {pane.state}. Wait for it again with wait_for_pane."
    return {"pane": pane.as_dict(), "state": pane.state, "timed_out": timed_out, "next": told}


def _over(live: LivePane, sent_id: str, state: str) -> bool:
    """Whether the turn of this prompt is over: by the pane's hooks, else by an idle screen."""
    own = journal.own(live.folder, sent_id) if live.folder else None
    if own and live.folder:
        ends = [event.at / 1e9 for event in journal.events(live.folder) if journal.ends(event, own)]
        return bool(ends) and (state == "idle" or time.time() - ends[0] > DRAWN)
    return state == "idle"


def _newest_transcript(live: LivePane) -> Path | None:
    live.evidence.mark()
    return live.evidence.baseline.transcript
