"""The few system calls the sandbox needs and Python does not offer. Each raises OSError."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

MS_RDONLY = 1
MS_REMOUNT = 32
MS_BIND = 4096
MS_REC = 16384
ST_TO_MS = {2: 2, 4: 4, 8: 8, 1024: 1024, 2048: 2048, 4096: 1 << 21}
"""What statvfs says of a mount (nosuid, nodev, noexec, the atime rules) as mount(2) wants to hear it."""

MNT_DETACH = 2
PR_CAPBSET_DROP = 24
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_LOWER = 3
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2

SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 1

libc = ctypes.CDLL(None, use_errno=True)


def called(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def mount(source: str, target: Path, kind: str = "", flags: int = 0, options: str = "") -> None:
    arguments = (source.encode(), os.fsencode(target), kind.encode(), flags, options.encode())
    called(libc.mount(*arguments), str(target))


def unmount(target: Path) -> None:
    called(libc.umount2(os.fsencode(target), MNT_DETACH), str(target))


def make_read_only(folder: Path) -> None:
    """The folder as it is, on a mount of its own that nobody can write through."""
    mount(str(folder), folder, flags=MS_BIND | MS_REC)
    stat = os.statvfs(folder)
    kept = sum(flag for bit, flag in ST_TO_MS.items() if stat.f_flag & bit)  # a user namespace may not clear them
    mount("none", folder, flags=MS_REMOUNT | MS_BIND | MS_RDONLY | kept)


def raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def obey_file_modes() -> None:
    """From the next exec on a file's permission bits count, for root too: an unreadable file is unreadable."""
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        called(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, capability, 0, 0), "ambient capabilities")
        called(libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "capability bounds")
