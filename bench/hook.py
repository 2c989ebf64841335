"""how long the gate keeps Claude: the hook's command as Claude runs it, the event on its standard input"""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Callable
from functools import partial

from bench import programs
from bench.figures import Figure, figure, interleaved, timed
from llm_send import guard
from llm_send.config.types import Config
from llm_send.live import LivePane
from llm_send.modes import Mode
from llm_send.panes import Agent
from llm_send.paths import paths_of
from llm_send.target import Parcel
from llm_send.tmux import Tmux
from offline import world
from offline.world import World

ROUNDS = 40
FAST, CAREFUL = 15.0, 40.0
SIZES = {"100 B": 100, "1 KB": 1000, "16 KB": 16000, "64 KB": 65000}


def measure() -> list[Figure]:
    with world.opened("bench", programs.newest()) as here:
        return _Gate(here).measure()


class _Gate:
    """A pane's folder, locked to plan mode, and the hooks its settings name."""

    def __init__(self, here: World) -> None:
        self.here = here
        self.paths = paths_of(here.environment)
        self.folder = guard.arm(self.paths, Mode.PLAN, "warn", here.environment)
        hooks = json.loads((self.folder / "settings.json").read_text())["hooks"]
        self.commands = {event: hooks[event][0]["hooks"][0]["command"] for event in hooks}
        pane = here.server.new_pane(["sleep", "6000"], cwd=here.project)
        tmux = Tmux(socket_path=str(here.server.socket), environment=here.environment)
        row = next(row for row in tmux.rows() if row.id == pane.id)._replace(folder=str(self.folder), lock="plan")
        self.live = LivePane(tmux, Agent(row, pane.pid), self.paths, Config())
        # Claude is the hook's parent; here that is us.
        self.environment = {**here.environment, "CLAUDE_PID": str(os.getpid()), "CLAUDECODE": "1"}

    def measure(self) -> list[Figure]:
        takers: dict[str, Callable[[], float]] = {"raw": lambda: self._run("cat >/dev/null", _prompt("x" * 1000))}
        for size, length in SIZES.items():
            text = ("word " * (length // 5)).strip()
            takers[f"prompt, {size}"] = partial(self._hook, "UserPromptSubmit", _prompt(text))
            takers[f"prompt of ours, {size}"] = partial(self._ours, text)
            takers[f"prompt by hand during ours, {size}"] = partial(self._ours, text, "by hand")
            takers[f"drifted prompt, {size}"] = partial(self._hook, "UserPromptSubmit", _prompt(text, "default"))
        for event in ("PreToolUse", "PostToolUse", "Stop"):
            takers[event] = partial(self._hook, event, _tool(event))
        times = interleaved(ROUNDS, takers)
        raw = times.pop("raw")
        budgets = {case: CAREFUL if "during" in case or "drifted" in case else FAST for case in times}
        return [figure("hook", case, "median", times[case], raw=raw, budget=budgets[case]) for case in sorted(times)]

    def _hook(self, event: str, data: bytes) -> float:
        for file in (self.folder / "events").iterdir():
            file.unlink()
        took = self._run(self.commands[event], data)
        if event == "UserPromptSubmit" and not list((self.folder / "events").glob("prompt-*")):
            raise RuntimeError("the gate has recorded nothing")
        return took

    def _run(self, command: str, data: bytes) -> float:
        def run() -> None:
            done = subprocess.run(
                ["/bin/sh", "-c", command], input=data, capture_output=True, env=self.environment, check=False
            )
            if done.returncode != 0:
                raise RuntimeError(f"{command}: exit {done.returncode}: {done.stderr.decode()}")

        return timed(run)

    def _ours(self, text: str, typed: str | None = None) -> float:
        """While a send of ours is delivered to this pane."""
        with self.live.keys(), self.live.expect(Parcel(id=uuid.uuid4().hex, text=text, mode="plan")):
            return self._hook("UserPromptSubmit", _prompt(typed or text))


def _prompt(text: str, mode: str = "plan") -> bytes:
    return _event({"permission_mode": mode, "hook_event_name": "UserPromptSubmit", "prompt": text})


def _tool(event: str) -> bytes:
    head: dict[str, object] = {"permission_mode": "plan", "hook_event_name": event}
    if event == "Stop":
        return _event({**head, "stop_hook_active": False, "last_assistant_message": "x" * 2000})
    use: dict[str, object] = {"tool_name": "Bash", "tool_input": {"command": "make test", "description": "x" * 500}}
    answer = {"tool_response": {"stdout": "x" * 2000}} if event == "PostToolUse" else {}
    return _event({**head, **use, **answer, "tool_use_id": "toolu_01ABC"})


def _event(more: dict[str, object]) -> bytes:
    """As Claude writes one: compact, and what is secret last."""
    head = {
        "session_id": str(uuid.uuid4()),
        "transcript_path": "/home/me/.claude/projects/x/y.jsonl",
        "cwd": "/home/me",
    }
    return json.dumps({**head, "prompt_id": str(uuid.uuid4()), **more}, separators=(",", ":")).encode()
