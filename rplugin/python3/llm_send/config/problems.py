"""Says what is wrong with a configuration file so that a person can mend it: where, what stands there, what may.

One problem at a time, the first in the file: the rest are counted.
"""

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from llm_send.config.schema import keys_at
from llm_send.errors import LlmSendError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Location = tuple[str | int, ...]
EXPECTED = {
    "string_type": "a string",
    "string_too_short": "some text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "greater_than_equal": "at least {ge}",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
}


def not_toml(error: tomllib.TOMLDecodeError, text: str, file: Path) -> LlmSendError:
    """The file is not TOML at all. The parser names the place in its words: `… (at line 3, column 7)`."""
    what, _, place = str(error).rpartition(" (at ")
    where = re.match(r"line (\d+), column \d+", place)
    line = text.splitlines()[int(where[1]) - 1] if where else text.rstrip().rpartition("\n")[2]
    message = f"{file}, {where[0] if where else 'at its end'}: {what or error}."
    hint = 'A pane\'s id wants quotes: [panes."%3"].' if "%" in line else "What may be written how: https://toml.io"
    return LlmSendError("config", message, hint, found=line.strip(), expected="TOML")


def not_valid(error: ValidationError, text: str, file: Path) -> LlmSendError:
    """The file is TOML and says something the schema does not know."""
    placed = [(line_of(each["loc"], text), each) for each in error.errors()]
    line, first = min(placed, key=lambda problem: problem[0] or 0)
    where = f"{file}, line {line}" if line else str(file)
    message, hint, expected = _unknown_key(first) if first["type"] == "extra_forbidden" else _bad_value(first)
    if len(placed) > 1:
        hint += f" After this one: {len(placed) - 1} more."
    return LlmSendError("config", f"{where}: {message}", hint, found=_found(first), expected=expected)


def line_of(location: Location, text: str) -> int | None:
    """The line, counted from 1, where the value at `location` begins.

    The parser keeps no lines. But a file's first n lines are TOML by themselves wherever no value is cut in two: the
    first such n that knows the value ends with it, and the one before ends where it begins.
    """
    lines = text.splitlines(keepends=True)
    begin = 1
    for count in range(1, len(lines) + 1):
        try:
            known = tomllib.loads("".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            continue
        if _has(known, location):
            return begin
        begin = count + 1
    return None


def _has(value: Any, location: Location) -> bool:
    for step in location:
        if not isinstance(value, dict) or step not in value:
            return False
        value = value[step]
    return True


def _unknown_key(problem: "ErrorDetails") -> tuple[str, str, object]:
    *table, key = problem["loc"]
    known = keys_at(tuple(table))
    nearest = get_close_matches(str(key), known, n=1)
    message = f"there is no key {_dotted(problem['loc'])}."
    hint = f"Did you mean {nearest[0]}?" if nearest else f"Keys here are {', '.join(known)}."
    return message, hint, known


def _bad_value(problem: "ErrorDetails") -> tuple[str, str, object]:
    key, context = _dotted(problem["loc"]), problem.get("ctx", {})
    if problem["type"] == "mode":
        return f"{key}: {context['words']}", f"Modes are {', '.join(context['expected'])}.", context["expected"]
    words = EXPECTED.get(problem["type"])
    known = words.format_map(context) if words else problem["msg"]
    expected = context.get("expected", "").replace("'", '"') or known
    return f"{key} is {_shown(problem['input'])}.", f"Expected {expected}.", expected


def _found(problem: "ErrorDetails") -> object:
    if problem["type"] == "extra_forbidden":
        return str(problem["loc"][-1])
    found = problem["input"]
    return found if isinstance(found, str | int | float) else _shown(found)  # what JSON can say; TOML knows dates


def _dotted(location: Location) -> str:
    """The key as TOML writes it."""
    bare = re.compile(r"[A-Za-z0-9_-]+")
    return ".".join(str(step) if bare.fullmatch(str(step)) else _shown(str(step)) for step in location)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else "a table" if isinstance(value, dict) else str(value)
