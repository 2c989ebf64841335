"""What a pane's configuration becomes for Claude Code, key by key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llm_send import guard
from llm_send.actions.configure import differences
from llm_send.claude.applied import LATEST, NOTHING, RESERVE, SMALLEST, applied, merged, window_for
from llm_send.claude.commandline import guarded
from llm_send.errors import UsageError
from llm_send.modes import Mode
from llm_send.paths import Paths

SERVERS = {"docs": {"command": "docs-server", "args": ["--stdio"]}}


def variables(**values: object) -> dict[str, str]:
    return dict(applied(values, {}).settings["env"])


def test_nothing_given_changes_nothing(paths: Paths, folder: Path) -> None:
    assert applied({}, {}) == NOTHING
    plain = json.loads((folder / "settings.json").read_text())
    assert set(plain) == {"permissions", "disableAutoMode", "hooks"}
    assert set(plain["permissions"]) == {"defaultMode", "disableBypassPermissionsMode", "deny"}
    assert guarded(["claude", "-c"], Mode.PLAN, folder) == [
        "claude",
        "--settings",
        str(folder / "settings.json"),
        "--permission-mode",
        "plan",
        "-c",
    ]


def test_settings_of_their_own() -> None:
    values = {"permissions": {"deny": ["Bash"], "additional_directories": ["/x"]}}
    assert applied(values, {}).settings == {"permissions": {"deny": ["Bash"], "additionalDirectories": ["/x"]}}


@pytest.mark.parametrize(("given", "command"), [("date", "date"), (False, "true")])
def test_a_status_line_of_its_own_or_none(given: object, command: str) -> None:
    assert applied({"status_line": given}, {}).settings == {"statusLine": {"type": "command", "command": command}}


def test_variables() -> None:
    assert variables(max_output_tokens=7777) == {"CLAUDE_CODE_MAX_OUTPUT_TOKENS": "7777"}
    assert variables(env={"A": "1"}, max_output_tokens=1) == {"CLAUDE_CODE_MAX_OUTPUT_TOKENS": "1", "A": "1"}
    assert json.loads(variables(temperature=0.7)["CLAUDE_CODE_EXTRA_BODY"]) == {"temperature": 0.7}
    assert variables(temperature=0.7)["CLAUDE_CODE_DISABLE_THINKING"] == "1", "the API takes none beside thinking"
    assert "CLAUDE_CODE_DISABLE_THINKING" not in variables(temperature=1)


def test_a_temperature_beside_what_the_person_adds_to_requests() -> None:
    known = {"CLAUDE_CODE_EXTRA_BODY": '{"top_k": 3, "temperature": 1}'}
    body = applied({"temperature": 0}, known).settings["env"]["CLAUDE_CODE_EXTRA_BODY"]
    assert json.loads(body) == {"top_k": 3, "temperature": 0}
    for odd in ("[1]", "{", '"x"'):
        with pytest.raises(UsageError, match="no JSON object"):
            applied({"temperature": 0}, {"CLAUDE_CODE_EXTRA_BODY": odd})


@pytest.mark.parametrize("limit", [*range(20_000, 130_000, 997), 50_000, 80_000, 100_000, 150_000, 167_000, 967_000])
def test_a_context_limit_is_where_claude_compacts(limit: int) -> None:
    window, percent = window_for(limit)
    compacts = min(percent * (window - RESERVE) / 100, window - LATEST)
    assert limit <= compacts < limit + 1
    assert window >= SMALLEST
    assert 0 < percent <= 100
    assert window <= max(SMALLEST * 1.05, limit * 1.02 + LATEST), "no larger than it has to be: a model has an end too"


def test_what_stands_on_the_command_line(paths: Paths) -> None:
    model = "claude-haiku-3-5-20241022"
    values = {"model": model, "fallback_model": "haiku", "effort": "low", "mcp_servers": SERVERS, "mcp_only": True}
    own = applied({**values, "system_prompt": "Be brief.\nVery."}, {})
    folder = guard.arm(paths, Mode.PLAN, "warn", {"PATH": "/usr/bin:/bin"}, own)
    line = guarded(["claude", "--resume"], Mode.PLAN, folder, own.arguments(folder))
    assert line[:3] == ["claude", "--model", model]
    assert line[3:8] == ["--fallback-model", "haiku", "--effort", "low", "--strict-mcp-config"]
    assert line[8:12] == [
        "--append-system-prompt-file",
        str(folder / "system-prompt.md"),
        "--mcp-config",
        str(folder / "mcp.json"),
    ]
    assert line[12] == "--settings", "an option that takes every word that follows must not be the last"
    assert line[-1] == "--resume"
    assert (folder / "system-prompt.md").read_text() == "Be brief.\nVery."
    assert json.loads((folder / "mcp.json").read_text()) == {"mcpServers": SERVERS}
    for name in own.files:
        assert (folder / name).stat().st_mode & 0o777 == 0o600


def test_settings_passed_through_yield_to_the_gate(paths: Paths) -> None:
    passed = {"includeCoAuthoredBy": False, "model": "opus", "permissions": {"deny": ["WebFetch"]}}
    own = applied({"settings": passed, "permissions": {"deny": ["Bash"]}}, {})
    folder = guard.arm(paths, Mode.NORMAL, "warn", {"PATH": "/usr/bin:/bin"}, own)
    settings = json.loads((folder / "settings.json").read_text())
    assert (settings["includeCoAuthoredBy"], settings["model"]) == (False, "opus")
    assert settings["permissions"]["deny"][:2] == ["WebFetch", "Bash"]
    assert len(settings["permissions"]["deny"]) == 4, "the gate's own folder stays out of reach"
    assert settings["permissions"]["defaultMode"] == "default"
    assert "UserPromptSubmit" in settings["hooks"]


@pytest.mark.parametrize(
    "settings",
    [
        {"hooks": {}},
        {"disableAllHooks": True},
        {"permissions": {"defaultMode": "plan"}},
        {"permissions": {"disableBypassPermissionsMode": "disable"}},
        {"disableAutoMode": "disable"},
    ],
)
def test_what_the_gate_needs_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="cannot be set for a pane: "):
        applied({"settings": settings}, {})


def test_a_configuration_folder_for_one_pane_is_refused() -> None:
    for values in ({"env": {"CLAUDE_CONFIG_DIR": "/x"}}, {"settings": {"env": {"CLAUDE_CONFIG_DIR": "/x"}}}):
        with pytest.raises(UsageError, match="signed out"):
            applied(values, {})


def test_what_is_changed_is_told_without_what_may_be_secret() -> None:
    before = {"model": "opus", "env": {"KEY": "sk-1"}, "permissions": {"deny": ["Bash"]}}
    after = {"env": {"KEY": "sk-2"}, "permissions": {"deny": ["Bash"]}, "mcp_servers": {"a": {"env": {"K": "sk-3"}}}}
    told = {change.key: (change.before, change.after) for change in differences(before, after)}
    assert told == {"model": ("opus", None), "env.KEY": ("…", "…"), "mcp_servers.a.env.K": (None, "…")}


def test_merging() -> None:
    below = {"a": {"b": 1, "c": [1, 2]}, "d": 1}
    assert merged(below, {"a": {"c": [2, 3], "e": 4}, "d": {"f": 5}}) == {
        "a": {"b": 1, "c": [1, 2, 3], "e": 4},
        "d": {"f": 5},
    }
    assert below == {"a": {"b": 1, "c": [1, 2]}, "d": 1}
