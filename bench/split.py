"""where the time between the key and the model goes: when each step is done, beside paste-and-Enter where it has one"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

from bench import claude, editor, programs
from bench.claude import Claude
from bench.editor import SEND, Editor
from bench.figures import Figure, figure
from offline import world
from offline.world import REPOSITORY, World

ROUNDS = 40
HOOK = """#!/bin/bash
# The gate's deadline, with a note of when a prompt's gate begins and ends.
begin=$EPOCHREALTIME
{timeout} "$@"
code=$?
[[ $* != *"gate.sh prompt"* ]] || echo "$begin $EPOCHREALTIME" >>{log}
exit $code
"""
Times = dict[str, list[float]]


def measure() -> list[Figure]:
    return [figure for name in programs.TMUXES for figure in _measure(name)]


def _measure(name: str) -> list[Figure]:
    with world.opened("bench", programs.with_tmux(name)) as here:
        hooks, trace = here.folder / "hooks.log", here.folder / "trace.jsonl"
        _note_hooks(here, hooks)
        seat = here.server.new_pane(["sleep", "6000"], cwd=here.project).id
        here.environment["TRACE"] = str(trace)
        to = claude.guarded(here, seat)
        texts = (f"number {number}: {'x' * 50}" for number in itertools.count())
        with editor.opened(here, seat, _traced(here)) as keys:
            blind_key = keys.bind_blind(to.pane.id, str(here.programs.tmux), "-u", "-S", str(here.server.socket))
            ours: Times = {}
            blind: Times = {}
            for _ in range(ROUNDS):
                _add(ours, _press(keys, SEND, to, texts, hooks, trace))
                _add(blind, _press(keys, blind_key, to, texts, hooks, trace))
    steps = sorted(ours, key=lambda step: sum(ours[step]))
    return [figure("split", f"{step}, {name}", "median", ours[step][1:], raw=blind.get(step, [])[1:]) for step in steps]


def _add(times: Times, found: dict[str, float]) -> None:
    for step, took in found.items():
        times.setdefault(step, []).append(took)


def _press(keys: Editor, key: str, to: Claude, texts: Iterator[str], hooks: Path, trace: Path) -> dict[str, float]:
    """One send: milliseconds from the key to each step."""
    text = next(texts)
    keys.write(text)
    ended = len(keys.outcomes())
    pressed = keys.press(key)
    moments = {"at the model": to.arrival(text)}
    if key == SEND:
        keys.wait_for_outcomes(ended + 1)
        moments |= steps_of(trace.read_text(), pressed)
    to.settle()
    begin, end = hooks.read_text().splitlines()[-1].split()
    moments |= {"gate begins": _ns(begin), "gate ends": _ns(end)}
    return {step: (moment - pressed) / 1e6 for step, moment in moments.items()}


def steps_of(trace: str, pressed: int) -> dict[str, int]:
    """When each step of one send was done."""
    lines = [line.split(" ") for line in trace.splitlines()]
    noted = [(what, int(begin), int(end)) for what, begin, end in lines if int(begin) > pressed]
    writes = [(begin, end) for what, begin, end in noted if what == "LivePane.write"]
    looks = [end for what, _, end in noted if what == "LivePane.look"]
    [paste, enter] = writes
    return {
        "host has it": min(begin for what, begin, _ in noted if what == "answer"),
        "row written": next(end for what, _, end in noted if what == "History.begin"),
        "looked": max(end for end in looks if end < paste[0]),
        "paste begins": paste[0],
        "pasted": paste[1],
        "seen": max(end for end in looks if end < enter[0]),
        "Enter begins": enter[0],
        "Enter pressed": enter[1],
        "outcome": next(end for what, _, end in noted if what == "History.settle"),
    }


def _ns(seconds: str) -> int:
    return int(seconds.replace(".", "").replace(",", "")) * 1000


def _note_hooks(here: World, log: Path) -> None:
    program = here.bin / "timeout"
    program.write_text(HOOK.format(timeout=shutil.which("timeout", path="/usr/bin:/bin"), log=log))
    program.chmod(0o755)


def _traced(here: World) -> Path:
    program = here.folder / "python"
    program.write_text(f"#!{REPOSITORY}/.venv/bin/python -I\n{(REPOSITORY / 'bench/traced.py').read_text()}")
    program.chmod(0o755)
    return program
