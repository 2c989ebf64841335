"""Proof, before the first test, that this process can reach neither the person's HOME nor a network."""

from __future__ import annotations

import errno
import os
import pwd
import socket
from pathlib import Path

WAY_IN = "start tests with tests/run (or make test), never pytest itself"
SOMEBODY_ELSE = ("192.0.2.1", 9)
"""An address reserved for documentation: no packet to it may leave."""


class UnguardedError(Exception):
    """A test could have done harm."""


def real_home() -> Path:
    return Path(pwd.getpwuid(os.getuid()).pw_dir)


def home_is_out_of_reach(home: Path, real: Path) -> None:
    """`home` is what this process calls HOME, `real` the account's."""
    if home.resolve() == real.resolve():
        raise UnguardedError(f"HOME is the account's own, {real}: {WAY_IN}")
    if real.is_dir() and not os.statvfs(real).f_flag & os.ST_RDONLY:
        raise UnguardedError(f"{real} can be written: {WAY_IN}")


def network_is_out_of_reach(interfaces: list[str]) -> None:
    if interfaces != ["lo"]:
        raise UnguardedError(f"found network interfaces {', '.join(interfaces)}, expected lo alone: {WAY_IN}")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        number = any_socket.connect_ex(SOMEBODY_ELSE)
    if number != errno.ENETUNREACH:
        raise UnguardedError(f"a network can be reached ({errno.errorcode.get(number, 'connected')}): {WAY_IN}")


def default_tmux_is_out_of_reach(uid: int) -> None:
    if "TMUX" in os.environ or list(Path(f"/tmp/tmux-{uid}").glob("*")):
        raise UnguardedError(f"the person's tmux server can be reached: {WAY_IN}")


def check() -> None:
    home_is_out_of_reach(Path(os.environ["HOME"]), real_home())
    network_is_out_of_reach([name for _, name in socket.if_nameindex()])
    default_tmux_is_out_of_reach(os.getuid())
