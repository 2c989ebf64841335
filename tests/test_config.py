"""The configuration file: what it may say, and what a person is told when it says something else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from llm_send.config.load import load
from llm_send.config.types import Config, HistoryConfig, PaneConfig
from llm_send.errors import LlmSendError
from llm_send.modes import Mode
from llm_send.paths import Paths

MODES = "Modes are normal, plan, auto-accept."
PROGRAM = "a name to look up in PATH, or a path that begins with / or ~/"
QUOTES = """A pane's id wants quotes: [panes."%3"]."""
SECTIONS = "claude, lock, bring_back, history, policy, ui, defaults, sessions, presets, profiles, panes"
TOML = "What may be written how: https://toml.io"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(config=tmp_path, state=tmp_path / "state")


def error_of(paths: Paths, text: str) -> LlmSendError:
    paths.config_file.write_text(text)
    with pytest.raises(LlmSendError) as caught:
        load(paths, {})
    assert caught.value.code == "config"
    assert str(paths.config_file) in caught.value.message
    json.dumps(caught.value.as_dict())  # what programs get of it
    return caught.value


def said(error: LlmSendError, paths: Paths) -> str:
    return f"{error.message} {error.hint}".replace(f"{paths.config_file}", "FILE")


def test_no_file_means_the_defaults(paths: Paths) -> None:
    assert load(paths, {}) == Config(claude=None, lock="warn", bring_back="auto", panes={})
    assert load(paths, {}).history == HistoryConfig(enabled=True, keep=1000)


def test_an_empty_file_means_the_defaults(paths: Paths) -> None:
    paths.config_file.touch()
    assert load(paths, {}) == Config()


def test_without_a_file_nothing_heavy_is_imported(paths: Paths) -> None:
    program = "import sys; from llm_send.config.load import load; from llm_send.paths import paths_of\n"
    program += "load(paths_of({'HOME': sys.argv[1]}), {})\n"
    program += "print(*{'pydantic', 'pydantic_core', 'tomllib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program, str(paths.config)], capture_output=True, text=True,
                          env={"PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
    assert (done.stdout, done.stderr) == ("\n", "")


def test_every_key(paths: Paths) -> None:
    paths.config_file.write_text("""
        claude = "/opt/claude"
        lock = "block"
        bring_back = "ask"
        [history]
        enabled = false
        keep = 50
        [panes.claude-plan]
        mode = "plan"
        [panes."%3"]
        mode = "acceptEdits"
        [panes.nothing-said]
    """)
    named = {
        "claude-plan": PaneConfig(Mode.PLAN),
        "%3": PaneConfig(Mode.AUTO_ACCEPT),
        "nothing-said": PaneConfig(None),
    }
    assert load(paths, {}) == Config("/opt/claude", "block", "ask", HistoryConfig(False, 50), named)


def test_the_environment_outranks_the_file(paths: Paths) -> None:
    paths.config_file.write_text('claude = "from-file"')
    assert load(paths, {"LLM_SEND_CLAUDE": "./mine"}).claude == "./mine"
    assert load(paths, {"LLM_SEND_CLAUDE": ""}).claude == "from-file"
    paths.config_file.unlink()
    assert load(paths, {"LLM_SEND_CLAUDE": "mine"}) == Config(claude="mine")


def test_a_path_may_begin_at_home(paths: Paths) -> None:
    paths.config_file.write_text('claude = "~/bin/claude"')
    assert load(paths, {"HOME": "/home/me"}).claude == "/home/me/bin/claude"


def test_what_was_read_cannot_be_changed(paths: Paths) -> None:
    paths.config_file.write_text("[panes.x]")
    with pytest.raises(TypeError):
        load(paths, {}).panes["y"] = PaneConfig()  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lok = 1", "FILE, line 1: there is no key lok. Did you mean lock?"),
        ("zzz = 1", f"FILE, line 1: there is no key zzz. Keys here are {SECTIONS}."),
        ("[panes.x]\nmod = 1", "FILE, line 2: there is no key panes.x.mod. Did you mean mode?"),
        ('[panes."%3"]\nzz = 1', 'FILE, line 2: there is no key panes."%3".zz. llm-send config schema has them all.'),
        ('lock = "blcok"', 'FILE, line 1: lock is "blcok". Expected "warn" or "block".'),
        ("lock = true", 'FILE, line 1: lock is true. Expected "warn" or "block".'),
        ("claude = 3", "FILE, line 1: claude is 3. Expected a string."),
        ('claude = ""', 'FILE, line 1: claude is "". Expected some text.'),
        ('claude = "a/b"', f'FILE, line 1: claude is "a/b". Expected {PROGRAM}.'),
        ("claude = 2026-01-01", "FILE, line 1: claude is 2026-01-01. Expected a string."),
        ("history = true", "FILE, line 1: history is true. Expected a table."),
        ("history.keep = 0", "FILE, line 1: history.keep is 0. Expected at least 1."),
        ("history.keep = true", "FILE, line 1: history.keep is true. Expected a whole number."),
        ("[history]\nkeeps = 9", "FILE, line 2: there is no key history.keeps. Did you mean keep?"),
        ("panes = 3", "FILE, line 1: panes is 3. Expected a table."),
        ('[panes]\nx = "plan"', 'FILE, line 2: panes.x is "plan". Expected a table.'),
        ("panes.x.mode = {}", "FILE, line 1: panes.x.mode is a table. Expected a string."),
        ('panes.x.mode = "auto"', f"FILE, line 1: panes.x.mode: auto is Claude's own mode; say auto-accept. {MODES}"),
        ('panes.x.mode = "plna"', f"FILE, line 1: panes.x.mode: There is no mode 'plna'. {MODES}"),
        ("[panes.%3]", f"FILE, line 1, column 8: Invalid initial character for a key part. {QUOTES}"),
        ("\nlock = warn", f"FILE, line 2, column 8: Invalid value. {TOML}"),
        ('claude = "', f"FILE, at its end: Unterminated string. {TOML}"),
    ],
)
def test_what_a_person_is_told(paths: Paths, text: str, words: str) -> None:
    assert said(error_of(paths, text), paths) == words


def test_what_a_program_is_told(paths: Paths) -> None:
    error = error_of(paths, 'lock = "blcok"')
    assert (error.found, error.expected) == ("blcok", '"warn" or "block"')
    error = error_of(paths, "lok = 1")
    assert (error.found, error.expected) == ("lok", SECTIONS.split(", "))
    error = error_of(paths, 'panes.x.mode = "x"')
    assert (error.found, error.expected) == ("x", ["normal", "plan", "auto-accept"])
    error = error_of(paths, "[panes")
    assert (error.found, error.expected) == ("[panes", "TOML")


def test_of_several_problems_the_first_in_the_file_is_told(paths: Paths) -> None:
    error = error_of(paths, 'zzz = 1\nlock = "x"\n[panes.a]\nmode = "x"\n')
    assert said(error, paths).startswith("FILE, line 1: there is no key zzz.")
    assert said(error, paths).endswith("After this one: 2 more.")


def test_the_line_is_where_the_value_begins(paths: Paths) -> None:
    text = '# a comment\nclaude = """\n[panes.x]\nmode = 1\n"""\n\n[panes.x] # the real one\n\n  mode = [\n "a",\n]\n'
    assert ", line 9: panes.x.mode is" in error_of(paths, text).message


def test_a_file_that_cannot_be_read(paths: Paths) -> None:
    paths.config_file.write_bytes(b'claude = "\xff"')
    with pytest.raises(LlmSendError, match="cannot be read: byte 11 is not UTF-8"):
        load(paths, {})
    paths.config_file.unlink()
    paths.config_file.mkdir()
    with pytest.raises(LlmSendError, match="cannot be read: Is a directory") as caught:
        load(paths, {})
    assert caught.value.code == "config"
