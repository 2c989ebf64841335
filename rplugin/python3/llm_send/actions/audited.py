"""What agents asked for, what was decided and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from llm_send.actions import audit
from llm_send.actions.context import Context


@dataclass(frozen=True)
class AuditRequest:
    """The newest so many, of one agent (its pane's name or id) if it is named."""

    limit: int = 50
    agent: str | None = None


@dataclass(frozen=True)
class AuditResult:
    """Each as `actions.audit` has it, with its `ended` beside it; the newest first."""

    asked: Sequence[dict[str, Any]]

    def as_dict(self) -> dict[str, object]:
        return {"asked": list(self.asked)}


def audited(ctx: Context, request: AuditRequest) -> AuditResult:
    """Nothing raises where nothing was asked yet."""
    asked: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(audit.lines(ctx)):
        if "asked" in line:
            asked[line.get("id") or str(number)] = line
        elif line.get("id") in asked:
            asked[line["id"]] |= {key: line[key] for key in ("ended", "opened") if key in line}
    wanted = [line for line in asked.values() if request.agent in (None, line["agent"], line["pane"])]
    return AuditResult(wanted[::-1][: request.limit])
