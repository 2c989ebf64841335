"""A pane with the real Claude Code, what reached its model, and when it is idle again."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from bench.listing import spawn
from llm_send import processes
from offline.world import World
from tests.rig.claude import ClaudeStarter
from tests.rig.tmux import Pane
from tests.rig.wait import wait_until

STILL = 0.1  # seconds in which a Claude that does nothing uses less than one tick of its processor


@dataclass
class Claude:
    here: World
    pane: Pane
    read: int = 0  # bytes of the model's log that were looked at

    def arrival(self, text: str, deadline: float = 30) -> int:
        """When a prompt that holds this text reached the model, in unix nanoseconds; waits for it."""
        return wait_until(lambda: self._arrived(text), deadline, show=self.pane.report)

    def _arrived(self, text: str) -> int:
        with self.here.model.log.open("rb") as log:
            log.seek(self.read)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self.read += len(line)
                if text.encode() in line and b'\\"tools\\":[{' in line:
                    return int(json.loads(line)["at"] * 1e9)
        return 0

    def settle(self) -> None:
        """Wait until its turn is over and it does nothing more."""
        self.pane.wait_until(lambda screen: "esc to interrupt" not in screen)
        before, since = -1, 0.0

        def still() -> bool:
            nonlocal before, since
            used = sum(_ticks(pid) for pid in processes.tree(self.pane.pid))
            if used != before:
                before, since = used, time.monotonic()
            return time.monotonic() - since > STILL

        wait_until(still, 30, show=self.pane.report)

    def end(self) -> None:
        self.here.server.run("kill-pane", "-t", self.pane.id)


def guarded(here: World, seat: str) -> Claude:
    """One of ours, in plan mode."""
    found = spawn(here, seat)
    return Claude(
        here, Pane(here.server, found, int(here.server.run("display-message", "-p", "-t", found, "#{pane_pid}")))
    )


def by_hand(here: World) -> Claude:
    """One as a person would start it; in a mode that no send of ours asks for. It is as large as a guarded one."""
    start = ClaudeStarter(here.server, here.programs.claude, here.project)
    return Claude(here, start("--permission-mode", "acceptEdits", session="agents"))


def _ticks(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return sum(map(int, stat.rpartition(")")[2].split()[11:13]))
