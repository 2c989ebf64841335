"""what each confinement adds to the start of a pane's program (from the decision to its first instruction and back)"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.figures import Figure, figure, interleaved, timed
from tests.confining import Lair

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


def measure() -> list[Figure]:
    place = Path(tempfile.mkdtemp(prefix="llm-send-bench-"))
    try:
        lair = Lair(place)
        cases = {"none": {}, **CASES}
        samples = interleaved(ROUNDS, {name: _started(lair, values) for name, values in cases.items()})
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return [_figure(name, times, samples["none"]) for name, times in samples.items()]


def _started(lair: Lair, values: Mapping[str, Any]) -> Callable[[], float]:
    def start() -> None:
        line = lair.command_line(["/bin/true"], values)
        subprocess.run(line, env=lair.environment, cwd=lair.project, check=True)

    return lambda: timed(start)


def _figure(name: str, times: list[float], none: list[float]) -> Figure:
    if name == "none":
        return figure("confine", name, "median", times)
    budget = BUDGETS["files" if set(CASES[name]) & {"isolate_fs", "readonly"} else "limits"]
    return figure("confine", name, "added", times, raw=none, budget=budget)
