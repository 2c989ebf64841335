"""Panes that are each their own Claude, proven by what the real Claude Code asks its model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from llm_send.actions.config_show import ConfigShowRequest, config_show
from llm_send.actions.configure import SetRequest, SetResult, set_config
from llm_send.actions.fork import ForkRequest, fork
from llm_send.actions.spawn import SpawnRequest
from llm_send.config.given import Options
from llm_send.errors import LlmSendError, Refused, UsageError
from llm_send.modes import Mode
from llm_send.panes import Pane
from offline.compare import requests
from offline.model_api import SUMMARY, SUMMED_UP
from tests.rig.scene import Scene, ended
from tests.rig.wait import wait_until

HAIKU, OPUS = "claude-haiku-3-5-20241022", "claude-opus-4-5-20251101"


def spawned(scene: Scene, mode: Mode = Mode.NORMAL, **config: Any) -> Pane:
    return scene.spawn(mode, given=Options(config=config).given())


def said(scene: Scene, pane: Pane, text: str) -> dict[str, Any]:
    """The request of the main conversation with this text, once Claude is idle again."""
    assert ended(scene.send(text, pane=pane.name)) == ("delivered", None)
    found = wait_until(lambda: next((each for each in requests(scene.model.log) if has(each, text)), None))
    idle(scene, pane)
    return found or {}


def has(request: Mapping[str, Any], text: str) -> bool:
    return json.dumps(text)[1:-1] in json.dumps(request["messages"])


def idle(scene: Scene, pane: Pane) -> None:
    wait_until(lambda: scene.live(pane).look().state == "idle", 20, show=scene.screen_of(pane).report)


def changed(scene: Scene, pane: Pane, *sets: str, **more: Any) -> SetResult:
    given = Options(sets=sets, **more).given()
    assert given
    return set_config(scene.ctx, SetRequest(pane.name or "", given))


@pytest.mark.newest
def test_two_panes_side_by_side(scene: Scene) -> None:
    fast = spawned(scene, model=HAIKU, temperature=0.7, max_output_tokens=7777, effort="low")
    heavy = spawned(scene, model=OPUS)
    one, other = said(scene, fast, "to the fast one"), said(scene, heavy, "to the heavy one")
    assert (one["model"], one["temperature"], one["max_tokens"]) == (HAIKU, 0.7, 7777)
    assert "thinking" not in one, "the API takes no temperature beside it"
    assert other["model"] == OPUS
    assert "temperature" not in other
    assert other["max_tokens"] != 7777


@pytest.mark.newest
def test_a_pane_with_no_configuration_asks_what_plain_claude_asks(scene: Scene) -> None:
    ours = said(scene, scene.spawn(Mode.NORMAL), "hello")
    plain = scene.server.new_pane(["claude", "--permission-mode", "default"], cwd=scene.project)
    plain.wait_for("manual mode on")
    plain.type("hello")
    plain.wait_for("hello")
    plain.press("Enter")
    theirs = wait_until(lambda: next((each for each in list(requests(scene.model.log))[1:]), None), show=plain.report)
    assert theirs
    own = ("messages", "metadata", "safeguards", "diagnostics")  # the session's own
    assert {key: ours.get(key) for key in ours if key not in own} == {
        key: theirs.get(key) for key in theirs if key not in own
    }


@pytest.mark.newest
@pytest.mark.parametrize("limit", [20_000, 50_000, 150_000])
def test_a_context_limit_is_where_it_compacts(scene: Scene, limit: int) -> None:
    pane = spawned(scene, context_limit=limit)
    said(scene, pane, f"[[used {limit * 99 // 100}]] below")
    said(scene, pane, f"[[used {limit * 101 // 100}]] above")
    assert not compactions(scene)
    after = said(scene, pane, "what was said up to now?")
    assert compactions(scene) == 1
    assert not has(after, "above"), "the summary stands for it"
    assert has(after, SUMMED_UP.partition(">")[2].partition("<")[0])


def compactions(scene: Scene) -> int:
    return sum(SUMMARY in json.dumps(each["messages"][-1]) for each in requests(scene.model.log))


@pytest.mark.newest
def test_tools_are_denied_allowed_and_see_the_panes_own_variables(scene: Scene) -> None:
    call = json.dumps({"command": "echo $ROLE > role.txt", "description": "say it"})
    worker = spawned(scene, env={"ROLE": "a worker"}, permissions={"allow": ["Bash"]})
    said(scene, worker, f"[[tool Bash {call}]] say it")
    wait_until((scene.project / "role.txt").exists, show=scene.screen_of(worker).report)
    assert (scene.project / "role.txt").read_text() == "a worker\n"
    (scene.project / "role.txt").unlink()
    reviewer = spawned(scene, permissions={"deny": ["Bash"]})
    asked = said(scene, reviewer, f"[[tool Bash {call}]] say it again")
    assert "Bash" not in [tool["name"] for tool in asked["tools"]]
    assert not (scene.project / "role.txt").exists()


@pytest.mark.newest
def test_words_for_the_system_prompt_and_servers_of_its_own(scene: Scene, tmp_path: Path) -> None:
    server = tmp_path / "server.py"
    server.write_text(SERVER)
    own = {"echo": {"command": "python3", "args": [str(server), str(tmp_path / "asked")]}}
    pane = spawned(scene, system_prompt="Speak like a sailor.", mcp_servers=own, mcp_only=True)
    asked = said(scene, pane, "hello")
    assert "Speak like a sailor." in json.dumps(asked["system"])
    wait_until((tmp_path / "asked").exists, 20)
    wait_until(lambda: "mcp__echo__shout" in json.dumps(said(scene, pane, f"tools? {uuid4()}")), 20)


@pytest.mark.newest
def test_a_status_line_of_its_own(scene: Scene) -> None:
    scene.screen_of(spawned(scene, status_line="echo fast worker")).wait_for("fast worker")


@pytest.mark.newest
def test_a_fallback_when_the_model_is_overloaded(scene: Scene) -> None:
    pane = spawned(scene, model=OPUS, fallback_model=HAIKU)
    scene.send("[[status 529]] ask", pane=pane.name)
    wait_until(lambda: HAIKU in [each["model"] for each in requests(scene.model.log)], 20)


@pytest.mark.newest
def test_what_claude_has_no_way_to_do_is_refused(scene: Scene) -> None:
    for config in (
        {"settings": {"disableAllHooks": True}},
        {"local_only": True, "isolate_fs": True, "env": {"CLAUDE_CODE_USE_BEDROCK": "1"}},
        {"env": {"CLAUDE_CONFIG_DIR": "/x"}},
    ):
        with pytest.raises(LlmSendError, match="cannot be"):
            spawned(scene, **config)
    assert [row.name for row in scene.ctx.tmux.rows() if row.name] == []


@pytest.mark.newest
def test_show_says_what_a_running_pane_was_given(scene: Scene) -> None:
    pane = spawned(scene, model=OPUS)
    shown = config_show(scene.ctx, ConfigShowRequest(pane.name)).resolved
    assert shown.values["model"] == OPUS
    assert shown.origins["model"].where == "--config"
    assert config_show(scene.ctx, ConfigShowRequest("another")).resolved.values == {}
    nobody = replace(scene.ctx, tmux=replace(scene.ctx.tmux, socket_path=f"{scene.project}/none"))
    assert config_show(nobody, ConfigShowRequest(pane.name)).resolved.values == {}
    program = scene.project / "bin/tmux"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho server exited unexpectedly >&2\nexit 1\n")
    program.chmod(0o700)
    broken = replace(scene.ctx, tmux=replace(scene.ctx.tmux, environment={"PATH": str(program.parent)}))
    with pytest.raises(LlmSendError, match="server exited unexpectedly"):
        config_show(broken, ConfigShowRequest(pane.name))


# A running pane


def test_set_goes_on_with_the_same_conversation(scene: Scene) -> None:
    pane = spawned(scene, Mode.PLAN, model=OPUS)
    assert said(scene, pane, "remember the word lighthouse")["model"] == OPUS
    result = changed(scene, pane, f"model={HAIKU}", "temperature=0.3")
    assert [change.key for change in result.changes] == ["model", "temperature"]
    same = (result.pane.id, result.pane.name, result.pane.mode, result.pane.lock)
    assert same == (pane.id, "claude-plan", "plan", "plan")
    asked = said(scene, pane, "which word was it")
    assert (asked["model"], asked["temperature"]) == (HAIKU, 0.3)
    assert has(asked, "remember the word lighthouse"), "the earlier turns are in the request"
    assert changed(scene, pane, "temperature=0.3").changes == ()


@pytest.mark.newest
def test_set_before_anything_was_said(scene: Scene) -> None:
    pane = spawned(scene)
    changed(scene, pane, f"model={HAIKU}")
    assert said(scene, pane, "hello")["model"] == HAIKU


@pytest.mark.newest
def test_set_keeps_what_was_given_before(scene: Scene) -> None:
    pane = spawned(scene, model=OPUS, env={"ROLE": "x"})
    assert said(scene, pane, "one")["model"] == OPUS
    changed(scene, pane, "max_output_tokens=6000")
    asked = said(scene, pane, "two")
    assert (asked["model"], asked["max_tokens"]) == (OPUS, 6000)
    changed(scene, pane, preset="haiku-worker")
    assert "haiku" in said(scene, pane, "three")["model"]


@pytest.mark.newest
def test_whoever_asks_it_is_the_panes_own_claude(scene: Scene) -> None:
    """Its program and its PATH are those it was opened with, and not those of the shell that asks."""
    pane = spawned(scene, permissions={"allow": ["Bash"]})
    said(scene, pane, "remember the word lighthouse")
    asker = replace(scene.ctx, environment={**scene.ctx.environment, "PATH": "/usr/bin:/bin"})
    given = Options(sets=(f"model={HAIKU}",)).given()
    assert given
    set_config(asker, SetRequest(pane.name or "", given))
    fork(asker, ForkRequest(pane.name or "", SpawnRequest(name="copy", where="window")))
    for name in (pane.name, "copy"):
        call = json.dumps({"command": f"echo $PATH > {name}.txt", "description": "say it"})
        assert ended(scene.send(f"[[tool Bash {call}]] say it", pane=name)) == ("delivered", None)
        wait_until((scene.project / f"{name}.txt").exists)
        path = (scene.project / f"{name}.txt").read_text().strip()
        assert scene.ctx.environment["PATH"] in path


@pytest.mark.newest
def test_set_leaves_a_pane_alone_that_is_not_at_rest(scene: Scene) -> None:
    pane = spawned(scene, Mode.PLAN, model=OPUS)
    screen = scene.screen_of(pane)
    scene.send("[[hold turn]] think", Mode.PLAN)
    with pytest.raises(Refused, match="is busy"):
        changed(scene, pane, f"model={HAIKU}")
    scene.model.release("turn")
    idle(scene, pane)
    screen.type("half a thought")
    screen.wait_for("half a thought")
    with pytest.raises(Refused, match="unsent text"):
        changed(scene, pane, f"model={HAIKU}")
    assert scene.live(pane).row.pid == pane.pid


@pytest.mark.newest
def test_set_asks_and_does_nothing_without_a_yes(scene: Scene) -> None:
    pane = spawned(scene, model=OPUS)
    given = Options(sets=(f"model={HAIKU}",)).given()
    assert given
    asked: list[object] = []

    def no(changes: object, lost: object) -> bool:
        asked.append((changes, lost))
        return False

    with pytest.raises(Refused, match="left as it is"):
        set_config(scene.ctx, SetRequest(pane.name or "", given, no))
    assert len(asked) == 1
    trial = set_config(scene.ctx, SetRequest(pane.name or "", given, trial=True))
    assert [(change.key, change.before, change.after) for change in trial.changes] == [("model", OPUS, HAIKU)]
    assert trial.lost
    assert scene.live(pane).row.pid == pane.pid


def test_set_goes_back_when_claude_does_not_accept_it(scene: Scene) -> None:
    pane = spawned(scene, Mode.PLAN, model=OPUS)
    said(scene, pane, "remember the word lighthouse")
    with pytest.raises(LlmSendError, match="cleanupPeriodDays: Expected number") as caught:
        changed(scene, pane, "settings.cleanupPeriodDays=soon")
    assert caught.value.hint == "claude-plan goes on as it was."
    asked = said(scene, pane, "which word was it")
    assert asked["model"] == OPUS
    assert has(asked, "remember the word lighthouse")


@pytest.mark.newest
def test_no_pane_stays_that_claude_would_start_without_its_gate(scene: Scene) -> None:
    with pytest.raises(LlmSendError, match=r"permissions\.allow: Expected array") as caught:
        spawned(scene, settings={"permissions": {"allow": 5}})
    assert caught.value.code == "start_failed"
    assert [row.name for row in scene.ctx.tmux.rows() if row.name] == []


@pytest.mark.newest
def test_set_does_not_move_a_pane(scene: Scene, tmp_path: Path) -> None:
    pane = spawned(scene, model=OPUS)
    with pytest.raises(UsageError, match="cannot go to another folder"):
        changed(scene, pane, f"cwd={tmp_path}")


@pytest.mark.newest
def test_set_refuses_what_it_cannot_start_again(scene: Scene) -> None:
    hand = scene.server.new_pane(["claude", "--permission-mode", "plan"], cwd=scene.project)
    hand.wait_for("plan mode on")
    given = Options(sets=("model=haiku",)).given()
    assert given
    with pytest.raises(Refused, match="not opened by llm-send spawn"):
        set_config(scene.ctx, SetRequest(hand.id, given))


def test_fork_shares_the_context_in_another_mode(scene: Scene) -> None:
    pane = spawned(scene, Mode.PLAN, model=OPUS, env={"ROLE": "x"})
    said(scene, pane, "remember the word lighthouse")
    given = Options(claude_model=HAIKU).given()
    to = SpawnRequest(mode=Mode.AUTO_ACCEPT, where="window", given=given)
    copy = fork(scene.ctx, ForkRequest(pane.name or "", to))
    assert (copy.pane.mode, copy.pane.lock, copy.pane.name) == ("auto-accept", "auto-accept", "claude-auto")
    asked = said(scene, copy.pane, "which word was it")
    assert asked["model"] == HAIKU
    assert has(asked, "remember the word lighthouse")
    again = said(scene, pane, "and here")
    assert again["model"] == OPUS
    assert not has(again, "which word was it"), "the pane itself goes on as it was"


@pytest.mark.newest
def test_fork_needs_a_conversation_that_is_not_under_way(scene: Scene) -> None:
    pane = spawned(scene, Mode.PLAN)
    with pytest.raises(Refused, match="nothing to copy"):
        fork(scene.ctx, ForkRequest(pane.name or ""))
    scene.send("[[hold turn]] think", Mode.PLAN)
    with pytest.raises(Refused, match="is busy"):
        fork(scene.ctx, ForkRequest(pane.name or ""))
    scene.model.release("turn")


SERVER = """
import json, sys
from pathlib import Path
for line in sys.stdin:
    asked = json.loads(line)
    if asked.get("method") == "initialize":
        answer = {"protocolVersion": asked["params"]["protocolVersion"], "capabilities": {"tools": {}}}
        answer["serverInfo"] = {"name": "echo", "version": "1"}
    elif asked.get("method") == "tools/list":
        Path(sys.argv[1]).touch()
        answer = {"tools": [{"name": "shout", "description": "shouts", "inputSchema": {"type": "object"}}]}
    elif "id" in asked:
        answer = {}
    else:
        continue
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": answer}), flush=True)
"""
