"""Every mistake the schema can see, made from the schema: what a person is told names the place and the way out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from llm_send.config.agent_keys import AgentKeys
from llm_send.config.keys import ClaudeKeys, ConfinementKeys
from llm_send.config.load import load, sources
from llm_send.config.schema import File, ProjectFile
from llm_send.config.words import dotted, shown
from llm_send.errors import LlmSendError
from tests.configuring import WRITTEN, Home, Key, nested

VALUES: dict[str, Any] = {"string": "x", "integer": 7, "number": 1.5, "boolean": True, "array": [7], "object": {"x": 7}}
SCHEMA = File.model_json_schema()


@dataclass(frozen=True)
class Spot:
    """A key of the file, a name of the person's own choice as NAME, and what the schema says to it."""

    path: Key
    schema: Mapping[str, Any]

    def __str__(self) -> str:
        return dotted(self.path)


def spots(schema: Mapping[str, Any] = SCHEMA, path: Key = ()) -> Iterator[Spot]:
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    yield Spot(path, schema)
    for key, each in schema.get("properties", {}).items():
        yield from spots(each, (*path, key))
    if isinstance(schema.get("additionalProperties"), dict):
        yield from spots(schema["additionalProperties"], (*path, f"NAME{len(path)}"))


SPOTS = [spot for spot in spots() if spot.path]
TABLES = [spot for spot in [Spot((), SCHEMA), *SPOTS] if spot.schema.get("properties")]


def allowed(schema: Mapping[str, Any]) -> set[str]:
    kinds = {each.get("type", "boolean") for each in schema.get("anyOf", [schema])}
    return kinds | ({"integer"} if "number" in kinds else set())


def wrong(schema: Mapping[str, Any]) -> Iterator[Any]:
    """A value of every type it does not take, and those just out of its range."""
    yield from (value for kind, value in VALUES.items() if kind not in allowed(schema) or "enum" in schema)
    steps = {"minimum": -1, "maximum": 1, "exclusiveMinimum": 0}
    yield from (schema[name] + step for name, step in steps.items() if name in schema)
    if "minLength" in schema:
        yield ""


def told(home: Home, tree: Mapping[str, Any], name: str) -> LlmSendError:
    file = home.person(WRITTEN[name](tree), name)
    with pytest.raises(LlmSendError) as caught:
        load(home.paths, {})
    assert caught.value.code == "config"
    assert caught.value.message.startswith(f"{file}, line ")
    json.dumps(caught.value.as_dict(), allow_nan=False)
    return caught.value


def before(path: Key) -> dict[str, Any]:
    """Something that is right, in front of what is not."""
    return {"bring_back": "auto"} if path[0] == "lock" else {"lock": "warn"}


def line_with(tree: Mapping[str, Any], path: Key, name: str) -> int:
    """The line in which the last step of the path is written; every step is written once."""
    sign = f"{dotted(path)} =" if name == "config.toml" else f"{json.dumps(path[-1])}:"
    lines = WRITTEN[name](tree).split("\n")
    return next(number for number, line in enumerate(lines, start=1) if sign in line)


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("spot", SPOTS, ids=str)
def test_a_value_that_is_not_one(home: Home, spot: Spot, name: str) -> None:
    for value in wrong(spot.schema):
        tree = {**before(spot.path), **nested(spot.path, value)}
        error = told(home, tree, name)
        at = line_with(tree, spot.path, name) if not isinstance(value, dict) or name == "config.json" else 2
        assert f", line {at}: {spot} is {shown(value)}." in error.message
        assert error.hint
        assert error.hint.startswith("Expected ")
        assert error.found in (value, shown(value))
        assert error.expected


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("table", TABLES, ids=str)
def test_a_key_that_is_not_one(home: Home, table: Spot, name: str) -> None:
    for nearest in table.schema["properties"]:
        path = (*table.path, f"{nearest}z")
        error = told(home, {**before(path), **nested(path, 1)}, name)
        assert f": there is no key {dotted(path)}." in error.message
        assert error.hint == f"Did you mean {nearest}?"
        assert error.found == path[-1]
        assert isinstance(error.expected, list)
        assert nearest in error.expected


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_a_key_like_no_other(home: Home, table: Spot) -> None:
    error = told(home, nested((*table.path, "qqqqqqqq"), 1), "config.toml")
    assert error.hint
    known = list(table.schema["properties"])
    assert error.hint == (
        f"Keys here are {', '.join(known)}." if len(known) <= 12 else "llm-send config schema has them all."
    )


@pytest.mark.parametrize("key", ["policy", "ui"])
def test_a_table_without_keys_says_so(home: Home, key: str) -> None:
    assert told(home, nested((key, "x"), 1), "config.toml").hint == "It has no keys yet."


@pytest.mark.parametrize("key", ClaudeKeys.model_fields)
@pytest.mark.parametrize("table", [(), ("profiles", "NAME")])
def test_a_claude_key_elsewhere(home: Home, table: Key, key: str) -> None:
    error = told(home, nested((*table, key), 1), "config.toml")
    assert f": {dotted((*table, key))} is a Claude key." in error.message
    assert error.hint == "It belongs into [defaults], [sessions.NAME], [presets.NAME] or [panes.NAME]."


@pytest.mark.parametrize("key", AgentKeys.model_fields)
@pytest.mark.parametrize("table", [(), ("profiles", "NAME")])
def test_an_agent_key_elsewhere(home: Home, table: Key, key: str) -> None:
    error = told(home, nested((*table, key), 1), "config.toml")
    assert f": {dotted((*table, key))} is an agent key." in error.message
    assert error.hint == "It belongs into [defaults], [sessions.NAME], [presets.NAME] or [panes.NAME]."


@pytest.mark.parametrize("key", ConfinementKeys.model_fields)
@pytest.mark.parametrize("table", [(), ("presets", "NAME")])
def test_a_confinement_key_elsewhere(home: Home, table: Key, key: str) -> None:
    error = told(home, nested((*table, key), 1), "config.toml")
    assert f": {dotted((*table, key))} is a confinement key." in error.message
    assert error.hint == "It belongs into [defaults], [sessions.NAME], [profiles.NAME] or [panes.NAME]."


@pytest.mark.parametrize("key", [*sorted(File.model_fields.keys() - ProjectFile.model_fields.keys()), "panes.x.mode"])
def test_what_is_the_persons_own_is_not_for_a_project(home: Home, key: str) -> None:
    file = home.projects(f"{key} = 1")
    with pytest.raises(LlmSendError) as caught:
        sources(home.paths, str(home.project))
    assert caught.value.message == f"{file}, line 1: {key} is not for a project's file to say."
    assert caught.value.hint
    assert "your own file" in caught.value.hint


@pytest.mark.parametrize("alias", [("isolate", "isolate_fs", True), ("config_ref", "profile", "x")], ids=str)
def test_two_names_of_one_key(home: Home, alias: tuple[str, str, Any]) -> None:
    error = told(home, {"defaults": {alias[0]: alias[2], alias[1]: alias[2]}}, "config.json")
    assert f": {alias[0]} is {alias[1]} by another name; only one of them may be there." in error.message
    assert error.hint == f"Leave out defaults.{alias[0]}."


@pytest.mark.parametrize("name", ["", "A B", "1A", "A=B", "Ä", "A\n"])
def test_what_is_no_name_of_a_variable(home: Home, name: str) -> None:
    error = told(home, {"lock": "warn", "defaults": {"env": {name: "x"}}}, "config.json")
    assert f", line 5: {dotted(('defaults', 'env', name))} is {shown(name)}." in error.message
    assert error.hint == "Expected a variable's name: letters, digits and _, and no digit first."
    assert error.found == name
    assert told(home, {"defaults": {"secure_env": ["A", name]}}, "config.json").hint == error.hint


@pytest.mark.parametrize("key", ["settings.a.b", "mcp_servers.x.env"])
@pytest.mark.parametrize("value", ["2026-01-01", "12:30:00", "inf", "-inf", "nan", "[1, [nan]]"])
def test_what_claude_could_not_be_given(home: Home, key: str, value: str) -> None:
    file = home.person(f"[defaults]\n[defaults.{key.partition('.')[0]}]\n{key.partition('.')[2]} = {value}")
    with pytest.raises(LlmSendError) as caught:
        load(home.paths, {})
    assert caught.value.message.startswith(f"{file}, line 3: defaults.{key} is ")
    assert caught.value.hint == "Expected something JSON knows; a date goes into quotes."
    json.dumps(caught.value.as_dict(), allow_nan=False)


def test_null_is_no_value(home: Home) -> None:
    for spot in SPOTS:
        assert f": {spot} is null." in told(home, nested(spot.path, None), "config.json").message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "line 1, column 2: Expecting property name enclosed in double quotes"),
        ('{\n "lock": "warn"\n "x": 1}', "line 3, column 2: Expecting ',' delimiter"),
        ("[]", "this is no object"),
        ("", "line 1, column 1: Expecting value"),
        ('{"lock": "warn", "lock": "block"}', "the key lock is there twice"),
        ('{"defaults": {"temperature": NaN}}', "NaN is not JSON"),
        ("[" * 5000, "too many lists and tables in each other"),
        ('{"a":' * 60 + "1" + "}" * 60, "too many lists and tables in each other"),
    ],
)
def test_what_is_not_json(home: Home, text: str, words: str) -> None:
    file = home.person(text, "config.json")
    with pytest.raises(LlmSendError) as caught:
        load(home.paths, {})
    assert caught.value.message.startswith(f"{file}")
    assert words in caught.value.message
    assert (caught.value.code, caught.value.hint, caught.value.expected) == (
        "config", "Expected one JSON object.", "JSON",
    )  # fmt: skip


@pytest.mark.parametrize("text", [f"x = {'[' * 5000}", f"{'x.' * 60}x = 1", f"x = {'[' * 60}{']' * 60}"])
def test_toml_that_is_too_deep(home: Home, text: str) -> None:
    home.person(text)
    with pytest.raises(LlmSendError, match="too many lists and tables in each other"):
        load(home.paths, {})


def test_two_files_are_one_too_many(home: Home) -> None:
    home.person("")
    home.person("{}", "config.json")
    with pytest.raises(LlmSendError, match=r"There are two configuration files: .*config.toml and .*config.json\."):
        load(home.paths, {})
