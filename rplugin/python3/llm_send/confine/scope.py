"""A memory limit that the kernel holds: a cgroup of the agent's own, as systemd makes one for anybody's program.

The watch goes on beside it: it says why a pane ends, and it is all there is where systemd does not run.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

WAYS = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")  # by which it is asked; the agent gets its own, or none
ANSWER = 5.0  # seconds a try may take
TRIED = 64  # megabytes
GROUPS = Path("/sys/fs/cgroup")
ASKS = 'test -e "/proc/self/fd/$0" && cat "/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)/memory.max"'


def words(limit_mb: int) -> list[str]:
    """What stands before a command that is to have so many megabytes and no swap. It becomes that command."""
    limits = ["-p", f"MemoryMax={limit_mb}M", "-p", "MemorySwapMax=0"]
    return ["systemd-run", "--user", "--scope", "--quiet", "--collect", *limits, "--"]


def works(environment: Mapping[str, str]) -> bool:
    """Tried: the limit stands where the kernel reads it, and what is open for a program stays open."""
    held = os.memfd_create("llm-send", 0)
    try:
        done = subprocess.run(
            [*words(TRIED), "sh", "-c", ASKS, str(held)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ANSWER,
            check=False,
            env={**environment},
            pass_fds=(held,),
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    finally:
        os.close(held)
    return done.returncode == 0 and done.stdout.strip() == str(TRIED << 20)


def ways(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: environment[name] for name in WAYS if name in environment}


def before(limit: tuple[str, ...], known: Mapping[str, str], environment: Mapping[str, str]) -> list[str]:
    """What stands before a command: `limit` are the words, `known` leads to systemd, `environment` is the agent's."""
    if not limit:
        return []
    back = [word for name in known for word in ([f"{name}={environment[name]}"] if name in environment else [])]
    gone = [word for name in known if name not in environment for word in ("-u", name)]
    return ["env", *(f"{name}={value}" for name, value in known.items()), *limit, "env", *gone, *back]


def full(pid: int) -> bool:
    """Whether the kernel has ended something in the process's own group for want of memory."""
    try:
        group = _group(pid)
        if group in (None, _group(os.getpid())):
            return False  # it has none of its own, or not yet
        lines = Path(f"{GROUPS}{group}/memory.events").read_text().split()
    except (OSError, ValueError):
        return False
    return dict(zip(lines[::2], lines[1::2], strict=False)).get("oom_kill", "0") != "0"


def _group(pid: int) -> str | None:
    lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    return next((line.removeprefix("0::") for line in lines if line.startswith("0::")), None)
