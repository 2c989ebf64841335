"""Says what is wrong with a configuration so that a person can mend it: where, what stands there, what may.

One problem at a time, the first in the file: the rest are counted.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from llm_send.config.schema import File, keys_at, kind_of
from llm_send.config.types import Key
from llm_send.config.words import dotted, shown
from llm_send.errors import LlmSendError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Location = tuple[str | int, ...]
Words = tuple[str, str, object]  # message, hint, what was expected
EXPECTED = {
    "string_type": "a string",
    "string_too_short": "some text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "greater_than_equal": "at least {ge:g}",
    "less_than_equal": "at most {le:g}",
    "greater_than": "more than {gt:g}",
    "finite_number": "a number",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
}
FEW = 12  # keys that can be told in one line
TABLES = {
    "claude": "[defaults], [sessions.NAME], [presets.NAME] or [panes.NAME]",
    "agents": "[defaults], [sessions.NAME], [presets.NAME] or [panes.NAME]",
    "confinement": "[defaults], [sessions.NAME], [profiles.NAME] or [panes.NAME]",
}
KINDS = {"claude": "a Claude key", "agents": "an agent key", "confinement": "a confinement key"}


def not_toml(error: tomllib.TOMLDecodeError, text: str, source: str) -> LlmSendError:
    """The text is not TOML at all. The parser names the place in its words: `… (at line 3, column 7)`."""
    what, _, place = str(error).rpartition(" (at ")
    where = re.match(r"line (\d+), column \d+", place)
    line = text.split("\n")[int(where[1]) - 1] if where else text.rstrip().rpartition("\n")[2]
    message = f"{source}, {where[0] if where else 'at its end'}: {what or error}."
    hint = 'A pane\'s id wants quotes: [panes."%3"].' if "%" in line else "What may be written how: https://toml.io"
    return LlmSendError("config", message, hint, found=line.strip(), expected="TOML")


def not_json(error: ValueError, text: str, source: str) -> LlmSendError:
    """The text is not JSON, or says the same key twice, or is no object."""
    if isinstance(error, json.JSONDecodeError):
        line = text.split("\n")[error.lineno - 1].strip()
        message = f"{source}, line {error.lineno}, column {error.colno}: {error.msg}."
    else:
        line, message = text.strip()[:80], f"{source}: {error}."
    return LlmSendError("config", message, "Expected one JSON object.", found=line, expected="JSON")


def not_valid(error: ValidationError, lines: Mapping[Key, int], source: str, shape: str) -> LlmSendError:
    """The text can be read and says something the schema does not know."""
    placed = [(_line(_place(each)[0], lines), each) for each in error.errors()]
    line, first = min(placed, key=lambda problem: problem[0] or 0)
    where = f"{source}, line {line}" if line else source
    told = _unknown_key(first, shape) if first["type"] == "extra_forbidden" else _bad_value(first)
    message, hint, expected = told
    if len(placed) > 1:
        hint += f" After this one: {len(placed) - 1} more."
    return LlmSendError("config", f"{where}: {message}", hint, found=_found(first), expected=expected)


def _line(location: Location, lines: Mapping[Key, int]) -> int | None:
    """Where the value begins, or the nearest table or list it stands in: nobody notes each entry of a list."""
    steps = tuple(str(step) for step in location)
    return next((lines[steps[:end]] for end in range(len(steps), 0, -1) if steps[:end] in lines), None)


def _unknown_key(problem: "ErrorDetails", shape: str) -> Words:
    *table, last = problem["loc"]
    key, known = str(last), keys_at(tuple(table), shape)
    elsewhere = _elsewhere(tuple(table), key, shape)
    if elsewhere:
        return (*elsewhere, known)
    nearest = get_close_matches(key, known, n=1)
    may = "It has no keys yet." if not known else "llm-send config schema has them all."
    if 0 < len(known) <= FEW:
        may = f"Keys here are {', '.join(known)}."
    return f"there is no key {dotted(problem['loc'])}.", f"Did you mean {nearest[0]}?" if nearest else may, known


def _elsewhere(table: Location, key: str, shape: str) -> tuple[str, str] | None:
    """A key that is known, but not there: what it is, and where it belongs."""
    name, kind = dotted((*table, key)), kind_of(key)
    if shape == "project" and (key in File.model_fields if not table else (table[0], key) == ("panes", "mode")):
        hint = "It is for your own file: llm-send config init makes one. Take it out of this one."
        return f"{name} is not for a project's file to say.", hint
    if shape == "claude" and not table and (kind or key in ("preset", "profile", "config_ref")):
        return f"{name} is not a Claude key.", "Give it by --config or --set."
    if shape == "pane" and name == "mode":
        return "mode is not a key of its configuration.", "Give it by --mode."
    if kind and (not table or (table[0] in ("presets", "profiles") and len(table) == 2)):
        return f"{name} is {KINDS[kind]}.", f"It belongs into {TABLES[kind]}."
    return None


def _bad_value(problem: "ErrorDetails") -> Words:
    location, value, context = _place(problem)
    key = dotted(location)
    if problem["type"] == "mode":
        return f"{key}: {context['words']}", f"Modes are {', '.join(context['expected'])}.", context["expected"]
    if problem["type"] == "both":
        return f"{problem['msg']}.", f"Leave out {dotted((*location, context['alias']))}.", context["name"]
    words = EXPECTED.get(problem["type"])
    known = words.format_map(context) if words else problem["msg"]
    expected = str(context.get("expected", "")).replace("'", '"') or known
    return f"{key} is {shown(value)}.", f"Expected {expected}.", expected


def _place(problem: "ErrorDetails") -> tuple[Location, object, dict[str, Any]]:
    """Where the value stands, what it is, and what the schema says to it."""
    context = problem.get("ctx", {})
    location = problem["loc"]
    if location and location[-1] == "[key]":  # pydantic's mark: the name is wrong, not what it stands for
        location = location[:-1]
    if problem["type"] == "json":  # deep in a table that is passed on
        return (*location, *context["below"]), context["input"], context
    return location, problem["input"], context


def _found(problem: "ErrorDetails") -> object:
    if problem["type"] == "extra_forbidden":
        return str(problem["loc"][-1])
    _, found, _ = _place(problem)
    finite = not isinstance(found, float) or found - found == 0
    return found if isinstance(found, str | int | float) and finite else shown(found)  # what JSON can say
