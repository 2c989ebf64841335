"""The first process of a test run's namespaces: shuts the world out, runs pytest, and sees that nothing outlives it.

Started by tests/run. Whatever is orphaned in here becomes its child, so it also reaps.
"""

from __future__ import annotations

import os
import pwd
import signal
import sys
from pathlib import Path

from tests.rig import kernel

REPOSITORY = Path(__file__).resolve().parents[2]
PRIVATE = Path("/tmp")
"""Programs write here no matter what they are told; inside, it is a fresh tmpfs."""

PASSED_ON = ("CI", "COLUMNS", "FORCE_COLOR", "NO_COLOR", "PYTEST_ADDOPTS", "TERM")
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def real_homes() -> set[Path]:
    """Where the person's own files are, by the account and by the environment."""
    named = {pwd.getpwuid(os.getuid()).pw_dir, os.environ.get("HOME", "/")}
    return {home for home in map(Path, named) if home.is_dir() and home != Path("/")}


def read_otherwise(arguments: list[str]) -> list[str]:
    """`--instead FILE OTHER`, before all else: in this run FILE reads as OTHER. The arguments behind it."""
    while arguments[:1] == ["--instead"]:
        kernel.mount(arguments[2], Path(arguments[1]), flags=kernel.MS_BIND)
        arguments = arguments[3:]
    return arguments


def shut_out() -> None:
    """Only loopback, a /tmp of our own, no HOME to write to; the repository stays as it is wherever it lies."""
    kernel.raise_loopback()
    repository = os.open(REPOSITORY, os.O_PATH)
    for home in real_homes():
        kernel.make_read_only(home)
    kernel.mount("tmpfs", PRIVATE, "tmpfs", options="mode=1777,size=2g")
    covered = [*real_homes(), PRIVATE]
    if any(REPOSITORY.is_relative_to(folder) for folder in covered):
        REPOSITORY.mkdir(parents=True, exist_ok=True)
        kernel.mount(f"/proc/self/fd/{repository}", REPOSITORY, flags=kernel.MS_BIND | kernel.MS_REC)
    os.close(repository)
    os.chdir(REPOSITORY)  # the way here may have been covered


def private_environment() -> dict[str, str]:
    """All that a test process inherits. Nothing of the person's tmux, Neovim, Claude or configuration is in it."""
    folders = {"HOME": PRIVATE / "home", "XDG_RUNTIME_DIR": PRIVATE / "run", "TMUX_TMPDIR": PRIVATE / "tmux"}
    for folder in folders.values():
        folder.mkdir(mode=0o700)
    kept = {name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith("LLM_SEND_TEST_")}
    own = {"LANG": "C.UTF-8", "PATH": f"{sys.prefix}/bin:{SYSTEM_PATH}", "SHELL": "/bin/sh", "TMPDIR": str(PRIVATE)}
    return {**kept, **own, **{name: str(folder) for name, folder in folders.items()}}


def run(arguments: list[str]) -> int:
    """The exit code of pytest, or of another `--module NAME` that runs in its place; orphans are reaped meanwhile."""
    module, arguments = (arguments[1], arguments[2:]) if arguments[:1] == ["--module"] else ("pytest", arguments)
    pytest = os.fork()
    if pytest == 0:
        kernel.obey_file_modes()
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell ignores it for what it starts in the background
        os.execve(sys.executable, [sys.executable, "-m", module, *arguments], private_environment())
    for number in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C reaches pytest by itself; here it would cut its report off
        signal.signal(number, lambda number, _frame: os.kill(pytest, number) if number == signal.SIGTERM else None)
    while True:
        ended, status = os.wait()
        if ended == pytest:
            return os.waitstatus_to_exitcode(status)


def left_over() -> list[str]:
    """The command lines of processes that should have ended with their test."""
    others = [process for process in Path("/proc").glob("[0-9]*") if process.name != "1"]
    lines = [(process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace") for process in others]
    return [line.strip() for line in lines if line]  # an empty one is a corpse


def main() -> int:
    arguments = read_otherwise(sys.argv[1:])
    shut_out()
    code = run(arguments)
    for line in (remains := left_over()):
        print(f"tests: still running after the last test: {line}", file=sys.stderr)
    return code or bool(remains)


if __name__ == "__main__":
    sys.exit(main())
