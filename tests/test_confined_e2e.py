"""Panes that are confined, with the real Claude Code in them."""

from __future__ import annotations

import errno
import json
import re
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from llm_send import confined, processes
from llm_send.actions.close import CloseRequest, close
from llm_send.actions.configure import SetRequest, set_config
from llm_send.actions.fork import ForkRequest, fork
from llm_send.actions.list_panes import ListRequest, list_panes
from llm_send.actions.spawn import SpawnRequest, spawn
from llm_send.config.given import Options
from llm_send.errors import LlmSendError, UsageError
from llm_send.modes import Mode
from llm_send.panes import Pane
from offline.compare import requests
from tests.rig import kernel
from tests.rig.fixtures import CommandLine
from tests.rig.scene import Scene, ended, evidence
from tests.rig.wait import wait_until

pytestmark = pytest.mark.newest


def spawned(scene: Scene, mode: Mode = Mode.NORMAL, **config: Any) -> Pane:
    return scene.spawn(mode, given=Options(config=config).given())


@pytest.mark.parametrize("key", ["isolate_fs", "readonly"])
def test_a_prompt_arrives(scene: Scene, environment: dict[str, str], key: str) -> None:
    pane = spawned(scene, Mode.PLAN, **{key: True})
    assert (pane.mode, pane.lock, pane.state, pane.guarded, pane.verified) == ("plan", "plan", "idle", True, True)
    assert pane.agent_pid != pane.pid
    assert processes.inner(pane.agent_pid or 0) != pane.agent_pid
    assert pane.session_id
    result = scene.send("hello in there [[reply I heard you]]", Mode.PLAN)
    assert set(evidence(result)) >= {"gate"}
    wait_until(lambda: scene.arrived() == ["hello in there [[reply I heard you]]"])
    second = scene.send("and again", Mode.PLAN)
    assert ended(second) == ("delivered", None)
    folder = scene.folder(pane)
    close(scene.ctx, CloseRequest(pane="claude-plan", force=True))
    assert not folder.exists()
    assert list(scene.ctx.paths.confined.iterdir()) == []
    kept = list(Path(environment["CLAUDE_CONFIG_DIR"]).glob("projects/*/*.jsonl"))
    assert len(kept) == 1
    assert "hello in there" in kept[0].read_text()


def use(scene: Scene, pane: Pane, tool: str, **arguments: Any) -> str:
    """What the tool answers, as the model is told."""
    before = len(list(requests(scene.model.log)))
    assert ended(scene.send(f"[[tool {tool} {json.dumps(arguments)}]] do it", pane=pane.name)) == ("delivered", None)

    def answer() -> str:
        told = [block for each in list(requests(scene.model.log))[before:] for block in results(each)]
        return json.dumps(told[-1]["content"]) if told else ""

    return wait_until(answer, 20, show=scene.screen_of(pane).report)


def results(request: Mapping[str, Any]) -> list[dict[str, Any]]:
    last = [message["content"] for message in request["messages"][-2:] if message["role"] == "user"][-1]
    return [block for block in last if isinstance(block, dict) and block.get("type") == "tool_result"]


def bash(scene: Scene, pane: Pane, command: str) -> str:
    return use(scene, pane, "Bash", command=command, description="try it")


ALLOWED = {"permissions": {"allow": ["Bash", "Write", "Edit", "Read"]}}
PLANTS = (
    "$HOME/.bashrc",
    "$HOME/.claude/settings.json",
    "$HOME/.claude/commands/x.md",
    "$HOME/.claude/skills/x/SKILL.md",
    "$HOME/.claude/CLAUDE.md",
    "$HOME/.claude.json",
    "$PROJECT/.claude/settings.local.json",
    "$PROJECT/.mcp.json",
    "$PROJECT/CLAUDE.md",
    "$PROJECT/.git/hooks/pre-commit",
)


@pytest.mark.parametrize("key", ["isolate_fs", "readonly"])
def test_what_a_tool_of_claude_does_stays_inside(scene: Scene, environment: dict[str, str], key: str) -> None:
    home = Path(environment["HOME"])
    (home / ".ssh").mkdir()
    (home / ".ssh/id_ed25519").write_text("a secret of the person's")
    (scene.project / ".git/hooks").mkdir(parents=True)
    before = snapshot(home, scene.project)
    pane = spawned(scene, Mode.AUTO_ACCEPT, **{key: True}, cwd=str(scene.project), **ALLOWED)
    assert "working" in bash(scene, pane, "echo work > /tmp/it && cat /tmp/it && echo working")
    assert "a secret" not in bash(scene, pane, "cat ~/.ssh/id_ed25519")
    said = bash(scene, pane, f"tmux -S {scene.server.socket} list-panes -a")
    assert "main" not in said, "the tmux server answers"
    places = " ".join(PLANTS).replace("$PROJECT", str(scene.project))
    loop = f"for each in {places}; do mkdir -p $(dirname $each); echo planted > $each; done; echo tried"
    assert "tried" in bash(scene, pane, loop)
    use(scene, pane, "Write", file_path=str(scene.project / "planted.py"), content="planted")
    gate = {name: (scene.folder(pane) / name).read_bytes() for name in confined.READ}
    bash(scene, pane, "cd /run/llm-send/pane; for each in *; do echo planted > $each; rm -f $each; done; mv . ../other")
    assert {name: (scene.folder(pane) / name).read_bytes() for name in confined.READ} == gate
    close(scene.ctx, CloseRequest(pane=pane.id, force=True))
    after = snapshot(home, scene.project)
    added = {file for file in after.keys() - before.keys() if "/.local/state/llm-send/" not in file}
    assert all("/.claude/projects/" in file and file.endswith(".jsonl") for file in added), added
    assert {file: text for file, text in after.items() if file in before} == before


def snapshot(*folders: Path) -> dict[str, bytes]:
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return {str(file): file.read_bytes() for file in files if "/.local/state/" not in str(file)}


def test_claude_is_told_that_it_can_only_read(scene: Scene) -> None:
    pane = spawned(scene, Mode.AUTO_ACCEPT, readonly=True)
    said = use(scene, pane, "Write", file_path=str(scene.project / "x.py"), content="x")
    assert "denied by your permission settings" in said
    written = use(scene, pane, "Write", file_path="/tmp/notes.md", content="x")
    assert "created" in written


def test_an_isolated_one_is_not_asked_whether_it_trusts_its_own_folder(scene: Scene) -> None:
    pane = spawned(scene, Mode.AUTO_ACCEPT, isolate_fs=True, **ALLOWED)
    assert "hello" in bash(scene, pane, "echo hello > a.txt; cat a.txt")
    assert Path(pane.cwd, "a.txt").read_text() == "hello\n"


def test_what_it_worked_on_is_kept_when_asked_for(scene: Scene) -> None:
    pane = spawned(scene, Mode.AUTO_ACCEPT, isolate_fs=True, keep_scratch=True, **ALLOWED)
    bash(scene, pane, "echo hello > a.txt")
    close(scene.ctx, CloseRequest(pane=pane.id, force=True))
    [kept] = (scene.ctx.paths.state / "kept").iterdir()
    assert (kept / "a.txt").read_text() == "hello\n"
    assert list(scene.ctx.paths.confined.iterdir()) == []


def test_set_goes_on_with_the_conversation_of_a_confined_pane(scene: Scene) -> None:
    pane = spawned(scene, Mode.PLAN, readonly=True)
    assert ended(scene.send("remember the word lighthouse", pane=pane.name)) == ("delivered", None)
    wait_until(lambda: scene.live(pane).look().state == "idle", 20)
    given = Options(sets=("max_output_tokens=7777",)).given()
    assert given
    set_config(scene.ctx, SetRequest(pane.name or "", given))
    assert ended(scene.send("which word was it", pane=pane.name)) == ("delivered", None)
    asked = wait_until(lambda: [each for each in requests(scene.model.log) if each["max_tokens"] == 7777])
    assert "lighthouse" in json.dumps(asked[-1]["messages"])


def test_a_limit_ends_the_pane_and_says_why(scene: Scene) -> None:
    pane = spawned(scene, Mode.PLAN, timeout_secs=12)
    assert pane.agent_pid != pane.pid
    assert ended(scene.send("hello", pane=pane.name)) == ("delivered", None)
    screen = scene.screen_of(pane)
    screen.wait_for("llm-send: this pane was ended: its 12 s are over (timeout_secs)", deadline=20)
    wait_until(lambda: not processes.tree(pane.pid), show=lambda: left_of(pane))
    assert screen.value("#{@llm_send_ended}") == "its 12 s are over (timeout_secs)"
    assert screen.value("#{pane_dead_status}") == "124"
    with pytest.raises(LlmSendError, match="has ended; its pane"):
        scene.send("hello again", pane=pane.name)


def left_of(pane: Pane) -> str:
    return "\n".join(f"{pid} {processes.state(pid)} {processes.argv(pid)}" for pid in processes.tree(pane.pid))


def test_a_secret_is_found_nowhere_but_in_the_agent(scene: Scene, environment: dict[str, str], place: Path) -> None:
    there = replace(scene.ctx, environment={**scene.ctx.environment, "API_KEY": "very-secret-value"})
    lines: set[str] = set()
    done = threading.Event()
    watch = threading.Thread(target=sample, args=(lines, done))
    watch.start()
    try:
        pane = spawned(replace(scene, ctx=there), Mode.AUTO_ACCEPT, secure_env=["API_KEY"], **ALLOWED)
    finally:
        done.set()
        watch.join()
    assert lines
    assert not any("very-secret" in line for line in lines)
    assert "21" in bash(scene, pane, "echo ${#API_KEY}0 | sed s/170/21/")
    for scope in ("-g", "-t main"):
        assert "very-secret" not in scene.server.run("show-environment", *scope.split())
    assert (processes.environ_of(pane.agent_pid or 0) or {})["API_KEY"] == "very-secret-value"
    assert "very-secret" not in scene.screen_of(pane).screen(history=True)
    assert "very-secret" not in json.dumps([each.as_dict() for each in list_panes(scene.ctx, ListRequest()).panes])
    for file in place.rglob("*"):
        if file.is_file() and not file.is_symlink():
            assert b"very-secret" not in file.read_bytes(), file


def sample(lines: set[str], done: threading.Event) -> None:
    """Every command line there is, over and over."""
    while not done.wait(0.002):
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                lines.add((process / "cmdline").read_text(errors="replace"))


def test_its_output_is_logged_without_secrets(scene: Scene, tmp_path: Path) -> None:
    there = replace(scene.ctx, environment={**scene.ctx.environment, "API_KEY": "very-secret-value"})
    log = tmp_path / "100% #{pane_id}.log"
    pane = spawned(replace(scene, ctx=there), secure_env=["API_KEY"], log_path=str(log))
    scene.screen_of(pane).paste("is it very-secret-value")
    wait_until(lambda: "[secret]" in log.read_text(errors="replace"))
    assert "very-secret" not in log.read_text(errors="replace")
    assert log.stat().st_mode & 0o777 == 0o600
    assert not (scene.folder(pane) / "log.json").exists()


def changed(scene: Scene, pane: Pane, *sets: str) -> Pane:
    given = Options(sets=sets).given()
    assert given
    result = set_config(scene.ctx, SetRequest(pane.name or "", given))
    assert result.changes
    return result.pane


def remembers(scene: Scene, pane: Pane) -> bool:
    wait_until(lambda: scene.live(pane).look().state == "idle", 20)
    assert ended(scene.send("which word was it", pane=pane.name)) == ("delivered", None)
    asked = wait_until(lambda: [each for each in requests(scene.model.log) if "which word" in json.dumps(each)])
    wait_until(lambda: scene.live(pane).look().state == "idle", 20)
    return "lighthouse" in json.dumps(asked[-1]["messages"])


def test_limits_and_log_change_while_it_runs(scene: Scene, tmp_path: Path) -> None:
    pane = spawned(scene, Mode.PLAN, timeout_secs=600)
    log = tmp_path / "log"
    assert changed(scene, pane, f'log_path="{log}"', "memory_limit_mb=4000").pid == pane.pid
    assert ended(scene.send("hello", pane=pane.name)) == ("delivered", None)
    wait_until(lambda: "hello" in log.read_text(errors="replace"))
    changed(scene, pane, "timeout_secs=1")
    scene.screen_of(pane).wait_for("its 1 s are over")


def test_a_pane_is_confined_later_and_freed_again(scene: Scene) -> None:
    pane = spawned(scene, Mode.PLAN)
    assert ended(scene.send("remember the word lighthouse", pane=pane.name)) == ("delivered", None)
    wait_until(lambda: scene.live(pane).look().state == "idle", 20)
    held = changed(scene, pane, "readonly=true")
    assert held.agent_pid != held.pid
    assert remembers(scene, held)
    freed = changed(scene, pane, "readonly=false")
    assert freed.agent_pid == freed.pid
    assert remembers(scene, freed)


@pytest.mark.parametrize("key", ["isolate_fs", "readonly"])
def test_a_copy_of_a_confined_pane(scene: Scene, key: str) -> None:
    pane = spawned(scene, Mode.PLAN, **{key: True})
    assert ended(scene.send("remember the word lighthouse", pane=pane.name)) == ("delivered", None)
    wait_until(lambda: scene.live(pane).look().state == "idle", 20)
    copy = fork(scene.ctx, ForkRequest(pane.name or "", SpawnRequest(where="window"))).pane
    assert copy.agent_pid != copy.pid
    assert remembers(scene, copy)


def test_it_is_signed_in_by_the_persons_credentials(scene: Scene, environment: dict[str, str]) -> None:
    """Made up, as no real ones are here; that they are shared and not copied is seen by what is written to them."""
    token = {"accessToken": "sk-ant-oat01-made-up", "refreshToken": "sk-ant-ort01-made-up", "expiresAt": 9999999999999}
    oauth = {**token, "scopes": ["user:inference", "user:profile"], "subscriptionType": "max"}
    file = Path(environment["CLAUDE_CONFIG_DIR"]) / ".credentials.json"
    file.write_text(json.dumps({"claudeAiOauth": oauth}))
    scene.server.run("set-environment", "-g", "-u", "ANTHROPIC_API_KEY")
    scene.server.run("set-environment", "-t", "main", "-r", "ANTHROPIC_API_KEY")
    pane = spawned(scene, Mode.AUTO_ACCEPT, isolate_fs=True, **ALLOWED)
    scene.screen_of(pane).wait_for("Claude Max")
    # In two words: Claude itself asks before a tool touches that file.
    bash(scene, pane, "cd ~/.claude && name=.credentials && echo >> $name.json; echo written")
    assert file.read_text().endswith("}\n")


def test_less_memory_than_claude_needs_is_refused(scene: Scene) -> None:
    with pytest.raises(UsageError, match="Claude Code needs 512 MB"):
        spawned(scene, memory_limit_mb=511)
    pane = spawned(scene, Mode.AUTO_ACCEPT, memory_limit_mb=512, **ALLOWED)
    assert "there" in bash(scene, pane, "echo there")
    greedy = "python3 -c 'import time; x = bytearray(600_000_000); time.sleep(60)'"
    eat = json.dumps({"command": greedy, "description": "eat"})
    scene.send(f"[[tool Bash {eat}]] go", pane=pane.name)
    scene.screen_of(pane).wait_for("of 512 (memory_limit_mb)")
    wait_until(lambda: not processes.tree(pane.pid))


def test_what_cannot_be_enforced_is_refused_or_relaxed_when_asked(scene: Scene, bin_folder: Path) -> None:
    (bin_folder / "bwrap").unlink()
    with pytest.raises(
        LlmSendError, match="isolate_fs, readonly cannot be enforced: bubblewrap is not installed"
    ) as told:
        spawned(scene, isolate_fs=True)
    assert "apt install bubblewrap" in (told.value.hint or "")
    with pytest.raises(LlmSendError, match="cannot be enforced: bubblewrap is not installed"):
        spawned(scene, profile="local-only")
    given = Options(config={"isolate_fs": True, "best_effort": True}).given()
    result = spawn(scene.ctx, SpawnRequest(mode=Mode.PLAN, where="window", given=given))
    assert "Not enforced: isolate_fs, readonly (bubblewrap is not installed)." in (result.note or "")
    assert scene.screen_of(result.pane).value("#{@llm_send_not_enforced}") == "isolate_fs, readonly"


def test_nothing_passes_through_tmux_to_the_terminal(scene: Scene) -> None:
    scene.server.run("set-option", "-g", "allow-passthrough", "on")
    pane = spawned(scene, readonly=True)
    assert scene.screen_of(pane).value("#{allow-passthrough}") in ("off", "0")
    scene.server.run("set-option", "-s", "set-clipboard", "on")
    with pytest.raises(LlmSendError, match="takes your clipboard from any program") as told:
        spawned(scene, readonly=True)
    assert told.value.hint == "Change it with: tmux set-option -s set-clipboard external"
    given = Options(config={"readonly": True, "best_effort": True}).given()
    result = spawn(scene.ctx, SpawnRequest(mode=Mode.PLAN, where="window", given=given))
    assert "Not enforced: tmux takes your clipboard" in (result.note or "")
    assert scene.screen_of(result.pane).value("#{@llm_send_not_enforced}") == "terminal"


def test_no_network_but_its_model(scene: Scene) -> None:
    port = urlsplit(scene.model.url).port
    with socket.create_server(("127.0.0.1", 0)) as another:
        pane = spawned(scene, Mode.AUTO_ACCEPT, profile="local-only", **ALLOWED)
        tries = f"""python3 -c "
import socket
for port in ({another.getsockname()[1]}, {port}):
    print(socket.socket().connect_ex(('127.0.0.1', port)), end=' ')
" """
        assert re.findall(r"\b\d+\b", bash(scene, pane, tries))[:2] == [str(errno.ECONNREFUSED), "0"]
    assert ended(scene.send("hello in there", pane=pane.name)) == ("delivered", None)


def test_a_model_elsewhere_is_the_one_it_is_led_to(scene: Scene, tmp_path: Path) -> None:
    """Nobody is there in a test but a listener in its place, which sees the name that Claude greets it by."""
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost api.anthropic.com\n")
    kernel.mount(str(hosts), Path("/etc/hosts"), flags=kernel.MS_BIND)
    own = {name: value for name, value in scene.ctx.environment.items() if name != "ANTHROPIC_BASE_URL"}
    for scope in ("-g", "-t main"):
        scene.server.run("set-environment", *scope.split(), "-u", "ANTHROPIC_BASE_URL")
    said: list[bytes] = []
    with socket.create_server(("127.0.0.1", 443)) as model:
        threading.Thread(target=greeted, args=(model, said), daemon=True).start()
        given = Options(config={"profile": "local-only"}).given()
        replace(scene, ctx=replace(scene.ctx, environment=own)).spawn(given=given, wait=False)
        wait_until(lambda: any(b"api.anthropic.com" in each for each in said), 20)
        model.shutdown(socket.SHUT_RDWR)


def greeted(model: socket.socket, said: list[bytes]) -> None:
    """Note the first words of whoever comes, and hang up."""
    with suppress(OSError):
        while True:
            one, _ = model.accept()
            with one, suppress(OSError):
                one.settimeout(5)
                said.append(one.recv(4096))


@pytest.mark.parametrize("key", ["isolate_fs", "readonly"])
def test_claude_in_its_usual_place(scene: Scene, environment: dict[str, str], key: str) -> None:
    """As most have it: the state file beside the folder, in the home, and no variable that names either."""
    home = Path(environment["HOME"])
    (home / ".claude/.claude.json").rename(home / ".claude.json")
    known = (home / ".claude.json").read_bytes()
    own = {name: value for name, value in scene.ctx.environment.items() if name != "CLAUDE_CONFIG_DIR"}
    scene.server.run("set-environment", "-g", "-u", "CLAUDE_CONFIG_DIR")
    scene.server.run("set-environment", "-t", "main", "-r", "CLAUDE_CONFIG_DIR")
    there = replace(scene, ctx=replace(scene.ctx, environment=own))
    pane = spawned(there, Mode.PLAN, **{key: True})
    assert set(evidence(there.send("hello", Mode.PLAN))) >= {"gate"}
    close(there.ctx, CloseRequest(pane=pane.id, force=True))
    assert (home / ".claude.json").read_bytes() == known
    assert len(list(home.glob(".claude/projects/*/*.jsonl"))) == 1
    assert sorted(each.name for each in home.iterdir()) == [".claude", ".claude.json", ".local"]


@pytest.mark.parametrize("keys", ["readonly = true", "readonly = true\ntimeout_secs = 600"], ids=["files", "and time"])
def test_in_the_terminal_one_sits_at(scene: Scene, environment: dict[str, str], keys: str) -> None:
    file = Path(environment["HOME"], ".config/llm-send/config.toml")
    file.parent.mkdir(parents=True)
    file.write_text(f"[defaults]\n{keys}\n")
    scene.seat.type("llm-send run --mode plan; echo back: $?")
    scene.seat.press("Enter")
    scene.seat.wait_for("plan mode on", deadline=30)
    wait_until(lambda: scene.live_by_id(scene.seat.id).look().state == "idle", 20)
    assert ended(scene.send("hello", pane=scene.seat.id)) == ("delivered", None)
    wait_until(lambda: scene.live_by_id(scene.seat.id).look().state == "idle", 20)
    scene.seat.type("/exit")
    scene.seat.press("Enter")
    scene.seat.wait_for("back: 0")
    scene.seat.type("echo typed here")
    scene.seat.press("Enter")
    scene.seat.wait_for("\ntyped here")


def test_a_log_is_not_of_ones_own_shell(scene: Scene, environment: dict[str, str]) -> None:
    file = Path(environment["HOME"], ".config/llm-send/config.toml")
    file.parent.mkdir(parents=True)
    file.write_text('[defaults]\nlog_path = "log"\n')
    scene.seat.type("llm-send run --mode plan")
    scene.seat.press("Enter")
    scene.seat.wait_for("it would go on with your shell")


def test_what_waits_for_a_busy_one_is_delivered_by_itself(scene: Scene, llm_send: CommandLine) -> None:
    pane = spawned(scene, Mode.PLAN, readonly=True)
    assert ended(scene.send("[[hold turn]] think", Mode.PLAN)) == ("delivered", None)
    done = llm_send("-S", str(scene.server.socket), "send", "--pane", pane.id, "--wait", "0.5", "--json", text="later")
    assert '"outcome": "queued"' in done.stdout
    scene.model.release("turn")
    wait_until(lambda: "later" in scene.arrived(), 30, show=scene.screen_of(pane).report)
    wait_until(lambda: not scene.ctx.history.queue(), 20)
