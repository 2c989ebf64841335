"""What of each confinement this machine can enforce, found out by trying it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from llm_send.confine import kernel
from llm_send.confine.asked import Kind
from llm_send.confine.view import NAMESPACES

ANSWER = 5.0  # seconds a try may take; it takes ten milliseconds
TRIED = ("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/run")
INSTALL = "Install bubblewrap: apt install bubblewrap, dnf install bubblewrap, pacman -S bubblewrap."
NAMESPACE = (
    "Let your account make user namespaces: sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces > 0; "
    "Ubuntu: an AppArmor profile for bwrap; in a container: --security-opt seccomp=unconfined."
)
LINUX = "It works on Linux alone: run the agent there, in a virtual machine or a container."


@dataclass(frozen=True)
class Found:
    """What trying showed: `lacking` is why it cannot be enforced, None where it can; `mend` how it could. `weaker` is
    what does not hold although the rest does."""

    lacking: str | None = None
    mend: str | None = None
    weaker: tuple[str, ...] = ()


def files(environment: Mapping[str, str]) -> Found:
    """A file system of its own, by bubblewrap."""
    if sys.platform != "linux":
        return Found("there is no bubblewrap on this system", LINUX)
    bwrap = shutil.which("bwrap", path=environment.get("PATH"))
    if not bwrap:
        return Found("bubblewrap is not installed", INSTALL)
    said = tried(bwrap, environment)
    if said is not None:
        mend = NAMESPACE if "namespace" in said or "ermission" in said or "uid map" in said else INSTALL
        return Found(f"bubblewrap does not work here: {said or 'it said nothing'}", mend)
    weaker = []
    if not kernel.knows_scopes():
        weaker.append("abstract sockets stay in reach: that takes Linux 6.12 with Landlock")
    if kernel.call_filter() is None:
        weaker.append("the kernel's keys stay in reach: their calls are not known for this processor")
    return Found(weaker=tuple(weaker))


def tried(bwrap: str, environment: Mapping[str, str], *more: str) -> str | None:
    """What bubblewrap says when it does not work; None when it does."""
    argv = [bwrap, *NAMESPACES, *TRIED, *more, "--", "/bin/sh", "-c", ":"]
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ANSWER,
            check=False,
            env={**environment},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr.strip().removeprefix("bwrap: ")


def limit(what: str, _environment: Mapping[str, str]) -> Found:
    """An end by our own supervisor, which looks at everything it has started."""
    if sys.platform != "linux" or not Path("/proc/self/task").is_dir():
        return Found(f"{what} is watched through /proc, which is not there", LINUX)
    return Found()


def network(environment: Mapping[str, str]) -> Found:
    """A network of its own, in which there is nothing but its loopback."""
    found = files(environment)
    if found.lacking:
        return replace(found, weaker=())
    said = tried(shutil.which("bwrap", path=environment.get("PATH")) or "bwrap", environment, "--unshare-net")
    return Found() if said is None else Found(f"bubblewrap makes no network here: {said}", NAMESPACE)


CHECKS: dict[Kind, Callable[[Mapping[str, str]], Found]] = {
    "files": files,
    "time": partial(limit, "the time"),
    "memory": partial(limit, "the memory"),
    "network": network,
}
KEYS: dict[Kind, str] = {
    "files": "isolate_fs, readonly",
    "time": "timeout_secs",
    "memory": "memory_limit_mb",
    "network": "local_only",
}
