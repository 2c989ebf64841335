"""The few system calls that bubblewrap does not make for us, and that Python does not offer. Linux alone.

Abstract sockets have no file that could be hidden: Landlock (Linux 6.12) keeps a process from all that were made
outside. A filter of system calls takes away the kernel's keys and the way to the machine around (AF_VSOCK), which a
namespace does not; typing into the pane's own terminal (TIOCSTI), which would be read by what comes after; and
io_uring, whose calls no filter sees.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Sequence

CREATE_RULESET, RESTRICT_SELF = 444, 446  # on every architecture
VERSION = 1  # landlock_create_ruleset: say the ABI
SCOPES = 6  # the ABI that knows them
ABSTRACT_SOCKETS = 1
PR_SET_NO_NEW_PRIVS, PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG = 38, 36, 1

LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
NUMBER, ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
FIRST_ARGUMENT, SECOND_ARGUMENT = 16, 24  # their low halves, as little endian has them: all that the kernel looks at
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
EPERM, ENOSYS = 1, 38
X32 = 0x40000000  # set in the numbers of a second set of calls on x86-64
TYPING = (0x5412, 0x541C)  # ioctl: TIOCSTI, TIOCLINUX
AF_VSOCK = 40
IO_URING_SETUP = 425  # on every architecture
CALLS = {  # architecture as uname says it: as the kernel says it; ioctl; socket; add_key, request_key, keyctl
    "x86_64": (0xC000003E, 16, 41, (248, 249, 250)),
    "aarch64": (0xC00000B7, 29, 198, (217, 218, 219)),
}

_libc = ctypes.CDLL(None, use_errno=True)


def _called(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def prctl(option: int, value: int) -> None:
    _called(_libc.prctl(option, value, 0, 0, 0), "prctl")


def knows_scopes() -> bool:
    """Whether this kernel can keep a process from abstract sockets."""
    return int(_libc.syscall(CREATE_RULESET, None, 0, VERSION)) >= SCOPES


def without_abstract_sockets() -> None:
    """From now on this process and its children reach no abstract socket but their own. Raises OSError."""
    attributes = struct.pack("QQQ", 0, 0, ABSTRACT_SOCKETS)
    ruleset = _called(_libc.syscall(CREATE_RULESET, attributes, len(attributes), 0), "landlock_create_ruleset")
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    _called(_libc.syscall(RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    os.close(ruleset)


def call_filter() -> bytes | None:
    """The program for bubblewrap's --seccomp; None for an architecture whose calls we do not know."""
    if platform.machine() not in CALLS:
        return None
    architecture, ioctl, socket, keys = CALLS[platform.machine()]
    program = [
        _step(LOAD, ARCHITECTURE),
        _step(EQUAL, architecture, then=1),
        _step(RETURN, REFUSE | ENOSYS),
        _step(LOAD, NUMBER),
        *_refusal(AT_LEAST, X32, ENOSYS),
        *_refusal(EQUAL, IO_URING_SETUP, ENOSYS),
        *(step for key in keys for step in _refusal(EQUAL, key, EPERM)),
        *_refusal_with(socket, FIRST_ARGUMENT, [AF_VSOCK]),
        *_refusal_with(ioctl, SECOND_ARGUMENT, TYPING),
        _step(RETURN, ALLOW),
    ]
    return b"".join(program)


def _refusal_with(call: int, argument: int, values: Sequence[int]) -> list[bytes]:
    """Of a call with one of these values there; with any other it is allowed."""
    refusals = [step for value in values for step in _refusal(EQUAL, value, EPERM)]
    steps = [_step(LOAD, argument), *refusals, _step(RETURN, ALLOW)]
    return [_step(EQUAL, call, otherwise=len(steps)), *steps]


def _refusal(test: int, value: int, error: int) -> list[bytes]:
    return [_step(test, value, otherwise=1), _step(RETURN, REFUSE | error)]


def _step(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    """One instruction: `then` and `otherwise` are how many of those that follow are left out."""
    return struct.pack("HBBI", code, then, otherwise, value)
