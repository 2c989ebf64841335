"""The values a key may have where plain types do not say enough."""

import re
from collections.abc import Iterator
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from llm_send.config.types import Key
from llm_send.errors import UsageError
from llm_send.modes import Mode, parse_mode

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _mode(value: Any) -> Mode:
    """Our word for a mode, or Claude's own where it means ours."""
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "expected a string")
    try:
        return parse_mode(value)
    except UsageError as error:
        # The words are already a person's; a brace in them would be taken for a field of pydantic's.
        raise PydanticCustomError("mode", "{words}", {"words": error.message, "expected": error.expected}) from error


def _program(value: str) -> str:
    if "/" in value and not value.startswith(("/", "~/")):
        raise PydanticCustomError("program", "a name to look up in PATH, or a path that begins with / or ~/")
    return value


def _variable(value: str) -> str:
    if not VARIABLE.fullmatch(value):
        raise PydanticCustomError("variable", "a variable's name: letters, digits and _, and no digit first")
    return value


def _status_line(value: Any) -> Any:
    if value is False or (isinstance(value, str) and value):
        return value
    raise PydanticCustomError("status_line", "a command, or false for none")


def _secrets(value: Any) -> Any:
    """Names, or a table that says of each where its value comes from. A value itself would be no secret here."""
    names = list(value) if isinstance(value, list | dict) else None
    if names is None or not all(isinstance(name, str) for name in names):
        raise PydanticCustomError("secrets", "names of variables, or a table of them")
    for name in names:
        _variable(name)
    for source in value.values() if isinstance(value, dict) else ():
        known = isinstance(source, dict) and len(source) == 1 and set(source) <= {"command", "file"}
        if not (known and all(isinstance(each, str) and each for each in source.values())):
            raise PydanticCustomError("secrets", "of each variable {command = …} or {file = …}")
    return value


def _json(value: dict[str, Any]) -> dict[str, Any]:
    """What is passed on to Claude is JSON there. TOML knows dates and numbers without end, which JSON does not."""
    for path, bad in _not_json(value):
        below = {"below": path, "input": bad}
        raise PydanticCustomError("json", "something JSON knows; a date goes into quotes", below)
    return value


def _not_json(value: Any, path: Key = ()) -> Iterator[tuple[Key, Any]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _not_json(each, (*path, key))
    elif isinstance(value, list):
        for each in value:
            yield from _not_json(each, path)
    elif not (value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and isfinite(value))):
        yield path, value


Text = Annotated[str, Field(min_length=1)]
Texts = list[Text]
ModeWord = Annotated[Mode, BeforeValidator(_mode, json_schema_input_type=str)]
Program = Annotated[Text, AfterValidator(_program)]
Variable = Annotated[str, AfterValidator(_variable)]
Json = Annotated[dict[str, Any], AfterValidator(_json)]
Secrets = Annotated[
    list[str] | dict[str, dict[str, str]],
    BeforeValidator(_secrets),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": {"type": "string"}},
                {
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "properties": {"command": {"type": "string"}, "file": {"type": "string"}},
                        "additionalProperties": False,
                        "minProperties": 1,
                        "maxProperties": 1,
                    },
                },
            ]
        }
    ),
]
StatusLine = Annotated[
    str | Literal[False],
    BeforeValidator(_status_line),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, {"const": False}]}),
]
