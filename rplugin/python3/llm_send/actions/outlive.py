"""Start a process that outlives us, and that is not our child: a host that stays has nothing to wait for."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence

SHELL = '"$@" </dev/null >/dev/null 2>&1 & echo $!'


def outlive(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Its pid. It is in our session still; it leaves that by itself."""
    said = subprocess.run(
        ["sh", "-c", SHELL, "sh", *command], env=environment, cwd="/", capture_output=True, check=True
    )
    return int(said.stdout)
