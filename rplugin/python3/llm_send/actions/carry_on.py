"""See to texts that wait while those who asked for them are gone: after a host was killed, or its editor."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send.actions.context import Context
from llm_send.actions.leave import leave
from llm_send.actions.stranded import stranded


@dataclass(frozen=True)
class CarryOnRequest:
    """On the server of the asker."""


@dataclass(frozen=True)
class CarryOnResult:
    """The ids of the texts that are seen to now."""

    carried_on: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        return {"carried_on": list(self.carried_on)}


def carry_on(ctx: Context, _request: CarryOnRequest) -> CarryOnResult:
    """Follow each to its end."""
    found = stranded(ctx)
    for live, send in found:
        leave(ctx, live, send.id)
    return CarryOnResult(tuple(send.id for _, send in found))
