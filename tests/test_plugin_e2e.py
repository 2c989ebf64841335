"""The plugin in the real Claude Code: a Claude started by hand has receipts, and is never in anybody's way."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from llm_send import __version__, guard, journal
from llm_send.actions.close import CloseRequest, close
from llm_send.actions.find import find
from llm_send.actions.plugin_claude import claude, installed
from llm_send.actions.plugin_install import PluginInstallRequest, plugin_install
from llm_send.actions.plugin_remove import PluginRemoveRequest, plugin_remove
from llm_send.actions.plugin_status import PluginStatusRequest, plugin_status
from llm_send.claude import plugin
from llm_send.config.given import Options
from llm_send.errors import Refused
from llm_send.modes import Mode
from llm_send.panes import Pane
from tests.rig import tmux as rig
from tests.rig.claude import ClaudeStarter, is_ready
from tests.rig.scene import Scene, evidence
from tests.rig.wait import wait_until

pytestmark = pytest.mark.newest


@pytest.fixture
def with_plugin(scene: Scene) -> Scene:
    plugin_install(scene.ctx, PluginInstallRequest())
    return scene


def folders(scene: Scene) -> list[Path]:
    panes = scene.ctx.paths.panes
    return sorted(panes.iterdir()) if panes.is_dir() else []


def pane_of(scene: Scene, shown: rig.Pane) -> Pane:
    return find(scene.ctx).named(shown.id)


def known(scene: Scene, shown: rig.Pane) -> Path:
    """The folder of a Claude started by hand, once its session has begun."""
    wait_until(lambda: pane_of(scene, shown).guarded, show=shown.report)
    return scene.folder(pane_of(scene, shown))


def prompts(folder: Path) -> list[str | None]:
    return [event.verdict for event in journal.events(folder) if event.name == "UserPromptSubmit"]


def submit(shown: rig.Pane, text: str) -> None:
    shown.type(text)
    shown.wait_for(text)
    shown.press("Enter")


def test_it_is_installed_and_removed_by_claudes_own_commands(scene: Scene) -> None:
    steps: list[str] = []
    result = plugin_install(scene.ctx, PluginInstallRequest(steps.append))
    assert (result.version, result.again) == (__version__, False)
    assert [step.split()[:3] for step in steps[1:]] == [
        ["claude", "plugin", "marketplace"],
        ["claude", "plugin", "install"],
    ]
    assert plugin_status(scene.ctx, PluginStatusRequest()).as_dict() == {
        "state": "installed",
        "version": __version__,
        "folder": result.folder,
        "panes": [],
    }
    assert plugin_install(scene.ctx, PluginInstallRequest()).again
    assert plugin_remove(scene.ctx, PluginRemoveRequest()).changed
    assert plugin_status(scene.ctx, PluginStatusRequest()).state == "missing"
    assert not Path(result.folder).exists()
    assert not plugin_remove(scene.ctx, PluginRemoveRequest()).changed


def test_claude_takes_the_folder_as_it_lies_there(scene: Scene) -> None:
    assert "Validation passed" in claude(scene.ctx, ["plugin", "validate", str(plugin.SOURCE)])
    for arguments in plugin.adding(plugin.SOURCE):
        claude(scene.ctx, arguments)
    assert installed(scene.ctx) == plugin.Installed(__version__, enabled=True)
    assert plugin_status(scene.ctx, PluginStatusRequest()).state == "broken"  # it does not know where we are
    copy = plugin_install(scene.ctx, PluginInstallRequest()).folder
    [known_as] = json.loads(claude(scene.ctx, ["plugin", "marketplace", "list", "--json"]))
    assert known_as["path"] == copy
    assert plugin_status(scene.ctx, PluginStatusRequest()).state == "installed"


def test_a_send_to_a_claude_started_by_hand_has_a_receipt(with_plugin: Scene, claude_pane: ClaudeStarter) -> None:
    shown = claude_pane("--permission-mode", "plan")
    folder = known(with_plugin, shown)
    pane = pane_of(with_plugin, shown)
    assert (pane.guarded, pane.lock, pane.name, pane.mode) == (True, None, None, "plan")
    assert pane.session_id
    sent = with_plugin.send("to the one started by hand", Mode.PLAN)
    assert evidence(sent)[0] == "gate"
    assert with_plugin.arrived() == ["to the one started by hand"]
    assert prompts(folder) == ["passed"]
    assert (folder / "want").read_text().strip() == guard.ANY
    status = plugin_status(with_plugin.ctx, PluginStatusRequest()).as_dict()
    assert status["panes"] == [{"id": shown.id, "name": None, "hooks": True}]


def test_nothing_typed_by_hand_is_stopped(with_plugin: Scene, claude_pane: ClaudeStarter) -> None:
    shown = claude_pane("--permission-mode", "plan")
    folder = known(with_plugin, shown)
    modes = ("plan mode on", "auto mode on", "manual mode on", "accept edits on")  # in the order of Shift+Tab
    for number, mode in enumerate(modes):
        shown.wait_for(mode)
        submit(shown, f"typed {number}")
        wait_until(lambda: len(with_plugin.arrived()) == number + 1, show=shown.report)  # noqa: B023
        shown.press("BTab")
    assert prompts(folder) == ["passed"] * len(modes)
    assert "llm-send" not in shown.screen()


def test_ours_in_another_mode_is_stopped(with_plugin: Scene, claude_pane: ClaudeStarter) -> None:
    shown = claude_pane("--permission-mode", "plan")
    known(with_plugin, shown)
    live = with_plugin.live(pane_of(with_plugin, shown))
    with live.keys() as free:
        assert free
        guard.announce(live.folder or Path(), "a" * 32, "meant for normal mode", "default")
        submit(shown, "meant for normal mode")
        shown.wait_for("This prompt was sent for normal mode")
    assert with_plugin.arrived() == []


def test_ours_mixed_with_typing_is_stopped(with_plugin: Scene, claude_pane: ClaudeStarter) -> None:
    shown = claude_pane("--permission-mode", "plan")
    known(with_plugin, shown)
    live = with_plugin.live(pane_of(with_plugin, shown))

    def meddle() -> None:
        shown.type(" and more")
        shown.press("Enter")
        shown.wait_for("something else", deadline=20)

    with pytest.raises(Refused) as refused:
        with_plugin.deliver(live, "only this", {"enter": meddle})
    assert refused.value.code == "gate_blocked"
    assert with_plugin.arrived() == []


def test_a_spawned_pane_is_left_alone(with_plugin: Scene) -> None:
    pane = with_plugin.spawn(Mode.PLAN)
    sent = with_plugin.send("to the spawned one", Mode.PLAN)
    assert evidence(sent)[0] == "gate"
    [folder] = folders(with_plugin)
    assert folder == with_plugin.folder(pane)
    assert prompts(folder) == ["passed"]
    starts = [event for event in journal.events(folder) if event.name == "SessionStart"]
    assert len(starts) == 1


def test_a_claude_without_a_box_is_left_alone(with_plugin: Scene, claude_pane: ClaudeStarter) -> None:
    """In a shell of its own, and as the tool of another."""
    shown = with_plugin.seat
    submit(shown, "claude -p 'alone [[reply I have printed]]'")
    shown.wait_for("\nI have printed", deadline=30)
    assert folders(with_plugin) == []
    outer = claude_pane("--permission-mode", "default", "--allowedTools", "Bash")
    folder = known(with_plugin, outer)
    command = {"command": "claude -p 'inside'"}
    submit(outer, f"now [[tool Bash {json.dumps(command)}]]")
    wait_until(lambda: "inside" in with_plugin.arrived(), show=outer.report, deadline=30)
    outer.wait_for("Done.", deadline=30)
    assert folders(with_plugin) == [folder]
    assert prompts(folder) == ["passed"]


def test_another_claude_in_the_same_pane_has_a_folder_of_its_own(with_plugin: Scene) -> None:
    shown = with_plugin.seat
    found = []
    for _ in range(2):
        submit(shown, "clear; claude --permission-mode plan")
        shown.wait_until(is_ready, deadline=30)
        found.append(known(with_plugin, shown))
        assert evidence(with_plugin.send("once", Mode.PLAN))[0] == "gate"
        submit(shown, "/exit")
        wait_until(lambda: not guard.armed(str(found[-1])) or _ended(with_plugin, shown), show=shown.report)
    assert found[0] != found[1]
    assert not found[0].exists()


def _ended(scene: Scene, shown: rig.Pane) -> bool:
    return all(pane.id != shown.id for pane in find(scene.ctx).panes)


@pytest.mark.parametrize("broken", ["gate.sh", "want", "pane.json", "hook.py", "everything", "the plugin"])
def test_what_is_broken_stops_no_person(with_plugin: Scene, claude_pane: ClaudeStarter, broken: str) -> None:
    shown = claude_pane("--permission-mode", "plan")
    folder = known(with_plugin, shown)
    if broken == "everything":
        shutil.rmtree(folder)
    elif broken == "the plugin":
        shutil.rmtree(plugin.place(with_plugin.ctx.environment))
    else:
        (folder / broken).unlink()
    submit(shown, "typed all the same")
    wait_until(lambda: with_plugin.arrived() == ["typed all the same"], show=shown.report)


def test_a_broken_gate_stops_what_is_announced(with_plugin: Scene, claude_pane: ClaudeStarter) -> None:
    shown = claude_pane("--permission-mode", "plan")
    folder = known(with_plugin, shown)
    guard.announce(folder, "a" * 32, "on its way", "plan")
    (folder / "gate.sh").unlink()
    submit(shown, "on its way")
    shown.wait_for("its gate failed while a text was being delivered")
    assert with_plugin.arrived() == []


def test_after_its_removal_claudes_that_run_go_on(with_plugin: Scene, claude_pane: ClaudeStarter) -> None:
    shown = claude_pane("--permission-mode", "plan")
    known(with_plugin, shown)
    assert plugin_remove(with_plugin.ctx, PluginRemoveRequest()).changed
    assert not pane_of(with_plugin, shown).guarded
    submit(shown, "still there")
    wait_until(lambda: with_plugin.arrived() == ["still there"], show=shown.report)
    assert evidence(with_plugin.send("sent without a gate", Mode.PLAN)) == ("transcript",)


def test_a_pane_of_the_persons_own_is_not_closed_unasked(with_plugin: Scene, claude_pane: ClaudeStarter) -> None:
    shown = claude_pane("--permission-mode", "plan")
    known(with_plugin, shown)
    with pytest.raises(Refused) as refused:
        close(with_plugin.ctx, CloseRequest(shown.id))
    assert refused.value.code == "policy"


def heard_tools(scene: Scene, shown: rig.Pane, tool: str) -> set[str]:
    """Our tools as the model knows them; it hears of a server's with the first prompt after that has answered."""

    def told() -> bool:
        number = len(scene.arrived())
        submit(shown, f"what have you {number}")
        wait_until(lambda: len(scene.arrived()) > number, show=shown.report)
        return tool in scene.model.log.read_text()

    wait_until(told, show=shown.report, deadline=30)
    return set(re.findall(r"mcp__[a-z_-]*llm-send__list_panes", scene.model.log.read_text()))


def test_the_tools_are_there(with_plugin: Scene, claude_pane: ClaudeStarter) -> None:
    shown = claude_pane("--permission-mode", "plan")
    assert heard_tools(with_plugin, shown, "__list_panes") == {"mcp__plugin_llm-send_llm-send__list_panes"}


def test_a_pane_with_tools_of_its_own_has_them_once(with_plugin: Scene) -> None:
    pane = with_plugin.spawn(Mode.PLAN, given=Options(sets=("mcp=true",)).given())
    assert heard_tools(with_plugin, with_plugin.screen_of(pane), "__list_panes") == {"mcp__llm-send__list_panes"}
