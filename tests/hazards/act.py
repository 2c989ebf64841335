"""One case being played: the person at one pane of the real Claude Code, and the two senders beside them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llm_send import processes
from llm_send.claude import process, screen
from llm_send.errors import LlmSendError, Refused
from llm_send.target import Unconfirmed
from offline.compare import requests, user_texts
from offline.world import REPOSITORY, World
from tests.hazards.ended import Ended
from tests.rig.scene import Scene
from tests.rig.tmux import Pane
from tests.rig.wait import PATIENCE, wait_until

STILL = 8  # looks in a row that show the same
LOOKS = 60  # looks after which a screen that never stands still (a spinner) is taken as it is


@dataclass
class Act:
    """`mode` is the pane's, Claude's own value; `witness` is a file that nobody may make; `own` is what the person
    submitted; `began` and `answered` are how much the log said before this case."""

    world: World
    scene: Scene
    pane: Pane
    guarded: bool
    mode: str
    witness: Path
    began: int
    answered: int
    own: list[str] = field(default_factory=list)
    left: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def project(self) -> Path:
        return self.world.project

    # What the person does

    def submit(self, text: str, *, seen: str | None = None) -> None:
        """A prompt of the person's own, sent with all the care that a person takes."""
        self.ready()
        self.pane.paste(text)
        self.pane.wait_until(lambda screen: (seen or text[:12]) in screen or "[Pasted text" in screen)
        self.settled()
        self.enter()
        if not text.startswith("/"):
            self.own.append(text)

    def enter(self) -> None:
        """Enter, until the box's text is gone: Claude Code drops a key now and then, which a person sees and presses
        again. Never while the screen still moves: that Enter could answer what the first one opened."""

        def left() -> bool:
            self.pane.press("Enter")
            with suppress(AssertionError):
                wait_until(lambda: not screen.read(self.pane.screen(styled=True)).box, 2)
            self.settled()
            return not screen.read(self.pane.screen(styled=True)).box

        wait_until(left, 10, show=self.pane.report)

    def ready(self, deadline: float = 15) -> None:
        wait_until(lambda: is_ready(self.pane), deadline, show=self.pane.report)

    def command(self, text: str, *seen: str) -> None:
        """A command of the person's, and what shows when it is there."""
        self.pane.type(text)
        self.pane.wait_for(text.split(" ")[0])
        self.settled()
        self.pane.press("Enter")
        self.pane.wait_for(*seen)
        self.settled()

    def type(self, text: str, *seen: str) -> None:
        self.pane.type(text)
        self.pane.wait_for(*(seen or (text,)))
        self.settled()

    def press(self, *keys: str, seen: str | None = None) -> None:
        self.pane.press(*keys)
        if seen:
            self.pane.wait_for(seen)
        self.settled()

    def settled(self, holds: Callable[[str], object] = bool, *, looks: int = STILL, deadline: float = 20) -> str:
        """The screen, once it is as it must be and has stopped changing, or never will."""
        seen: list[str] = []

        def still() -> bool:
            seen.append(self.pane.screen())
            return bool(holds(seen[-1])) and (len(seen) > LOOKS or seen[-looks:] == seen[-1:] * looks)

        wait_until(still, deadline, show=self.pane.report)
        return seen[-1]

    # What became of it

    def arrived(self) -> list[str]:
        """What the log says the person said, since the case began."""
        return user_texts(self.world.model.log)[self.began :]

    def answers(self) -> list[str]:
        """What tools answered since the case began: a tool that was approved, a plan, a question."""
        return tool_answers(self.world.model.log)[self.answered :]

    def claude(self) -> int | None:
        """The pid of the Claude that runs in the pane."""
        return next((pid for pid in processes.tree(self.pane.pid) if _is_claude(pid)), None)

    def listed(self) -> dict[str, Any]:
        """What ours says of the pane when it is asked for all there are."""
        argv = [str(self.world.bin / "llm-send"), "-S", str(self.world.server.socket), "panes", "--json"]
        said = subprocess.run(argv, env=self.world.environment, cwd=self.project, capture_output=True, check=True)
        return next(each for each in json.loads(said.stdout)["panes"] if each["id"] == self.pane.id)

    # The senders

    def send(self, data: bytes, *options: str, deadline: float = 40) -> Ended:
        """Ours, as a person types it."""
        return self.ended(self.start(data, *options), deadline)

    def start(self, data: bytes, *options: str) -> subprocess.Popen[str]:
        """Ours, under way."""
        argv = [str(self.world.bin / "llm-send"), "-S", str(self.world.server.socket)]
        argv += ["send", "--pane", self.pane.id, "--json", *options, "-"]
        return self._started(argv, data, self.project)

    def _started(self, argv: list[str], data: bytes, cwd: Path) -> subprocess.Popen[str]:
        environment = self.world.seated_at(self.scene.seat.id)
        environment |= {"PYTHONPATH": f"{REPOSITORY}/rplugin/python3"}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started = subprocess.Popen(argv, env=environment, cwd=cwd, text=True, **pipes)  # type: ignore[call-overload]
        self.left.append(started)
        assert started.stdin
        started.stdin.buffer.write(data)
        started.stdin.close()
        started.stdin = None
        return started  # type: ignore[no-any-return]

    def ended(self, started: subprocess.Popen[str], deadline: float = 40) -> Ended:
        out, err = started.communicate(timeout=deadline * PATIENCE)
        self.left.remove(started)
        result = json.loads(out or "{}")
        if not result:
            return Ended("error", None, err)
        if "outcome" not in result:
            return Ended("error", result["error"]["code"], result["error"]["message"])
        return Ended(result["outcome"], result["reason"], result["message"])

    def stopped(self, data: bytes, *steps: str) -> subprocess.Popen[str]:
        """Ours, stopped right before the first of these steps (see sender)."""
        argv = [sys.executable, "-m", "tests.hazards.sender", str(self.world.server.socket), self.scene.seat.id]
        started = self._started([*argv, str(self.project), self.pane.id, self.mode, *steps], data, REPOSITORY)
        self.until_stopped(started)
        return started

    def until_stopped(self, started: subprocess.Popen[str]) -> None:
        """Or until it has ended before it came there."""

        def done() -> bool:
            return processes.state(started.pid) == "T" or started.poll() is not None

        wait_until(done, 15, show=self.pane.report)

    def wake(self, started: subprocess.Popen[str]) -> None:
        started.send_signal(signal.SIGCONT)  # unless it has ended

    def deliver(self, text: str, **at: Callable[[], object]) -> Ended:
        """Ours, with something done right before the steps named."""
        try:
            self.scene.deliver(self.scene.live_by_id(self.pane.id), text, at, self.mode)
        except (Refused, Unconfirmed) as end:
            return Ended("refused" if isinstance(end, Refused) else "unconfirmed", end.code, end.message)
        except LlmSendError as error:
            return Ended("error", error.code, error.message)
        return Ended("delivered")

    def blindly(self, data: bytes) -> None:
        """What others do: paste and Enter, one call of tmux, no look."""
        tmux = self.world.server
        paste = ["load-buffer", "-b", "blind", "-", ";", "paste-buffer", "-p", "-d", "-b", "blind", "-t", self.pane.id]
        tmux.run(*paste, ";", "send-keys", "-t", self.pane.id, "Enter", text=data)

    def blindly_around(self, data: bytes, between: Callable[[], object]) -> None:
        """The same in two calls, as those do who wait before the Enter; something happens meanwhile."""
        tmux = self.world.server
        tmux.run(
            "load-buffer",
            "-b",
            "blind",
            "-",
            ";",
            "paste-buffer",
            "-p",
            "-d",
            "-b",
            "blind",
            "-t",
            self.pane.id,
            text=data,
        )
        between()
        tmux.run("send-keys", "-t", self.pane.id, "Enter")


def _is_claude(pid: int) -> bool:
    return process.is_claude(processes.argv(pid) or ()) and processes.state(pid) != "Z"


def is_ready(pane: Pane) -> bool:
    """An empty box, and beneath it the mode. Nothing runs."""
    seen = screen.read(pane.screen(styled=True))
    return seen.state == "idle" and seen.empty_box and seen.mode is not None and not seen.stashed


def tool_answers(log: Path) -> list[str]:
    """What the tools said that were not refused, each once."""
    found: dict[str, str] = {}
    for request in requests(log):
        for message in request["messages"]:
            content = message.get("content", "")
            for block in content if isinstance(content, list) else ():
                if block.get("type") == "tool_result" and not block.get("is_error"):
                    found.setdefault(block["tool_use_id"], _words(block.get("content", "")))
    return list(found.values())


def _words(content: Any) -> str:
    return content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)
