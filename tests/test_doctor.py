"""The doctor: what it finds on a machine that has it, and what it says to do."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.rig import programs
from tests.rig.claude import ClaudeStarter
from tests.rig.fixtures import CommandLine
from tests.rig.tmux import Tmux

PROGRAM = Path(sys.prefix) / "bin" / "llm-send"


class Patient:
    """A machine made of one folder of programs and a HOME."""

    def __init__(self, root: Path) -> None:
        self.home, self.bin = root / "home", root / "bin"
        self.home.mkdir()
        self.bin.mkdir()
        self.more: dict[str, str] = {}
        self.cwd: Path | None = None
        for name in ("sh", "timeout", "cat", "mv", "python3"):
            (self.bin / name).symlink_to(os.path.realpath(f"/usr/bin/{name}") if name != "python3" else sys.executable)
        programs.put_bwrap(self.bin)
        self.program("tmux", 'case $1 in -V) echo "tmux 3.3a" ;; *) echo "no server running" >&2; exit 1 ;; esac')
        self.program("claude", 'echo "2.1.329 (Claude Code)"')

    @property
    def state(self) -> Path:
        return self.home / ".local/state/llm-send"

    def program(self, name: str, script: str) -> None:
        (self.bin / name).unlink(missing_ok=True)
        (self.bin / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.bin / name).chmod(0o755)

    def run(self, *flags: str) -> subprocess.CompletedProcess[str]:
        environment = {"HOME": str(self.home), "PATH": str(self.bin), "LANG": "C.UTF-8", **self.more}
        argv: list[str | Path] = [PROGRAM, "doctor", *flags]
        return subprocess.run(argv, env=environment, cwd=self.cwd, capture_output=True, text=True, timeout=60)

    def checks(self, *flags: str) -> dict[str, dict[str, Any]]:
        done = self.run("--json", *flags)
        answer = json.loads(done.stdout)
        for check in answer["checks"]:
            assert set(check) == {"name", "status", "message", "hint"}
            assert check["status"] in ("ok", "warn", "error")
            assert check["hint"] or check["status"] == "ok", f"{check} leaves one alone"
        bad = any(check["status"] == "error" for check in answer["checks"])
        assert (done.returncode, answer["ok"]) == (int(bad), not bad)
        return {check["name"]: check for check in answer["checks"]}


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    return Patient(tmp_path)


def test_a_healthy_machine(patient: Patient) -> None:
    found = patient.checks()
    assert {name: check["status"] for name, check in found.items()} == {
        "llm-send": "ok",
        "python": "ok",
        "state folder": "ok",
        "configuration": "ok",
        "tmux": "ok",
        "tmux server": "warn",
        "claude": "ok",
        "claude settings": "ok",
        "gate": "ok",
        "own files": "ok",
        "time limit": "ok",
        "memory limit": "ok",
        "network": "ok",
    }
    assert "2.1.329" in found["claude"]["message"]
    assert found["tmux server"]["hint"] == "Start one with: tmux"
    assert sorted(path.name for path in patient.state.iterdir()) == []  # it leaves nothing behind


def test_people_get_one_line_for_each(patient: Patient) -> None:
    done = patient.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ tmux             tmux 3.3a" in done.stdout.splitlines()


def test_no_tmux(patient: Patient) -> None:
    (patient.bin / "tmux").unlink()
    found = patient.checks()
    assert found["tmux"]["status"] == "error"
    assert "Install tmux" in found["tmux"]["hint"]
    assert "tmux server" not in found


def test_a_tmux_that_is_too_old(patient: Patient) -> None:
    patient.program("tmux", 'echo "tmux 3.1c"')
    assert patient.checks()["tmux"]["status"] == "error"


def test_no_claude(patient: Patient) -> None:
    (patient.bin / "claude").unlink()
    assert "not found" in patient.checks()["claude"]["message"]


@pytest.mark.parametrize(
    ("script", "status", "words"),
    [
        ('echo "1.0.3 (Claude Code)"', "warn", "older"),
        ("echo hello", "error", "“hello”"),
        ("exit 1", "error", "it said nothing"),
        ('[ "$PWD" = / ] && echo "2.1.329"', "ok", "2.1.329"),
    ],
)
def test_a_claude_that_is_not_as_expected(patient: Patient, script: str, status: str, words: str) -> None:
    patient.program("claude", script)
    found = patient.checks()["claude"]
    assert found["status"] == status
    assert words in found["message"]


def test_hooks_that_are_switched_off(patient: Patient) -> None:
    settings = patient.home / ".claude/settings.json"
    settings.parent.mkdir()
    settings.write_text('{"disableAllHooks": true}')
    found = patient.checks()["claude settings"]
    assert found["status"] == "error"
    assert str(settings) in found["hint"]


def test_a_state_folder_that_others_read(patient: Patient) -> None:
    patient.state.mkdir(parents=True, mode=0o755)
    found = patient.checks()["state folder"]
    assert found["status"] == "error"
    assert "chmod 700" in found["hint"]


def test_a_state_folder_that_is_a_file(patient: Patient) -> None:
    patient.state.parent.mkdir(parents=True)
    patient.state.write_text("")
    assert patient.checks()["state folder"]["status"] == "error"


def test_a_projects_file_that_counts_for_nothing_is_pointed_at(patient: Patient) -> None:
    patient.cwd = patient.home
    (patient.home / ".llm-send.toml").write_text("")
    found = patient.checks()["configuration"]
    assert found["status"] == "warn"
    assert "is not trusted" in found["message"]


def test_a_preset_that_leads_nowhere_is_found(patient: Patient) -> None:
    (patient.home / ".config/llm-send").mkdir(parents=True)
    (patient.home / ".config/llm-send/config.json").write_text('{"defaults": {"preset": "nobody"}}')
    found = patient.checks()["configuration"]
    assert (found["status"], "there is no preset nobody" in found["message"]) == ("error", True)


def test_a_broken_configuration_is_one_finding_of_many(patient: Patient) -> None:
    file = patient.home / ".config/llm-send/config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("lock = maybe")
    found = patient.checks()
    assert found["configuration"]["status"] == "error"
    assert "line 1" in found["configuration"]["message"]
    assert found["claude"]["status"] == "ok"


def test_no_timeout_for_the_gate(patient: Patient) -> None:
    (patient.bin / "timeout").unlink()
    found = patient.checks()["gate"]
    assert (found["status"], "coreutils" in found["hint"]) == ("error", True)


@pytest.mark.parametrize("broken", ["sh", "mv"])
def test_a_gate_that_cannot_work_here(patient: Patient, broken: str) -> None:
    patient.program(broken, "exit 1")
    found = patient.checks()["gate"]
    assert found["status"] == "error"
    assert "stops what it should let through" in found["message"]


def test_an_old_neovim(patient: Patient) -> None:
    patient.program("nvim", 'echo "NVIM v0.9.5"')
    assert patient.checks()["neovim"]["status"] == "warn"
    patient.program("nvim", 'echo "NVIM v0.12.0-dev"')
    assert patient.checks()["neovim"]["status"] == "ok"


def test_a_report_names_no_home_and_no_secret(patient: Patient) -> None:
    patient.more = {"ANTHROPIC_API_KEY": "sk-secret", "TERM": "xterm"}
    patient.state.mkdir(parents=True, mode=0o700)
    (patient.state / "llm-send.log").write_text("--- 2026-01-01T00:00:00+00:00 llm-send send\nTraceback\n")
    found = patient.checks("--report")
    said = json.dumps(found)
    assert str(patient.home) not in said
    assert "sk-secret" not in said
    assert "TERM=xterm" in found["environment"]["message"]
    assert "1 unexpected" in found["log"]["message"]
    assert set(patient.checks()) < set(found)


def test_the_real_thing(tmux: Tmux, llm_send: CommandLine, claude_pane: ClaudeStarter, project: Path) -> None:
    pane = claude_pane("--permission-mode", "plan")
    done = llm_send("-S", str(tmux.socket), "doctor", "--json")
    found = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 0, done.stdout
    assert f"at {tmux.socket}" in found["tmux server"]["message"]
    assert found["panes"]["status"] == "warn"
    assert found["panes"]["message"] == f"{pane} (plan, idle); without a gate: {pane}"
    assert "2.1." in found["claude"]["message"]


def test_a_confinement_that_cannot_be_enforced_is_told(patient: Patient) -> None:
    (patient.bin / "bwrap").unlink()
    found = patient.checks()["own files"]
    assert found["status"] == "warn"
    assert found["message"] == "isolate_fs, readonly cannot be enforced: bubblewrap is not installed."
    assert "apt install bubblewrap" in found["hint"]
    patient.program("bwrap", 'echo "bwrap: No permissions to create new namespace" >&2; exit 1')
    found = patient.checks()["own files"]
    assert "does not work here: No permissions to create new namespace" in found["message"]
    assert "user namespaces" in found["hint"]
