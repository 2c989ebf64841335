"""Ends what runs in a pane when it has had its time, or more than its memory. In the process that is the parent of all
that runs there, and that adopts whatever has lost its own."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from llm_send.confine import plan, scope, tree
from llm_send.confine.ending import told, warned

OURS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)
TICK = 0.1  # seconds between two looks at the memory
GRACE = 0.5  # seconds between TERM and KILL
KILLED = 0.02  # seconds until one that was killed is looked for again
SHORTEST, LONGEST = 1.0, 60.0  # seconds before the end at which it is announced: a tenth of the time, between these


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
            full = bool(self.limits.scope) and scope.full(self.pid)
            if (code := self.reap()) is not None and not full:
                self.end()
                return code
            if over := self.over(full=full):
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

    def over(self, *, full: bool) -> tuple[str, int] | None:
        """Why it has to end, for a person, and the exit status that says so. `full`: the kernel has begun with it."""
        limits = self.limits
        if full:
            return f"it used all of {limits.memory_limit_mb} MB (memory_limit_mb)", 137
        if limits.timeout_secs and self.left() <= 0:
            return f"its {limits.timeout_secs} s are over (timeout_secs)", 124
        if limits.timeout_secs and not self.warned and self.left() <= self.ahead():
            self.warned = True
            warned(max(1, round(self.left())))
        if limits.memory_limit_mb:
            return self.too_much(limits.memory_limit_mb)
        return None

    def too_much(self, limit: int) -> tuple[str, int] | None:
        try:
            used = tree.memory(os.getpid(), limit)
        except OSError as error:  # what is not seen could be any amount
            return f"its memory cannot be looked at: {error.strerror} (memory_limit_mb)", 137
        return (f"it used {used} MB of {limit} (memory_limit_mb)", 137) if used > limit else None

    def reread(self) -> None:
        """Another limit, given while it runs. A file that is gone or broken changes nothing."""
        if found := plan.known(self.folder):
            self.limits, self.warned = found, False

    def reap(self) -> int | None:
        """Wait for all that has ended; the agent's exit status, once it is among them."""
        code = None
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
                if pid == self.pid and os.WIFSTOPPED(status):
                    self.wake(os.WSTOPSIG(status))
                elif pid == self.pid:
                    said = os.waitstatus_to_exitcode(status)
                    code = said if said >= 0 else 128 - said
                if not pid:
                    break
        return code

    def wake(self, number: int) -> None:
        """After Ctrl-Z: without us the kernel would not have stopped it, as no shell is there to say fg."""
        if number == signal.SIGTSTP:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGCONT)

    def end(self) -> None:
        """TERM, then KILL, until nothing is left that hears us."""
        with suppress(OSError):  # nobody can be looked for: KILL does without
            self.ask()
        while self.kill():
            signal.sigtimedwait((signal.SIGCHLD,), KILLED)
            self.reap()

    def ask(self) -> None:
        own, until = os.getpid(), time.monotonic() + GRACE
        # Bubblewrap and the first process in there would take all others with them before those have ended in order.
        spared = {self.pid, *tree.children(self.pid)} if self.limits.view else set()
        tree.tell(own, signal.SIGTERM, spared)
        while tree.children(own) and (left := until - time.monotonic()) > 0:
            signal.sigtimedwait((signal.SIGCHLD,), left)
            self.reap()

    def kill(self) -> int:
        """How many there were. Where nobody can be looked for, the agent, which is known: all in a view end with it."""
        try:
            return tree.tell(os.getpid(), signal.SIGKILL)
        except OSError:
            with suppress(ChildProcessError, PermissionError):
                os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)  # is it still a child of ours?
                os.kill(self.pid, signal.SIGKILL)
                return 1
        return 0
