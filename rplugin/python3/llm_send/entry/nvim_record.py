"""What Lua asks about the queue and the history, as actions and their requests; see `nvim_requests`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Params = Mapping[str, Any]
Call = tuple[Callable[[Any, Any], Any], object]


def _queue(params: Params) -> Call:
    from llm_send.actions.queue import QueueRequest, queue

    return queue, QueueRequest(pane=params.get("pane"))


def _queue_edit(params: Params) -> Call:
    from llm_send.actions.queue_edit import QueueEditRequest, queue_edit

    return queue_edit, QueueEditRequest(id=params["id"], text=params["text"].encode("utf-8", "surrogateescape"))


def _queue_move(params: Params) -> Call:
    from llm_send.actions.queue_move import QueueMoveRequest, queue_move

    return queue_move, QueueMoveRequest(id=params["id"], place=int(params["place"]))


def _cancel(params: Params) -> Call:
    from llm_send.actions.cancel import CancelRequest, cancel

    return cancel, CancelRequest(id=params.get("id"))


def _history(params: Params) -> Call:
    from llm_send.actions.history import HistoryRequest, history

    return history, HistoryRequest(
        words=tuple(params.get("words") or ()),
        limit=int(params.get("limit") or 200),
        outcome=params.get("outcome"),
    )


def _resolve(params: Params) -> Call:
    from llm_send.actions.resolve_send import ResolveRequest, resolve_send

    return resolve_send, ResolveRequest(id=params["id"])


def _purge(params: Params) -> Call:
    from llm_send.actions.purge import PurgeRequest, purge

    return purge, PurgeRequest(older_than=params.get("older_than"))


RECORD: dict[str, Callable[[Params], Call]] = {
    "queue": _queue,
    "queue_edit": _queue_edit,
    "queue_move": _queue_move,
    "cancel": _cancel,
    "history": _history,
    "resolve": _resolve,
    "purge": _purge,
}
