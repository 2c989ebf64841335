"""Every way the gate can fail ends in a prompt that does not reach the model, and in no harm elsewhere."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gates import Gate, armed
from tests.rig.fixtures import DiskMaker

SECRET = "the words of the prompt"
REPORTS = ["Stop", "SessionStart", "SessionEnd", "PostToolUse", "PostToolUseFailure"]


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return armed(tmp_path)


def careful(gate: Gate) -> None:
    gate.want("ask")


def remove(*names: str) -> Callable[[Gate], None]:
    def broken(gate: Gate) -> None:
        careful(gate)
        for name in names:
            path = gate.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return broken


def forbid(name: str) -> Callable[[Gate], None]:
    def broken(gate: Gate) -> None:
        careful(gate)
        (gate.folder / name).chmod(0o000)

    return broken


def write(name: str, text: str) -> Callable[[Gate], None]:
    def broken(gate: Gate) -> None:
        careful(gate)
        (gate.folder / name).write_text(text)

    return broken


def hang(name: str, *, send: bool = False) -> Callable[[Gate], None]:
    def broken(gate: Gate) -> None:
        if send:
            careful(gate)
        (gate.folder / name).unlink(missing_ok=True)
        os.mkfifo(gate.folder / name)

    return broken


def fast(broken: Callable[[Gate], None]) -> Callable[[Gate], None]:
    """The same with no send under way."""

    def only(gate: Gate) -> None:
        broken(gate)
        if (gate.folder / "want").is_file():
            gate.want("plan")

    return only


WAYS: dict[str, Callable[[Gate], None]] = {
    "gate.sh gone": remove("gate.sh"),
    "gate.sh gone, no send": fast(remove("gate.sh")),
    "gate.sh unreadable": forbid("gate.sh"),
    "gate.sh broken": write("gate.sh", "if"),
    "gate.sh empty of sense": write("gate.sh", "exit 7"),
    "hook.py gone": remove("hook.py"),
    "hook.py unreadable": forbid("hook.py"),
    "hook.py broken": write("hook.py", "def"),
    "rules.py gone": remove("rules.py"),
    "rules.py unreadable": forbid("rules.py"),
    "pane.json gone": remove("pane.json"),
    "pane.json broken": write("pane.json", "{"),
    "pane.json of another kind": write("pane.json", "[]"),
    "pane.json without the lock": write("pane.json", '{"policy":"warn"}'),
    "want gone": remove("want"),
    "want unreadable": forbid("want"),
    "want empty": write("want", ""),
    "expected gone": remove("expected"),
    "expected unreadable": forbid("expected"),
    "an expectation broken": write(f"expected/{'a' * 32}", "{"),
    "an expectation of another kind": write(f"expected/{'a' * 32}", "[]"),
    "an expectation unreadable": lambda gate: gate.expect("other").chmod(0o000),
    "pending gone": remove("pending"),
    "events gone": remove("events"),
    "events gone, no send": fast(remove("events")),
    "events closed": forbid("events"),
    "events closed, no send": fast(forbid("events")),
    "almost all gone": remove("events", "want", "gate.sh", "hook.py"),
    "want hangs": hang("want"),
    "pane.json hangs": hang("pane.json", send=True),
    "gate.sh hangs": hang("gate.sh"),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_failure_blocks(gate: Gate, way: str) -> None:
    WAYS[way](gate)
    said = gate.prompt(SECRET)
    assert said.code == 2, said
    assert "llm-send gate failed" in said.error
    assert said.seconds < 4
    assert gate.holds(SECRET) == []


@pytest.mark.parametrize("way", ["want gone", "want hangs", "events gone", "hook.py gone"])
def test_a_gate_that_is_whole_again_passes_again(tmp_path: Path, way: str) -> None:
    gate = armed(tmp_path)
    kept = tmp_path / "kept"
    shutil.copytree(gate.folder, kept)
    WAYS[way](gate)
    assert gate.prompt("x").blocked
    shutil.rmtree(gate.folder)
    shutil.copytree(kept, gate.folder)
    assert not gate.prompt("x").blocked


@pytest.mark.parametrize("path", ["", "/nonexistent"])
def test_no_python_anywhere(tmp_path: Path, path: str) -> None:
    gate = armed(tmp_path)
    settings = gate.folder / "settings.json"
    command = gate.command("UserPromptSubmit")
    python = command.split(" || ")[0].split()[-1]
    settings.write_text(settings.read_text().replace(f" {python} ", " /nonexistent/python "))
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "cat", "mv", "rm", "awk"):
        (programs / name).symlink_to(str(shutil.which(name)))
    gate.want("ask")
    said = gate.raw("UserPromptSubmit", b"{}", {"PATH": f"{programs}:{path}"})
    assert said.code == 2
    assert "no Python" in said.error


def test_another_python_will_do(gate: Gate) -> None:
    settings = gate.folder / "settings.json"
    python = gate.command("UserPromptSubmit").split(" || ")[0].split()[-1]
    settings.write_text(settings.read_text().replace(f" {python} ", " /nonexistent/python "))
    gate.expect("ours")
    assert not gate.prompt("ours").blocked


def test_timeout_gone(gate: Gate) -> None:
    settings = gate.folder / "settings.json"
    program = gate.command("UserPromptSubmit").split()[0]
    settings.write_text(settings.read_text().replace(f'"{program} ', '"/nonexistent/timeout '))
    assert gate.prompt("x").code == 2


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as filler:
        try:
            while filler.write(b"x" * 4096):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC  # noqa: PT017  # what is wanted


@pytest.mark.parametrize("want", ["plan", "ask"])
def test_a_full_disk(tiny_disk: DiskMaker, want: str) -> None:
    disk = tiny_disk("256k")
    gate = armed(disk)
    gate.want(want)
    fill(disk)
    assert gate.prompt(SECRET).code == 2
    assert gate.tool().code in (0, 2)
    (disk / "filler").unlink()
    assert not gate.prompt("x").blocked
    assert gate.holds(SECRET) == []


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("way", ["gate.sh gone", "gate.sh hangs", "events gone", "pending gone"])
def test_what_only_reports_never_makes_claude_go_on(gate: Gate, name: str, way: str) -> None:
    WAYS[way](gate)
    assert gate.run(name, last_assistant_message="x", tool_use_id="toolu_1").code != 2


@pytest.mark.parametrize("way", ["gate.sh gone", "gate.sh hangs", "want gone", "want hangs", "pending gone"])
def test_a_tool_use_that_cannot_be_recorded_is_stopped(gate: Gate, way: str) -> None:
    WAYS[way](gate)
    assert gate.tool().code == 2
