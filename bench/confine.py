"""what each confinement adds to the start of a pane's program and its end, and how soon a limit ends it"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.figures import Figure, figure, interleaved, timed
from tests.confining import Lair
from tests.test_supervise import DAEMON, GREEDY

ROUNDS = 30
BUDGETS = {"files": 250.0, "limits": 120.0}  # milliseconds; Claude Code itself takes a second to be ready
CASES: dict[str, dict[str, Any]] = {
    "secure_env": {"secure_env": {"KEY": {"file": "/etc/hostname"}}},
    "timeout_secs": {"timeout_secs": 600},
    "memory_limit_mb": {"memory_limit_mb": 600},
    "isolate_fs": {"isolate_fs": True},
    "readonly": {"readonly": True},
    "local_only": {"isolate_fs": True, "local_only": True},
    "all": {"isolate_fs": True, "readonly": True, "timeout_secs": 600, "memory_limit_mb": 600},
}
ENDS = 7
SOON = 1000.0  # milliseconds
LIMITS: dict[str, tuple[str, dict[str, Any], float]] = {  # a program, its limit, and the milliseconds it may have
    "end by timeout_secs": (f"import time; {DAEMON}\ntime.sleep(60)", {"timeout_secs": 1}, 1000.0),
    "end by memory_limit_mb": (GREEDY, {"memory_limit_mb": 150}, 0.0),
}


def measure() -> list[Figure]:
    place = Path(tempfile.mkdtemp(prefix="llm-send-bench-"))
    try:
        lair = Lair(place)
        cases = {"none": {}, **CASES}
        samples = interleaved(ROUNDS, {name: _started(lair, values) for name, values in cases.items()})
        ends = [figure("confine", name, "median", _ended(lair, name), budget=SOON) for name in LIMITS]
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return [*(_figure(name, times, samples["none"]) for name, times in samples.items()), *ends]


def _started(lair: Lair, values: Mapping[str, Any]) -> Callable[[], float]:
    def start() -> None:
        line = lair.command_line(["/bin/true"], values)
        subprocess.run(line, env=lair.environment, cwd=lair.project, check=True)

    return lambda: timed(start)


def _ended(lair: Lair, name: str) -> list[float]:
    """Milliseconds past the limit, until nothing is left that could write to its output."""
    code, values, least = LIMITS[name]
    found = []
    for _ in range(ENDS):
        line = lair.command_line([sys.executable, "-I", "-c", code], values)
        began = time.monotonic()
        said = subprocess.run(
            line, env=lair.environment, cwd=lair.project, stdout=subprocess.PIPE, text=True, check=False
        ).stdout
        began = float(said.split()[0]) if not least else began
        found.append((time.monotonic() - began) * 1000 - least)
    return found


def _figure(name: str, times: list[float], none: list[float]) -> Figure:
    if name == "none":
        return figure("confine", name, "median", times)
    budget = BUDGETS["files" if set(CASES[name]) & {"isolate_fs", "readonly"} else "limits"]
    return figure("confine", name, "added", times, raw=none, budget=budget)
