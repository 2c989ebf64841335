"""The plugin's own files, and its hook as Claude Code runs it, with no Claude behind it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any, get_args

import pytest

from llm_send import __version__, guard, processes
from llm_send.actions.plugin_status import State
from llm_send.claude import applied, plugin
from llm_send.claude.settings import settings
from llm_send.entry import report_plugin
from llm_send.modes import Mode
from llm_send.paths import Paths
from tests.gates import Gate, Said, as_json, event

SEAT = guard.Seat("/nowhere/tmux.sock", 1, "%0")
EVENTS = json.loads((plugin.SOURCE / "hooks/hooks.json").read_text())["hooks"]


class Hooks(Gate):
    """The plugin's hooks for a Claude that is this test's own process."""

    def command(self, event: str) -> str:
        [entry] = EVENTS[event]
        [hook] = entry["hooks"]
        return str(hook["command"])

    def raw(self, event: str, data: bytes, environment: Any = None) -> Said:
        own = {
            "CLAUDE_PLUGIN_ROOT": str(plugin.SOURCE),
            "CLAUDE_PID": str(os.getpid()),
            "XDG_STATE_HOME": str(self.folder.parents[2]),
        }
        return super().raw(event, data, own | (environment or {}))


@pytest.fixture
def hooks(tmp_path: Path) -> Hooks:
    paths = Paths(tmp_path / "config", tmp_path / "with space" / "llm-send")
    return Hooks(guard.unlocked(paths, os.environ, os.getpid(), SEAT))


def test_its_version_is_ours() -> None:
    assert plugin.version_of(plugin.SOURCE) == __version__


def test_it_hears_of_what_a_spawned_pane_hears_of() -> None:
    armed = settings(Mode.PLAN, Path("/x"), "python", "timeout")["hooks"]
    assert set(EVENTS) == set(armed)
    for name, [entry] in armed.items():
        words = entry["hooks"][0]["command"].split(" || ")[0].split()
        what = EVENTS[name][0]["hooks"][0]["command"].split(" || ")[0].split()[-2:]
        assert what == (["start", "-"] if name == "SessionStart" else words[4:6])


def test_a_copy_starts_our_program(tmp_path: Path) -> None:
    copy = plugin.place({"HOME": str(tmp_path)})
    assert copy == tmp_path / ".local/share/llm-send/claude-plugin"
    for python in ("/one/python", "/two words/python"):
        plugin.write(copy, python)
        assert plugin.python_of(copy) == python
        [server] = json.loads((copy / ".mcp.json").read_text())["mcpServers"].values()
        # As a pane with mcp = true is given it: of two alike Claude starts one.
        assert server == {**applied.server(), "command": python}
    assert [each.name for each in copy.parent.iterdir()] == [copy.name]


def test_the_copy_is_where_the_person_keeps_data(tmp_path: Path) -> None:
    assert plugin.place({"XDG_DATA_HOME": str(tmp_path)}).is_relative_to(tmp_path)
    assert plugin.place({"HOME": "/h", "XDG_DATA_HOME": "not/from/the/root"}).is_relative_to("/h")


def test_what_claude_lists_is_read() -> None:
    ours = {"id": plugin.ID, "version": "0.1.0", "scope": "user", "enabled": False}
    assert plugin.installed(json.dumps([{"id": "other@x"}, ours])) == plugin.Installed("0.1.0", enabled=False)
    assert plugin.installed("[]") is None
    for wrong in ("", "{}", "No plugins"):
        with pytest.raises(ValueError):
            plugin.installed(wrong)


def test_settings_are_found_on_a_command_line() -> None:
    assert plugin.settings_given(["claude", "--settings", "/a/b.json", "--settings=/c"]) == [
        Path("/a/b.json"),
        Path("/c"),
    ]
    assert plugin.settings_given(["claude", "--settings"]) == []


@pytest.mark.parametrize("mode", ["default", "plan", "acceptEdits", "auto", "bypassPermissions"])
def test_a_typed_prompt_passes_in_any_mode(hooks: Hooks, mode: str) -> None:
    said = hooks.prompt("typed", mode)
    assert (said.code, said.printed, said.error) == (0, {}, "")
    [recorded] = hooks.events()
    assert recorded["permission_mode"] == mode
    assert recorded["llm_send"] == {"verdict": "passed", "pid": os.getpid()}
    assert hooks.holds("typed") == []


def test_a_typed_prompt_passes_while_a_send_is_under_way(hooks: Hooks) -> None:
    hooks.expect("something else")
    said = hooks.prompt("typed", "acceptEdits")
    assert (said.code, said.printed) == (0, {})


@pytest.mark.parametrize("quick", [True, False])
def test_ours_passes_in_its_mode_alone(hooks: Hooks, quick: bool) -> None:  # noqa: FBT001
    hooks.expect("ours", "plan", quick=quick)
    assert "in normal mode" in hooks.prompt("ours", "default").reason
    hooks.expect("ours", "plan", quick=quick)
    assert hooks.prompt("ours", "plan").printed == {}
    assert [each["llm_send"]["verdict"] for each in hooks.events()] == ["passed"]  # of one id there is one record


def test_ours_with_something_else_is_stopped(hooks: Hooks) -> None:
    hooks.expect("ours", "plan")
    assert hooks.prompt("ours and more", "plan").blocked


def test_tools_are_recorded_and_settled(hooks: Hooks) -> None:
    hooks.tool("toolu_1")
    assert hooks.pending() == ["toolu_1"]
    hooks.done("toolu_1")
    assert hooks.pending() == []


def test_another_session_of_the_same_claude_is_noted(hooks: Hooks) -> None:
    hooks.run("SessionStart", source="clear")
    assert [each["hook_event_name"] for each in hooks.events()] == ["SessionStart"]


def test_a_claude_without_a_folder_is_left_alone(hooks: Hooks) -> None:
    other = {"CLAUDE_PID": str(processes.parent(os.getpid()))}
    for name in EVENTS:
        assert hooks.raw(name, as_json(event(name, prompt="typed")), other).code == 0
    assert hooks.events() == []
    assert [each.name for each in hooks.folder.parent.iterdir()] == [hooks.folder.name]


def test_one_that_does_not_say_who_it_is_is_found_all_the_same(hooks: Hooks) -> None:
    data = as_json(event("UserPromptSubmit", prompt="typed"))
    assert hooks.raw("UserPromptSubmit", data, {"CLAUDE_PID": ""}).code == 0
    [recorded] = hooks.events()
    assert recorded["llm_send"] == {"verdict": "passed", "pid": 0}


@pytest.mark.parametrize("pid", ["0", "1 2", "no", "99999999"])
def test_a_strange_pid_stops_nothing(hooks: Hooks, pid: str) -> None:
    said = hooks.raw("UserPromptSubmit", as_json(event("UserPromptSubmit", prompt="typed")), {"CLAUDE_PID": pid})
    assert (said.code, said.printed) == (0, {})


@pytest.mark.parametrize("gone", ["gate.sh", "want", "pane.json", "python", "events"])
def test_what_is_broken_stops_nothing_typed(hooks: Hooks, gone: str) -> None:
    (hooks.folder / gone).rename(hooks.folder / f"{gone}.away")
    for name in EVENTS:
        said = hooks.raw(name, as_json(event(name, prompt="typed")))
        assert (said.code, said.printed) == (0, {})


def test_without_the_plugin_nothing_is_stopped(hooks: Hooks, tmp_path: Path) -> None:
    for name in EVENTS:
        assert hooks.raw(name, b"{}", {"CLAUDE_PLUGIN_ROOT": str(tmp_path / "gone")}).code == 0


def test_a_broken_gate_stops_while_ours_is_announced(hooks: Hooks) -> None:
    file = hooks.expect("ours")
    hooks.without("gate.sh")
    assert hooks.prompt("ours").blocked
    denied = hooks.tool().printed["hookSpecificOutput"]
    assert denied["permissionDecision"] == "deny"
    assert hooks.run("Stop").printed == {}
    mode, digest, length, rolling, _ = file.read_text().partition("\n")[0].split()
    file.write_text(f"{mode} {digest} {length} {rolling} {time.time() - 5}\n\n")
    assert not hooks.prompt("ours").blocked  # nobody waits for it any more


def test_a_sender_that_has_died_stops_nothing(hooks: Hooks) -> None:
    hooks.expect("ours").unlink()
    hooks.without("gate.sh")
    assert not hooks.prompt("typed").blocked
    guard.want(hooks.folder, "ask")
    assert not hooks.prompt("typed").blocked


def test_nothing_is_made_outside_of_tmux(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    plugin.write(copy, str(tmp_path / "python"))
    (tmp_path / "python").write_text(f"#!/bin/sh\ntouch {tmp_path}/asked\n")
    (tmp_path / "python").chmod(0o700)
    asked = tmp_path / "asked"

    def start(**environment: str) -> bool:
        asked.unlink(missing_ok=True)
        own = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CLAUDE_PID": str(os.getpid()), **environment}
        argv = ["sh", str(copy / "hooks/hook.sh"), "start", "-"]
        assert subprocess.run(argv, env=own, input=b"{}", timeout=10).returncode == 0
        return asked.exists()

    assert not start()
    assert not start(TMUX_PANE="%0", CLAUDE_CODE_ENTRYPOINT="sdk-cli")
    assert start(TMUX_PANE="%0", CLAUDE_CODE_ENTRYPOINT="cli")
    assert start(TMUX_PANE="%0")


def test_a_folder_for_a_person_is_whole_and_keeps_no_mode(hooks: Hooks) -> None:
    card = guard.armed_card(str(hooks.folder))
    assert card
    assert (card.lock, card.anchor_pid, card.pane) == ("", os.getpid(), "%0")
    assert (hooks.folder / "want").read_text().strip() == guard.ANY
    assert (hooks.folder.stat().st_mode & 0o777, hooks.folder.name) == (
        0o700,
        f"claude-{os.getpid()}-{processes.start_time(os.getpid())}",
    )


def test_only_folders_of_that_kind_are_forgotten(hooks: Hooks, tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config", hooks.folder.parents[1])
    locked = guard.arm(paths, Mode.PLAN, "warn", os.environ)
    bare = guard.unarmed(paths, "warn")
    guard.forget_unlocked(paths)
    assert sorted(paths.panes.iterdir()) == sorted([locked, bare])


@pytest.mark.speed
def test_it_is_quick(hooks: Hooks) -> None:
    """A prompt, and one of a Claude that is none of ours; with the shell that Claude starts for it. The quickest of
    many: what else the machine does is not ours."""
    data = as_json(event("UserPromptSubmit", prompt="x" * 1000))
    for pid in (os.getpid(), 1):
        took = min(hooks.raw("UserPromptSubmit", data, {"CLAUDE_PID": str(pid)}).seconds for _ in range(30))
        assert took < 0.015


def status(state: str, *panes: tuple[str, bool]) -> list[str]:
    shown = [{"id": id, "name": None, "hooks": hooks} for id, hooks in panes]  # noqa: A001
    return report_plugin.status({"state": state, "version": "0.1.0", "folder": "~/x", "panes": shown})


def test_what_people_read() -> None:
    assert status("installed", ("%1", True), ("%2", False), ("%3", False)) == [
        "✓ Claude Code has the plugin, version 0.1.0 · ~/x",
        "✓ Hooks run in %1",
        "! No hooks in %2, %3 · Start Claude there again: claude --continue",
    ]
    assert status("missing") == ["! Claude Code does not have the plugin · Add it with: llm-send plugin install"]
    assert set(report_plugin.STATES) == set(get_args(State))
    done = {"installed": True, "version": "0.1.0", "folder": "~/x", "again": True}
    [line] = report_plugin.install(done)
    assert line == "✓ Plugin replaced, version 0.1.0 · Claudes you start from now on have it"
    assert report_plugin.remove({"changed": False}) == ["✓ There was no plugin"]
