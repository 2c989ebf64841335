"""What a request says of its pane's configuration itself: the options of `spawn`, or the same from an editor or agent.

Reads the files that are named. Raises UsageError: what is wrong here is the request.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llm_send.config.files import form_of, text_of
from llm_send.config.read import Shape, document, validated
from llm_send.config.types import Document, Given
from llm_send.config.words import dotted
from llm_send.errors import LlmSendError, UsageError

Said = str | Mapping[str, Any]  # JSON or a file's name; or the table itself, from who speaks our own language
BEGINS = ("[", "{", '"', "'")  # what begins so was meant as TOML, and is no bare word


@dataclass(frozen=True)
class Options:
    """What was said, as it was said. Names of files count from `cwd`; of two `sets` of one key the last wins. `way` is
    what a set is called where it was said."""

    preset: str | None = None
    claude_model: str | None = None
    claude_config: Said | None = None
    config: Said | None = None
    sets: Sequence[str] = ()
    cwd: str = ""
    way: str = "--set"

    def given(self) -> Given | None:
        """What it means, None if nothing was said. Raises UsageError."""
        try:
            documents = tuple(self._documents())
        except UsageError:
            raise
        except LlmSendError as error:
            told = {"found": error.found, "expected": error.expected}
            raise UsageError("usage", error.message, error.hint, **told) from error
        if self.preset is None and not documents:
            return None
        return Given(self.preset, documents)

    def _documents(self) -> Iterator[tuple[str, Document]]:
        if self.preset is not None:
            _word("preset", self.preset, "--preset")
        for each in reversed(self.sets):
            yield self.way, _set(each, self.way)
        if self.config is not None:
            yield "--config", _said(self.config, "pane", "--config", self.cwd)
        if self.claude_config is not None:
            yield "--claude-config", _said(self.claude_config, "claude", "--claude-config", self.cwd)
        if self.claude_model is not None:
            yield "--claude-model", _word("model", self.claude_model, "--claude-model")


def _word(key: str, value: str, option: str) -> Document:
    tree = {key: value}
    return Document(tree) if value and isinstance(value, str) else _checked(tree, "pane", option)  # imports the schema


def _checked(tree: Mapping[str, Any], shape: Shape, option: str) -> Document:
    validated(tree, shape, source=option, lines={})
    return Document(tree)


def _said(said: Said, shape: Shape, option: str, cwd: str) -> Document:
    if not isinstance(said, str):
        return _checked(said, shape, option)
    if said.lstrip().startswith("{"):
        return document(said, "json", shape, source=option)
    file = _place(said, cwd)
    form = form_of(file)
    if form is None:
        hint = "Expected JSON, or a file whose name ends in .json or .toml."
        raise UsageError("usage", f"{option} takes no “{said}”.", hint, found=said, expected="JSON or a file")
    return document(text_of(file), form, shape, source=str(file), file=str(file))


def _place(said: str, cwd: str) -> Path:
    name = os.path.expanduser(said)  # noqa: PTH111 — Path's own raises for a person who is not there
    with suppress(FileNotFoundError):  # the folder we are in is gone; then there is no such file either
        return Path(cwd or Path.cwd(), name)
    return Path(name)


def _set(said: str, way: str) -> Document:
    """`permissions.deny=["WebFetch"]`: a dotted key, and a value as TOML or a bare word."""
    key, equals, value = said.partition("=")
    path = _path(key)
    if not equals or not path:
        example = f"For example: {_typed(way, 'temperature=0.7')}"
        raise UsageError("usage", f"{way} takes KEY=VALUE, not “{said}”.", example, found=said)
    tree: Any = _value(value, said, way)
    for step in reversed(path):
        tree = {step: tree}
    try:
        return _checked(tree, "pane", way)
    except LlmSendError as error:
        if error.expected == "a string":
            pair = f'{dotted(path)}="{value.strip()}"'
            error.hint = f"{error.hint} As text it wants quotes: {_typed(way, pair)}"
        raise


def _typed(way: str, pair: str) -> str:
    """How it is written there; in a shell what has quotes needs more of them."""
    if not way.startswith("--"):
        return pair
    return f"{way} '{pair}'" if '"' in pair else f"{way} {pair}"


def _path(key: str) -> tuple[str, ...]:
    """The steps of a key as TOML reads them; none for what is no key."""
    import tomllib

    try:
        here: Any = tomllib.loads(f"{key} = 0") if "\n" not in key else {}
    except tomllib.TOMLDecodeError:
        return ()
    steps = []
    while isinstance(here, dict) and here:
        [(step, here)] = here.items()
        steps.append(step)
    return tuple(steps)


def _value(value: str, said: str, way: str) -> Any:
    import tomllib

    try:
        read = tomllib.loads(f"value = {value}")
    except tomllib.TOMLDecodeError as error:
        if value.lstrip().startswith(BEGINS):
            what = str(error).rpartition(" (at ")[0] or str(error)
            hint = f"The value is not TOML: {what}."
            raise UsageError("usage", f"{way} cannot read “{said}”.", hint, found=value, expected="TOML") from error
        return value
    return read["value"] if len(read) == 1 else value  # a text of several lines may look like more keys
