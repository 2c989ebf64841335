"""From a parsed command line to an action and its request.

One function per verb in a dict you can read. Each imports its action by itself: `llm-send send` pays for sending only.
"""

import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from llm_send.errors import LlmSendError, UsageError

Action = Callable[[Any, Any], Any]
Call = tuple[Action, object]


def request_of(given: Namespace) -> Call:
    """The action this command line asks for, and what to ask of it."""
    return REQUESTS[given.verb](given)


def _say_held(result: Any) -> None:
    """Who waits at a terminal is told why."""
    from llm_send.entry.report import sentence

    hint = f"{result.hint} · Ctrl-C leaves it there"
    print(sentence("…", result.message, hint), file=sys.stderr, flush=True)


def _send(given: Namespace) -> Call:
    from llm_send.actions.send import SendRequest, send

    file = None if given.file in (None, "-") else given.file
    text = _file(file) if file else _standard_input(asked_for=given.file == "-")
    return send, SendRequest(
        text=text,
        mode=given.mode,
        pane=given.pane,
        wait=given.wait,
        queue=given.queue,
        on_held=None if given.json else _say_held,
        file=str(Path(file).absolute()) if file else None,
    )


def _file(name: str) -> bytes:
    # Bytes, not text: whether they can be sent is for the action to say.
    try:
        return Path(name).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise LlmSendError("file", f"{name} cannot be read: {why}.", None, found=name) from error


def _standard_input(*, asked_for: bool) -> bytes:
    if sys.stdin is None:
        raise UsageError("usage", "There is no text: standard input is closed.", "Name a file, or pipe the text in.")
    if sys.stdin.isatty():
        what = "the terminal" if asked_for else "nothing but the terminal"
        hint = "Name a file, or pipe the text in: llm-send send --mode plan notes.md"
        raise UsageError("usage", f"There is no text: standard input is {what}.", hint)
    return sys.stdin.buffer.read()


def _spawn(given: Namespace) -> Call:
    from llm_send.actions.placing import Where
    from llm_send.actions.spawn import SpawnRequest, spawn

    where: Where = "window" if given.window else "session" if given.session is not None else given.split or "h"
    if given.command == ():
        raise UsageError("usage", "Nothing stands behind --.", "For example: llm-send spawn -- claude --resume")
    return spawn, SpawnRequest(
        mode=given.mode,
        name=given.name,
        cwd=given.cwd,
        where=where,
        session=given.session,
        env=tuple(given.env),
        command=given.command or ("claude",),
        wait=not given.no_wait,
        focus=given.focus,
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
    "send": _send,
    "spawn": _spawn,
    "panes": _panes,
    "mode": _mode,
    "focus": _focus,
    "target": _target,
    "cancel": _cancel,
    "close": _close,
    "run": _run,
    "default-mode": _default_mode,
    "doctor": _doctor,
}
