"""Before Claude takes prompts, and after. Its welcome is left out: offline Claude looks for a network, and ends."""

from __future__ import annotations

import json

from tests.screens.stage import Stage, converse, end, is_ready, settled, submit


def test_trust(stage: Stage) -> None:
    stranger = stage.place / "stranger"
    stranger.mkdir()
    pane = stage.open(cwd=stranger)
    stage.keep(pane, "trust", "trust")
    end(pane)


def test_login(stage: Stage) -> None:
    pane = stage.open(environment={"ANTHROPIC_API_KEY": ""})
    stage.keep(pane, "no-key")
    end(pane)
    pane = stage.start("--permission-mode", "plan")
    submit(pane, "/login")
    stage.keep(pane, "login", "ogin")
    end(pane)


def test_key(stage: Stage) -> None:
    stage.remember(customApiKeyResponses={"approved": [], "rejected": []})
    pane = stage.open()
    stage.keep(pane, "api-key", "API key")
    end(pane)


def test_bad_settings(stage: Stage) -> None:
    folder = stage.project / ".claude"
    folder.mkdir()
    (folder / "settings.json").write_text('{"permissions": {"allow": "everything"}}')
    pane = stage.open("--permission-mode", "plan")
    stage.keep(pane, "bad-settings")
    end(pane)


def test_offer(stage: Stage) -> None:
    settings = stage.place / "home/.claude/settings.json"
    settings.write_text(json.dumps({"permissions": {"defaultMode": "plan"}}))
    pane = stage.open()
    stage.keep(pane, "own-default-mode", "❯")
    end(pane)


def test_project_server(stage: Stage) -> None:
    (stage.project / ".mcp.json").write_text(json.dumps({"mcpServers": {"local": {"command": "cat"}}}))
    pane = stage.open("--permission-mode", "plan")
    stage.keep(pane, "project-server", "❯")
    end(pane)


def test_blank(stage: Stage) -> None:
    pane = stage.tmux.new_pane(["cat"])
    stage.write(pane, "blank")
    end(pane)


def test_shell(stage: Stage) -> None:
    pane = stage.tmux.new_pane(["bash", "--norc", "-i"], cwd=stage.project)
    pane.type("echo some words")
    pane.press("Enter")
    stage.keep(pane, "shell", "some words")
    pane.type("claude --permission-mode plan")
    pane.press("Enter")
    settled(pane, is_ready)
    converse(pane, "Here I am.")
    pane.press("C-z")
    pane.wait_until(lambda _: pane.value("#{pane_current_command}") == "bash")
    stage.keep(pane, "suspended")
    pane.type("fg")
    pane.press("Enter")
    pane.wait_until(lambda _: pane.value("#{pane_current_command}") == "claude")
    settled(pane)
    stage.keep(pane, "resumed")
    submit(pane, "/exit")
    pane.wait_until(lambda _: pane.value("#{pane_current_command}") == "bash")
    stage.keep(pane, "after-claude")
    end(pane)
