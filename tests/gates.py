"""A pane's gate as Claude Code runs it: the command line of its settings, the event on standard input."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llm_send import guard
from llm_send.modes import Mode
from llm_send.paths import Paths

CLAUDE_PID = 77


@dataclass(frozen=True)
class Said:
    """What Claude Code makes of the hook's end: exit 2 blocks, exit 0 means what was printed."""

    code: int
    printed: dict[str, Any]
    error: str
    seconds: float

    @property
    def blocked(self) -> bool:
        return self.code == 2 or self.printed.get("decision") == "block"

    @property
    def reason(self) -> str:
        return str(self.printed.get("reason", ""))


@dataclass(frozen=True)
class Gate:
    folder: Path

    def command(self, event: str) -> str:
        settings = json.loads((self.folder / "settings.json").read_text())
        [entry] = settings["hooks"][event]
        [hook] = entry["hooks"]
        assert hook["type"] == "command"
        return str(hook["command"])

    def raw(self, event: str, data: bytes, environment: Mapping[str, str] | None = None) -> Said:
        started = time.monotonic()
        done = subprocess.run(
            ["sh", "-c", self.command(event)],
            input=data,
            capture_output=True,
            env={"PATH": os.environ["PATH"], "CLAUDE_PID": str(CLAUDE_PID), **(environment or {})},
            cwd="/",
            timeout=20,
        )
        seconds = time.monotonic() - started
        printed = json.loads(done.stdout) if done.stdout.strip() else {}
        return Said(done.returncode, printed, done.stderr.decode(), seconds)

    def run(self, name: str, **fields: object) -> Said:
        return self.raw(name, as_json(event(name, **fields)))

    def prompt(self, text: str, mode: str = "plan") -> Said:
        return self.run("UserPromptSubmit", permission_mode=mode, prompt=text)

    def tool(self, id: str = "toolu_1", arguments: object = None) -> Said:  # noqa: A002
        fields = {"tool_name": "Bash", "tool_input": arguments or {}, "tool_use_id": id}
        return self.run("PreToolUse", permission_mode="plan", **fields)

    def done(self, id: str = "toolu_1", name: str = "PostToolUse", arguments: object = None) -> Said:  # noqa: A002
        fields = {"tool_name": "Bash", "tool_input": arguments or {}, "tool_response": {"stdout": ""}}
        return self.run(name, permission_mode="plan", **fields, tool_use_id=id)

    def want(self, word: str) -> None:
        (self.folder / "want").write_text(f"{word}\n")

    def expect(self, text: str, mode: str = "plan", *, id: str = "a" * 32, quick: bool = True) -> Path:  # noqa: A002
        """What a sender writes right before its paste. Not `quick`: as if it could not tell how the event will look."""
        guard.announce(self.folder, id, text, mode)
        file = self.folder / "expected" / id
        if not quick:
            file.write_text(file.read_text().partition("\n")[0] + "\n\n")
        return file

    def without(self, *names: str) -> None:
        """Takes parts of the gate away."""
        for name in names:
            (self.folder / name).unlink()

    def events(self) -> list[dict[str, Any]]:
        files = sorted((self.folder / "events").iterdir(), key=lambda file: file.stat().st_mtime_ns)
        return [json.loads(file.read_text()) for file in files]

    def pending(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "pending").iterdir())

    def holds(self, words: str) -> list[str]:
        """The readable files of the folder in which these words stand."""
        files = [file for file in self.folder.rglob("*") if file.is_file() and os.access(file, os.R_OK)]
        return [file.name for file in files if words.encode() in file.read_bytes()]


def event(name: str, **fields: object) -> dict[str, object]:
    """An event in Claude Code's own order of keys."""
    common = {
        "session_id": "s-1",
        "transcript_path": "/t/s-1.jsonl",
        "cwd": "/project",
        "prompt_id": "p-1",
        "permission_mode": fields.pop("permission_mode", "plan"),
        "hook_event_name": name,
    }
    return common | fields


def as_json(event: object) -> bytes:
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()


def armed(place: Path, lock: Mode = Mode.PLAN, policy: str = "warn") -> Gate:
    return Gate(guard.arm(Paths(place / "config", place / "state"), lock, policy, os.environ))
