"""The machine contract, command by command, with the real Claude Code: exact keys, types, words and exit codes."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offline.model_api import ModelApi
from tests.rig.claude import ClaudeStarter
from tests.rig.fixtures import CommandLine
from tests.rig.tmux import Tmux
from tests.rig.wait import wait_until

MODES = ("normal", "plan", "auto-accept")
SOURCES = ("hook", "screen", "transcript", "launch", "configured")
STATES = ("starting", "idle", "busy", "waiting", "shell", "suspended", "unknown", "gone")
Shape = dict[str, Callable[[Any], bool]]


def is_(*kinds: type) -> Callable[[Any], bool]:
    # A bool is an int to Python, and not to the contract.
    return lambda value: isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))


def one_of(*values: object) -> Callable[[Any], bool]:
    return lambda value: value in values


NULL = type(None)
PANE: Shape = {
    "server": is_(str),
    "id": lambda value: isinstance(value, str) and value.startswith("%"),
    "name": is_(str, NULL),
    "session": is_(str),
    "agent": one_of("claude", None),
    "pid": is_(int),
    "agent_pid": is_(int, NULL),
    "mode": lambda value: value is None or value in MODES or value.startswith("claude:"),
    "lock": one_of(*MODES, None),
    "verified": is_(bool),
    "mode_source": one_of(*SOURCES, None),
    "state": one_of(*STATES),
    "cwd": is_(str),
    "session_id": is_(str, NULL),
    "guarded": is_(bool),
}
RECEIPT: Shape = {
    "prompt_id": is_(str, NULL),
    "permission_mode": is_(str, NULL),
    "sha256": lambda value: isinstance(value, str) and len(value) == 64,
    "evidence": is_(list),
}
ERROR: Shape = {
    "code": is_(str),
    "message": is_(str),
    "hint": is_(str, NULL),
    "found": lambda _value: True,
    "expected": lambda _value: True,
}


def shaped(shape: Shape) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        assert isinstance(value, dict)
        assert set(value) == set(shape)
        for key, holds in shape.items():
            assert holds(value[key]), f"{key} is {value[key]!r}"
        return True

    return fits


def several(shape: Shape) -> Callable[[Any], bool]:
    return lambda values: isinstance(values, list) and all(shaped(shape)(value) for value in values)


def maybe(shape: Shape) -> Callable[[Any], bool]:
    return lambda value: value is None or shaped(shape)(value)


NOTHING: Shape = {}
ON_A_PANE: Shape = {"pane": shaped(PANE)}
SPAWNED: Shape = {"pane": shaped(PANE), "note": is_(str, NULL)}
PANES: Shape = {"panes": several(PANE)}
SEND: Shape = {
    "id": is_(str),
    "outcome": one_of("delivered", "queued", "refused", "unconfirmed"),
    "reason": is_(str, NULL),
    "message": is_(str),
    "hint": is_(str, NULL),
    "pane": maybe(PANE),
    "receipt": maybe(RECEIPT),
    "elapsed_ms": is_(int),
    "candidates": several(PANE),
}


class Program:
    """`llm-send` on the test's server, each answer held against the contract."""

    def __init__(self, llm_send: CommandLine, tmux: Tmux) -> None:
        self.llm_send, self.tmux = llm_send, tmux

    def __call__(
        self, keys: Shape, *words: str, code: int = 0, text: str = "", cwd: Path | None = None
    ) -> dict[str, Any]:
        """The answer of a command that is to end with `code`, `keys` being what the contract says of it."""
        done = self.people(*words, "--json", text=text, cwd=cwd)
        assert done.returncode == code, done.stdout + done.stderr
        assert (done.stdout.count("\n"), done.stderr) == (1, "")
        answer = json.loads(done.stdout)
        ok = code == 0
        common = {"ok": one_of(ok), "schema": one_of(1), **({} if ok else {"error": shaped(ERROR)})}
        shaped(common | keys)(answer)
        return dict(answer)

    def people(self, *words: str, text: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return self.llm_send("-S", str(self.tmux.socket), *words, text=text, cwd=cwd)


@pytest.fixture
def program(llm_send: CommandLine, tmux: Tmux) -> Program:
    return Program(llm_send, tmux)


def test_no_server(llm_send: CommandLine) -> None:
    for words in (["panes"], ["send", "--mode", "plan"], ["focus", "x"], ["spawn"]):
        done = llm_send("-L", "nobody", *words, "--json", text="Hello")
        assert done.returncode == 1
        assert json.loads(done.stdout)["error"]["code"] == "no_tmux"


def test_a_pane_from_spawn_to_close(program: Program, project: Path, model_api: ModelApi, tmux: Tmux) -> None:
    tmux.new_pane(["cat"], session="work", cwd=project)
    assert program(PANES, "panes")["panes"] == []

    spawned = program(SPAWNED, "spawn", "--mode", "plan", "--session", "work")["pane"]
    expected = {"name": "claude-plan", "session": "work", "agent": "claude", "mode": "plan", "lock": "plan",
                "verified": True, "state": "idle", "cwd": str(project), "guarded": True,
                "server": str(tmux.socket)}  # fmt: skip
    assert {key: spawned[key] for key in expected} == expected

    assert [pane["id"] for pane in program(PANES, "panes")["panes"]] == [spawned["id"]]
    table = program.people("panes").stdout.splitlines()
    assert table[0].split() == ["NAME", "ID", "MODE", "STATE", "SESSION", "FOLDER"]
    assert table[1].split() == ["claude-plan", spawned["id"], "plan", "✓", "idle", "work", str(project)]

    sent = program(SEND, "send", "--mode", "plan", text="Hello, plan.\n")
    assert (sent["outcome"], sent["reason"], sent["pane"]["id"]) == ("delivered", None, spawned["id"])
    assert sent["receipt"]["permission_mode"] == "plan"
    wait_until(lambda: program(PANES, "panes")["panes"][0]["state"] == "idle")
    (project / "notes.md").write_text("From a file.")
    said = program.people("send", "notes.md")
    assert (said.stdout, said.stderr) == ("✓ Sent to Claude (Plan Mode) · Pane: claude-plan\n", "")
    assert model_api.prompts() == ["Hello, plan.", "From a file."]

    assert program(ON_A_PANE, "target", "claude-plan")["pane"]["id"] == spawned["id"]
    assert program(ON_A_PANE, "focus", spawned["id"])["pane"]["name"] == "claude-plan"
    assert program(ON_A_PANE, "mode", "claude-plan", "plan")["pane"]["mode"] == "plan"
    assert program({"cancelled": one_of([])}, "cancel", sent["id"])["ok"]
    assert program(ON_A_PANE, "close", "claude-plan")["pane"]["state"] == "gone"
    assert program(PANES, "panes")["panes"] == []


@pytest.mark.newest
def test_what_is_refused_says_why(program: Program, project: Path, tmux: Tmux, claude_pane: ClaudeStarter) -> None:
    pane = claude_pane("--permission-mode", "plan")
    nobody = program(SEND, "send", "--mode", "auto-accept", text="Hello", code=3)
    assert (nobody["outcome"], nobody["reason"]) == ("refused", "no_candidate")
    assert nobody["error"]["code"] == "no_candidate"

    elsewhere = program(SEND, "send", "--mode", "plan", text="Hello", code=3, cwd=Path("/"))
    assert elsewhere["reason"] == "elsewhere"
    assert [each["id"] for each in elsewhere["candidates"]] == [pane.id]
    said = program.people("send", "--mode", "plan", text="Hello", cwd=Path("/"))
    assert (said.returncode, said.stdout) == (3, "")
    assert "--pane" in said.stderr
    assert pane.id in said.stderr

    bad = program.llm_send("-S", str(tmux.socket), "send", "--pane", pane.id, "--json", text="/clear")
    assert (bad.returncode, json.loads(bad.stdout)["reason"]) == (3, "slash_command")
    assert "/clear" in program.people("history", "--limit", "1").stdout, "a refused text can be had again"
    again = program.llm_send("-S", str(tmux.socket), "resend", "last", "--as-command", "--json")
    assert (again.returncode, json.loads(again.stdout)["outcome"]) == (0, "delivered"), again.stdout

    program(NOTHING, "mode", pane.id, "nonsense", code=2)
    program(NOTHING, "focus", "no-such-pane", code=1)
    assert program(NOTHING, "close", pane.id, code=3)["error"]["code"] == "policy"
    assert program(ON_A_PANE, "close", pane.id, "--force")["pane"]["agent"] is None


@pytest.mark.newest
def test_bytes_that_are_no_text_are_refused(program: Program, project: Path, claude_pane: ClaudeStarter) -> None:
    claude_pane()
    (project / "picture").write_bytes(b"\x89PNG\xff\xfe")
    assert program(SEND, "send", "--mode", "normal", "picture", code=3)["reason"] == "bad_text"


@pytest.mark.newest
def test_a_spawn_stopped_by_a_dialog_shows_its_pane(program: Program, tmux: Tmux, place: Path) -> None:
    tmux.new_pane(["cat"], session="work")
    stranger = place / "stranger"  # a folder that Claude does not trust yet
    stranger.mkdir()
    words = ["spawn", "--mode", "plan", "--session", "work", "--cwd", str(stranger)]
    answer = program(ON_A_PANE, *words, code=3)
    assert answer["error"]["code"] == "waiting"
    assert (answer["pane"]["state"], answer["pane"]["cwd"]) == ("waiting", str(stranger))
    assert answer["pane"]["id"] in tmux.panes()
    program(ON_A_PANE, "close", answer["pane"]["id"], "--force")


@pytest.mark.newest
def test_a_spawn_that_does_not_wait(program: Program, tmux: Tmux) -> None:
    tmux.new_pane(["cat"], session="work")
    pane = program(SPAWNED, "spawn", "--session", "work", "--no-wait", "--name", "mine")["pane"]
    assert (pane["name"], pane["lock"], pane["verified"]) == ("mine", "normal", False)
    taken = program(NOTHING, "spawn", "--session", "work", "--no-wait", "--name", "mine", code=1)
    assert taken["error"]["found"] == "mine"
    program(ON_A_PANE, "close", "mine", "--force")


@pytest.mark.newest
def test_the_default_mode(program: Program, environment: dict[str, str]) -> None:
    keys: Shape = {
        "file": is_(str),
        "mode": one_of("plan"),
        "previous": one_of(None, "plan"),
        "changed": is_(bool),
        "backup": is_(str, NULL),
    }
    answer = program(keys, "default-mode", "plan")
    assert (answer["changed"], answer["previous"]) == (True, None)
    assert answer["file"] == f"{environment['CLAUDE_CONFIG_DIR']}/settings.json"
    assert program(keys, "default-mode", "plan")["changed"] is False


def test_close_asks_where_there_is_somebody_to_ask(tmux: Tmux, claude_pane: ClaudeStarter, project: Path) -> None:
    pane = claude_pane()
    asker = tmux.new_pane(["sh"], cwd=project)
    for answer, end in (("", "✗ "), ("y", "✓ Closed")):
        asker.type(f"clear; llm-send close {pane}; echo '<'$?'>'")
        asker.press("Enter")
        asker.wait_for("was not opened by llm-send · Close it all the same? [y/N]")
        asker.type(answer)
        asker.press("Enter")
        asker.wait_for(end, "<0>" if answer else "<3>")
    assert pane.id not in tmux.panes()
