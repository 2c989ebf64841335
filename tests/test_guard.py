"""A pane's private folder: who may read it, whose it is, how long it lives, when it counts as a gate."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from llm_send import confined, guard, processes, rules
from llm_send.errors import LlmSendError
from llm_send.modes import Mode
from llm_send.paths import Paths

MINUTE = 60.0


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen(["sleep", "60"])
    yield started
    started.kill()
    started.wait()


def now() -> float:
    return processes.wall_clock()


def bind(folder: Path, pid: int) -> None:
    guard.bind(folder, anchor_pid=pid, socket="/tmp/sock", server_pid=2, pane="%3")


def test_nobody_else_can_read_anything(paths: Paths) -> None:
    before = os.umask(0)
    try:
        folder = guard.arm(paths, Mode.PLAN, "warn", os.environ)
        bind(folder, os.getpid())
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [paths.panes, folder, *folder.rglob("*")]}
    assert {path.name for path, mode in modes.items() if mode == 0o700} == {
        "panes",
        folder.name,
        "events",
        "pending",
        "expected",
    }
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_a_folder_that_others_could_read_is_closed(paths: Paths) -> None:
    paths.panes.mkdir(parents=True)
    paths.panes.chmod(0o755)
    guard.arm(paths, Mode.PLAN, "warn", os.environ)
    assert stat.S_IMODE(paths.panes.stat().st_mode) == 0o700


def test_no_half_written_file_is_left(folder: Path) -> None:
    bind(folder, os.getpid())
    assert [path.name for path in folder.rglob(".*")] == []


def test_a_file_is_there_whole_or_as_it_was(folder: Path) -> None:
    guard.drain_with(folder, "before")
    with pytest.raises(UnicodeEncodeError):
        guard.drain_with(folder, "x" * 100_000 + "\ud800")
    assert (folder / "drain").read_text() == "before\n"


@pytest.mark.parametrize("lock", list(Mode))
def test_the_lock_is_everywhere(paths: Paths, lock: Mode) -> None:
    folder = guard.arm(paths, lock, "block", os.environ)
    settings = json.loads((folder / "settings.json").read_text())
    assert (folder / "want").read_text().split() == [lock.claude]
    assert settings["permissions"]["defaultMode"] == lock.claude
    card = guard.read_card(folder)
    assert (card.lock, card.policy, card.rules) == (lock.claude, "block", rules.VERSION)


def test_what_claude_must_not_do_is_in_its_settings(folder: Path) -> None:
    settings = json.loads((folder / "settings.json").read_text())
    assert settings["disableAutoMode"] == "disable"
    assert settings["permissions"]["disableBypassPermissionsMode"] == "disable"
    assert settings["permissions"]["deny"] == [f"Read(/{folder.parent}/**)", f"Edit(/{folder.parent}/**)"]


def test_the_gate_is_a_copy(folder: Path) -> None:
    for name in guard.GATE:
        copy = folder / Path(name).name
        assert copy.read_text() == (guard.SOURCE / name).read_text()
        assert not copy.is_symlink()
        assert copy.stat().st_nlink == 1


def test_two_panes_never_share(paths: Paths) -> None:
    folders = {guard.arm(paths, Mode.PLAN, "warn", os.environ) for _ in range(5)}
    assert len(folders) == 5


def test_without_timeout_nothing_is_made(paths: Paths, tmp_path: Path) -> None:
    with pytest.raises(LlmSendError, match="timeout") as caught:
        guard.arm(paths, Mode.PLAN, "warn", {"PATH": str(tmp_path)})
    assert caught.value.code == "no_timeout"
    assert not paths.panes.exists()


def test_bind_says_whose_it_is(folder: Path) -> None:
    bind(folder, os.getpid())
    card = guard.read_card(folder)
    assert (card.anchor_pid, card.anchor_start) == (os.getpid(), processes.start_time(os.getpid()))
    assert (card.socket, card.server_pid, card.pane) == ("/tmp/sock", 2, "%3")
    assert (card.lock, card.policy) == ("plan", "warn")


def test_armed(folder: Path) -> None:
    assert guard.armed(str(folder))
    assert not guard.armed(None)
    assert not guard.armed("")
    assert not guard.armed("/nonexistent")


@pytest.mark.parametrize("name", ["gate.sh", "hook.py", "rules.py", "pane.json"])
def test_half_a_gate_is_none(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert not guard.armed(str(folder))


@pytest.mark.parametrize("text", ["", "{", "null", "[]", '{"lock": "plan"}', '{"later": 1}', "\xff", "7"])
def test_a_card_that_cannot_be_read_is_no_gate(folder: Path, text: str) -> None:
    (folder / "pane.json").write_bytes(text.encode("latin-1"))
    assert not guard.armed(str(folder))


def test_a_gate_of_other_rules_is_none(folder: Path) -> None:
    card = json.loads((folder / "pane.json").read_text())
    (folder / "pane.json").write_text(json.dumps(card | {"rules": rules.VERSION + 1}))
    assert not guard.armed(str(folder))


def test_sweep_keeps_what_lives(paths: Paths, folder: Path, process: subprocess.Popen[bytes]) -> None:
    bind(folder, process.pid)
    assert confined.sweep(paths, {}, now() + 1000 * MINUTE) == []
    assert guard.armed(str(folder))


def test_sweep_removes_what_has_ended(paths: Paths, folder: Path, process: subprocess.Popen[bytes]) -> None:
    bind(folder, process.pid)
    process.kill()
    process.wait()
    assert confined.sweep(paths, {}, now()) == [folder]
    assert not folder.exists()
    assert confined.sweep(paths, {}, now()) == []


def test_sweep_is_not_fooled_by_a_pid_that_came_again(
    paths: Paths, folder: Path, process: subprocess.Popen[bytes]
) -> None:
    bind(folder, process.pid)
    card = json.loads((folder / "pane.json").read_text())
    (folder / "pane.json").write_text(json.dumps(card | {"anchor_start": "1"}))
    assert confined.sweep(paths, {}, now()) == [folder]


def test_sweep_gives_a_spawn_its_time(paths: Paths, folder: Path) -> None:
    assert confined.sweep(paths, {}, now()) == []
    assert confined.sweep(paths, {}, now() + MINUTE + 1) == [folder]


def test_sweep_removes_what_it_cannot_read_but_not_at_once(paths: Paths, folder: Path) -> None:
    (folder / "pane.json").unlink()
    assert confined.sweep(paths, {}, now()) == []
    assert confined.sweep(paths, {}, now() + MINUTE + 1) == [folder]


def test_sweep_touches_nothing_else(paths: Paths, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    paths.panes.mkdir(parents=True)
    (paths.panes / "note.txt").touch()
    (paths.panes / "link").symlink_to(precious)
    assert paths.panes / "note.txt" not in confined.sweep(paths, {}, now() + 10 * MINUTE)
    assert (paths.panes / "note.txt").exists()
    assert (precious / "file").exists()


def test_sweep_without_a_state_folder(paths: Paths) -> None:
    assert confined.sweep(paths, {}, now()) == []


def test_gate_python_is_not_of_the_environment_that_may_go() -> None:
    python = Path(guard.gate_python())
    assert python.is_file()
    assert "/.deps/" not in str(python)
    assert not (python.parent.parent / "pyvenv.cfg").exists()
    assert shutil.which(str(python))
