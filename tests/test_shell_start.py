"""claude-plan and its sisters in real interactive shells, with the real Claude Code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offline.model_api import ModelApi
from tests.rig import programs
from tests.rig.claude import is_ready
from tests.rig.fixtures import CommandLine
from tests.rig.tmux import Pane, Tmux
from tests.rig.wait import wait_until

SOURCES = programs.REPOSITORY / "shell"
SHELLS = {
    "bash": ["/bin/bash", "--norc", "-i"],
    "zsh": [str(programs.DEPS / "zsh/bin/zsh"), "-i"],
    "fish": [str(programs.DEPS / "fish/bin/fish"), "--no-config", "-i"],
}
Shell = Callable[..., Pane]


@pytest.fixture(params=SHELLS)
def shell_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def shell(tmux: Tmux, project: Path, environment: dict[str, str], shell_name: str) -> Shell:
    """Opens a pane with an interactive shell that has sourced our file."""
    (Path(environment["HOME"]) / ".zshrc").touch()  # else zsh asks a newcomer what to do

    def open_one(before: str = "") -> Pane:
        pane = tmux.new_pane(SHELLS[shell_name], cwd=project)
        file = SOURCES / ("llm-send.fish" if shell_name == "fish" else "llm-send.sh")
        enter(pane, f"{before}. {file}")
        enter(pane, "echo read''y")
        pane.wait_for("\nready")
        return pane

    return open_one


def enter(pane: Pane, line: str) -> None:
    pane.type(line)
    pane.press("Enter")


def panes(llm_send: CommandLine, tmux: Tmux) -> list[dict[str, Any]]:
    done = llm_send("-S", str(tmux.socket), "panes", "--json")
    assert done.returncode == 0, done.stdout
    return list(json.loads(done.stdout)["panes"])


def test_starts_claude_here_known_to_llm_send(
    shell: Shell, shell_name: str, tmux: Tmux, llm_send: CommandLine, model_api: ModelApi
) -> None:
    pane = shell()
    shell_pid = pane.pid
    enter(pane, "claude-plan --model opus")
    pane.wait_until(is_ready, deadline=30)
    [found] = panes(llm_send, tmux)
    expected = {"id": pane.id, "name": "claude-plan", "pid": shell_pid, "lock": "plan", "mode": "plan",
                "verified": True, "guarded": True, "agent": "claude", "state": "idle"}  # fmt: skip
    assert {key: found[key] for key in expected} == expected
    done = llm_send("-S", str(tmux.socket), "send", "--mode", "plan", "--json", text="Hello from the shell.")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["outcome"]) == (0, "delivered"), answer
    assert answer["receipt"]["permission_mode"] == "plan"
    assert "gate" in answer["receipt"]["evidence"]
    wait_until(lambda: "Hello from the shell." in model_api.prompts(), show=lambda: repr(model_api.prompts()))
    argv = Path(f"/proc/{found['agent_pid']}/cmdline").read_bytes().decode().split("\0")
    assert argv[-3:-1] == ["--model", "opus"]


@pytest.mark.newest
def test_gives_the_terminal_back_when_claude_ends(
    shell: Shell, shell_name: str, tmux: Tmux, llm_send: CommandLine
) -> None:
    pane = shell()
    enter(pane, "claude-auto")
    pane.wait_until(is_ready, deadline=30)
    pane.type("/exit")
    pane.wait_for("/exit")
    pane.press("Enter")
    wait_until(lambda: pane.value("#{pane_current_command}") == shell_name, show=pane.report)
    enter(pane, "echo back''again")
    pane.wait_for("\nbackagain")
    assert panes(llm_send, tmux) == []
    enter(pane, "claude-auto")  # the name is free again
    pane.wait_until(is_ready, deadline=30)
    assert [(each["name"], each["state"]) for each in panes(llm_send, tmux)] == [("claude-auto", "idle")]


@pytest.mark.parametrize("shell_name", ["bash"], indirect=True)
def test_outside_tmux_it_starts_guarded_and_says_it_cannot_be_reached(
    shell: Shell, tmux: Tmux, environment: dict[str, str]
) -> None:
    pane = shell(before="unset TMUX TMUX_PANE; ")
    enter(pane, "claude-plan 2>notice")
    screen = pane.wait_until(is_ready, deadline=30)
    assert "plan mode on" in screen
    notice = (Path(pane.value("#{pane_start_path}")) / "notice").read_text()
    assert notice == "! llm-send cannot send to this Plan Mode Claude · This terminal is not a tmux pane.\n"
    [folder] = (Path(environment["HOME"]) / ".local/state/llm-send/panes").iterdir()
    assert (folder / "want").read_text().split() == ["plan"]


@pytest.mark.parametrize("shell_name", ["bash"], indirect=True)
def test_a_terminal_inside_the_pane_is_not_taken_for_the_pane(shell: Shell, bin_folder: Path) -> None:
    (bin_folder / "claude").unlink()
    (bin_folder / "claude").write_text("#!/bin/sh\necho stand-in\n")
    (bin_folder / "claude").chmod(0o755)
    pane = shell()
    # script(1) gives its child a terminal of its own, as an editor's :terminal does, and hands TMUX_PANE on.
    enter(pane, f"script -q -c \"bash -c '. {SOURCES}/llm-send.sh; claude-plan'\" /dev/null")
    pane.wait_for("stand-in", "but something inside it")
    assert pane.value("#{@llm_send_name}") == ""


@pytest.mark.newest
@pytest.mark.parametrize(("word", "claudes"), [("normal", "default"), ("plan", "plan"), ("auto", "acceptEdits")])
def test_sets_the_mode_claude_starts_in(
    shell: Shell, shell_name: str, environment: dict[str, str], word: str, claudes: str
) -> None:
    settings = Path(environment["CLAUDE_CONFIG_DIR"]) / "settings.json"
    settings.write_text('{\n  "model": "opus"\n}\n')
    pane = shell()
    enter(pane, f"claude-mode-{word}")
    pane.wait_for("from its next start on")
    assert json.loads(settings.read_text()) == {"model": "opus", "permissions": {"defaultMode": claudes}}
    pane.press("C-l")
    enter(pane, f"claude-mode-{word}")
    pane.wait_for("already")


@pytest.mark.newest
@pytest.mark.parametrize("shell_name", ["bash"], indirect=True)
def test_claude_starts_in_the_mode_that_was_set(shell: Shell) -> None:
    pane = shell()
    enter(pane, "claude-mode-plan")
    pane.wait_for("from its next start on")
    enter(pane, "claude")
    # Claude 2.1.329 offers people with a mode of their own to make its auto mode the default instead of theirs.
    screen = pane.wait_until(lambda screen: is_ready(screen) or "No, keep" in screen, deadline=30)
    assert "plan mode on" in screen or "No, keep plan mode" in screen


@pytest.mark.newest
@pytest.mark.parametrize("shell_name", ["bash"], indirect=True)
def test_a_pane_of_ours_is_not_offered_another_mode(shell: Shell) -> None:
    pane = shell()
    enter(pane, "claude-mode-plan")
    pane.wait_for("from its next start on")
    enter(pane, "claude-normal")
    assert "manual mode on" in pane.wait_until(is_ready, deadline=30)
