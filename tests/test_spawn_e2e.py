"""Panes opened by us, with the real Claude Code: in the right mode, private, and without a word typed into a shell."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from llm_send import confined, processes
from llm_send.actions.close import CloseRequest, close
from llm_send.actions.list_panes import ListRequest, list_panes
from llm_send.actions.set_mode import SetModeRequest, set_mode
from llm_send.actions.spawn import SpawnRequest, spawn
from llm_send.actions.starting import StartRefused
from llm_send.errors import LlmSendError, Refused, UsageError
from llm_send.modes import Mode
from tests.rig.claude import ClaudeStarter
from tests.rig.scene import Scene
from tests.rig.wait import wait_until


@pytest.mark.parametrize("mode", list(Mode))
def test_ready_and_verified(scene: Scene, mode: Mode) -> None:
    pane = scene.spawn(mode)
    assert (pane.name, pane.mode, pane.lock) == (mode.pane_name, mode.value, mode.value)
    assert (pane.verified, pane.mode_source, pane.state, pane.guarded) == (True, "screen", "idle", True)
    assert pane.agent_pid == pane.pid
    assert pane.session_id


@pytest.mark.newest
def test_names_are_unique(scene: Scene) -> None:
    names = [scene.spawn(Mode.PLAN).name for _ in range(2)]
    assert names == ["claude-plan", "claude-plan-2"]
    with pytest.raises(LlmSendError) as caught:
        scene.spawn(Mode.NORMAL, name="claude-plan")
    assert caught.value.code == "name_taken"
    assert len(scene.server.panes()) == 3


@pytest.mark.parametrize("where", ["h", "v", "window"])
def test_the_focus_stays(scene: Scene, where: str) -> None:
    scene.server.run("resize-window", "-t", scene.seat.id, "-x", "200", "-y", "60")
    pane = scene.spawn(Mode.PLAN, where=where)
    assert scene.seat.value("#{window_active}#{pane_active}") == "11"
    same = scene.seat.value("#{window_id}") == scene.screen_of(pane).value("#{window_id}")
    assert same == (where != "window")


def test_focus_when_asked(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN, where="window", focus=True)
    assert scene.screen_of(pane).value("#{window_active}#{pane_active}") == "11"


def test_a_session_is_made_when_missing(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN, where="session", session="agents")
    other = scene.spawn(Mode.NORMAL, where="session", session="agents")
    assert (pane.session, other.session) == ("agents", "agents")


@pytest.mark.newest
def test_the_settings_reach_claude_and_are_private(scene: Scene) -> None:
    pane = scene.spawn(Mode.AUTO_ACCEPT)
    folder = scene.folder(pane)
    settings = json.loads((folder / "settings.json").read_text())
    assert settings["permissions"]["defaultMode"] == "acceptEdits"
    assert settings["disableAutoMode"] == "disable"
    assert settings["permissions"]["disableBypassPermissionsMode"] == "disable"
    argv = processes.argv(pane.pid) or []
    assert argv[argv.index("--permission-mode") + 1] == "acceptEdits"
    assert argv[argv.index("--settings") + 1] == str(folder / "settings.json")
    for path in (folder, *folder.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path
    screen = scene.screen_of(pane)
    seen = set()
    for _ in range(4):
        screen.press("BTab")
        before = scene.live(pane).look().mode
        seen.add(before)
    assert "auto" not in seen
    assert "bypassPermissions" not in seen


@pytest.mark.newest
def test_the_environment(scene: Scene) -> None:
    for name in ("CLAUDECODE", "CLAUDE_CODE_SESSION_ID", "CLAUDE_PID"):
        scene.server.run("set-environment", "-g", name, "of-another-claude")
    scene.server.run("set-environment", "-g", "GIT_EDITOR", "true")
    scene.server.run("set-environment", "-g", "CLAUDE_CODE_USE_BEDROCK", "0")
    pane = scene.spawn(Mode.PLAN, env=(("EXTRA", "a b=c;"),))
    environment = processes.environ_of(pane.pid) or {}
    assert environment["EXTRA"] == "a b=c;"
    assert environment["PATH"] == scene.ctx.environment["PATH"]
    assert environment["CLAUDE_CODE_USE_BEDROCK"] == "0"
    assert not {"CLAUDECODE", "CLAUDE_CODE_SESSION_ID", "CLAUDE_PID", "GIT_EDITOR"} & set(environment)


@pytest.mark.newest
def test_arguments_are_passed_on_and_contradictions_refused(scene: Scene) -> None:
    odd = scene.project / "odd name; $HOME"
    odd.mkdir()
    pane = scene.spawn(Mode.PLAN, command=("claude", "--add-dir", str(odd)))
    assert str(odd) in (processes.argv(pane.pid) or [])
    for word in ("--permission-mode=plan", "--settings", "--dangerously-skip-permissions", "-p"):
        with pytest.raises(UsageError):
            scene.spawn(Mode.PLAN, command=("claude", word))
    with pytest.raises(UsageError, match="not Claude"):
        scene.spawn(Mode.PLAN, command=("cat",))


@pytest.mark.newest
def test_a_trust_dialog_is_reported_and_left_alone(scene: Scene, place: Path) -> None:
    untrusted = place / "untrusted"
    untrusted.mkdir()
    with pytest.raises(StartRefused) as caught:
        scene.spawn(Mode.PLAN, cwd=str(untrusted))
    assert caught.value.code == "waiting"
    pane = list_panes(scene.ctx, ListRequest()).panes[0]
    assert pane.as_dict() == caught.value.result["pane"]
    assert pane.state == "waiting"
    assert "trust" in scene.screen_of(pane).screen().lower()
    result = scene.send("must not arrive", Mode.PLAN)
    assert (result.outcome, result.reason) == ("refused", "waiting")
    assert "❯ No, exit" in scene.screen_of(pane).screen()


@pytest.mark.newest
def test_a_claude_that_ignores_its_mode(scene: Scene, place: Path, claude_program: Path) -> None:
    """As a managed policy may make it do."""
    own = place / "own"
    own.mkdir()
    (own / "claude").write_text(f'#!/bin/sh\nexec {claude_program} "$@" --permission-mode acceptEdits\n')
    (own / "claude").chmod(0o700)
    with pytest.raises(LlmSendError) as caught:
        scene.spawn(Mode.PLAN, command=(str(own / "claude"),))
    assert caught.value.code == "mode_drift"
    assert "Auto-Accept Mode, not in Plan Mode" in caught.value.message


@pytest.mark.newest
def test_claude_not_found(scene: Scene) -> None:
    nowhere = replace(scene.ctx, environment={**scene.ctx.environment, "PATH": "/usr/bin:/bin"})
    with pytest.raises(LlmSendError) as caught:
        replace(scene, ctx=nowhere).spawn(Mode.PLAN)
    assert caught.value.code == "no_claude"
    assert len(scene.server.panes()) == 1


def test_claude_that_ends_at_once(scene: Scene) -> None:
    with pytest.raises(LlmSendError) as caught:
        scene.spawn(Mode.PLAN, command=("claude", "--no-such-flag"))
    assert caught.value.code == "start_failed"
    assert "no-such-flag" in caught.value.message
    assert len(scene.server.panes()) == 1
    assert list(scene.ctx.paths.panes.iterdir()) == []


def test_no_room(scene: Scene) -> None:
    scene.server.run("resize-window", "-t", scene.seat.id, "-x", "60", "-y", "15")
    with pytest.raises(LlmSendError) as caught:
        scene.spawn(Mode.PLAN, where="h")
    assert caught.value.code == "too_small"
    assert len(scene.server.panes()) == 1


@pytest.mark.newest
def test_hooks_switched_off_are_noticed(scene: Scene, environment: dict[str, str]) -> None:
    settings = Path(environment["CLAUDE_CONFIG_DIR"]) / "settings.json"
    settings.write_text(json.dumps({"disableAllHooks": True}))
    result = spawn(scene.ctx, SpawnRequest(mode=Mode.PLAN, where="window"))
    assert (result.pane.name, result.pane.mode, result.pane.lock) == ("claude-plan", "plan", None)
    assert not result.pane.guarded
    assert "hooks do not run" in (result.note or "")
    (shown,) = list_panes(scene.ctx, ListRequest()).panes
    assert (shown.name, shown.lock, shown.guarded) == ("claude-plan", None, False)
    sent = scene.send("no hook, but a transcript", Mode.PLAN)
    assert sent.outcome == "delivered"
    assert sent.receipt
    assert sent.receipt.evidence == ("transcript",)


@pytest.mark.newest
def test_hooks_switched_off_later_are_noticed_by_the_next_send(scene: Scene, environment: dict[str, str]) -> None:
    scene.spawn(Mode.PLAN)
    settings = Path(environment["CLAUDE_CONFIG_DIR"]) / "settings.json"
    settings.write_text(json.dumps({"disableAllHooks": True}))
    result = scene.send("who is there?", Mode.PLAN)
    for _ in range(3):  # Claude takes a moment to read them anew
        result = scene.send("who is there now?", Mode.PLAN)
    assert result.outcome == "delivered"
    assert result.receipt
    assert result.receipt.evidence == ("transcript",)
    assert "not locked any more" in (result.hint or "")
    (shown,) = list_panes(scene.ctx, ListRequest()).panes
    assert (shown.lock, shown.guarded) == (None, False)


def test_close_and_what_is_left(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    folder = scene.folder(pane)
    closed = close(scene.ctx, CloseRequest(pane="claude-plan")).pane
    assert closed.state == "gone"
    assert not folder.exists()
    wait_until(lambda: not processes.alive(pane.pid, ""))
    assert list_panes(scene.ctx, ListRequest()).panes == ()


@pytest.mark.newest
def test_closing_asks_for_force(scene: Scene, claude_pane: ClaudeStarter) -> None:
    own = claude_pane()
    with pytest.raises(Refused, match="not opened by llm-send"):
        close(scene.ctx, CloseRequest(pane=own.id))
    scene.spawn(Mode.PLAN)
    scene.send("[[slow 30]] think", Mode.PLAN)
    with pytest.raises(Refused, match="busy"):
        close(scene.ctx, CloseRequest(pane="claude-plan"))
    assert close(scene.ctx, CloseRequest(pane="claude-plan", force=True)).pane.state == "gone"


def test_the_folder_goes_with_the_pane(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    folder = scene.folder(pane)
    scene.server.run("kill-pane", "-t", pane.id)
    wait_until(lambda: not processes.alive(pane.pid, ""))
    list_panes(scene.ctx, ListRequest())
    assert not folder.exists()
    assert confined.sweep(scene.ctx.paths, {}, processes.wall_clock()) == []


@pytest.mark.newest
def test_modes_of_running_panes(scene: Scene, claude_pane: ClaudeStarter) -> None:
    own = claude_pane("--permission-mode", "default")
    for mode in (Mode.PLAN, Mode.AUTO_ACCEPT, Mode.NORMAL):
        assert set_mode(scene.ctx, SetModeRequest(own.id, mode)).pane.mode == mode.value
    locked = scene.spawn(Mode.PLAN)
    with pytest.raises(Refused, match="locked to Plan Mode"):
        set_mode(scene.ctx, SetModeRequest(locked.id, Mode.NORMAL))
    scene.screen_of(locked).press("BTab")
    scene.screen_of(locked).wait_for("manual mode on")
    assert set_mode(scene.ctx, SetModeRequest(locked.id, Mode.PLAN)).pane.mode == "plan"


@pytest.mark.newest
def test_the_mode_of_a_pane_in_use_stays(scene: Scene) -> None:
    """Shift+Tab would go into a draft, a dialog, or the middle of a send."""
    pane = scene.spawn(Mode.PLAN)
    screen = scene.screen_of(pane)
    screen.press("BTab")
    screen.wait_for("manual mode on")
    back = SetModeRequest(pane.id, Mode.PLAN)
    with scene.live(pane).keys(), pytest.raises(Refused, match="A send to claude-plan is under way"):
        set_mode(scene.ctx, back)
    screen.type("half a thought")
    screen.wait_for("half a thought")
    with pytest.raises(Refused, match="unsent text"):
        set_mode(scene.ctx, back)
    screen.press("C-u")
    wait_until(lambda: scene.live(pane).look().screen.empty_box)
    screen.type("[[slow 60]] think")
    screen.press("Enter")
    wait_until(lambda: scene.live(pane).look().state == "busy", show=screen.report)
    with pytest.raises(Refused, match="is busy"):
        set_mode(scene.ctx, back)
    assert "manual mode on" in screen.screen()
