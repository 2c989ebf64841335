""":checkhealth llm-send: names what is wrong and the fix, also when there is no Python to ask."""

from __future__ import annotations

from pathlib import Path

from tests.lua.conftest import FrontStarter
from tests.lua.front import Front
from tests.rig.programs import DEPS

PYTHON = DEPS / "venv/bin/python"


def health(front: Front) -> str:
    front.editor.api.command("checkhealth llm-send")
    return "\n".join(front.editor.api.current.buffer[:])


def with_python(start_front: FrontStarter, python: Path | str, before: str = "") -> Front:
    return start_front(f"python = '{python}'", before, use_host=False)


def test_all_well(start_front: FrontStarter) -> None:
    report = health(with_python(start_front, PYTHON))
    assert "OK Neovim 0." in report
    assert f"{PYTHON}" in report
    assert "OK Answers: llm-send 0.1.0, Python 3." in report
    assert "claude-normal, claude-plan and claude-auto come with: source " in report


def test_the_doctors_findings_are_shown(front: Front, start_front: FrontStarter) -> None:
    fine = {"name": "tmux", "status": "ok", "message": "3.7", "hint": None}
    odd = {"name": "state folder", "status": "warn", "message": "nearly full", "hint": "Make room"}
    bad = {"name": "claude", "status": "error", "message": "not found", "hint": "Install Claude Code"}
    front.host.answers(doctor=[{"ok": True, "checks": [fine, odd, bad]}])
    # The stand-in answers, so Python itself must be vouched for.
    front.lua(
        "local system = vim.system vim.system = function(...)"
        " return { wait = function() return { code = 0, stdout = '3.12.1\\n' } end } end"
    )
    report = health(front)
    assert "OK tmux: 3.7" in report
    assert "WARNING state folder: nearly full\n  - ADVICE:\n    - Make room" in report
    assert "ERROR claude: not found\n  - ADVICE:\n    - Install Claude Code" in report


def test_no_python(start_front: FrontStarter) -> None:
    report = health(with_python(start_front, "/nowhere/python"))
    assert "ERROR The plugin's Python is missing: /nowhere/python" in report
    assert "- Run `make venv` in " in report
    assert "tmux is " in report, "the rest is looked at all the same"


def test_a_python_that_is_too_old(start_front: FrontStarter, place: Path) -> None:
    old = place / "old"
    old.write_text("#!/bin/sh\necho 3.10.2 version\n")
    old.chmod(0o700)
    report = health(with_python(start_front, old))
    assert "ERROR Python 3.10.2 is too old, 3.11 is needed" in report


def test_a_python_without_our_packages(start_front: FrontStarter) -> None:
    bare = Path("/usr/bin/python3")
    report = health(with_python(start_front, bare if bare.exists() else PYTHON.resolve()))
    assert "does not find the package llm_send" in report or "is too old" in report


def test_a_python_that_does_not_run(start_front: FrontStarter, place: Path) -> None:
    broken = place / "broken"
    broken.write_text("#!/bin/sh\necho wreck >&2\nexit 3\n")
    broken.chmod(0o700)
    report = health(with_python(start_front, broken))
    assert f"ERROR {broken} does not run: wreck" in report


def test_a_host_that_dies_shows_its_last_words(front: Front) -> None:
    front.lua("vim.system = function() return { wait = function() return { code = 0, stdout = '3.12.1\\n' } end } end")
    front.host.answers(start=[{"exit": 1, "stderr": "Traceback\nKaboom: reason"}])
    report = health(front)
    assert "ERROR The Python host ended with code 1" in report
    assert "Kaboom: reason" in report


def test_keys_of_the_persons(start_front: FrontStarter) -> None:
    mine = (
        "vim.keymap.set('n', '<leader>lsp', ':echo 1<CR>', { desc = 'List plugins' })"
        " vim.keymap.set('n', '<leader>x', '<Plug>(llm-send-normal)')"
    )
    report = health(with_python(start_front, "/nowhere", mine))
    assert "WARNING <leader>lsp is yours in Normal mode (List plugins)" in report
    assert "<leader>lsn is free in Normal mode: its <Plug> is on a key of yours" in report
    assert "lsa is" not in report


def test_keys_turned_off(start_front: FrontStarter) -> None:
    report = health(with_python(start_front, "/nowhere", "vim.g.llm_send_no_default_maps = true"))
    assert "Default keys are turned off" in report
