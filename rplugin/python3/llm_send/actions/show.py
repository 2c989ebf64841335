"""One send of the history, whole."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send.actions.context import Context
from llm_send.actions.record import Entry, placed


@dataclass(frozen=True)
class ShowRequest:
    """`id`, or the beginning of one."""

    id: str


@dataclass(frozen=True)
class ShowResult:
    """The send with its text."""

    entry: Entry

    def as_dict(self) -> dict[str, object]:
        return {"send": self.entry.as_dict()}


def show(ctx: Context, request: ShowRequest) -> ShowResult:
    """Look it up. Raises UsageError `no_send` for an id that is none or not clear."""
    (entry,) = placed(ctx.history, [ctx.history.named(request.id)])
    return ShowResult(entry)
