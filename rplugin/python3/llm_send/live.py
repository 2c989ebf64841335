"""A real pane as delivery's target: its tmux, its locks, its gate's folder, its transcript."""

from __future__ import annotations

import fcntl
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from llm_send import child, guard, journal, naming, processes
from llm_send.claude import process, screen
from llm_send.claude.transcript import Queued, Ran
from llm_send.config.types import Config
from llm_send.errors import Refused
from llm_send.evidence import Baseline, Evidence
from llm_send.panes import SETTLING, Agent, Latest, Pane, configured, describe, state_of
from llm_send.paths import Paths, private_folder
from llm_send.target import Look, Parcel, Sign
from llm_send.tmux import (
    Row,
    Tmux,
    TmuxError,
    after_rows,
    before,
    captures,
    guarded_write,
    one_pane,
    parse_rows,
    shows,
    still,
)

NOTHING_YET = ["source-file", "-"]  # waits for its standard input, which stays empty
LATE = 4.0  # seconds after a look in which keys may be written: a sender that was stopped wakes to another screen
GONE = Look("gone", screen.Screen("unknown"), None)
_turns: dict[Path, threading.Lock] = {}  # by a pane's lock folder


class RealClock:
    """Seconds of a clock that never goes back."""

    def now(self) -> float:
        return time.monotonic()

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)  # between two looks, each loop has its deadline


@dataclass(frozen=True)
class _Ahead:
    """A guarded write that waits for its keys, and what it was made for: the pane's row, the words it must show, the
    time of the look before it."""

    started: child.Ahead
    row: Row
    words: str | None
    looked: float


@dataclass(frozen=True)
class _LookAhead:
    """A look that waits for its moment, and the nonce in what it prints."""

    started: child.Ahead
    end: str


class LivePane:
    """See `target.Target`."""

    def __init__(self, tmux: Tmux, agent: Agent, paths: Paths, config: Config) -> None:
        self.tmux, self.agent, self.config = tmux, agent, config
        card = guard.armed_card(agent.row.folder)
        self.folder = Path(agent.row.folder) if agent.row.folder and card else None
        self.guarded = self.folder is not None
        self.name = agent.row.name or agent.row.id
        self.lock = card.lock or None if card else None
        self._word = card.lock or guard.ANY if card else None
        self.locks = self.folder or _lock_folder(paths, agent.row)
        self.nonce = secrets.token_hex(8)
        self.row = agent.row
        self._seen = screen.Screen("unknown")
        self._looked = time.time()  # by the clock that tmux has too
        self._claim = False
        self._ahead: _Ahead | None = None
        self._looking: _LookAhead | None = None
        self._start = (processes.start_time(agent.pid) or "") if agent.pid else ""
        self.evidence = Evidence(agent, self.folder)

    @contextmanager
    def turn(self, seconds: float) -> Iterator[bool]:
        """One sender at a time, across editors and shells; False when another kept it that long."""
        end = time.monotonic() + seconds
        here = _turns.setdefault(self.locks, threading.Lock())  # those of one host queue up without polling
        if not here.acquire(timeout=max(0.0, seconds)):
            yield False
            return
        try:
            with _flock(self.locks / "turn.lock", end - time.monotonic()) as mine:
                yield mine
        finally:
            here.release()

    @contextmanager
    def keys(self) -> Iterator[bool]:
        """While held, tool uses in a guarded pane wait before they can open a dialog."""
        with _flock(self.locks / "keys.lock", 0.0) as mine:
            if not mine:
                yield False
                return
            self._want("ask")
            if self.folder:
                guard.clear_announced(self.folder, time.time())
            self._claim, self._looked = True, time.time()
            self.write_ahead()
            try:
                yield True
            finally:
                self._abandon_ahead()
                self._abandon_look()
                self._want(self._word)

    def write_ahead(self, words: str | None = None) -> None:
        """See `Target.write_ahead`. It waits for its keys on its standard input, and all its conditions are asked when
        they are there."""
        self._abandon_ahead()
        with suppress(TmuxError):  # the next look will say it
            started = self.tmux.ahead(self._guarded(words))
            self._ahead = _Ahead(started, _for_writes(self.row), words, self._looked)

    def _take_ahead(self, keys: bytes, words: str | None) -> child.Ahead | None:
        """The process started ahead, if it was for this write and the pane as it is; else it is ended."""
        ahead = self._ahead
        same = ahead and (ahead.words, ahead.row) == (words, _for_writes(self.row))
        if ahead and same and time.time() < ahead.looked + LATE / 2 and len(keys) <= child.PIPE:
            self._ahead = None
            return ahead.started
        self._abandon_ahead()
        return None

    def _abandon_ahead(self) -> None:
        if self._ahead:
            self._ahead.started.abandon()
        self._ahead = None

    def _guarded(self, words: str | None) -> list[list[str]]:
        conditions = [*still(self.row, self.nonce), before(self._looked + LATE), *([shows(words)] if words else [])]
        return guarded_write(self.row, conditions, secrets.token_hex(8))

    def _want(self, word: str | None) -> None:
        if self.folder and word:
            with suppress(FileNotFoundError):  # the pane's end takes its folder away
                guard.want(self.folder, word)

    def look(self) -> Look:
        """One tmux process. The first look with the keys in hand also puts our nonce on the pane."""
        ahead, self._looking = self._looking, None
        end = ahead.end if ahead else secrets.token_hex(8)
        self._looked = time.time()
        claim = ["set-option", "-p", "-t", self.row.id, "@llm_send_turn", self.nonce]
        try:
            if ahead:
                printed = self.tmux.finish(ahead.started, b"")
            else:
                printed = self.tmux.run(*([claim] if self._claim else []), *self._question(end))
        except TmuxError as error:
            _raise_timeout(error)
            return GONE
        self._claim = False
        rows = parse_rows(printed, end)
        if not rows or rows[0].pid != self.agent.row.pid:
            return GONE
        self.row = rows[0]
        self._seen = screen.read(after_rows(printed, end).split(f"{end}\n")[0])
        return self._judge(self._seen)

    def _question(self, end: str) -> list[list[str]]:
        return [one_pane(end, self.row.id), *captures([self.row.id], end)]

    def look_ahead(self) -> None:
        """See `Target.look_ahead`. It waits for the end of its standard input, and only then asks."""
        if not self._looking:
            end = secrets.token_hex(8)
            with suppress(TmuxError):  # the look will say it
                self._looking = _LookAhead(self.tmux.ahead([NOTHING_YET, *self._question(end)]), end)

    def _abandon_look(self) -> None:
        if self._looking:
            self._looking.started.abandon()
        self._looking = None

    def pane(self) -> Pane:
        """The pane as it was last looked at."""
        return describe(Agent(self.row, self.agent.pid), self._seen, self.config)

    def _judge(self, seen: screen.Screen) -> Look:
        told = self.folder is not None and (seen.doubt or journal.fresh(self.folder, SETTLING))
        latest = journal.latest(self.folder) if self.folder and told else (None, None)
        pid = self.agent.pid
        runs = processes.alive(pid, self._start) if pid else process.named_claude(self.row.command)
        agent = Agent(self.row, pid if runs else None)
        state = state_of(agent, seen, latest, runs=runs)
        waiting = journal.pending(self.folder) if self.folder else 0
        named = None if seen.mode or seen.hint else configured(self.row, self.config)
        ending = state == "busy" and _over(latest)
        return Look(state, seen, named.claude if named else seen.mode, pending=waiting, ending=ending)

    def write(self, keys: bytes, words: str | None = None) -> str | None:
        """See `Target.write`. The nonce and the time are part of the condition: a turn that was taken away, or has been
        slept through, is a write not done."""
        started = self._take_ahead(keys, words)
        try:
            said = self.tmux.finish(started, keys) if started else self.tmux.run(*self._guarded(words), stdin=keys)
        except TmuxError as error:
            _raise_timeout(error)
            return "gone"
        said = said.strip()
        return None if said == "OK" else self._why_not(said)

    def _why_not(self, said: str) -> str:
        found = dict(part.split("=", 1) for part in said.split()[1:] if "=" in part)
        if found.get("pid") != str(self.row.pid) or found.get("dead") == "1":
            return "gone"
        if found.get("off") == "1":
            return "input_off"
        if found.get("command", "").lstrip("-") in process.SHELLS and found["command"] != self.row.command:
            return "shell"
        late = found.get("turn") != self.nonce or time.time() >= self._looked + LATE
        return "cancelled" if late else "unknown_screen"

    @contextmanager
    def expect(self, parcel: Parcel) -> Iterator[None]:
        """Tell the gate which prompt is ours."""
        if not self.folder:
            yield
            return
        guard.announce(self.folder, parcel.id, parcel.text, parcel.mode)
        try:
            yield
        finally:
            guard.take_back(self.folder, parcel.id)

    @property
    def baseline(self) -> Baseline:
        """Where the evidence of the last mark begins."""
        return self.evidence.baseline

    def mark(self) -> None:
        """See `target.Target`."""
        self.evidence.mark()

    def ran(self) -> list[Ran]:
        """See `target.Target`."""
        return self.evidence.ran()

    def queued(self) -> list[Queued]:
        """See `target.Target`."""
        return self.evidence.queued()

    def sign(self, parcel: Parcel) -> Sign:
        """See `target.Sign`. Where the hooks turn out not to run, the pane is shown as unlocked from then on."""
        if not self.folder:
            return self.evidence.in_transcript(parcel)
        if (sign := self.evidence.of_gate(parcel)).verdict or not self.evidence.gate_overdue:
            return sign
        found = self.evidence.in_transcript(parcel)
        if not found.proven:
            return sign
        what = "the pane is not locked any more" if self.lock else "the pane has no gate any more"
        self.unlock()
        return replace(found, notes=(f"Its hooks did not run: {what}",))

    def unlock(self) -> None:
        """Show the pane as what it is now: one without a gate."""
        self.guarded, self.lock = False, None
        with suppress(TmuxError):  # the next one finds out by itself
            self.tmux.run(*naming.unlock(self.row.id))
        self.row = self.row._replace(lock=None, folder=None)

    def news(self) -> object:
        """Changes when the pane's hooks report something; one question to the kernel."""
        try:
            return (self.folder / "events").stat().st_mtime_ns if self.folder else None
        except FileNotFoundError:
            return None

    def settle_pending(self) -> None:
        """Forget open tool uses: the screen has shown for long enough that none is."""
        if self.folder:
            with suppress(OSError):  # a confined agent can take its rights, or put a folder there
                for file in (self.folder / "pending").iterdir():
                    with suppress(OSError):
                        file.unlink()


def _raise_timeout(error: TmuxError) -> None:
    """A server that does not answer may still do what it was asked to, so nothing can be concluded from it."""
    if error.code == "tmux_timeout":
        raise error


def _over(latest: Latest) -> bool:
    """Whether the last that the hooks reported is the end of a turn."""
    prompt, note = latest
    return note is not None and note.name == "Stop" and (prompt is None or note.at > prompt.at)


def _for_writes(row: Row) -> Row:
    """What of a row the conditions of a write depend on: all but where it stands, and whose turn it says."""
    return row._replace(session="", target="", turn=None)


def _lock_folder(paths: Paths, row: Row) -> Path:
    return private_folder(private_folder(paths.locks) / f"{row.server_pid}-{row.id[1:]}-{row.pid}")


@contextmanager
def _flock(path: Path, seconds: float) -> Iterator[bool]:
    """An flock, tried until the time is over; it dies with its holder. False when another holds it."""
    end = time.monotonic() + seconds
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:  # the pane's end takes its folder away
        raise Refused("gone", "The pane has just ended.", "Start another with: llm-send spawn") from None
    with os.fdopen(lock, "r+") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= end:
                    yield False
                    return
            time.sleep(0.005)  # a bounded poll: flock has no deadline of its own
        yield True
