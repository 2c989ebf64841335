"""What the options of a new pane say, and what is said to who gets them wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llm_send.config.given import Options
from llm_send.config.layers import resolve
from llm_send.config.types import Given, Origin, Sources
from llm_send.errors import UsageError


def given(**said: Any) -> Given:
    found = Options(**said).given()
    assert found
    return found


def values(found: Given) -> Any:
    return resolve(Sources(), session=None, pane=None, given=found).values


def told(**said: Any) -> UsageError:
    with pytest.raises(UsageError) as caught:
        Options(**said).given()
    assert (caught.value.code, caught.value.exit_code) == ("usage", 2)
    assert caught.value.hint
    return caught.value


def test_nothing_said() -> None:
    assert Options().given() is None


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("model=haiku", {"model": "haiku"}),
        ("model=claude-haiku-3-5-20241022", {"model": "claude-haiku-3-5-20241022"}),
        (" model = haiku ", {"model": " haiku "}),
        ('model="a b"', {"model": "a b"}),
        ("model=a=b", {"model": "a=b"}),
        ("system_prompt=Be brief, and kind.", {"system_prompt": "Be brief, and kind."}),
        ("system_prompt=one\nmodel = 'two'", {"system_prompt": "one\nmodel = 'two'"}),
        ("system_prompt=1\nmodel = 'two'", {"system_prompt": "1\nmodel = 'two'"}),
        ("temperature=0.7", {"temperature": 0.7}),
        ("temperature=1", {"temperature": 1}),
        ("context_limit=50_000", {"context_limit": 50000}),
        ("mcp_only=true", {"mcp_only": True}),
        ("isolate=true", {"isolate_fs": True}),
        ('permissions.deny=["WebFetch", "Bash(rm:*)"]', {"permissions": {"deny": ["WebFetch", "Bash(rm:*)"]}}),
        ("settings.x.y=1", {"settings": {"x": {"y": 1}}}),
        ('settings."x.y"=a', {"settings": {"x.y": "a"}}),
        ("env.PATH=/bin:/usr/bin", {"env": {"PATH": "/bin:/usr/bin"}}),
        ("status_line=false", {"status_line": False}),
        ("mcp_servers.a={command = 'x'}", {"mcp_servers": {"a": {"command": "x"}}}),
        ("preset=haiku-worker", {"preset": "haiku-worker", "model": "haiku", "context_limit": 100000}),
    ],
)
def test_set(said: str, value: object) -> None:
    assert values(given(sets=[said])) == value


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        ("model", "--set takes KEY=VALUE, not “model”.", "For example: --set temperature=0.7"),
        ("=1", "--set takes KEY=VALUE, not “=1”.", "For example: --set temperature=0.7"),
        ("a b=1", "--set takes KEY=VALUE, not “a b=1”.", "For example: --set temperature=0.7"),
        ("a\nb=1", "--set takes KEY=VALUE, not “a\nb=1”.", "For example: --set temperature=0.7"),
        ("[a]=1", "--set takes KEY=VALUE, not “[a]=1”.", "For example: --set temperature=0.7"),
        ("[env]\nA=1", "--set takes KEY=VALUE, not “[env]\nA=1”.", "For example: --set temperature=0.7"),
        ("modle=x", "--set: there is no key modle.", "Did you mean model?"),
        ("model=", '--set: model is "".', "Expected some text."),
        ("context_limit=5000", "--set: context_limit is 5000.", "Expected at least 20000."),
        ("temperature=warm", '--set: temperature is "warm".', "Expected a number."),
        (
            "env.PORT=8080",
            "--set: env.PORT is 8080.",
            "Expected a string. As text it wants quotes: --set 'env.PORT=\"8080\"'",
        ),
        ("permissions.deny=[x]", "--set cannot read “permissions.deny=[x]”.", "The value is not TOML: Invalid value."),
        ('model="x', '--set cannot read “model="x”.', "The value is not TOML: Unterminated string."),
        ("mode=plan", "--set: mode is not a key of its configuration.", "Give it by --mode."),
        ("lock=block", "--set: there is no key lock.", "llm-send config schema has them all."),
    ],
)
def test_set_wrongly(said: str, message: str, hint: str) -> None:
    error = told(sets=[said])
    assert (error.message, error.hint) == (message, hint)


def test_of_two_the_last_one_wins() -> None:
    found = given(sets=["settings.a=1", "settings.b=2", "settings.a=3", "isolate_fs=true", "isolate=false"])
    assert values(found) == {"settings": {"a": 3, "b": 2}, "isolate_fs": False}


def test_which_option_is_above_which() -> None:
    said: dict[str, Any] = {
        "claude_model": "1", "claude_config": '{"model": "2"}', "config": '{"model": "3"}', "sets": ["model='4'"],
    }  # fmt: skip
    found = given(**said)
    names = ["--set", "--config", "--claude-config", "--claude-model"]
    assert [option for option, _ in found.options] == names
    for name in list(reversed(said)):
        expected = {"sets": "4", "config": "3", "claude_config": "2", "claude_model": "1"}[name]
        assert values(given(**said)) == {"model": expected}
        del said[name]


@pytest.mark.parametrize(
    ("name", "text"), [("a.toml", '# x\nmodel = "haiku"\ncwd = "/"'), ("a.json", '{\n "model": "haiku", "cwd": "/"}')]
)
def test_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text)
    monkeypatch.setenv("HOME", str(tmp_path))
    for said, cwd in ((name, str(tmp_path)), (str(file), ""), (f"~/{name}", "/")):
        found = resolve(Sources(), session=None, pane=None, given=given(config=said, cwd=cwd))
        assert found.values == {"model": "haiku", "cwd": "/"}
        assert found.origins["model"] == Origin("pane", "--config", str(file), 2)
    error = told(claude_config=str(file))
    assert error.message == f"{file}, line {2 + (name == 'a.toml')}: cwd is not a Claude key."
    assert error.hint == "Give it by --config or --set."


def test_a_table_from_who_speaks_our_own_language() -> None:
    assert values(given(config={"model": "haiku", "cwd": "/"}, claude_config={"effort": "low"})) == {
        "model": "haiku", "cwd": "/", "effort": "low",
    }  # fmt: skip
    assert told(config={"modle": 1}).message == "--config: there is no key modle."


@pytest.mark.parametrize("key", ["cwd", "isolate", "preset", "profile", "config_ref"])
def test_the_claude_option_takes_claude_keys_alone(key: str) -> None:
    error = told(claude_config=f'{{"{key}": 1}}')
    assert error.message == f"--claude-config: {key} is not a Claude key."


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"config": "x.yaml"}, "--config takes no “x.yaml”."),
        ({"config": ""}, "--config takes no “”."),
        ({"config": "~nobody-of-that-name/x.json"}, "cannot be read: No such file or directory."),
        ({"claude_config": "nowhere.toml"}, "nowhere.toml cannot be read: No such file or directory."),
        ({"config": "\0.json"}, "cannot be read: embedded null byte."),
        ({"config": '{"model": "a", "model": "b"}'}, "--config: the key model is there twice."),
        ({"config": " {"}, "--config, line 1, column 3: Expecting property name"),
        ({"claude_model": ""}, '--claude-model: model is "".'),
        ({"preset": ""}, '--preset: preset is "".'),
    ],
)
def test_what_is_no_configuration(said: dict[str, str], words: str) -> None:
    assert words in told(**said).message


def test_a_preset_alone() -> None:
    assert given(preset="haiku-worker") == Given("haiku-worker", ())


def test_in_neovim_it_is_said_in_its_words() -> None:
    for said, message, hint in (
        ("name=x", ":LlmSend: there is no key name.", "llm-send config schema has them all."),
        ("model", ":LlmSend takes KEY=VALUE, not “model”.", "For example: temperature=0.7"),
        ("model=3", ":LlmSend: model is 3.", 'Expected a string. As text it wants quotes: model="3"'),
    ):
        with pytest.raises(UsageError) as told:
            Options(sets=(said,), way=":LlmSend").given()
        assert (told.value.message, told.value.hint) == (message, hint)
