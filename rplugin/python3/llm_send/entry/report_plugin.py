"""What the plugin for Claude Code looks like to people: whether it is there, and where it is at work."""

from collections.abc import Mapping
from typing import Any

from llm_send.entry.lines import sentence

Result = Mapping[str, Any]
STATES = {
    "installed": ("✓", "Claude Code has the plugin", None),
    "missing": ("!", "Claude Code does not have the plugin", "Add it with: llm-send plugin install"),
    "disabled": ("!", "The plugin is switched off", "Switch it on with: claude plugin enable llm-send@llm-send"),
    "outdated": ("!", "The plugin is of another version", "Replace it with: llm-send plugin install"),
    "broken": ("✗", "The plugin cannot start llm-send", "Replace it with: llm-send plugin install"),
}


def install(result: Result) -> list[str]:
    """It works from the next start of a Claude on."""
    done = "replaced" if result["again"] else "installed"
    return [sentence("✓", f"Plugin {done}, version {result['version']}", "Claudes you start from now on have it")]


def status(result: Result) -> list[str]:
    """One line for the plugin, one for the panes with it and one for those without."""
    sign, message, hint = STATES[result["state"]]
    said = f"{message}, version {result['version']}" if result["state"] == "installed" else message
    lines = [sentence(sign, said, hint or result["folder"])]
    at_work = [_called(pane) for pane in result["panes"] if pane["hooks"]]
    without = [_called(pane) for pane in result["panes"] if not pane["hooks"]]
    if at_work:
        lines.append(sentence("✓", f"Hooks run in {', '.join(at_work)}", None))
    if without:
        lines.append(sentence("!", f"No hooks in {', '.join(without)}", "Start Claude there again: claude --continue"))
    return lines


def _called(pane: Result) -> str:
    return str(pane["name"] or pane["id"])


def remove(result: Result) -> list[str]:
    """It is at work nowhere any more, in running Claudes neither."""
    if not result["changed"]:
        return [sentence("✓", "There was no plugin", None)]
    return [sentence("✓", "Plugin removed", "Claudes that run have no gate any more")]


PLUGIN = {"plugin install": install, "plugin status": status, "plugin remove": remove}
