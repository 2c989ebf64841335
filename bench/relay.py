"""Runs a program on a terminal of its own between it and the pane, and notes when pastes arrive.

    relay.py ARGUMENTS…     RELAY_PROGRAM names the program, RELAY_LOG the file: `begin` or `end` and nanoseconds a line

So the time at which the first byte of a paste reaches a pane is known for the real Claude Code as for anything else.
Times are CLOCK_MONOTONIC, which Neovim's hrtime is too.
"""

import contextlib
import fcntl
import os
import pty
import select
import signal
import sys
import termios
import time
import tty

BRACKETS = ((b"begin", b"\x1b[200~"), (b"end", b"\x1b[201~"))


def main() -> None:
    log = os.open(os.environ["RELAY_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    child, inner = pty.fork()
    if child == 0:
        program = os.environ["RELAY_PROGRAM"]
        os.execvp(program, [program, *sys.argv[1:]])
    tty.setraw(0)

    def resize(*_: object) -> None:
        fcntl.ioctl(inner, termios.TIOCSWINSZ, fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8))
        os.kill(child, signal.SIGWINCH)

    resize()
    signal.signal(signal.SIGWINCH, resize)
    with contextlib.suppress(OSError):  # the program has ended, or the pane has
        relay(inner, log)
    os.kill(child, signal.SIGHUP)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def relay(inner: int, log: int) -> None:
    """Carry both ways until one side ends."""
    before = b""
    while True:
        ready, _, _ = select.select([0, inner], [], [])
        if 0 in ready:
            data = os.read(0, 65536)
            note(log, before, data)
            before = data
            while data:
                data = data[os.write(inner, data) :]
            if not before:
                return
        if inner in ready:
            os.write(1, os.read(inner, 65536))


def note(log: int, before: bytes, data: bytes) -> None:
    now = time.monotonic_ns()
    for word, bracket in BRACKETS:
        if bracket in before[1 - len(bracket) :] + data:  # one may be cut in two by the end of a read
            os.write(log, b"%s %d\n" % (word, now))


if __name__ == "__main__":
    main()
