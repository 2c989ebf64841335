"""Where keys begin in a file: held against what any first lines of it mean by themselves."""

from __future__ import annotations

import json
import random
import tomllib
from typing import Any

import pytest

from llm_send.config.lines import json_lines, toml_lines
from tests.configuring import Key

PIECES = (
    '# a comment = "x"', "", "  ", "[a]", "[ a . b ]", '["x.y"."%3"]', "[[a.list]]", "[a.list.sub]", "k = 1",
    "b.c.d = 'x'", '"a=[b" = """\nk = 1\n[a]\n"""', "t = '''\n]]\n\"\"\"\n'''", "l = [\n  1, # ]\n  [2,\n3],\n]",
    'e = ["""\n]\nx = 1""",\n]', "i = { p = 1, q = { r = 2 } }", "d = 2026-01-01", "'%3' = 1 # = [",
    'g = """ x = [\n"""',
)  # fmt: skip


def slowly(text: str) -> dict[Key, int]:
    """A key begins where the first lines that know it are not TOML any more without it."""
    lines = text.split("\n")
    found: dict[Key, int] = {}
    begin = 1
    for count in range(1, len(lines) + 1):
        try:
            known = tomllib.loads("\n".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            continue
        for path in paths(known):
            found.setdefault(path, begin)
        begin = count + 1
    return found


def paths(tree: dict[str, Any], path: Key = ()) -> list[Key]:
    found = []
    for key, value in tree.items():
        found.append((*path, key))
        if isinstance(value, dict):
            found += paths(value, (*path, key))
    return found


@pytest.mark.parametrize("block", range(4))
def test_random_files(block: int) -> None:
    tried = 0
    for seed in range(block * 1500, (block + 1) * 1500):
        dice = random.Random(seed)
        text = "\n".join(dice.choices(PIECES, k=dice.randrange(1, 7)))
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            continue
        tried += 1
        found = toml_lines(text)
        expected = slowly(text)
        assert {path: found.get(path) for path in expected} == expected, text
    assert tried > 200


def test_a_long_text_is_read_once() -> None:
    prose = "prose [with](links) and one ' of each \n" * 20000
    text = f'x = """\n{prose}"""\ny = 1'
    assert toml_lines(text) == {("x",): 1, ("y",): 20003}


def test_json() -> None:
    text = '\n{ "a": 1,\n\n "b": {"c": [{"a": "}"},\n "]"], "d" :\n{"e\\n\\u00fc": {}}\n}, "f.g": null\n, "h": -1.5e3}'
    found = json_lines(text)
    assert found == {
        ("a",): 2, ("b",): 4, ("b", "c"): 4, ("b", "d"): 5, ("b", "d", "e\nü"): 6, ("f.g",): 7, ("h",): 8,
    }  # fmt: skip
    assert set(found) == set(paths(json.loads(text)))
    assert json_lines("{}") == {}
