"""Claude asks something when it starts, or cannot answer at all."""

from __future__ import annotations

from tests.hazards.act import Act
from tests.hazards.case import DELIVERED, Case, Start
from tests.hazards.dialogs import ANSWERED, NO_BOX, WAITING, hides, shows

ACCOUNT = {"ANTHROPIC_API_KEY": "", "CLAUDE_CODE_OAUTH_TOKEN": "sk-ant-oat01-" + "offline" * 10}  # in shape only


def limit(act: Act) -> None:
    act.submit("[[limit]] one too many")
    act.pane.wait_for("imit reached")
    act.settled()


STARTS = [
    Case(
        "trust",
        "“Do you trust the files in this folder?”",
        WAITING,
        start=Start(trusted=False, ready=False),
        harm=hides(ANSWERED, "trust"),
        alone=True,
    ),
    Case(
        "no account",
        "no key, nobody signed in",
        ("refused(waiting)", "refused(unknown_screen)", "refused(starting_timeout)", *DELIVERED),
        start=Start(ready=False, environment={"ANTHROPIC_API_KEY": ""}),
        arrives=(),
        may_end=True,
        alone=True,
    ),
    Case(
        "bad settings",
        "the project's settings have a mistake",
        NO_BOX,
        start=Start(ready=False, project={".claude/settings.json": '{"permissions": {"allow": "everything"}}'}),
        alone=True,
    ),
    Case(
        "MCP server",
        "the project brings a server; shall it be used?",
        (*WAITING, "delivered"),
        start=Start(ready=False, project={".mcp.json": '{"mcpServers": {"local": {"command": "cat"}}}'}),
        harm=shows(ANSWERED, "enabled"),
        alone=True,
    ),
    Case(
        "usage limit",
        "“Usage limit reached · Continuing automatically”",
        WAITING,
        limit,
        start=Start(environment=ACCOUNT),
        alone=True,
    ),
    Case(
        "API key",
        "“Do you want to use this API key?”",
        WAITING,
        start=Start(ready=False, state={"customApiKeyResponses": {"approved": [], "rejected": []}}),
        harm=hides(ANSWERED, "API key"),
        alone=True,
    ),
]
