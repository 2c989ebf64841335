"""a listing of 500 panes, 5 of them Claudes, beside `tmux list-panes` of the same fields"""

from __future__ import annotations

import json
import subprocess

from bench import programs
from bench.figures import Figure, figure, interleaved, timed
from llm_send.actions.context import Here, context_of
from llm_send.actions.list_panes import ListRequest, list_panes
from llm_send.tmux import chained
from llm_send.tmux import list_panes as listing_command
from offline import world
from offline.world import World

ROUNDS = 40
PANES, AGENTS = 500, 5
BUDGET = 1.5


def measure() -> list[Figure]:
    return [_measure(name) for name in programs.TMUXES]


def _measure(name: str) -> Figure:
    with world.opened("bench", programs.with_tmux(name)) as here:
        seat = here.server.new_pane(["sleep", "6000"], cwd=here.project)
        for _ in range(AGENTS):
            spawn(here, seat.id)
        fill(here, PANES - AGENTS - 1)
        context = context_of(
            here.environment, here=Here(str(here.project), seat.id), socket_path=str(here.server.socket)
        )

        def ours() -> None:
            found = list_panes(context, ListRequest()).panes
            if [pane.state for pane in found] != ["idle"] * AGENTS:
                raise RuntimeError(f"found {[(pane.id, pane.state) for pane in found]}")

        def raw() -> None:
            argv = ["tmux", "-u", "-S", str(here.server.socket), *chained([listing_command("0123abcd")])]
            printed = subprocess.run(argv, env=here.environment, capture_output=True, check=True).stdout
            if printed.count(b"0123abcd;\n") != PANES:
                raise RuntimeError(f"{printed.count(b'0123abcd;')} panes")

        times = interleaved(ROUNDS, {"raw": lambda: timed(raw), "ours": lambda: timed(ours)})
    return figure(
        "list", f"{PANES} panes, {AGENTS} Claudes, {name}", "ratio", times["ours"], raw=times["raw"], budget=BUDGET
    )


def spawn(here: World, seat: str, *arguments: str) -> str:
    argv = [str(here.bin / "llm-send"), "spawn", "--json", "--session", "agents", "--mode", "plan", *arguments]
    environment = here.seated_at(seat)
    done = subprocess.run(
        argv, env=environment, cwd=here.project, capture_output=True, text=True, timeout=90, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    return str(json.loads(done.stdout)["pane"]["id"])


def fill(here: World, count: int) -> None:
    """Panes of no interest, as everybody has them: idle programs and shells."""
    programs_there = (["sleep", "6000"], ["sh"])
    for number in range(count):
        place = ["new-window", "-d", "-t", "=main:"]
        here.server.run(*place, "-c", str(here.project), "--", *["env", *programs_there[number % 2]])
