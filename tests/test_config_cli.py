"""`config …` and `presets` on the command line: the answers of the contract, and what people read."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llm_send.actions.config_trust import ConfigTrustRequest, config_trust
from llm_send.actions.context import Here, context_of
from llm_send.config.starter import STARTER
from llm_send.entry import cli
from llm_send.entry.cli_arguments import parse
from llm_send.entry.cli_requests import request_of
from llm_send.errors import Refused
from tests.configuring import Home

ORIGIN = {"layer", "where", "file", "line"}
Run = Callable[..., tuple[int, str, str]]
Answer = Callable[..., dict[str, Any]]


@pytest.fixture
def run(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program in the project's folder, in a terminal outside of tmux: exit code and both streams."""
    for name, folder in (("CONFIG", home.paths.config), ("STATE", home.paths.state)):
        (folder / "llm-send").mkdir(parents=True, exist_ok=True, mode=0o700)
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder))
    home.paths = type(home.paths)(home.paths.config / "llm-send", home.paths.state / "llm-send")
    monkeypatch.setenv("HOME", str(home.project.parent))
    monkeypatch.delenv("TMUX_PANE", raising=False)
    monkeypatch.chdir(home.project)

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(words)
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def answer(run: Run) -> Answer:
    """The --json answer, held against what all of them have in common."""

    def answer(*words: str, code: int = 0) -> dict[str, Any]:
        exit_code, stdout, stderr = run(*words, "--json")
        assert (exit_code, stderr, stdout.count("\n")) == (code, "", 1)
        answer: dict[str, Any] = json.loads(stdout)
        assert (answer.pop("ok"), answer.pop("schema")) == (code == 0, 1)
        return dict(answer.pop("error")) if code else answer

    return answer


def test_show_where_nothing_is_said(run: Run, answer: Answer) -> None:
    nothing: dict[str, Any] = {"pane": None, "session": None, "values": {}, "origins": {}, "notices": []}
    assert answer("config", "show") == nothing
    assert run("config", "show") == (0, "Nothing is configured for this pane: it runs the Claude you know.\n", "")


def test_show(run: Run, answer: Answer, home: Home) -> None:
    file = home.person('[panes.a]\ncwd = "/x"\n[sessions.s]\npreset = "haiku-worker"\n')
    project = home.projects("", trusted=False)
    words = ("config", "show", "a", "--session", "s", "--set", "env.A=~/x", "--claude-model", "haiku")
    found = answer(*words)
    assert (found["pane"], found["session"]) == ("a", "s")
    assert found["values"] == {
        "preset": "haiku-worker", "model": "haiku", "context_limit": 100000, "cwd": "/x", "env": {"A": "~/x"},
    }  # fmt: skip
    assert set(found["origins"]) == {"preset", "model", "context_limit", "cwd", "env.A"}
    assert all(set(origin) == ORIGIN for origin in found["origins"].values())
    assert found["origins"]["cwd"] == {"layer": "pane", "where": "panes.a", "file": str(file), "line": 2}
    assert len(found["notices"]) == 1
    code, stdout, stderr = run(*words)
    assert (code, stderr) == (0, "")
    lines = [re.split(r"  +", line) for line in stdout.splitlines()]
    assert lines[0] == ["KEY", "VALUE", "FROM"]
    assert sorted(lines[1:-1]) == [
        ["context_limit", "100000", "[presets.haiku-worker], built in"],
        ["cwd", '"/x"', "[panes.a] in ~/config/llm-send/config.toml:2"],
        ["env.A", '"~/x"', "--set"],
        ["model", '"haiku"', "--claude-model"],
        ["preset", '"haiku-worker"', "[sessions.s] in ~/config/llm-send/config.toml:4"],
    ]
    assert lines[-1][0].startswith(f"! ~/project/{project.name} is not trusted")


def test_show_leaves_values_as_they_are(run: Run, home: Home) -> None:
    home.person(f'[defaults]\ncwd = "{home.project.parent}"')
    assert f'"{home.project.parent}'[:50] in run("config", "show")[1]


def test_show_cannot_steer_the_terminal(run: Run, home: Home) -> None:
    home.person('[defaults.env]\nA = "\\u001b[2J\\u009b"\n[defaults.settings]\n"\\u001bk" = "one\\ntwo"')
    _, stdout, _ = run("config", "show")
    assert stdout.count("\n") == 3
    assert "\x1b" not in stdout
    assert "\x9b" not in stdout


def test_presets(run: Run, answer: Answer, home: Home) -> None:
    file = home.person('[presets.mine]\ninherits = "haiku-worker"\ncontext_limit = 30000\n')
    home.projects("", trusted=False)
    found = answer("presets")
    assert [each["name"] for each in found["presets"]] == [
        "haiku-worker", "sonnet-default", "opus-heavy", "haiku-minimal", "mine",
    ]  # fmt: skip
    assert found["presets"][-1] == {
        "name": "mine", "model": "haiku", "context_limit": 30000, "description": None,
        "inherits": "haiku-worker",
        "origin": {"layer": "preset", "where": "presets.mine", "file": str(file), "line": 1},
    }  # fmt: skip
    assert len(found["notices"]) == 1
    _, stdout, _ = run("presets")
    assert stdout.splitlines()[0].split() == ["NAME", "MODEL", "LIMIT", "FROM", "DESCRIPTION"]
    assert "mine            haiku   30000   ~/config/llm-send/config.toml  –" in stdout
    assert "built in" in stdout


def test_check(run: Run, answer: Answer, home: Home) -> None:
    assert answer("config", "check") == {"files": []}
    assert run("config", "check")[1].startswith("✓ There is no configuration file")
    own = home.person("[defaults]\npreset = 'theirs'")
    project = home.projects("[presets.theirs]\nmodel = 'x'", trusted=False)
    both = [{"file": str(own), "trusted": None}, {"file": str(project), "trusted": False}]
    assert answer("config", "check")["files"] == both
    assert "not trusted" in run("config", "check")[1]
    assert answer("config", "check", project.name)["files"] == both[1:]
    assert answer("config", "check", str(own), code=1)["message"] == f"{own}, line 2: there is no preset theirs."
    home.projects("[presets.theirs]\nmodel = 'x'")
    assert answer("config", "check")["files"][1]["trusted"] is True
    assert run("config", "check", project.name) == (0, "✓ ~/project/.llm-send.toml is right\n", "")


def test_check_tells_the_first_mistake_and_counts_the_others(run: Run, answer: Answer, home: Home) -> None:
    own = home.person("lok = 1\n[defaults]\ntemperature = 2\neffort = 'x'")
    error = answer("config", "check", code=1)
    assert (error["code"], error["message"]) == ("config", f"{own}, line 1: there is no key lok.")
    assert error["hint"] == "Did you mean lock? After this one: 2 more."
    assert run("config", "check")[0] == 1
    assert answer("config", "check", "nowhere.toml", code=1)["message"].endswith("No such file or directory.")
    assert "no configuration file by its name" in answer("config", "check", "x.yaml", code=1)["message"]


def test_schema(run: Run, answer: Answer) -> None:
    _, stdout, _ = run("config", "schema")
    schema = json.loads(stdout)
    assert answer("config", "schema") == {"json_schema": schema}
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert '"default": null' not in stdout
    preset = schema["$defs"]["Preset"]
    assert preset["additionalProperties"] is False
    assert preset["properties"]["context_limit"]["minimum"] == 20000
    for table in schema["$defs"].values():
        assert all(key.get("description") for key in table["properties"].values()), "every key says what it is"


def test_init(run: Run, answer: Answer, home: Home) -> None:
    file = home.paths.config_file
    file.parent.rmdir()
    assert answer("config", "init") == {"file": str(file)}
    assert file.read_text() == STARTER
    assert answer("config", "show")["values"] == {}
    error = answer("config", "init", code=1)
    assert (error["code"], error["message"]) == ("config", f"{file} is there already.")
    file.rename(home.paths.config_json)
    assert "config.json is there already" in answer("config", "init", code=1)["message"]
    assert "config.json is there already" in run("config", "init")[2]
    home.paths.config_json.unlink()
    file.symlink_to("nowhere")
    assert "config.toml is there already" in answer("config", "init", code=1)["message"]


def test_every_line_of_the_starter_is_right(home: Home, answer: Answer) -> None:
    assert tomllib.loads(STARTER) == {}
    text = re.sub(r"^#(?=[a-z\[])", "", STARTER, flags=re.MULTILINE)
    assert text.count("\n") == STARTER.count("\n")
    home.person(text)
    assert answer("config", "check")["files"]
    sections = set(tomllib.loads(text))
    assert {
        "claude",
        "lock",
        "bring_back",
        "history",
        "defaults",
        "sessions",
        "presets",
        "profiles",
        "panes",
    } == sections


def test_trust_and_distrust(run: Run, answer: Answer, home: Home) -> None:
    assert "no project's file here" in answer("config", "trust", code=1)["message"]
    file = home.projects("[defaults]\nenv.A = '1'\nmodel = 'x'", trusted=False)
    found = answer("config", "trust")
    assert found.pop("sha256")
    assert found == {"file": str(file), "trusted": True, "changed": True, "sets": ["defaults.env.A", "defaults.model"]}
    assert answer("config", "show")["values"] == {"env": {"A": "1"}, "model": "x"}
    assert run("config", "trust")[1] == "✓ ~/project/.llm-send.toml is trusted already\n"
    assert run("config", "distrust", file.name)[1] == "✓ ~/project/.llm-send.toml is not trusted any more\n"
    nothing = {"file": str(file), "trusted": False, "changed": False, "sha256": None, "sets": []}
    assert answer("config", "distrust") == nothing
    said = run("config", "trust")[1]
    assert said == "✓ ~/project/.llm-send.toml is trusted as it is now · It sets defaults.env.A, defaults.model\n"


def test_what_is_wrong_is_not_trusted(answer: Answer, home: Home) -> None:
    file = home.projects('[presets.a]\ninherits = "a"', trusted=False)
    assert "in a circle: a → a" in answer("config", "trust", code=1)["message"]
    file.write_text("claude = 'evil'")
    assert "not for a project's file to say" in answer("config", "trust", code=1)["message"]
    assert answer("config", "trust", "config.toml", code=2)["message"].startswith("config.toml is not what")
    home.projects("{}", ".llm-send.json", trusted=False)
    assert "are both there" in answer("config", "trust", code=1)["message"]
    assert not home.paths.trusted_file.exists()


def test_what_a_spawn_is_given() -> None:
    words = ["--preset", "p", "--set", "model=a", "--set", "model=b", "--claude-config", '{"effort": "low"}']
    _, request = request_of(parse(["spawn", *words]))
    given = request.given  # type: ignore[attr-defined]
    assert given.preset == "p"
    assert [(option, document.tree) for option, document in given.options] == [
        ("--set", {"model": "b"}), ("--set", {"model": "a"}), ("--claude-config", {"effort": "low"}),
    ]  # fmt: skip
    _, request = request_of(parse(["spawn"]))
    assert request.given is None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "words",
    [["presets"], ["config", "show"], ["config", "show", "a", "--preset", "haiku-worker", "--claude-model", "x"]],
)
def test_nothing_heavy_is_imported_without_a_file(home: Home, words: list[str]) -> None:
    program = "import sys; from llm_send.entry.cli import main; main(sys.argv[1:])\n"
    program += "print('heavy:', *{'pydantic', 'pydantic_core', 'tomllib', 'asyncio'} & set(sys.modules))"
    argv = [sys.executable, "-c", program, *words]
    environment = {"HOME": str(home.project), "PYTHONPATH": str(Path(cli.__file__).parents[2])}
    done = subprocess.run(argv, capture_output=True, text=True, cwd=home.project, env=environment, check=True)
    assert done.stdout.endswith("heavy:\n"), done.stdout


def test_an_agent_cannot_trust_a_file_for_the_person(home: Home) -> None:
    file, here = home.projects("[defaults]\n", trusted=False), Here(cwd=str(home.project))
    agent = context_of({"HOME": str(home.project), "CLAUDECODE": "1"}, here=here)
    with pytest.raises(Refused) as caught:
        config_trust(agent, ConfigTrustRequest(str(file)))
    assert caught.value.code == "policy"
