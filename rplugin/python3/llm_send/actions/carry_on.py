"""See to texts that wait while those who asked for them are gone: after a host was killed, or its editor."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send.actions.context import Context
from llm_send.actions.find import still_there
from llm_send.actions.leave import leave
from llm_send.actions.stranded import stranded


@dataclass(frozen=True)
class CarryOnRequest:
    """On the server of the asker. `ids` are texts it waits for, whoever delivers them."""

    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class CarryOnResult:
    """The ids of the texts that are seen to now; and of those asked for, which have ended already."""

    carried_on: tuple[str, ...]
    ended: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        return {"carried_on": list(self.carried_on), "ended": list(self.ended)}


def carry_on(ctx: Context, request: CarryOnRequest) -> CarryOnResult:
    """Follow each to its end."""
    found = stranded(ctx)
    for live, send in found:
        leave(ctx, live, send.id)
    seen_to = tuple(send.id for _, send in found)
    others = [known for known in request.ids if known not in seen_to]
    return CarryOnResult(seen_to, tuple(known for known in others if not _followed(ctx, known)))


def _followed(ctx: Context, id: str) -> bool:  # noqa: A002 — the contract's word
    """Another sees to it: whether its end will be told of here all the same."""
    send, keeper = ctx.history.get(id), ctx.memory.keeper
    live = still_there(ctx, send) if send and not send.outcome else None
    if live and keeper:
        keeper(ctx, live, id)
    return bool(live and keeper)
