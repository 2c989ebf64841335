"""From text to a document that is known to be valid: TOML or JSON, held against the schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from llm_send.config.lines import json_lines, toml_lines
from llm_send.config.types import Document, Key

if TYPE_CHECKING:
    from pydantic import BaseModel

Format = Literal["toml", "json"]
Shape = Literal["person", "project", "pane", "claude"]
LINES: dict[Format, Callable[[str], dict[Key, int]]] = {"toml": toml_lines, "json": json_lines}
DEEPEST = 50  # tables and lists in each other; what Claude Code itself is configured by has ten at most
TOO_DEEP = "too many lists and tables in each other"


def document(text: str, form: Format, shape: Shape, *, source: str, file: str | None = None) -> Document:
    """The document a text is. `source` is what messages call it; without a `file` nobody can go to a line of it.

    Raises LlmSendError `config` for what is neither TOML nor JSON, and for what is not in the schema.
    """
    tree = parsed(text, form, source)
    lines = LINES[form](text) if file else {}
    validated(tree, shape, source=source, lines=lines)
    return Document(tree, file, lines)


def model_of(text: str, form: Format, shape: Shape, *, source: str) -> BaseModel:
    """The same as the schema's own model."""
    tree = parsed(text, form, source)
    return validated(tree, shape, source=source, lines=partial(LINES[form], text))


def parsed(text: str, form: Format, source: str) -> dict[str, Any]:
    return _toml(text, source) if form == "toml" else _json(text, source)


def validated(
    tree: Mapping[str, Any], shape: Shape, *, source: str, lines: Mapping[Key, int] | Callable[[], Mapping[Key, int]]
) -> BaseModel:
    """The tree as the schema's own model. Raises LlmSendError `config`, with the first problem in it."""
    from pydantic import ValidationError

    from llm_send.config.schema import SHAPES

    try:
        return SHAPES[shape].model_validate(tree)
    except ValidationError as error:
        from llm_send.config import problems

        known = lines() if callable(lines) else lines
        raise problems.not_valid(error, known, source, shape) from error


def _toml(text: str, source: str) -> dict[str, Any]:
    import tomllib

    try:
        return _bounded(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        from llm_send.config import problems

        told = error if isinstance(error, tomllib.TOMLDecodeError) else tomllib.TOMLDecodeError(TOO_DEEP)
        raise problems.not_toml(told, text, source) from error


def _json(text: str, source: str) -> dict[str, Any]:
    try:
        tree = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_pair)
        if not isinstance(tree, dict):
            raise ValueError("this is no object")  # noqa: TRY004, TRY301 — told as the other faults of the text are
        return _bounded(tree)
    except (ValueError, RecursionError) as error:
        from llm_send.config import problems

        told = error if isinstance(error, ValueError) else ValueError(TOO_DEEP)
        raise problems.not_json(told, text, source) from error


def _bounded(tree: dict[str, Any]) -> dict[str, Any]:
    """The tree, if whoever walks it will come to an end of it. Raises RecursionError."""
    level: list[Any] = [tree]
    for _ in range(DEEPEST):
        level = [each for value in level for each in (value.values() if isinstance(value, dict) else value)]
        level = [value for value in level if isinstance(value, dict | list)]
        if not level:
            return tree
    raise RecursionError


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _no_pair(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are there once, as TOML wants it: the last would win unseen."""
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            raise ValueError(f"the key {key} is there twice")
        table[key] = value
    return table
