"""From a parsed command line to an action and its request.

One function per verb in a dict you can read. Each imports its action by itself: `llm-send send` pays for sending only.
"""

import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from llm_send.entry.cli_agents_requests import AGENTS
from llm_send.entry.cli_config_requests import CONFIG, given_by
from llm_send.entry.cli_plugin_requests import PLUGIN
from llm_send.errors import UsageError

Action = Callable[[Any, Any], Any]
Call = tuple[Action, object]


def request_of(given: Namespace) -> Call:
    """The action this command line asks for, and what to ask of it."""
    return REQUESTS[given.verb](given)


def _say_held(result: Any) -> None:
    """Who waits at a terminal is told why."""
    from llm_send.entry.lines import sentence

    hint = f"{result.hint} · Ctrl-C leaves it there"
    print(sentence("…", result.message, hint), file=sys.stderr, flush=True)


def _send(given: Namespace) -> Call:
    from llm_send.actions.send import SendRequest, send
    from llm_send.entry.cli_text import file_of, text_of

    return send, SendRequest(
        text=text_of(given.file),
        mode=given.mode,
        pane=given.pane,
        wait=given.wait,
        queue=given.queue,
        as_command=given.as_command,
        on_held=None if given.json else _say_held,
        file=file_of(given.file),
    )


def _spawn(given: Namespace) -> Call:
    from llm_send.actions.spawn import spawn

    if given.command == ():
        raise UsageError("usage", "Nothing stands behind --.", "For example: llm-send spawn -- claude --resume")
    return spawn, replace(_opened(given), cwd=given.cwd, command=given.command or ("claude",))


def _fork(given: Namespace) -> Call:
    from llm_send.actions.fork import ForkRequest, fork

    return fork, ForkRequest(given.pane, _opened(given))


def _opened(given: Namespace) -> Any:
    """How a new pane is to be opened."""
    from llm_send.actions.placing import Where
    from llm_send.actions.spawn import SpawnRequest

    where: Where = "window" if given.window else "session" if given.session is not None else given.split or "h"
    return SpawnRequest(
        mode=given.mode,
        name=given.name,
        where=where,
        session=given.session,
        env=tuple(given.env),
        wait=not given.no_wait,
        focus=given.focus,
        given=given_by(given),
    )


def _panes(_given: Namespace) -> Call:
    from llm_send.actions.list_panes import ListRequest, list_panes

    return list_panes, ListRequest()


def _mode(given: Namespace) -> Call:
    from llm_send.actions.set_mode import SetModeRequest, set_mode

    return set_mode, SetModeRequest(pane=given.pane, mode=given.mode)


def _focus(given: Namespace) -> Call:
    from llm_send.actions.focus import FocusRequest, focus

    return focus, FocusRequest(pane=given.pane, mode=given.mode)


def _target(given: Namespace) -> Call:
    from llm_send.actions.target import TargetRequest, target

    return target, TargetRequest(pane=given.pane)


def _queue(given: Namespace) -> Call:
    if given.file is not None and not given.edit:
        raise UsageError("usage", "FILE is the new text for --edit.", "See: llm-send queue --help", found=given.file)
    if given.edit:
        return _queue_edit(given)
    if given.cancel:
        from llm_send.actions.queue_cancel import QueueCancelRequest, queue_cancel

        return queue_cancel, QueueCancelRequest(given.cancel)
    if given.move:
        from llm_send.actions.queue_move import QueueMoveRequest, queue_move

        id, place = given.move  # noqa: A001 — the contract's word
        if not place.isdecimal():
            raise UsageError("usage", f"PLACE is a number, not “{place}”.", "The next one is 0.", found=place)
        return queue_move, QueueMoveRequest(id, int(place))
    from llm_send.actions.queue import QueueRequest, queue

    return queue, QueueRequest(given.pane)


def _queue_edit(given: Namespace) -> Call:
    from llm_send.actions.queue_edit import QueueEditRequest, queue_edit
    from llm_send.entry.cli_text import at_a_terminal, in_an_editor, text_of

    if given.file is None and at_a_terminal() and not given.json:
        return in_an_editor(queue_edit), QueueEditRequest(given.edit, "")
    return queue_edit, QueueEditRequest(given.edit, text_of(given.file))


def _history(given: Namespace) -> Call:
    if given.words and (given.show or given.purge):
        raise UsageError("usage", "Words are for looking sends up.", "See: llm-send history --help", found=given.words)
    if given.older_than is not None and not given.purge:
        raise UsageError("usage", "--older-than belongs to --purge.", "See: llm-send history --help")
    if given.purge:
        from llm_send.actions.purge import PurgeRequest, purge

        return purge, PurgeRequest(given.older_than)
    if given.show:
        from llm_send.actions.show import ShowRequest, show

        return show, ShowRequest(given.show)
    from llm_send.actions.history import HistoryRequest, history

    return history, HistoryRequest(tuple(given.words), given.limit, given.outcome)


def _resend(given: Namespace) -> Call:
    from llm_send.actions.resend import ResendRequest, resend
    from llm_send.actions.send import SendRequest

    on_held = None if given.json else _say_held
    how = SendRequest("", given.mode, given.pane, given.wait, given.queue, on_held=on_held, as_command=given.as_command)
    return resend, ResendRequest(given.id, how)


def _resolve(given: Namespace) -> Call:
    from llm_send.actions.resolve_send import ResolveRequest, resolve_send

    return resolve_send, ResolveRequest(given.id)


def _cancel(given: Namespace) -> Call:
    from llm_send.actions.cancel import CancelRequest, cancel

    return cancel, CancelRequest(id=given.id)


def _close(given: Namespace) -> Call:
    from llm_send.actions.close import CloseRequest, close

    return close, CloseRequest(pane=given.pane, force=given.force)


def _run(given: Namespace) -> Call:
    from llm_send.actions.run import RunRequest, run

    return run, RunRequest(mode=given.mode, arguments=given.command or ())


def _default_mode(given: Namespace) -> Call:
    from llm_send.actions.default_mode import DefaultModeRequest, default_mode

    return default_mode, DefaultModeRequest(mode=given.mode)


def _doctor(given: Namespace) -> Call:
    from llm_send.actions.doctor import DoctorRequest, doctor

    return doctor, DoctorRequest(report=given.report)


REQUESTS: dict[str, Callable[[Namespace], Call]] = {
    **CONFIG,
    **PLUGIN,
    **AGENTS,
    "send": _send,
    "spawn": _spawn,
    "fork": _fork,
    "panes": _panes,
    "mode": _mode,
    "focus": _focus,
    "target": _target,
    "queue": _queue,
    "history": _history,
    "resend": _resend,
    "resolve": _resolve,
    "cancel": _cancel,
    "close": _close,
    "run": _run,
    "default-mode": _default_mode,
    "doctor": _doctor,
}
