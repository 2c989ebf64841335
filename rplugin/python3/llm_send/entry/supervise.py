"""The process of a confined pane: takes its secrets, and becomes what it confines. With a limit in time or memory it
stays, as the parent of everything that runs in the pane, and ends it.

    supervise.py FOLDER        the pane's folder, in which the plan stands

It runs with any Python, the standard library and `confine` alone. The agent is in a process group of its own: a signal
that an agent sends to its own group does not reach whoever watches it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from llm_send.confine import hidden, kernel, plan, tree
from llm_send.confine.ending import told, warned

OURS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)
IGNORED = (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)
TICK = 0.1  # seconds between two looks at the memory
GRACE = 0.5  # seconds between TERM and KILL
KILLED = 0.02  # seconds until one that was killed is looked for again
SHORTEST, LONGEST = 1.0, 60.0  # seconds before the end at which it is announced: a tenth of the time, between these


def main() -> NoReturn:
    folder = Path(sys.argv[1])
    found = plan.read(folder)
    environment = environment_of(found, secrets(folder))
    if not found.limited:
        become(found, environment)
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    signal.pthread_sigmask(signal.SIG_BLOCK, OURS)
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    pid = start(found, environment)
    del environment
    sys.exit(Watch(folder, found, pid).run())


def secrets(folder: Path) -> dict[str, str]:
    """Read once; then they are nowhere but in the agent's environment."""
    file = folder / plan.SECRETS
    try:
        text = file.read_text()
    except FileNotFoundError:
        return {}
    file.unlink()
    return dict(json.loads(text))


def environment_of(found: plan.Plan, secret: dict[str, str]) -> dict[str, str]:
    kept = dict(os.environ)
    if found.view:
        kept = {name: value for name, value in kept.items() if name not in hidden.LEADING_OUT and name != "TMPDIR"}
    if found.isolated:
        kept = {name: value for name, value in kept.items() if hidden.kept(name) or name in found.keep}
    return {**kept, **secret}


def start(found: plan.Plan, environment: dict[str, str]) -> int:
    """The agent, in a process group of its own and in front on the terminal."""
    parent = os.getpid()
    pid = os.fork()
    if not pid:
        begin(found, environment, parent)
    with suppress(ProcessLookupError, PermissionError):  # it has done so itself, and is on
        os.setpgid(pid, pid)
    return pid


def begin(found: plan.Plan, environment: dict[str, str], parent: int) -> NoReturn:
    """The child: it ends with its parent."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    os.setpgid(0, 0)
    with suppress(OSError):  # no terminal: a test's
        os.tcsetpgrp(0, os.getpid())
    for number in IGNORED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, OURS)
    become(found, environment)


def become(found: plan.Plan, environment: dict[str, str]) -> NoReturn:
    """Run the command, in its own view of the files if it has one. Nothing of that view is in a process list."""
    if not found.view:
        os.execvpe(found.command[0], list(found.command), environment)  # noqa: S606 — an argument list, as it is
    if kernel.knows_scopes():
        kernel.without_abstract_sockets()
    calls = kernel.call_filter()
    extra = ["--seccomp", str(readable(calls))] if calls else []
    words = "\0".join([*found.view, *extra]).encode(errors="surrogateescape")
    argv = [found.bwrap, "--args", str(readable(words)), "--", *found.command]
    os.execve(found.bwrap, argv, environment)  # noqa: S606


def readable(data: bytes) -> int:
    """A file without a name that holds this, for a program we become."""
    descriptor = os.memfd_create("llm-send", 0)
    os.write(descriptor, data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


class Watch:
    """Ends what runs below this process when it has had its time, or more than its memory."""

    def __init__(self, folder: Path, found: plan.Plan, pid: int) -> None:
        self.folder, self.pid = folder, pid
        self.began = time.monotonic()
        self.limits = found
        self.warned = False

    def run(self) -> int:
        """The pane's exit status: the agent's, or 124 for its time and 137 for its memory."""
        while True:
            number = self.wait()
            if number in (signal.SIGTERM, signal.SIGHUP):
                self.end()
                return 128 + number
            if number == signal.SIGUSR1:
                self.reread()
            if (code := self.reap()) is not None:
                self.end()
                return code
            if over := self.over():
                self.end()
                told(self.folder, over[0])
                return over[1]

    def wait(self) -> int | None:
        """Until something is to be done; a signal's number."""
        times = [self.left(), self.left() - self.ahead()] if self.limits.timeout_secs else []
        ahead = [each for each in times if each > 0]
        if self.limits.memory_limit_mb:
            ahead.append(TICK)
        got = signal.sigtimedwait(OURS, min(ahead, default=3600.0))
        return got.si_signo if got else None

    def left(self) -> float:
        return (self.limits.timeout_secs or 0) - (time.monotonic() - self.began)

    def ahead(self) -> float:
        return min(LONGEST, max(SHORTEST, (self.limits.timeout_secs or 0) / 10))

    def over(self) -> tuple[str, int] | None:
        """Why it has to end, for a person, and the exit status that says so."""
        limits = self.limits
        if limits.timeout_secs and self.left() <= 0:
            return f"its {limits.timeout_secs} s are over (timeout_secs)", 124
        if limits.timeout_secs and not self.warned and self.left() <= self.ahead():
            self.warned = True
            warned(max(1, round(self.left())))
        if limits.memory_limit_mb:
            used = tree.memory(os.getpid())
            if used > limits.memory_limit_mb:
                return f"it used {used} MB of {limits.memory_limit_mb} (memory_limit_mb)", 137
        return None

    def reread(self) -> None:
        """Another limit, given while it runs. A file that is gone or broken changes nothing."""
        with suppress(OSError, ValueError, TypeError):
            self.limits = plan.read(self.folder)
            self.warned = False

    def reap(self) -> int | None:
        """Wait for all that has ended; the agent's exit status, once it is among them."""
        code = None
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == self.pid:
                    said = os.waitstatus_to_exitcode(status)
                    code = said if said >= 0 else 128 - said
                if not pid:
                    break
        return code

    def end(self) -> None:
        """TERM, then KILL, until nothing is left."""
        own, until = os.getpid(), time.monotonic() + GRACE
        # Bubblewrap and the first process in there would take all others with them before those have ended in order.
        spared = {self.pid, *tree.children(self.pid)} if self.limits.view else set()
        tree.tell(own, signal.SIGTERM, spared)
        while tree.children(own) and (left := until - time.monotonic()) > 0:
            signal.sigtimedwait((signal.SIGCHLD,), left)
            self.reap()
        while tree.tell(own, signal.SIGKILL):
            signal.sigtimedwait((signal.SIGCHLD,), KILLED)
            self.reap()


if __name__ == "__main__":
    main()
