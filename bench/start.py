"""what the plugin adds to Neovim's start (nvim --startuptime, up to NVIM STARTED)"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from bench import programs
from bench.figures import Figure, figure, interleaved
from offline import world
from offline.world import REPOSITORY, World

ROUNDS = 60
BUDGET = 0.5
STARTED = re.compile(r"^(\d+\.\d+) .*--- NVIM STARTED ---", re.MULTILINE)
# `+qa!` would run before VimEnter, which is part of the start.
LEAVE = "autocmd VimEnter * call timer_start(30, {-> execute('qa!')})"


def measure() -> list[Figure]:
    with world.opened("bench", programs.newest()) as here:
        return [_measure(here, name, nvim) for name, nvim in programs.NVIMS.items()]


def _measure(here: World, name: str, nvim: Path) -> Figure:
    def started(*arguments: str) -> float:
        log = here.folder / "startuptime"
        log.unlink(missing_ok=True)
        argv = [str(nvim), "--headless", "--clean", "-i", "NONE", "-n", "--startuptime", str(log)]
        argv += [*arguments, "--cmd", LEAVE]
        subprocess.run(argv, env=here.environment, cwd=here.project, check=True, stdin=subprocess.DEVNULL)
        return float(STARTED.findall(log.read_text())[-1])

    times = interleaved(ROUNDS, {"raw": started, "ours": lambda: started("--cmd", f"set runtimepath^={REPOSITORY}")})
    return figure("start", name, "added", times["ours"], raw=times["raw"], budget=BUDGET)
