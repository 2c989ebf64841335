"""Writes a pane's output to its log: tmux starts it with `pipe-pane`, and its standard input is what the pane shows.

    log.py FOLDER        the pane's folder, in which it stands where to write, and what not

Runs with any Python, the standard library and `confine` alone. The file is for the person alone; at its limit it moves
to FILE.1, that one to FILE.2, and the oldest goes.
"""

from __future__ import annotations

import hmac
import json
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from llm_send.confine.redact import Redacted

if TYPE_CHECKING:
    from llm_send.sideband.found import Directive, Malformed

PLAN = "log.json"
LIMIT = 10_000_000  # bytes of one file
KEPT = 3  # older files
CHUNK = 65536


def main() -> None:
    folder = Path(sys.argv[1])
    found = json.loads((folder / PLAN).read_text())
    (folder / PLAN).unlink()  # what must not be logged stands in it
    redacted = Redacted(found["secrets"])
    log = Log(Path(found["path"])) if found["path"] else None
    ears = Ears(found["hears"]) if "hears" in found else None
    go = let_go(folder)
    while data := os.read(0, CHUNK):
        if log:
            log.write(redacted.feed(data))
        if ears:
            ears.hear(data)
    if log:
        log.write(redacted.rest())
    if ears:
        ears.end()
    if go is not None:
        os.close(go)


def let_go(folder: Path) -> int | None:
    """The pane's program may begin. Both ends are ours, so that whoever reads it later finds the line in it."""
    try:
        go = os.open(folder / "go", os.O_RDWR)
    except FileNotFoundError:
        return None  # it was not held
    os.write(go, b"\n")
    return go


class Ears:
    """Looks for directives in what the pane shows, and starts what obeys them. That stream also carries echoes and what
    tools put out, so only one with the pane's key counts, unless the person trusts all of it."""

    def __init__(self, plan: dict[str, Any]) -> None:
        import queue
        import threading

        from llm_send.sideband.stream import Stream

        self.plan, self.stream = plan, Stream()
        self.heard: queue.Queue[list[dict[str, Any]] | None] = queue.Queue()
        self.thread = threading.Thread(target=self.obey)
        self.thread.start()

    def hear(self, data: bytes) -> None:
        found = [vars_of(each) for each in self.stream.feed(data)]
        if mine := [each for each in found if self.plan["trusting"] or self.keyed(each)]:
            self.heard.put(mine)

    def obey(self) -> None:
        """One after the other, as they were said; reading goes on meanwhile."""
        import subprocess

        nothing = subprocess.DEVNULL
        while mine := self.heard.get():
            obeys = subprocess.Popen(
                self.plan["run"],
                env=self.plan["environment"],
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=nothing,
                stderr=nothing,
                start_new_session=True,
            )
            obeys.communicate(json.dumps(mine).encode())

    def end(self) -> None:
        self.heard.put(None)

    def keyed(self, found: dict[str, Any]) -> bool:
        said = found["attributes"].get("key", "") if "verb" in found else ""
        return hmac.compare_digest(said.encode(errors="replace"), self.plan["key"].encode())


def vars_of(found: Directive | Malformed) -> dict[str, Any]:
    """As JSON has it."""
    fields = {name: getattr(found, name) for name in found.__dataclass_fields__}
    return {name: dict(value) if name == "attributes" else value for name, value in fields.items()}


class Log:
    """One file, opened anew when it has reached its limit."""

    def __init__(self, path: Path, limit: int = LIMIT) -> None:
        self.path, self.limit = path, limit
        self.descriptor = opened(path)

    def write(self, data: bytes) -> None:
        if data and os.fstat(self.descriptor).st_size + len(data) > self.limit:
            os.close(self.descriptor)
            rotate(self.path)
            self.descriptor = opened(self.path)
        while data:
            data = data[os.write(self.descriptor, data) :]


def opened(path: Path) -> int:
    """Added to, and private from now on. Raises OSError, also for a link or a pipe in its place."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(path, flags, 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileExistsError(f"{path} is no file")
    os.fchmod(descriptor, 0o600)
    return descriptor


def rotate(path: Path) -> None:
    for number in range(KEPT, 0, -1):
        older = path.with_name(f"{path.name}.{number - 1}") if number > 1 else path
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number}"))


if __name__ == "__main__":
    main()
