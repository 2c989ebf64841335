"""What the kernel says about a process, from /proc.

Every question may be asked of a process that has just gone: the answer is then None, or an empty list or set of
names, never an error. The same answers come where there is no /proc at all (macOS): a caller treats both as "not
known". Processes of other people answer what the kernel lets us see: `start_time`, `state`, `parent` and `argv`
yes; `environ_of` and `cwd` no.
"""

# ruff: noqa: PTH112, PTH115, PTH116, PTH208
# A listing asks these by the hundred, and a Path costs more than the question.

from __future__ import annotations

import os
import time

# Fields of /proc/PID/stat after the name, counted from 0: proc(5) counts from 1 and the name is its second.
_STATE, _PARENT, _FOREGROUND, _START = 0, 1, 5, 19


def start_time(pid: int) -> str | None:
    """When the process started, in clock ticks after boot: with the pid it names one process for good."""
    return _stat(pid, _START)


def state(pid: int) -> str | None:
    """The kernel's letter: R running, S sleeping, D in the disk, T stopped, Z ended and not yet waited for."""
    return _stat(pid, _STATE)


def parent(pid: int) -> int | None:
    """The process that started it, or the one that adopted it."""
    found = _stat(pid, _PARENT)
    return None if found is None else int(found)


def foreground(pid: int) -> int | None:
    """The process group in front on the terminal of `pid`; None without a terminal."""
    found = _stat(pid, _FOREGROUND)
    return None if found is None or int(found) <= 0 else int(found)


def alive(pid: int, start: str) -> bool:
    """Whether this very process still runs. One that has ended and is not yet waited for does not.

    `start` is what `start_time` said of it, or "" where that was not known: then any process of that pid counts.
    """
    if start:
        found = _fields(pid)
        return found is not None and found[_START] == start and found[_STATE] not in ("Z", "X")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's: there is one
    return True


def inner(pid: int) -> int:
    """What it is called in its own pid namespace: the same, but for a process in a sandbox."""
    lines = (_read(f"/proc/{pid}/status") or b"").splitlines()
    names = next((line.split()[1:] for line in lines if line.startswith(b"NSpid:")), [])
    return int(names[-1]) if names else pid


def children(pid: int) -> list[int]:
    """Its living children, by pid, whichever of its threads started them."""
    tasks = f"/proc/{pid}/task"
    try:
        # A folder's links are itself, its entry above and each folder in it. Most programs have the one thread, and
        # a listing asks this of every shell there is.
        threads = [str(pid)] if os.stat(tasks).st_nlink == 3 else os.listdir(tasks)
    except OSError:
        return []
    found = [_read(f"{tasks}/{thread}/children") or b"" for thread in threads]
    return sorted(int(child) for line in found for child in line.split())


def tree(pid: int) -> list[int]:
    """`pid` and all its descendants, parents before their children; empty if it is gone."""
    if start_time(pid) is None:
        return []
    found = [pid]
    for each in found:  # grows while it is walked
        found += [child for child in children(each) if child not in found]
    return found


def argv(pid: int) -> list[str] | None:
    """Its command line as it stands now (a program may overwrite it); empty for a zombie or a kernel thread."""
    line = _read(f"/proc/{pid}/cmdline")
    return None if line is None else [_text(word) for word in line.split(b"\0")[:-1]]


def environ_of(pid: int) -> dict[str, str] | None:
    """The environment it was started with; what it changed since does not show."""
    block = _read(f"/proc/{pid}/environ")
    if block is None:
        return None
    pairs = (_text(entry).partition("=") for entry in block.split(b"\0"))
    return {name: value for name, equals, value in pairs if equals}


def cwd(pid: int) -> str | None:
    """Its working directory; None also when that directory has been removed."""
    try:
        found = os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return None
    # The kernel appends this; a folder may also be called so.
    return None if found.endswith(" (deleted)") and not os.path.isdir(found) else found


def _stat(pid: int, field: int) -> str | None:
    found = _fields(pid)
    return found[field] if found else None


def _fields(pid: int) -> list[str] | None:
    line = _read(f"/proc/{pid}/stat")
    # The name stands in brackets and may hold spaces and brackets itself: what counts comes after the last one.
    return line[line.rindex(b")") + 2 :].decode().split() if line else None


def _read(path: str) -> bytes | None:
    # ProcessLookupError (a process that ends between open and read) is an OSError too.
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        parts = [os.read(file, 65536)]
        while parts[-1]:
            parts.append(os.read(file, 65536))
    except OSError:
        return None
    finally:
        os.close(file)
    return b"".join(parts)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def age(pid: int) -> float | None:
    """Seconds since the process started."""
    start, up = start_time(pid), _read("/proc/uptime")
    return float(up.split()[0]) - int(start) / os.sysconf("SC_CLK_TCK") if start and up else None


def wall_clock() -> float:
    """Unix seconds, as file times are."""
    return time.time()
