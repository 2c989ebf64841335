"""The only door to tmux: one `tmux -u` process per operation, several commands chained in it.

An error from tmux is an error here (`TmuxError`); "tmux is not installed" and "no server runs" are errors of their
own, and an empty list means that there are none. Why one process, why `-u`, why a nonce between fields:
tmux replaces what is not ASCII for a client without UTF-8, and values may hold any character we could split on.
"""

from __future__ import annotations

import math
import os
import secrets
import shutil
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from llm_send import child
from llm_send.errors import LlmSendError

OLDEST = (3, 2)
DEADLINE = 5.0  # seconds; a healthy server answers in milliseconds, a stopped one never
ROW_FIELDS = (
    "session_name",
    "window_index",
    "pane_index",
    "pane_id",
    "pane_pid",
    "pane_dead",
    "pane_input_off",
    "pane_in_mode",
    "pane_width",
    "pane_height",
    "pane_current_command",
    "@llm_send_pid",
    "@llm_send_name",
    "@llm_send_lock",
    "@llm_send_folder",
    "@llm_send_turn",
    "socket_path",
    "pid",
    "start_time",
    "version",
    "pane_current_path",
)


class TmuxError(LlmSendError):
    """tmux said no; the message is its own words."""


class Row(NamedTuple):
    """One pane as tmux sees it, in one listing. Sizes in cells; `target` as tmux writes it: `work:1.0`.

    A tuple, because a listing makes them by the hundred and a frozen dataclass takes four times as long to make.
    """

    session: str
    target: str
    id: str
    pid: int
    dead: bool
    input_off: bool
    in_mode: bool
    width: int
    height: int
    command: str
    name: str | None
    lock: str | None
    folder: str | None
    turn: str | None
    socket: str
    server_pid: int
    server_start: int
    version: str
    cwd: str


@dataclass(frozen=True)
class Tmux:
    """A tmux server, named as tmux's own flags do: `-S PATH`, `-L NAME`, or neither for the default one."""

    socket_path: str | None = None
    socket_name: str | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    deadline: float = DEADLINE

    def run(self, *commands: Sequence[str], stdin: bytes | None = None) -> str:
        """Run the commands in one process, chained; what they print, decoded.

        Raises TmuxError code "no_tmux" (not installed, or no server), "tmux" (refused, in tmux's own words), or
        "tmux_timeout" (no answer: what was asked may still be done).
        """
        return self._said(lambda: child.run(self._argv(commands), self.environment, self.deadline, stdin or b""))

    def ahead(self, commands: Sequence[Sequence[str]]) -> child.Ahead:
        """Start the commands ahead of the standard input they need: see `finish`. Raises as `run` does."""
        try:
            return child.Ahead(self._argv(commands), self.environment)
        except FileNotFoundError:
            raise _not_installed() from None

    def finish(self, started: child.Ahead, stdin: bytes) -> str:
        """Give started commands their input; what they print."""
        return self._said(lambda: started.finish(stdin, self.deadline))

    def _argv(self, commands: Sequence[Sequence[str]]) -> list[str]:
        return [*self._server(), *chained(commands)]

    def _said(self, run: Callable[[], child.Done]) -> str:
        try:
            done = run()
        except FileNotFoundError:
            raise _not_installed() from None
        except TimeoutError:
            message = f"tmux did not answer within {self.deadline:.0f} seconds."
            raise TmuxError("tmux_timeout", message, "Is its server stopped? Try: tmux list-sessions") from None
        if done.code:
            raise self._error(done.err.decode(errors="replace").strip())
        return done.out.decode(errors="replace")

    def socket(self) -> str | None:
        """The path of its socket where that can be told: by `-S`, or because we are inside it."""
        if self.socket_path or self.socket_name:
            return self.socket_path
        return self.environment.get("TMUX", "").rsplit(",", 2)[0] or None

    def installed(self) -> bool:
        return shutil.which("tmux", path=self.environment.get("PATH")) is not None

    def rows(self) -> list[Row]:
        """Every pane of the server; none while a server without a session lives on (exit-empty off)."""
        try:
            return parse_rows(*self.ask_rows())
        except TmuxError as error:
            if error.found == "no current target":
                return []
            raise

    def ask_rows(self, *more: Sequence[str]) -> tuple[str, str]:
        """What `list-panes` (and `more` commands after it) printed, and the nonce between its fields."""
        nonce = secrets.token_hex(4)
        return self.run(list_panes(nonce), *more), nonce

    def _server(self) -> list[str]:
        if self.socket_path:
            return ["tmux", "-u", "-S", self.socket_path]
        if self.socket_name:
            return ["tmux", "-u", "-L", self.socket_name]
        return ["tmux", "-u"]

    def others(self) -> list[str]:
        """The names (`-L NAME`) of the person's other servers that answer."""
        folder = Path(self.environment.get("TMUX_TMPDIR") or "/tmp", f"tmux-{os.getuid()}")  # noqa: S108 — tmux's own
        own = Path(self.socket_path) if self.socket_path else self._own_socket(folder)
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        return [path.name for path in found if not _same(path, own) and _answers(path)]

    def _own_socket(self, folder: Path) -> Path:
        inside = self.environment.get("TMUX", "").rsplit(",", 2)[0]
        return Path(inside) if inside and not self.socket_name else folder / (self.socket_name or "default")

    def describe(self) -> str:
        """The server for messages: `at /tmp/tmux-1000/default`, `“work”`, or `the default one`."""
        if self.socket_path:
            return f"at {self.socket_path}"
        return f"“{self.socket_name}”" if self.socket_name else "the default one"

    def _error(self, words: str) -> TmuxError:
        if "no server running" in words or "error connecting" in words or "No such file" in words:
            message = f"No tmux server is running ({self.describe()})."
            return TmuxError("no_tmux", message, "Start one with: tmux", found=words)
        return TmuxError("tmux", f"tmux: {words or 'failed without a word'}", None, found=words)


def _not_installed() -> TmuxError:
    return TmuxError("no_tmux", "tmux is not installed.", "Install tmux 3.2 or newer.")


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(0.2)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def chained(commands: Sequence[Sequence[str]]) -> list[str]:
    """Commands as one argument list. An argument that ends in `;` would end the command, so it is escaped."""
    words: list[str] = []
    for command in commands:
        if words:
            words.append(";")
        words.extend(word[:-1] + "\\;" if word.endswith(";") else word for word in command)
    return words


def row_format(nonce: str) -> str:
    return f":{nonce}:".join(f"#{{{name}}}" for name in ROW_FIELDS) + f":{nonce};"


def list_panes(nonce: str) -> list[str]:
    return ["list-panes", "-a", "-F", row_format(nonce)]


def one_pane(nonce: str, pane: str) -> list[str]:
    """The same row for one pane alone."""
    return ["display-message", "-p", "-t", pane, row_format(nonce)]


def parse_rows(printed: str, nonce: str) -> list[Row]:
    """Rows of a listing made with `list_panes(nonce)`; what follows the last row is ignored."""
    rows = []
    for line in printed.split(f":{nonce};\n")[:-1]:
        values = line.split(f":{nonce}:")
        if len(values) != len(ROW_FIELDS):
            raise TmuxError("tmux", "tmux answered with a listing we cannot read.", None, found=line)
        rows.append(_row(values))
    return rows


def after_rows(printed: str, nonce: str) -> str:
    """What the commands after the listing printed."""
    return printed.rpartition(f":{nonce};\n")[2]


def _row(values: list[str]) -> Row:
    session, window, index, pane, pid, dead, off, in_mode, width, height, command = values[:11]
    marked_pid, name, lock, folder, turn, socket, server, start, version, cwd = values[11:]
    # Of a pane that has gone tmux may print a row of empty values.
    width, height, server, start = (value or "0" for value in (width, height, server, start))
    # Options survive a respawn and are inherited from window and session: they speak for this process only.
    ours = marked_pid == pid
    return Row(
        session=session,
        target=f"{session}:{window}.{index}",
        id=pane,
        pid=int(pid or 0),
        dead=dead == "1",
        input_off=off == "1",
        in_mode=in_mode not in ("", "0"),
        width=int(width),
        height=int(height),
        command=command,
        name=(name or None) if ours else None,
        lock=(lock or None) if ours else None,
        folder=(folder or None) if ours else None,
        turn=turn or None,
        socket=socket,
        server_pid=int(server),
        server_start=int(start),
        version=version,
        cwd=cwd,
    )


def version_of(text: str) -> tuple[int, int]:
    """`3.3a` → (3, 3), `next-3.8` → (3, 8); what cannot be read counts as too old."""
    digits = text.removeprefix("next-").split("-")[0].rstrip("abcdefghijklmnopqrstuvwxyz")
    major, _, minor = digits.partition(".")
    return (int(major), int(minor or 0)) if major.isdigit() and (minor or "0").isdigit() else (0, 0)


def check_version(version: str) -> None:
    """Raise where the server is older than what we were built on."""
    if version_of(version) < OLDEST:
        raise TmuxError(
            "tmux_too_old",
            f"tmux {version} is too old.",
            "llm-send needs a tmux server of 3.2 or newer; after an upgrade, restart the server.",
            found=version,
            expected=">= 3.2",
        )


def captures(ids: Sequence[str], nonce: str) -> list[list[str]]:
    """Commands that print each pane's visible screen with its attributes, each followed by the nonce on a line."""
    commands: list[list[str]] = []
    for pane in ids:
        commands.append(["capture-pane", "-p", "-e", "-t", pane])
        commands.append(["display-message", "-p", nonce])
    return commands


def quoted(value: str) -> str:
    """A value inside a format: `#`, `,` and `}` would be read as part of it."""
    return value.replace("#", "##").replace(",", "#,").replace("}", "#}")


def all_of(conditions: Sequence[str]) -> str:
    """One format that is true when every condition is."""
    joined = conditions[-1]
    for condition in reversed(conditions[:-1]):
        joined = f"#{{&&:{condition},{joined}}}"
    return joined


def equals(name: str, value: object) -> str:
    return f"#{{==:#{{{name}}},{quoted(str(value))}}}"


def guarded_write(row: Row, conditions: Sequence[str], nonce: str) -> list[list[str]]:
    """Commands that write standard input to a pane as keys, in one transaction, only if every condition holds.

    Prints `OK` or `NO pid=… dead=… off=… turn=… command=…`. `paste-buffer -r` leaves bytes as they are, `-S` keeps
    newer servers from rewriting the escape sequences of a bracketed paste. A dead pane must never be pasted to: tmux
    3.3a crashes. The buffer's name is unique: shared names lose data.
    """
    raw = ["-r", "-S"] if version_of(row.version) >= (3, 7) else ["-r"]
    buffer = f"llm-send-{nonce}"
    paste = " ".join(["paste-buffer", *raw, "-d", "-b", buffer, "-t", row.id])
    found = "NO pid=#{pane_pid} dead=#{pane_dead} off=#{pane_input_off} turn=#{@llm_send_turn}"
    found += " command=#{pane_current_command}"
    return [
        ["load-buffer", "-b", buffer, "-"],
        [
            "if-shell",
            "-F",
            "-t",
            row.id,
            all_of(conditions),
            f"{paste} ; display-message -p -t {row.id} OK",
            f'delete-buffer -b {buffer} ; display-message -p -t {row.id} "{found}"',
        ],
    ]


def still(row: Row, nonce: str | None = None) -> list[str]:
    """The conditions of every guarded write: the same process, alive, taking input, ours by turn."""
    conditions = [
        equals("pane_pid", row.pid),
        equals("pane_dead", 0),
        equals("pane_input_off", 0),
        equals("pane_current_command", row.command),
    ]
    return conditions + ([equals("@llm_send_turn", nonce)] if nonce else [])


def before(moment: float) -> str:
    """A condition: the server's clock has not come to this moment, in unix seconds, rounded up."""
    return f"#{{e|<:#{{T:#{{l:%s}}}},{math.ceil(moment)}}}"


def shows(words: str) -> str:
    """A condition: these words stand on the pane's visible screen."""
    return f"#{{C:{quoted(words)}}}"
