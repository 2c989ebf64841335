"""Those who send, as they do it: in this process, by the command, from an editor; some come to harm."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from llm_send import processes
from llm_send.actions.context import Memory
from llm_send.actions.follow import Follower
from llm_send.actions.result import SendResult
from llm_send.actions.send import SendRequest, send
from llm_send.errors import LlmSendError
from llm_send.live import LivePane
from llm_send.modes import Mode
from offline.world import REPOSITORY
from torture.editor import Editors
from torture.plan import Ask
from torture.stage import KEEP, Lane, mode_of
from torture.told import Told

SOON = 0.5  # seconds after which a host leaves a text that is held to the queue
ENDS = 90.0  # seconds a sender may take in all
ELSEWHERE = {0: Mode.AUTO_ACCEPT, 1: Mode.PLAN, 2: Mode.PLAN}
"""By lane: the mode that none of its panes is in."""


@dataclass
class Process:
    """A sender that runs as a process of its own."""

    ask: Ask
    popen: subprocess.Popen[bytes]
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def runs(self) -> bool:
        return processes.state(self.popen.pid) not in (None, "Z")

    @property
    def stopped(self) -> bool:
        return processes.state(self.popen.pid) == "T"

    def signal(self, number: int) -> bool:
        with suppress(ProcessLookupError):
            if self.runs:
                os.kill(self.popen.pid, number)
                return True
        return False


@dataclass
class Senders:
    """All that can send from one lane to one of its panes. `started` is told each process, `notice` what a sender is
    told later of a text that waited."""

    lane: Lane
    role: str
    pane: str
    text_of: Callable[[Ask], str]
    editors: Editors
    started: Callable[[Process], None]
    notice: Callable[[Told], None]

    def send(self, kind: str, ask: Ask) -> Told | None:
        """One send, to its end; None when its sender did not live to hear of it."""
        return getattr(self, f"_{kind}")(ask)  # type: ignore[no-any-return]

    def target(self, ask: Ask) -> tuple[Mode | None, str | None]:
        if ask.by == "elsewhere":
            return ELSEWHERE[self.lane.number], None
        if ask.by == "mode":
            return mode_of(self.role), None
        return None, self.pane

    def _host(self, ask: Ask) -> Told:
        """As an editor's host does: it stays, and follows what is left in a queue."""
        return self._in_process(ask, "host", SOON)

    def _context(self, ask: Ask) -> Told:
        return self._in_process(ask, f"context {ask.number % 3}", None)

    def _in_process(self, ask: Ask, name: str, soon: float | None) -> Told:
        memory = Memory(keeper=_keeper(self.notice)) if soon else Memory()
        mode, pane = self.target(ask)
        how = {"wait": ask.wait, "queue": ask.queue, "soon": soon, "as_command": ask.as_command}
        request = SendRequest(self.text_of(ask), mode, pane, **how)  # type: ignore[arg-type]
        try:
            return told(send(self.lane.context(name, memory), request).as_dict())
        except LlmSendError as error:
            return Told("error", error.code, error.message)

    def _command(self, ask: Ask) -> Told | None:
        world = self.lane.stage.world
        mode, pane = self.target(ask)
        argv = [str(world.bin / "llm-send"), "-S", str(world.server.socket), "send", "--json", "--queue", ask.queue]
        argv += ["--mode", mode.value] if mode else ["--pane", str(pane)]
        argv += ["--wait", str(ask.wait)] if ask.wait is not None else []
        argv += ["--as-command"] if ask.as_command else []
        return self._process(ask, [*argv, "-"], str(self.lane.folder))

    def _faulty(self, ask: Ask) -> Told | None:
        mode, pane = self.target(ask)
        assert ask.fault
        asked = {
            "socket": str(self.lane.stage.world.server.socket),
            "seat": self.lane.seat.id,
            "cwd": str(self.lane.folder),
            "mode": mode.value if mode else None,
            "pane": pane,
            "keep": KEEP,
            "step": ask.fault.step,
            "does": ask.fault.does,
        }
        return self._process(ask, [sys.executable, "-m", "torture.sender", json.dumps(asked)], str(REPOSITORY))

    def _process(self, ask: Ask, argv: Sequence[str], cwd: str) -> Told | None:
        world = self.lane.stage.world
        environment = world.seated_at(self.lane.seat.id) | {"PYTHONPATH": f"{REPOSITORY}/rplugin/python3"}
        pipe = subprocess.PIPE
        popen = subprocess.Popen(argv, env=environment, cwd=cwd, stdin=pipe, stdout=pipe, stderr=pipe)
        self.started(Process(ask, popen))
        try:
            out, err = popen.communicate(self.text_of(ask).encode(), ENDS)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.communicate()
            return Told("error", "too_late", f"it had not ended after {ENDS:g} s")
        if popen.returncode == -signal.SIGKILL:
            return None
        return told(json.loads(out)) if out.strip() else Told("error", "no_answer", err.decode(errors="replace"))

    def _editor(self, ask: Ask) -> Told | None:
        mode, pane = self.target(ask)
        return self.editors.send(self.text_of(ask), mode.value if mode else None, pane, ask)


def told(result: dict[str, Any]) -> Told:
    """What the contract's object says."""
    if "outcome" in result:
        return Told(result["outcome"], result["reason"], result["message"], result["id"])
    return Told("error", result["error"]["code"], result["error"]["message"])


def _keeper(notice: Callable[[Told], None]) -> Callable[[Any, LivePane, str], None]:
    followers: dict[object, Follower] = {}
    lock = threading.Lock()

    def ended(result: SendResult) -> None:
        notice(told(result.as_dict()))

    def keep(ctx: Any, live: LivePane, id: str) -> None:  # noqa: A002 — the contract's word
        with lock:
            follower = followers.setdefault(live.locks, Follower(ctx, live, ended))
        follower.add(id)

    return keep
