"""From what Lua asks to an action and its request, and from what came of it to the answer.

One function per verb in a dict you can read. Each imports its action by itself, so the first key pays for one only.
Lua's texts are bytes to Neovim: what is not UTF-8 arrives as surrogates and is turned back before an action sees it.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from typing import Any

from llm_send import __version__
from llm_send.entry.nvim_agents import AGENTS
from llm_send.entry.nvim_record import RECORD, Call, Params
from llm_send.errors import LlmSendError, UsageError
from llm_send.modes import Mode, parse_mode

SOON = 0.5  # seconds a person looks at nothing before they are told that a text is held


def answer(verb: str, params: Params, environment: Mapping[str, str], memory: Any = None) -> dict[str, Any]:
    """The contract's object for one request. Raises nothing: Lua waits for this.

    `memory` is what the host keeps between requests (`actions.context.Memory`), None for nothing.
    """
    from llm_send.entry.nvim_hints import with_hints

    answered: dict[str, Any] = with_hints(_answer(verb, params, environment, memory))
    return answered


def _answer(verb: str, params: Params, environment: Mapping[str, str], memory: Any) -> dict[str, Any]:
    try:
        return _done(verb, params, environment, memory)
    except LlmSendError as error:
        return _failed(error)
    except Exception as error:  # noqa: BLE001  # the last resort: nobody is shown a traceback
        from llm_send.entry.full_report import unexpected
        from llm_send.paths import paths_of

        return _failed(unexpected(error, f"Neovim: {verb}", paths_of(environment)))


def _done(verb: str, params: Params, environment: Mapping[str, str], memory: Any) -> dict[str, Any]:
    if verb == "hello":
        return {"ok": True, "schema": 1, "version": __version__, "python": platform.python_version()}
    if verb not in REQUESTS:
        raise UsageError("usage", f"The host does not know {verb!r}.", None, found=verb, expected=sorted(REQUESTS))
    action, request = REQUESTS[verb](params)
    shown = action(context(verb, params, environment, memory), request).as_dict()
    return {"ok": shown.get("outcome", "delivered") in ("delivered", "queued"), "schema": 1, **shown}


def _failed(error: LlmSendError) -> dict[str, Any]:
    # `result`: what came about all the same, such as the pane that was started and waits at a dialog.
    return {**(getattr(error, "result", None) or {}), "ok": False, "schema": 1, "error": error.as_dict()}


def context(verb: str, params: Params, environment: Mapping[str, str], memory: Any) -> Any:
    """The world of a request. Raises LlmSendError `config`."""
    from llm_send.actions.context import Here, context_of
    from llm_send.config.types import Config

    here = params["here"]
    return context_of(
        environment,
        here=Here(cwd=here["cwd"], pane=here.get("pane")),
        socket_name=here.get("socket_name"),
        socket_path=here.get("socket"),
        memory=memory,
        config=Config() if verb == "doctor" else None,  # which checks the file itself
    )


def _mode(params: Params) -> Mode | None:
    word = params.get("mode")
    return None if word is None else parse_mode(word)


def _send(params: Params) -> Call:
    from llm_send.actions.send import send

    return send, _how(params, params["text"].encode("utf-8", "surrogateescape"))


def _resend(params: Params) -> Call:
    from llm_send.actions.resend import LAST, ResendRequest, resend

    return resend, ResendRequest(params.get("id") or LAST, _how(params, ""))


def _how(params: Params, text: str | bytes) -> Any:
    """The request of a send."""
    from llm_send.actions.send import Order, SendRequest

    return SendRequest(
        id=params.get("new_id"),
        text=text,
        mode=_mode(params),
        pane=params.get("pane"),
        wait=params.get("wait"),
        soon=SOON,
        queue=params.get("queue") or "own",
        file=params.get("file"),
        as_command=bool(params.get("as_command")),
        order=Order(params.get("before"), params["placed"]) if "placed" in params else None,
    )


def _spawn(params: Params) -> Call:
    from llm_send.actions.spawn import spawn

    return spawn, _opened(params)


def _fork(params: Params) -> Call:
    from llm_send.actions.fork import ForkRequest, fork

    return fork, ForkRequest(params["pane"], _opened(params))


def _set(params: Params) -> Call:
    from llm_send.actions.configure import SetRequest, set_config
    from llm_send.config.types import Given

    return set_config, SetRequest(params["pane"], _given(params) or Given(), trial=bool(params.get("trial")))


def _presets(_params: Params) -> Call:
    from llm_send.actions.presets import PresetsRequest, presets

    return presets, PresetsRequest()


def _given(params: Params) -> Any:
    """What is said of a pane's configuration, None if nothing is."""
    if not any(params.get(name) for name in ("preset", "config", "sets")):
        return None
    from llm_send.config.given import Options

    sets, cwd = tuple(params.get("sets") or ()), params.get("cwd") or ""
    return Options(params.get("preset"), config=params.get("config"), sets=sets, cwd=cwd, way=":LlmSend").given()


def _opened(params: Params) -> Any:
    """How a new pane is to be opened."""
    from llm_send.actions.spawn import SpawnRequest

    return SpawnRequest(
        mode=_mode(params),
        name=params.get("name"),
        cwd=params.get("cwd"),
        where=params.get("where") or "h",
        session=params.get("session"),
        command=tuple(params.get("command") or ("claude",)),
        focus=bool(params.get("focus")),
        given=_given(params),
    )


def _panes(_params: Params) -> Call:
    from llm_send.actions.list_panes import ListRequest, list_panes

    return list_panes, ListRequest()


def _set_mode(params: Params) -> Call:
    from llm_send.actions.set_mode import SetModeRequest, set_mode

    return set_mode, SetModeRequest(pane=params["pane"], mode=parse_mode(params["mode"]))


def _focus(params: Params) -> Call:
    from llm_send.actions.focus import FocusRequest, focus

    return focus, FocusRequest(pane=params.get("pane"), mode=_mode(params))


def _close(params: Params) -> Call:
    from llm_send.actions.close import CloseRequest, close

    return close, CloseRequest(pane=params["pane"], force=bool(params.get("force")))


def _target(params: Params) -> Call:
    from llm_send.actions.target import TargetRequest, target

    return target, TargetRequest(pane=params["pane"])


def _doctor(_params: Params) -> Call:
    from llm_send.actions.doctor import DoctorRequest, doctor

    return doctor, DoctorRequest()


def _carry_on(params: Params) -> Call:
    from llm_send.actions.carry_on import CarryOnRequest, carry_on

    return carry_on, CarryOnRequest(tuple(params.get("ids", ())))


REQUESTS: dict[str, Callable[[Params], Call]] = {
    **RECORD,
    **AGENTS,
    "send": _send,
    "resend": _resend,
    "spawn": _spawn,
    "fork": _fork,
    "set": _set,
    "presets": _presets,
    "panes": _panes,
    "mode": _set_mode,
    "focus": _focus,
    "close": _close,
    "target": _target,
    "carry_on": _carry_on,
    "doctor": _doctor,
}
