"""A directive in an agent's own words: decided like every other wish, and its outcome told in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from llm_send.actions import audit, consent
from llm_send.actions.agent_change import ChangeRequest, change_pane, close_pane
from llm_send.actions.agent_given import table_of
from llm_send.actions.agent_open import OpenRequest, open_pane
from llm_send.actions.agent_talk import TalkRequest, send_prompt
from llm_send.actions.asker import Asking, asker_of
from llm_send.actions.context import Context
from llm_send.actions.placing import literal
from llm_send.config.given import Options
from llm_send.errors import LlmSendError, UsageError
from llm_send.sideband.found import Directive, Malformed
from llm_send.tmux import TmuxError

TAKES: dict[str, frozenset[str]] = {
    "spawn": frozenset(
        (
            *("pane", "command", "config", "config_ref", "profile", "name", "mode", "model", "claude_model"),
            *("preset", "cwd", "session", "direction", "key"),
        )
    ),
    "set-config": frozenset(("pane", "config", "config_ref", "profile", "model", "claude_model", "preset", "key")),
    "send": frozenset(("pane", "text", "wait", "key")),
    "close": frozenset(("pane", "key")),
}
LONGEST = 300  # characters of a line
SAID = 4000  # of one with an answer in it
ANSWERED = 600.0  # seconds an answer may be waited for
SENT = 2.0  # seconds a prompt may be waited for; then it stays in the pane's queue


def act(ctx: Context, found: Directive | Malformed) -> str:
    """Do what it says, as far as that is allowed; the line says what came of it, and is empty where it may nothing."""
    try:
        who = asker_of(ctx)
        if not who.asker.rights.allow:
            return ""  # nobody has asked it to speak like that: no answer, which would be a prompt
        return _line("llm-send", _done(ctx, who, found), SAID)
    except LlmSendError as error:
        return _line("llm-send: not done", " ".join(filter(None, (error.message, error.hint))))


def _done(ctx: Context, who: Asking, found: Directive | Malformed) -> str:
    if isinstance(found, Malformed):
        audit.note(ctx, agent=who.asker.name, pane=who.id, way="sideband", asked="?", verdict="malformed",
                   reasons=[found.why])  # fmt: skip
        _warn(ctx, who, found.why)
        raise UsageError("usage", f"The directive cannot be read: {found.why}", f"It begins: {found.text[:60]}")
    unknown = sorted(found.attributes.keys() - TAKES[found.verb])
    if unknown:
        hint = f"It takes {', '.join(sorted(TAKES[found.verb] - {'key'}))}."
        raise UsageError("usage", f"{found.verb} has no attribute {unknown[0]}.", hint, found=unknown[0])
    return DOES[found.verb](ctx, who, found)


def _spawn(ctx: Context, who: Asking, found: Directive) -> str:
    said = {key: value for key, value in found.attributes.items() if key not in ("pane", "key")}
    given, warning = said, None
    try:
        table = table_of(said.get("config"))
        Options(config=table or None, way="config").given()
    except LlmSendError as error:
        table, warning = {}, error.message
        fallback = who.asker.rights.fallback
        _warn(ctx, who, f"{warning} {'Confined by ' + fallback if fallback else 'Nothing was opened'} instead.")
        if not fallback:
            raise
        given = {**said, "profile": fallback}
        given.pop("preset", None)
        given.pop("config_ref", None)
    request = OpenRequest(
        command=given.get("command", "claude"),
        session=given.get("session"),
        name=given.get("name"),
        mode=given.get("mode"),
        model=given.get("model") or given.get("claude_model"),
        config=table or None,
        preset=given.get("preset"),
        profile=given.get("profile") or given.get("config_ref"),
        cwd=given.get("cwd"),
        direction=given.get("direction"),
        way="sideband",
        what="spawn",
        said=said,
    )
    done = open_pane(ctx, who, request)
    pane: Any = done["pane"]
    more = f" Its configuration was not used: {warning}" if warning else ""
    return f"opened {pane['name'] or pane['id']} ({pane['id']}), {done['state']}.{more}"


def _set(ctx: Context, who: Asking, found: Directive) -> str:
    said = found.attributes
    request = ChangeRequest(
        pane=_pane(found),
        config=said.get("config"),
        preset=said.get("preset"),
        profile=said.get("profile") or said.get("config_ref"),
        model=said.get("model") or said.get("claude_model"),
        way="sideband",
        what="set-config",
        said=said,
    )
    done: Any = change_pane(ctx, who, request)
    return f"changed {_pane(found)}: {', '.join(each['key'] for each in done['changes']) or 'nothing, it was so'}."


def _send(ctx: Context, who: Asking, found: Directive) -> str:
    text = found.body if found.body is not None else found.attributes.get("text", "")
    said = {**found.attributes, "text": text}
    waits = "wait" in found.attributes
    request = TalkRequest(_pane(found), text, waits, timeout=ANSWERED if waits else SENT, way="sideband", what="send",
                          said=said)  # fmt: skip
    done: Any = send_prompt(ctx, who, request)
    if done.get("answer"):
        return f"{_pane(found)} said: {done['answer']}"
    if waits and done.get("next"):
        return f"{done['outcome']} to {_pane(found)}. {done['next']}"
    if done["outcome"] in ("delivered", "queued"):
        return f"{done['outcome']} to {_pane(found)}."
    return f"{done['outcome']}: {done['message']} {done['hint'] or ''}"


def _close(ctx: Context, who: Asking, found: Directive) -> str:
    close_pane(ctx, who, ChangeRequest(_pane(found), way="sideband", what="close", said=found.attributes))
    return f"closed {_pane(found)}."


DOES: Mapping[str, Callable[[Context, Asking, Directive], str]] = {
    "spawn": _spawn,
    "set-config": _set,
    "send": _send,
    "close": _close,
}


def _pane(found: Directive) -> str:
    name = found.attributes.get("pane")
    if not name:
        raise UsageError("usage", f"{found.verb} names no pane.", f'Write <llm-send:{found.verb} pane="NAME">.')
    return name


def _warn(ctx: Context, who: Asking, message: str) -> None:
    """To the person: in the pane's tmux, and in the editor. The agent itself is answered."""
    text = _line(who.asker.name, message)
    with suppress(TmuxError):
        ctx.tmux.run(["display-message", "-t", who.id, literal(text)])
    consent.tell(ctx, "agent_event", {"kind": "warning", "pane": who.asker.name, "message": _line("", message)})


def _line(who: str, text: str, most: int = LONGEST) -> str:
    """One line that is fit to be shown and sent."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return f"{who}: {plain}"[:most] if who else plain[:most]
