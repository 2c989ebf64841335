"""One of the program's ways in, for a test that kills: it ends, or stands still, right before one of its transitions.

    python -I dying.py FOLDER kill|stop|freeze BEFORE cli|nvim|drain ARGUMENTS…

A transition is a change of the send's row, or keys that are written to a pane (`TRANSITIONS`). `given` is the moment
when tmux has the keys and has not answered, `settled` the one after the last transition. Each is noted in
FOLDER/events when it is reached. `kill` ends the process there by SIGKILL, `stop` lets the thread wait until somebody
opens FOLDER/go, `freeze` stops the whole process until it gets SIGCONT. It happens once for a folder: a second process
goes on. The program itself knows nothing of this: its own classes are wrapped from outside.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TRANSITIONS = (
    "begin",
    "enqueue",
    "claim",
    "step stash",
    "keys stash",
    "given stash",
    "step mode",
    "keys mode",
    "given mode",
    "step paste",
    "keys paste",
    "given paste",
    "step see",
    "step enter",
    "keys enter",
    "given enter",
    "step evidence",
    "settle",
    "settled",
)
PLAIN = tuple(name for name in TRANSITIONS if not name.endswith(("stash", "mode")))
"""Those of a send to an empty box in the right mode."""
MEANT = {b"\x13": "stash", b"\x1b[Z": "mode", b"\r": "enter"}


@dataclass(frozen=True)
class Dying:
    """Programs that end in `folder`, an empty one; see the module's text."""

    folder: Path
    before: str
    how: str = "kill"

    def argv(self, entry: str, *arguments: str, python: str = sys.executable) -> list[str]:
        self.folder.mkdir(exist_ok=True)
        if self.how == "stop":
            with suppress(FileExistsError):
                os.mkfifo(self.folder / "go")
        return [python, "-I", __file__, str(self.folder), self.how, self.before, entry, *arguments]

    def program(self, entry: str) -> Path:
        """A program that takes what Python would take, and ends all the same."""
        line = " ".join(f"'{word}'" for word in self.argv(entry))
        file = self.folder / "python"
        file.write_text(f"#!/bin/sh\nexec {line}\n")
        file.chmod(0o700)
        return file

    def start(
        self, entry: str, *arguments: str, environment: Mapping[str, str], text: str = ""
    ) -> subprocess.Popen[bytes]:
        """`text` is its standard input."""
        with tempfile.TemporaryFile() as given:
            given.write(text.encode())
            given.seek(0)
            quiet = subprocess.DEVNULL
            argv = self.argv(entry, *arguments)
            return subprocess.Popen(argv, stdin=given, stdout=quiet, stderr=quiet, env=dict(environment))

    def run(self, entry: str, *arguments: str, environment: Mapping[str, str], text: str = "") -> int:
        """To its end; the exit code."""
        return self.start(entry, *arguments, environment=environment, text=text).wait(60)

    def reached(self) -> bool:
        """Whether a process has ended, or stands, where it was to."""
        return (self.folder / "reached").exists()

    def go_on(self) -> None:
        """Let the one that stands go on."""
        (self.folder / "go").write_bytes(b"")

    def events(self) -> list[str]:
        """The transitions that were reached, in their order."""
        return (self.folder / "events").read_text().splitlines()


class Watch:
    """Notes each transition, and ends the process or stands still at the one meant."""

    def __init__(self, folder: Path, how: str, before: str) -> None:
        self._folder, self._how, self._before = folder, how, before
        self._now = threading.local()  # the keys that this thread is writing

    def at(self, name: str) -> None:
        with (self._folder / "events").open("a") as events:
            events.write(f"{name}\n")
        if name == self._before and self._first():
            if self._how == "stop":
                (self._folder / "go").read_bytes()
            else:
                os.kill(os.getpid(), {"kill": signal.SIGKILL, "freeze": signal.SIGSTOP}[self._how])

    def write(self, keys: bytes, *_words: object) -> None:
        meant = "paste" if keys.startswith(b"\x1b[200~") else MEANT.get(keys, "other")
        self.at(f"keys {meant}")
        self._now.keys = meant

    def written(self) -> None:
        self._now.keys = None

    def given(self) -> None:
        if meant := getattr(self._now, "keys", None):
            self.at(f"given {meant}")

    def _first(self) -> bool:
        try:
            (self._folder / "reached").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def watch(at: Watch) -> None:
    """Wrap all that changes something."""
    from llm_send import child
    from llm_send.history import History
    from llm_send.live import LivePane

    for method in ("begin", "enqueue", "claim"):
        _wrap(History, method, lambda *_, name=method: at.at(name))
    _wrap(History, "step", lambda _id, step: at.at(f"step {step}"))
    _wrap(History, "mark", lambda *_: at.at("step enter"))
    _wrap(History, "settle", lambda *_: at.at("settle"), lambda: at.at("settled"))
    _wrap(LivePane, "write", at.write, at.written)
    _wrap(child._Started, "wait", lambda *_: at.given())  # noqa: SLF001 — a program and its input are there


def _wrap(owner: type, method: str, before: Callable[..., object], after: Callable[[], object] = lambda: None) -> None:
    """`before` gets the method's arguments."""
    done = getattr(owner, method)

    def wrapped(this: object, *arguments: object, **named: object) -> object:
        before(*arguments)
        result = done(this, *arguments, **named)
        after()
        return result

    setattr(owner, method, wrapped)


def main(arguments: Sequence[str]) -> int:
    folder, how, before, entry, *rest = arguments
    watch(Watch(Path(folder), how, before))
    sys.argv[1:] = rest
    if entry == "cli":
        from llm_send.entry.cli import main as cli

        return cli()
    if entry == "drain":
        from llm_send.entry.drain import main as drain

        return drain()
    from llm_send.entry.nvim import main as nvim

    nvim()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
