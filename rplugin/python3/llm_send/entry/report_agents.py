"""What agents look like to people: a tree of panes, and the record of what they asked for."""

import json
from collections.abc import Mapping
from typing import Any

from llm_send.entry.lines import printable, sentence
from llm_send.entry.report_record import age, clipped

Result = Mapping[str, Any]
SIGNS = {"allow": "✓", "once": "✓", "session": "✓"}
SAID = {
    "once": "you said yes",
    "session": "you said yes, for this session",
    "no": "you said no",
    "nobody": "nobody to ask",
    "expired": "no answer",
    "deny": "not allowed",
    "malformed": "not understood",
}


def agents(result: Result) -> list[str]:
    """Who opened whom; then what waits for the person's answer."""
    if not result["agents"]:
        return ["No agent is running. Start one with: llm-send spawn"]
    rows = [row for each in result["agents"] if not _opener(each, result) for row in _branch(each, result, 0)]
    asks = [sentence("!", ask["title"], "Answer it in Neovim: :LlmSend agents") for ask in result["asks"]]
    return [*clipped(("PANE", "ID", "MODE", "MODEL", "STATE", "CONFINED", "AGE", "SAID"), rows), *asks]


def _opener(each: Result, result: Result) -> bool:
    return any(other["pane"]["id"] == each["opener"] for other in result["agents"])


def _branch(each: Result, result: Result, depth: int) -> list[tuple[str, ...]]:
    pane = each["pane"]
    row = (
        "  " * depth + (pane["name"] or "–"),
        pane["id"],
        pane["mode"] or "–",
        each["model"] or "–",
        pane["state"],
        ", ".join(each["confinement"]) or "–",
        age(each["opened_at"]) if each["opened_at"] else "–",
        each["said"] or "",
    )
    below = [other for other in result["agents"] if other["opener"] == pane["id"]]
    return [row, *(line for other in below for line in _branch(other, result, depth + 1))]


def audit(result: Result) -> list[str]:
    """One line each, and why not."""
    if not result["asked"]:
        return ["No agent has asked for anything."]
    return [line for each in result["asked"] for line in _asked(each)]


def _asked(each: Result) -> list[str]:
    sign = SIGNS.get(each["verdict"], "✗")
    end = each.get("ended", "")
    came = f"{each['opened']} opened" if "opened" in each else "" if end in ("", "ok") else f"failed: {end}"
    said = ", ".join(f"{key}={_short(value)}" for key, value in (each.get("with") or {}).items())
    parts = [age(each["at"]), each["agent"], each["asked"], said, SAID.get(each["verdict"], ""), came]
    lines = [f"{sign} {' · '.join(part for part in parts if part)}", *(f"    {why}" for why in each["reasons"])]
    return [printable(line) for line in lines]


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:80]}…"


AGENTS = {"agents": agents, "audit": audit}
