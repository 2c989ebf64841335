"""The agents there are: who opened whom, what each is and does, and what they ask the person."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from llm_send import processes
from llm_send.actions import consent
from llm_send.actions.asker import openers_of, values_of
from llm_send.actions.consent import Question
from llm_send.actions.context import Context
from llm_send.actions.find import find
from llm_send.claude.answer import answer_since
from llm_send.claude.sessions import size_of
from llm_send.errors import LlmSendError
from llm_send.panes import Agent, Pane, transcript_of
from llm_send.tmux import TmuxError

CONFINED = ("isolate_fs", "readonly", "local_only", "timeout_secs", "memory_limit_mb")
TAIL = 200_000  # bytes of a transcript in which the last message is looked for
SAID = 200  # characters of it


@dataclass(frozen=True)
class AgentsRequest:
    """Every pane of the server; there is nothing to choose."""


@dataclass(frozen=True)
class AgentsResult:
    """Each with its `pane`, its `opener` (`%3`), its `depth` below a person, `model`, `confinement`, when it was
    `opened_at` in unix seconds, what it `said` last, and the ids of what it `asks`."""

    agents: Sequence[dict[str, object]]
    asks: Sequence[Question]

    def as_dict(self) -> dict[str, object]:
        return {"agents": list(self.agents), "asks": [ask.as_dict() for ask in self.asks]}


def agents(ctx: Context, request: AgentsRequest) -> AgentsResult:  # noqa: ARG001 — one shape for all actions
    """Raises TmuxError where there is no server."""
    found, openers = find(ctx), openers_of(ctx)
    asks = consent.questions(ctx)
    ids = {agent.row.id: agent for agent in found.agents}
    shown = [_shown(ctx, pane, ids[pane.id], openers, asks) for pane in found.panes]
    return AgentsResult(shown, asks)


def _shown(
    ctx: Context, pane: Pane, agent: Agent, openers: dict[str, tuple[str, ...]], asks: Sequence[Question]
) -> dict[str, object]:
    values = _values(ctx, agent)
    age = processes.age(pane.agent_pid or pane.pid)
    return {
        "pane": pane.as_dict(),
        "opener": openers.get(pane.id, (None,))[0],
        "depth": len(openers.get(pane.id, ())),
        "model": values.get("model"),
        "confinement": [key for key in CONFINED if values.get(key)],
        "opened_at": time.time() - age if age is not None else None,
        "said": _said(agent),
        "asks": [ask.id for ask in asks if ask.pane == pane.id],
    }


def _values(ctx: Context, agent: Agent) -> dict[str, Any]:
    try:
        return values_of(ctx, agent.row)
    except LlmSendError:  # a file that cannot be used is told when something is opened
        return {}


def _said(agent: Agent) -> str | None:
    """The first line of its last message."""
    transcript = transcript_of(agent) if agent.pid else None
    said = answer_since(transcript, max(0, size_of(transcript) - TAIL)) if transcript else None
    lines = [line.strip() for line in (said or "").splitlines() if line.strip()]
    return lines[0][:SAID] if lines else None


@dataclass(frozen=True)
class AnswerRequest:
    """`id` of a question, and the person's `answer`: once, session or no."""

    id: str
    answer: str


@dataclass(frozen=True)
class AnswerResult:
    """Whether it came in time, and first."""

    taken: bool

    def as_dict(self) -> dict[str, object]:
        return {"taken": self.taken}


def answer_ask(ctx: Context, request: AnswerRequest) -> AnswerResult:
    """Give the person's answer."""
    return AnswerResult(consent.answer(ctx, request.id, request.answer))


class Watch:
    """Tells of panes that agents have opened: one waits for a person, or has ended its turn. `look` says whether there
    are any."""

    def __init__(self, ctx: Context) -> None:
        self.ctx, self.states = ctx, dict[str, str]()

    def look(self) -> tuple[bool, list[dict[str, str]]]:
        try:
            found, openers = find(self.ctx), openers_of(self.ctx)
        except TmuxError:
            return False, []
        opened = [pane for pane in found.panes if pane.id in openers]
        told = [event for pane in opened if (event := self._event(pane))]
        self.states = {pane.id: pane.state for pane in opened}
        return bool(opened), told

    def _event(self, pane: Pane) -> dict[str, str] | None:
        before = self.states.get(pane.id)
        if before in (None, pane.state):
            return None
        if pane.state == "waiting":
            return {"kind": "waiting", "pane": pane.called, "message": "waits for your answer"}
        if before == "busy" and pane.state == "idle":
            return {"kind": "finished", "pane": pane.called, "message": "has finished"}
        return None
