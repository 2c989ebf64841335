"""The rig keeps its own promises: nothing gets out, the real programs start, a prompt arrives byte for byte."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from offline.model_api import ModelApi
from tests.rig import guard, leaks
from tests.rig.claude import ClaudeStarter
from tests.rig.fixtures import DiskMaker, EditorStarter
from tests.rig.nvim import Editor
from tests.rig.programs import REPOSITORY
from tests.rig.tmux import Tmux
from tests.rig.wait import wait_until

WORDS = {"default": "manual mode on", "plan": "plan mode on", "acceptEdits": "accept edits on"}


def test_real_home_cannot_be_written() -> None:
    with pytest.raises(OSError, match="Read-only") as caught:
        (guard.real_home() / "llm-send-was-here").touch()
    assert caught.value.errno == errno.EROFS


def test_no_network() -> None:
    with socket.socket() as any_socket:
        assert any_socket.connect_ex(guard.SOMEBODY_ELSE) == errno.ENETUNREACH


def test_guard_refuses_the_real_home(tmp_path: Path) -> None:
    with pytest.raises(guard.UnguardedError, match="own"):
        guard.home_is_out_of_reach(tmp_path, tmp_path)
    with pytest.raises(guard.UnguardedError, match="can be written"):
        guard.home_is_out_of_reach(Path("/"), tmp_path)


def test_guard_refuses_a_network() -> None:
    with pytest.raises(guard.UnguardedError, match="eth0"):
        guard.network_is_out_of_reach(["lo", "eth0"])


def test_unguarded_run_stops_before_the_first_test() -> None:
    argv = [sys.executable, "-m", "pytest", "-k", "test_no_network"]
    environment = {**os.environ, "HOME": str(guard.real_home())}
    done = subprocess.run(argv, env=environment, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 3
    assert "refused: HOME is the account's own" in done.stdout + done.stderr


def test_file_modes_count_for_root_too(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.touch(mode=0o000)
    with pytest.raises(PermissionError):
        secret.read_text()


def test_tiny_disk_is_soon_full(tiny_disk: DiskMaker) -> None:
    with pytest.raises(OSError, match="No space left"):
        (tiny_disk("16k") / "file").write_bytes(b"x" * 100_000)


def test_waiting_fails_with_what_was_seen() -> None:
    with pytest.raises(AssertionError, match=r"not so after 0.05 s; last value: 0\nscreen"):
        wait_until(lambda: 0, deadline=0.05, show=lambda: "screen")


def test_detached_processes_are_found(place: Path) -> None:
    environment = {leaks.MARK: str(place)}
    process = subprocess.Popen(["sleep", "60"], env=environment, start_new_session=True)
    found = wait_until(lambda: leaks.started_by(place))
    assert [each.pid for each in found] == [process.pid]
    leaks.kill(found)
    process.wait()
    assert leaks.started_by(place) == []


def test_pane_shows_what_it_runs(tmux: Tmux, project: Path) -> None:
    pane = tmux.new_pane(["sh"], cwd=project, environment={"GREETING": "hello"})
    pane.type("echo $GREETING from $PWD")
    pane.press("Enter")
    pane.wait_for(f"hello from {project}")
    assert tmux.new_pane(["cat"]).value("#{session_name}") == "main"
    assert tmux.new_pane(["cat"], session="other").value("#{session_name}") == "other"
    assert len(tmux.panes()) == 3


@pytest.mark.newest
@pytest.mark.parametrize("mode", WORDS)
def test_claude_takes_a_prompt_byte_for_byte(claude_pane: ClaudeStarter, model_api: ModelApi, mode: str) -> None:
    pane = claude_pane("--permission-mode", mode)
    assert WORDS[mode] in pane.screen()
    text = 'Grüße  "quoted" \\n $HOME `id` 漢字 🙂\n  second line'
    pane.paste(text)
    pane.wait_for("second line")
    pane.press("Enter")
    wait_until(model_api.prompts, show=pane.report)
    assert model_api.prompts() == [text]
    pane.wait_for("Understood.")


@pytest.mark.newest
def test_prompts_of_a_busy_claude(claude_pane: ClaudeStarter, model_api: ModelApi) -> None:
    pane = claude_pane("--permission-mode", "plan")
    prompts = ['[[slow 1]] [[tool Bash {"command":"ls","description":"list"}]]', "sent\nmid-turn", "after"]
    for prompt, seen in zip(prompts, ["esc to interrupt", "Queued", "Done."], strict=False):
        pane.paste(prompt)
        pane.wait_for(prompt.splitlines()[-1])
        pane.press("Enter")
        pane.wait_for(seen)
        if seen == "Queued":
            pane.wait_for("Done.")
    wait_until(lambda: len(model_api.prompts()) == 3, show=pane.report)
    assert model_api.prompts() == prompts


def test_editor_has_the_plugin_on_its_path(editor: Editor) -> None:
    assert str(REPOSITORY) in editor.api.options["runtimepath"].split(",")
    assert editor.lua("return vim.env.TMUX") is None


def test_editor_in_a_pane_takes_keys(editor_pane: EditorStarter) -> None:
    opened = editor_pane("notes.txt")
    assert opened.pane is not None
    opened.pane.type("ihello")
    opened.pane.press("Escape")
    opened.wait_until(lambda: opened.api.current.line == "hello")
    opened.pane.wait_for("hello", "notes.txt")
