"""how long a press of the key holds the editor, every fifth one with no host running yet"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from bench import programs
from bench.figures import Figure, Measure, figure
from offline import world
from offline.world import REPOSITORY, World

EDITORS, PRESSES = 20, 5  # as in key.lua
LINES = {"12 KB": 200, "1 MB": 17000}
BUDGETS: list[tuple[Measure, float]] = [("median", 5.0), ("p99", 10.0)]


def measure() -> list[Figure]:
    held: dict[tuple[str, str], list[float]] = {(name, size): [] for name in programs.NVIMS for size in LINES}
    with world.opened("bench", programs.newest()) as here:
        seat = here.server.new_pane(["sleep", "600"], cwd=here.project)
        for number in range(EDITORS):
            for name, size in held:
                if size == "12 KB" or number < EDITORS // 5:
                    held[name, size] += _presses(here, seat.id, programs.NVIMS[name], LINES[size])
    figures = []
    for name in programs.NVIMS:
        small = held[name, "12 KB"]
        figures += [figure("key", f"{name}, 12 KB", measure, small, budget=budget) for measure, budget in BUDGETS]
        figures.append(figure("key", f"{name}, 12 KB, no host yet", "median", small[::PRESSES]))
        figures.append(figure("key", f"{name}, 1 MB", "median", held[name, "1 MB"]))
    return figures


def _presses(here: World, seat: str, nvim: Path, lines: int) -> list[float]:
    """Milliseconds of each press in one fresh editor. No Claude runs, so each send is refused at once."""
    out = here.folder / "presses.json"
    out.unlink(missing_ok=True)
    argv = [str(nvim), "--headless", "--clean", "-i", "NONE", "-n", "--cmd", f"set runtimepath^={REPOSITORY}"]
    argv += ["-c", f"luafile {REPOSITORY}/bench/key.lua"]
    environment = {**here.seated_at(seat), "BENCH_OUT": str(out), "BENCH_LINES": str(lines)}
    subprocess.run(argv, env=environment, cwd=here.project, check=True, stdin=subprocess.DEVNULL, timeout=120)
    found = json.loads(out.read_text())
    if found["ended"] != PRESSES:
        raise RuntimeError(f"of {PRESSES} presses {found['ended']} came to an end")
    return [float(each) for each in found["held"]]
