"""The demo shows what is so, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from demo.prompts import PROMPTS, lines, place_of
from demo.show import Row
from tests.rig.programs import DEPS, REPOSITORY
from tests.rig.tmux import Tmux
from tests.rig.wait import wait_until

DELIVERED = {"outcome": "delivered", "reason": None, "receipt": {"permission_mode": "plan", "evidence": ["gate"]}}
PLAN = next(prompt for prompt in PROMPTS if prompt.mode == "plan")


def stages(folder: Path | str) -> list[Path]:
    return list(Path(folder).glob("llm-send-demo-*"))


@pytest.mark.newest
def test_it_sends_in_each_mode_and_proves_it(
    nvim_program: Path, tmux_program: Path, claude_program: Path, tmp_path: Path
) -> None:
    programs = [str(program) for program in (tmux_program, nvim_program, claude_program)]
    out, place = tmp_path / "out", Path(tempfile.mkdtemp())  # sockets want a short path
    argv = [sys.executable, "-m", "demo.show", *programs, str(out)]
    env = {**os.environ, "TMPDIR": str(place)}
    done = subprocess.run(argv, capture_output=True, text=True, cwd=REPOSITORY, env=env, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    for prompt in PROMPTS:
        (row,) = (line for line in done.stdout.splitlines() if line.startswith(f"{prompt.mode.value} "))
        assert "delivered" in row
        assert prompt.mode.pane_name in row
        assert prompt.mode.claude in row
        assert row.endswith("✓ the same bytes")
    assert "✓ Sent to Claude (Auto-Accept Mode) · Pane: claude-auto" in (out / "screen.txt").read_text()
    assert (out / "screen.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(file.name for file in out.iterdir()) == ["model.jsonl", "screen.png", "screen.txt"]
    assert list(place.iterdir()) == []


def test_on_a_terminal_it_opens_a_place_to_play_in(
    tmux: Tmux, environment: dict[str, str], nvim_program: Path, tmux_program: Path, claude_program: Path
) -> None:
    """In a small terminal, where the Claudes have windows of their own."""
    programs = [str(program) for program in (tmux_program, nvim_program, claude_program)]
    argv = [str(DEPS / "venv/bin/python"), "-m", "demo.play", *programs]
    seat = tmux.new_pane(["sh", "-c", f"cd {REPOSITORY} && {' '.join(argv)}; read wait"])
    seat.wait_for("prompts.md", "claude-auto", "C-b d leave", deadline=60)
    assert stages(environment["TMPDIR"])
    first, last = place_of(PLAN)
    seat.type(f"{first}GV{last}G{PLAN.key}")
    seat.wait_for("✓ Sent to Claude (Plan Mode) · Pane: claude-plan", deadline=30)
    seat.press("C-b", "2")
    seat.wait_for("● Understood.", "plan mode on")
    seat.press("C-b", "d")
    seat.wait_for("Cleared away", "With your own Claude account", deadline=30)
    assert stages(environment["TMPDIR"]) == []


@pytest.mark.newest
def test_killed_it_clears_away_too(
    tmux: Tmux, environment: dict[str, str], nvim_program: Path, tmux_program: Path, claude_program: Path
) -> None:
    programs = [str(program) for program in (tmux_program, nvim_program, claude_program)]
    argv = [str(DEPS / "venv/bin/python"), "-m", "demo.play", *programs]
    seat = tmux.new_pane(argv, cwd=REPOSITORY)
    seat.wait_for("prompts.md", "C-b d leave", deadline=60)
    assert stages(environment["TMPDIR"])
    tmux.run("kill-pane", "-t", seat.id)  # as a closed terminal does
    wait_until(lambda: not stages(environment["TMPDIR"]), 30)


@pytest.mark.parametrize(
    ("result", "arrived"),
    [
        (DELIVERED, []),
        (DELIVERED, [PLAN.text, PLAN.text]),
        (DELIVERED, [PLAN.text.replace("½", "¼")]),
        (DELIVERED, [PLAN.text + "x"]),
        ({**DELIVERED, "outcome": "unconfirmed"}, [PLAN.text]),
        ({**DELIVERED, "receipt": {"permission_mode": "acceptEdits"}}, [PLAN.text]),
        ({**DELIVERED, "receipt": None}, [PLAN.text]),
    ],
)
def test_a_row_that_is_not_as_it_should_be_is_seen(result: dict[str, object], arrived: list[str]) -> None:
    row = Row(PLAN, DELIVERED, [f'<pasted_content id="1">\n{PLAN.text.expandtabs(4)}\n</pasted_content id="1">'])
    assert row.agrees
    assert not replace(row, result=result, arrived=arrived).agrees


def test_each_prompt_stands_in_the_file() -> None:
    for prompt in PROMPTS:
        first, last = place_of(prompt)
        assert "\n".join(lines()[first - 1 : last]) == prompt.text
