"""Where in a file each key begins: the parsers of Python's library keep no lines.

Lines are counted from 1. A key that is written more than once (`[a.b]`, `[a.c]`) has the line of the first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from llm_send.config.types import Key

SPACE = " \t\r\n"
OPENS = re.compile(r"""[^"'=]*=\s*(\"\"\"|'''|\[)""")  # a key that is no text itself, and a value of several lines
CLOSES = {'"""': ('"""',), "'''": ("'''",), "[": ("]",)}
ANY = ('"""', "'''", "]")  # one of them is in the last line of every value of several


def toml_lines(text: str) -> dict[Key, int]:
    """The lines of a text that is TOML.

    Statement by statement: lines are taken together until they are TOML by themselves, which they are exactly when
    no value is cut in two. Each is then a header (`[panes.x]`) or a key with its value.
    """
    found: dict[Key, int] = {}
    table: Key = ()
    for line, statement in _statements(text):
        said = statement.lstrip()
        parsed = _parsed(statement) or {}
        if said.startswith("["):
            table = _chain(parsed)
            _note(found, (), table, line)
        else:
            for path in _paths(parsed):
                _note(found, table, path, line)
    return found


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each statement, and each blank line and comment, with the line it begins in."""
    closes: tuple[str, ...] = ANY
    begin, taken = 1, ""
    for number, line in enumerate(text.split("\n"), start=1):  # not splitlines: TOML's lines end in LF alone
        if not taken:
            opens = OPENS.match(line)
            closes = CLOSES[opens[1]] if opens else ANY
        elif not any(sign in line for sign in closes):
            taken += f"{line}\n"
            continue  # a long text is not parsed anew for each of its lines
        taken += f"{line}\n"
        if _parsed(taken) is not None:
            yield begin, taken
            begin, taken = number + 1, ""


def _parsed(text: str) -> dict[str, Any] | None:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _chain(header: Mapping[str, Any]) -> Key:
    """The path of a header: it parses to tables in each other, a `[[header]]` to a list in the innermost."""
    path: list[str] = []
    here: Any = header
    while isinstance(here, dict) and here:
        [(step, here)] = here.items()
        path.append(step)
    return tuple(path)


def _paths(tree: Mapping[str, Any]) -> Iterator[Key]:
    for key, value in tree.items():
        yield (key,)
        if isinstance(value, Mapping):
            yield from ((key, *below) for below in _paths(value))


def _note(found: dict[Key, int], table: Key, path: Key, line: int) -> None:
    for length in range(1, len(path) + 1):
        found.setdefault((*table, *path[:length]), line)


def json_lines(text: str) -> dict[Key, int]:
    """The lines of a text that is JSON and holds one object."""
    found: dict[Key, int] = {}
    _object(text, _skip(text, 0), (), found)
    return found


def _object(text: str, at: int, path: Key, found: dict[Key, int]) -> int:
    """Note the keys of the object that begins at `at`; where it ends."""
    decoder = json.JSONDecoder()
    at = _skip(text, at + 1)
    while text[at] != "}":
        if text[at] == ",":
            at = _skip(text, at + 1)
        begin = at
        key, at = decoder.raw_decode(text, at)
        here = (*path, key)
        found.setdefault(here, text.count("\n", 0, begin) + 1)
        at = _skip(text, _skip(text, at) + 1)  # behind the colon
        at = _object(text, at, here, found) if text[at] == "{" else decoder.raw_decode(text, at)[1]
        at = _skip(text, at)
    return at + 1


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at
