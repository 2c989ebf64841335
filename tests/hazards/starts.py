"""Claude asks something when it starts, or cannot answer at all."""

from __future__ import annotations

from collections.abc import Callable

from tests.hazards.act import Act
from tests.hazards.case import DELIVERED, Case, Start
from tests.hazards.dialogs import ANSWERED, NO_BOX, WAITING, hides

ACCOUNT = {"ANTHROPIC_API_KEY": "", "CLAUDE_CODE_OAUTH_TOKEN": "sk-ant-oat01-" + "offline" * 10}  # in shape only


def asks(*words: str) -> Callable[[Act], None]:
    """It has drawn what it asks, and listens."""

    def bring(act: Act) -> None:
        act.pane.wait_for(*words, deadline=30)
        act.settled()

    return bring


def limit(act: Act) -> None:
    act.submit("[[limit]] one too many")
    act.pane.wait_until(lambda seen: "imit reached" in seen or "hit your limit" in seen)
    act.settled()


STARTS = [
    Case(
        "trust",
        "“Do you trust the files in this folder?”",
        WAITING,
        bring=asks("trust"),
        start=Start(trusted=False, ready=False),
        harm=hides(ANSWERED, "trust"),
        alone=True,
    ),
    Case(
        "no account",
        "no key, nobody signed in",
        ("refused(waiting)", "refused(unknown_screen)", "refused(starting_timeout)", *DELIVERED),
        bring=asks("❯"),
        start=Start(ready=False, environment={"ANTHROPIC_API_KEY": ""}),
        arrives=(),
        may_end=True,
        alone=True,
    ),
    Case(
        "bad settings",
        "the project's settings have a mistake",
        NO_BOX,
        bring=asks("Exit and fix manually"),
        start=Start(ready=False, project={".claude/settings.json": '{"permissions": {"allow": "everything"}}'}),
        alone=True,
    ),
    Case(
        "MCP server",
        "the project brings a server; shall it be used?",
        WAITING,
        bring=asks("New MCP server"),
        start=Start(ready=False, project={".mcp.json": '{"mcpServers": {"local": {"command": "cat"}}}'}),
        harm=hides(ANSWERED, "New MCP server"),
        alone=True,
    ),
    Case(
        "usage limit",
        "“Usage limit reached · Continuing automatically”; older ones just say so",
        (*WAITING, *DELIVERED),
        limit,
        start=Start(environment=ACCOUNT),
        alone=True,
    ),
    Case(
        "API key",
        "“Do you want to use this API key?”",
        WAITING,
        bring=asks("API key"),
        start=Start(ready=False, state={"customApiKeyResponses": {"approved": [], "rejected": []}}),
        harm=hides(ANSWERED, "API key"),
        alone=True,
    ),
]
