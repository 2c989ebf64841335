"""Writes doc/configuration.md: the keys out of the schema, and what examples come to by trying them.

    python -m tools.configuration_page

A test sees to it that the page is the one this writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from llm_send.config.agent_keys import AgentKeys
from llm_send.config.keys import ClaudeKeys
from llm_send.config.layers import resolve
from llm_send.config.presets import BUILT_IN
from llm_send.config.read import Shape, document
from llm_send.config.schema import File, json_schema
from llm_send.config.types import ALIASES, Given, Sources
from llm_send.entry.report_config import show
from llm_send.errors import LlmSendError
from tools import configuration_text as text

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "doc/configuration.md"
FILE = "~/.config/llm-send/config.toml"
SCHEMA = json_schema(File)
TYPES = {"string": "string", "integer": "integer", "number": "number", "boolean": "true or false"}
SPANS = {"minimum": "at least {}", "maximum": "at most {}", "exclusiveMinimum": "more than {}"}


def page() -> str:
    """The whole page."""
    parts = [
        text.BEGIN,
        text.LAYERS,
        _presets(),
        text.PROJECT,
        text.OPTIONS,
        text.RUNNING,
        text.KEYS,
        _keys("Claude keys", text.CLAUDE, _claude_keys()),
        _keys("`permissions`", _about("Permissions"), _of("Permissions")),
        _keys("Agent keys", text.AGENTS, _agent_keys()),
        _keys("`agents`", _about("Agents"), _of("Agents")),
        _keys("Confinement keys", text.CONFINEMENT, _confinement_keys()),
        _keys("What names a preset and a profile", text.NAMING, _naming_keys()),
        _keys(
            "In `[presets.NAME]` and `[profiles.NAME]` alone",
            text.DEFINING,
            _only("Preset", ("inherits", "description")),
        ),
        _keys("In `[panes.NAME]` of your own file alone", _about("Pane"), _only("Pane", ("mode",))),
        _keys("The rest of your own file", text.OWN, _own_keys()),
        _keys("`[history]`", _about("History"), _of("History")),
        text.EMPTY,
        text.REACHES,
        _mistakes(),
        _examples(),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


Keys = Mapping[str, Mapping[str, Any]]


def _of(table: str) -> Keys:
    found: Keys = SCHEMA["$defs"][table]["properties"]
    return found


def _only(table: str, names: Iterable[str]) -> Keys:
    return {name: _of(table)[name] for name in names}


def _claude_keys() -> Keys:
    return {name: key for name, key in _of("Preset").items() if name in ClaudeKeys.model_fields}


def _agent_keys() -> Keys:
    return {name: key for name, key in _of("Preset").items() if name in AgentKeys.model_fields}


def _confinement_keys() -> Keys:
    return {name: key for name, key in _of("Profile").items() if name not in ("inherits", "description")}


def _naming_keys() -> Keys:
    known = _claude_keys().keys() | _agent_keys().keys() | _confinement_keys().keys()
    return {name: key for name, key in _of("PaneKeys").items() if name not in known}


def _own_keys() -> Keys:
    return {name: key for name, key in SCHEMA["properties"].items() if TYPES.get(key.get("type", ""))}


def _about(table: str) -> str:
    return str(SCHEMA["$defs"][table]["description"])


def _keys(title: str, about: str, keys: Keys) -> str:
    rows = [f"| `{name}` | {_type(key)} | {key['description']}{_default(key)} |" for name, key in keys.items()]
    return "\n".join([f"### {title}", "", about.strip(), "", "| key | value | |", "|---|---|---|", *rows])


def _type(key: Mapping[str, Any]) -> str:
    if "enum" in key:
        return ", ".join(f'`"{word}"`' for word in key["enum"])
    if "anyOf" in key:
        return "list of strings, or table" if key["anyOf"][0]["type"] == "array" else "string or `false`"
    if "$ref" in key:
        return "table, below"
    spans = [words.format(key[name]) for name, words in SPANS.items() if name in key]
    return ", ".join([_kind(key), *spans])


def _kind(key: Mapping[str, Any]) -> str:
    if key["type"] == "array":
        return "list of strings"
    if key["type"] == "object":
        inner = key["additionalProperties"]
        return "table" if inner is True else "table of strings" if inner["type"] == "string" else "table of tables"
    return TYPES[key["type"]]


def _default(key: Mapping[str, Any]) -> str:
    if "default" not in key:
        return ""
    value = key["default"]
    return f" Default: `{str(value).lower() if isinstance(value, bool) else value}`."


def _presets() -> str:
    rows = [
        f"| `{name}` | `{said['model']}` | {said.get('context_limit', '–')} | {said['description']} |"
        for name, said in BUILT_IN["presets"].items()
    ]
    head = ["| built in | model | context_limit | |", "|---|---|---|---|"]
    return "\n".join([text.PRESETS.strip(), "", *head, *rows, "", text.INHERITS.strip()])


def _mistakes() -> str:
    told = [_fenced("toml", said) + "\n\n" + _fenced("text", _told(said, shape)) for said, shape in text.MISTAKES]
    return "\n\n".join([text.WRONG.strip(), *told])


def _told(said: str, shape: Shape) -> str:
    file = FILE if shape == "person" else "~/project/.llm-send.toml"
    try:
        own = document(said, "toml", shape, source=file, file=file)
        resolve(Sources(own), session=None, pane=None, given=Given())
    except LlmSendError as error:
        return f"✗ {error.message.removesuffix('.')} · {error.hint}"
    raise AssertionError(f"this is no mistake: {said}")


def _examples() -> str:
    parts = ["## Worked examples"]
    for example in text.EXAMPLES:
        own = document(example.toml, "toml", "person", source=FILE, file=FILE)
        found = resolve(Sources(own), session=example.session, pane=example.pane, given=Given())
        origins = {key: origin.as_dict() for key, origin in found.origins.items()}
        shown = "\n".join(show({"values": found.values, "origins": origins, "notices": []}))
        session = f" --session {example.session}" if example.session else ""
        asked = f"$ llm-send config show {example.pane}{session}"
        parts += [f"### {example.title}", example.about.strip(), _fenced("toml", example.toml)]
        parts += [_fenced("sh", example.commands), _fenced("text", f"{asked}\n{shown}")]
    return "\n\n".join(parts)


def _fenced(language: str, said: str) -> str:
    return f"```{language}\n{said.strip()}\n```"


assert set(ALIASES) <= _confinement_keys().keys() | _naming_keys().keys()

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
