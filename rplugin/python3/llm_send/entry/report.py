"""What a result looks like: the contract's JSON object, or text for people.

Both are made from the same object, so what a person reads and what a program reads cannot differ.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from llm_send.entry import report_agents, report_config, report_plugin, report_record
from llm_send.entry.lines import printable, sentence, table
from llm_send.errors import LlmSendError
from llm_send.modes import label_of

SCHEMA = 1
SIGN = {"delivered": "✓", "queued": "…", "refused": "✗", "unconfirmed": "?"}
CHECK = {"ok": "✓", "warn": "!", "error": "✗"}
AS_IT_IS = ("text", "values")  # what a person wrote is shown as they wrote it
Result = Mapping[str, Any]


def envelope(result: Result, *, ok: bool) -> dict[str, Any]:
    """The object of `--json`. What is not ok always says why under `error`, so one reader fits every command."""
    answer = {"ok": ok, "schema": SCHEMA, **result}
    if not ok and "error" not in answer:
        answer["error"] = _why(result).as_dict()
    return answer


def _why(result: Result) -> LlmSendError:
    """The error that a result amounts to: a send that did not arrive, a doctor who found something."""
    if "checks" in result:
        bad = [check for check in result["checks"] if check["status"] == "error"]
        return LlmSendError("doctor", bad[0]["message"], bad[0]["hint"], found=[check["name"] for check in bad])
    return LlmSendError(result["reason"] or result["outcome"], result["message"], result["hint"])


def error_envelope(error: LlmSendError, result: Result) -> dict[str, Any]:
    """The object of an error. `result` is what there is to show all the same, such as the pane of a refused spawn."""
    return {"ok": False, "schema": SCHEMA, "error": error.as_dict(), **result}


def as_json(answer: Mapping[str, Any]) -> str:
    # ASCII: right in every locale, and a path that is not UTF-8 still makes valid JSON.
    return json.dumps(answer, ensure_ascii=True, allow_nan=False)


def error_text(error: LlmSendError) -> str:
    return sentence("✗", error.message, error.hint)


def text_of(verb: str, result: Result, home: str | None) -> list[str]:
    """A result as lines for people. Paths below `home` begin with `~`."""
    return TEXTS[verb](_from_home(result, home) if home else result)


def _from_home(value: Any, home: str) -> Any:
    if isinstance(value, Mapping):
        return {key: each if key in AS_IT_IS else _from_home(each, home) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_from_home(each, home) for each in value]
    below = isinstance(value, str) and (value == home or value.startswith(f"{home}/"))
    return f"~{value[len(home) :]}" if below else value


def _send(result: Result) -> list[str]:
    first = sentence(SIGN[result["outcome"]], result["message"], result["hint"])
    return [first, *(f"  {line}" for line in _rows(result.get("candidates") or []))]


def _spawn(result: Result) -> list[str]:
    pane = result["pane"]
    message = f"Claude started ({_label(pane)})" if pane["verified"] else f"Claude is starting ({_label(pane)})"
    return [*_about(pane, message), *([sentence("!", result["note"], None)] if result.get("note") else [])]


def _mode(result: Result) -> list[str]:
    return _about(result["pane"], f"Claude is in {_label(result['pane'])}")


def _focus(result: Result) -> list[str]:
    return _about(result["pane"], "In front now")


def _target(result: Result) -> list[str]:
    return _about(result["pane"], "Sends from here go there")


def _cancel(result: Result) -> list[str]:
    if not result["cancelled"]:
        return [sentence("✓", "Nothing to call off", "That send has ended, or is on its way into the pane.")]
    return [sentence("✓", f"Called off {', '.join(result['cancelled'])}", "Nothing was sent.")]


def _close(result: Result) -> list[str]:
    return _about(result["pane"], "Closed")


def _about(pane: Result, message: str) -> list[str]:
    return [sentence("✓", message, f"Pane: {pane['name'] or pane['id']}")]


def _label(pane: Result) -> str:
    return label_of(pane["mode"] or pane["lock"])


def _panes(result: Result) -> list[str]:
    if not result["panes"]:
        return ["No Claude is running in this tmux server · Start one with: claude-plan"]
    return _rows(result["panes"])


def _rows(panes: Sequence[Result]) -> list[str]:
    """An aligned table, or nothing for no panes."""
    if not panes:
        return []
    head = ("NAME", "ID", "MODE", "STATE", "SESSION", "FOLDER")
    body = [
        (
            pane["name"] or "–",
            pane["id"],
            mode_text(pane),
            pane["state"] if pane["guarded"] else f"{pane['state']}, no gate",
            pane["session"] or "–",
            pane["cwd"] or "–",
        )
        for pane in panes
    ]
    return table([tuple(printable(cell) for cell in row) for row in (head, *body)])


def mode_text(pane: Result) -> str:
    """`plan ✓` verified, `plan ?` not yet, `plan → claude:auto` drifted; without a lock the mode alone."""
    lock, mode = pane["lock"], pane["mode"]
    if not lock:
        return mode or "?"
    if mode and mode != lock:
        return f"{lock} → {mode}"
    return f"{lock} ✓" if pane["verified"] else f"{lock} ?"


def _default_mode(result: Result) -> list[str]:
    label = label_of(result["mode"])
    if not result["changed"]:
        return [sentence("✓", f"Claude starts in {label} already", f"Nothing changed in {result['file']}")]
    lines = [sentence("✓", f"Claude starts in {label} from its next start on", result["file"])]
    if result["backup"]:
        lines.append(printable(f"  The file as it was: {result['backup']}"))
    return lines


def _doctor(result: Result) -> list[str]:
    checks = result["checks"]
    width = max(len(check["name"]) for check in checks)
    lines = []
    for check in checks:
        lines.append(printable(f"{CHECK[check['status']]} {check['name']:<{width}}  {check['message']}"))
        if check["hint"]:
            lines.append(printable(f"  {'':<{width}}  → {check['hint']}"))
    return lines


TEXTS: dict[str, Callable[[Result], list[str]]] = {
    **report_plugin.PLUGIN,
    **report_agents.AGENTS,
    "presets": report_config.presets,
    "config show": report_config.show,
    "config check": report_config.check,
    "config schema": report_config.schema,
    "config init": report_config.init,
    "config trust": report_config.trust,
    "config distrust": report_config.trust,
    "send": _send,
    "spawn": _spawn,
    "fork": _spawn,
    "set": report_config.changed,
    "panes": _panes,
    "mode": _mode,
    "focus": _focus,
    "target": _target,
    "queue": report_record.queue,
    "history": report_record.history,
    "resend": _send,
    "resolve": _send,
    "cancel": _cancel,
    "close": _close,
    "default-mode": _default_mode,
    "doctor": _doctor,
}
