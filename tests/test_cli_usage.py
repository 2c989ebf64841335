"""The command line before anything happens: what it takes, what it refuses, and in which words."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from llm_send import __version__
from llm_send.entry import cli
from llm_send.entry.cli_requests import REQUESTS
from llm_send.entry.cli_verbs import VERBS
from llm_send.entry.report import TEXTS

PROGRAM = Path(sys.prefix) / "bin" / "llm-send"
ERROR = {"code", "message", "hint", "found", "expected"}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TMUX_TMPDIR": str(tmp_path)}


class CommandLine:
    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def __call__(self, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
        how: dict[str, Any] = {"input": "", "text": True, "capture_output": True, "timeout": 30} | more
        return subprocess.run([PROGRAM, *arguments], env=self.environment, **how)


@pytest.fixture
def run(environment: dict[str, str]) -> CommandLine:
    return CommandLine(environment)


def error_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The error of a --json answer, which is all there is on either stream."""
    answer = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
    assert (answer["ok"], answer["schema"]) == (False, 1)
    assert set(answer["error"]) == ERROR
    return dict(answer["error"])


USAGE = {
    "no command": ([], "Which command?"),
    "unknown command": (["sned"], "“sned”"),
    "one word of two": (["config"], "config what?"),
    "unknown second word": (["config", "shwo"], "“config shwo”"),
    "no key and no value": (["spawn", "--set", "model"], "“model”"),
    "no such key": (["spawn", "--set", "modle=haiku"], "modle"),
    "out of range": (["config", "show", "--set", "temperature=7"], "temperature is 7"),
    "no such preset": (["config", "show", "--preset", "haku-worker"], "haku-worker"),
    "no JSON": (["spawn", "--config", "{"], "--config, line 1"),
    "no Claude key": (["spawn", "--claude-config", '{"cwd": "/"}'], "cwd is not a Claude key"),
    "neither JSON nor a file": (["spawn", "--claude-config", "x.yaml"], "“x.yaml”"),
    "unknown option": (["panes", "--all"], "--all"),
    "no abbreviations": (["send", "--mod", "plan"], "--mod"),
    "no abbreviations before the verb": (["--vers"], "--vers"),
    "missing argument": (["mode", "claude-plan"], "M."),
    "too much": (["panes", "claude-plan"], "claude-plan"),
    "both servers": (["-L", "a", "-S", "/b", "panes"], "-L"),
    "mode and pane": (["send", "--mode", "plan", "--pane", "x"], "--pane"),
    "no such mode": (["send", "--mode", "fast"], "'fast'"),
    "claude's auto": (["spawn", "--mode", "auto"], "auto is Claude's own mode; say auto-accept"),
    "split and window": (["spawn", "--split", "h", "--window"], "--window"),
    "no such split": (["spawn", "--split", "x"], "--split"),
    "variable without =": (["spawn", "--env", "A"], "“A”"),
    "variable without a name": (["spawn", "--env", "=a"], "“=a”"),
    "nothing behind --": (["spawn", "--"], "behind --"),
    "contradiction": (["spawn", "--", "claude", "--permission-mode", "plan"], "--permission-mode"),
    "bypass": (["run", "--mode", "plan", "--", "--dangerously-skip-permissions"], "--dangerously-skip-permissions"),
    "own settings": (["run", "--mode", "plan", "--", "--settings={}"], "--settings"),
    "no mode to run in": (["run"], "--mode"),
    "endless wait": (["send", "--wait", "inf"], "“inf”"),
    "no number": (["send", "--wait", "soon"], "“soon”"),
    "before now": (["send", "--wait=-1"], "“-1”"),
    "no such queue": (["send", "--queue", "later"], "--queue"),
}


@pytest.mark.parametrize(("arguments", "words"), USAGE.values(), ids=USAGE)
def test_usage_errors_are_json_when_asked_for(run: CommandLine, arguments: list[str], words: str) -> None:
    done = run("--json", *arguments)
    error = error_of(done)
    assert done.returncode == 2
    assert error["code"] == "usage"
    assert words in error["message"]
    assert error["hint"]


@pytest.mark.parametrize(("arguments", "words"), USAGE.values(), ids=USAGE)
def test_usage_errors_are_one_line_for_people(run: CommandLine, arguments: list[str], words: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"✗ .* · .*\n", done.stderr)
    assert words.removesuffix(".") in done.stderr


@pytest.mark.parametrize("arguments", [["panes", "--json"], ["--json", "panes"]])
def test_global_options_stand_before_or_after_the_verb(run: CommandLine, arguments: list[str]) -> None:
    for server in (["-L", "mine"], ["-Lmine"]):
        for words in ([*server, *arguments], [*arguments, *server]):
            error = error_of(run(*words))
            assert error["code"] == "no_tmux"
            assert "“mine”" in error["message"]


def test_json_behind_dashes_is_the_commands_own(run: CommandLine) -> None:
    done = run("run", "--mode", "plan", "--", "--settings", "--json")
    assert done.stdout == ""
    assert done.stderr.startswith("✗ --settings")


def test_every_verb_has_help_an_action_and_an_answer(run: CommandLine) -> None:
    top = run("--help")
    assert (top.returncode, top.stderr) == (0, "")
    assert set(VERBS) == set(REQUESTS) | {"mcp"} == set(TEXTS) | {"run", "mcp"}
    for name, verb in VERBS.items():
        assert re.search(rf"^  {name} +{re.escape(verb.summary)}$", top.stdout, re.MULTILINE)
        own = run(*name.split(), "--help")
        assert (own.returncode, own.stderr) == (0, "")
        assert own.stdout.startswith(f"usage: llm-send {name}")
        assert "--json" in own.stdout


def test_help_fits_a_terminal(environment: dict[str, str]) -> None:
    run = CommandLine({**environment, "COLUMNS": "80"})
    for name in VERBS:
        assert max(map(len, run(*name.split(), "--help").stdout.splitlines())) <= 80


def test_says_its_version(run: CommandLine) -> None:
    assert run("--version").stdout == f"llm-send {__version__}\n"
    answer = json.loads(run("--version", "--json").stdout)
    assert answer == {"ok": True, "schema": 1, "text": f"llm-send {__version__}\n"}


@pytest.mark.parametrize("arguments", [["send"], ["send", "-"], ["send", "--json"]])
def test_refuses_to_wait_for_somebody_to_type(environment: dict[str, str], arguments: list[str]) -> None:
    ours, theirs = pty.openpty()
    done = CommandLine(environment)(*arguments, input=None, stdin=theirs)
    os.close(ours)
    os.close(theirs)
    message = error_of(done)["message"] if "--json" in arguments else done.stderr
    assert done.returncode == 2
    assert "There is no text: standard input is" in message


def test_says_so_when_standard_input_is_closed(run: CommandLine) -> None:
    done = run("send", input=None, preexec_fn=lambda: os.close(0))
    assert done.returncode == 2
    assert "standard input is closed" in done.stderr


@pytest.mark.parametrize(("name", "words"), [("nowhere.md", "no such file"), (".", "is a directory")])
def test_names_the_file_it_cannot_read(run: CommandLine, tmp_path: Path, name: str, words: str) -> None:
    done = run("send", name, "--json", cwd=tmp_path)
    assert done.returncode == 1
    error = error_of(done)
    assert (error["code"], error["found"]) == ("file", name)
    assert words in error["message"]


def test_a_folder_that_is_gone_is_said_to_be(run: CommandLine, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = run("panes", "--json", cwd=gone, preexec_fn=gone.rmdir)
    assert error_of(done)["code"] == "cwd"


def test_ctrl_c_ends_with_130(environment: dict[str, str], tmp_path: Path) -> None:
    text = tmp_path / "text"
    os.mkfifo(text)
    argv = [str(PROGRAM), "send", str(text), "--json"]
    process = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with text.open("w"):  # opens once the program does
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=10)
    assert (process.returncode, stderr) == (130, "")
    assert json.loads(stdout)["error"]["code"] == "interrupted"


def test_a_reader_that_went_away_is_no_error(environment: dict[str, str]) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    done = CommandLine(environment)("--help", capture_output=False, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_locale_without_our_signs_does_not_matter(environment: dict[str, str]) -> None:
    environment |= {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = CommandLine(environment)("default-mode", "plan")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Claude starts in Plan Mode" in done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["send", "--help"], ["send", "--pane", "%1"], ["panes"]])
def test_nothing_heavy_is_imported(environment: dict[str, str], arguments: list[str]) -> None:
    program = "import sys; from llm_send.entry.cli import main; main(sys.argv[1:])\n"
    program += "heavy = {'pydantic', 'pydantic_core', 'libtmux', 'pynvim', 'msgpack', 'greenlet', 'mcp', 'asyncio'}\n"
    program += "print('heavy:', *heavy & set(sys.modules))"
    argv = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(argv, input="text", capture_output=True, text=True, env=environment)
    assert done.stdout.endswith("heavy:\n"), done.stdout


@pytest.mark.parametrize("flags", [["--json"], []])
def test_what_nobody_expected_goes_to_the_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    def breaks(_given: object) -> Any:
        raise ZeroDivisionError("of all things")

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setitem(REQUESTS, "panes", breaks)
    assert cli.main(["panes", *flags]) == 1
    stdout, stderr = capsys.readouterr()
    log = tmp_path / ".local/state/llm-send/llm-send.log"
    if flags:
        error = json.loads(stdout)["error"]
        assert (error["code"], stderr) == ("internal", "")
        assert str(log) in error["hint"]
    else:
        assert stdout == ""
        assert stderr == f"✗ Something went wrong inside llm-send (ZeroDivisionError) · The full report is in {log}\n"
    assert "ZeroDivisionError: of all things" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_a_log_that_cannot_be_written_does_not_hide_the_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(_given: object) -> Any:
        raise ZeroDivisionError

    (tmp_path / "state").write_text("a file in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setitem(REQUESTS, "panes", breaks)
    assert cli.main(["panes"]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
