"""What Lua asks about agents, as actions and their requests; see `nvim_requests`."""

from __future__ import annotations

from collections.abc import Callable

from llm_send.entry.nvim_record import Call, Params


def _agents(_params: Params) -> Call:
    from llm_send.actions.agents import AgentsRequest, agents

    return agents, AgentsRequest()


def _answer(params: Params) -> Call:
    from llm_send.actions.agents import AnswerRequest, answer_ask

    return answer_ask, AnswerRequest(params["id"], params["answer"])


AGENTS: dict[str, Callable[[Params], Call]] = {"agents": _agents, "answer_ask": _answer}
