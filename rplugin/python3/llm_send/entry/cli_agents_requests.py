"""What the command line asks about agents, as actions and their requests; see `cli_requests`."""

from argparse import Namespace
from collections.abc import Callable
from typing import Any

Call = tuple[Callable[[Any, Any], Any], object]


def _agents(_given: Namespace) -> Call:
    from llm_send.actions.agents import AgentsRequest, agents

    return agents, AgentsRequest()


def _audit(given: Namespace) -> Call:
    from llm_send.actions.audited import AuditRequest, audited

    return audited, AuditRequest(given.limit, given.pane)


AGENTS: dict[str, Callable[[Namespace], Call]] = {"agents": _agents, "audit": _audit}
