"""Tries the gate on this machine, by the very command Claude would run: it must let through, block, and fail closed."""

import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from llm_send import guard
from llm_send.actions.checks import Check
from llm_send.actions.context import Context
from llm_send.modes import Mode
from llm_send.paths import Paths, private_folder

ANSWER = 10.0  # seconds
SLOW = 0.2  # seconds a prompt is held up without anybody noticing


def gate(ctx: Context) -> Check:
    """Raises LlmSendError when it cannot even be set up, as without the program `timeout`."""
    with tempfile.TemporaryDirectory(prefix="doctor-", dir=private_folder(ctx.paths.state)) as scratch:
        folder = guard.arm(Paths(ctx.paths.config, Path(scratch)), Mode.PLAN, "block", ctx.environment)
        passed, seconds = _ask(ctx, folder, "plan")
        recorded = len(list((folder / "events").iterdir()))
        blocked, _ = _ask(ctx, folder, "acceptEdits")
        (folder / "gate.sh").unlink()
        broken, _ = _ask(ctx, folder, "plan")
    found = _wrong(passed, recorded, blocked, broken)
    if found:
        return Check(
            "error", f"The gate does not work here: {found}", "Please report it, with llm-send doctor --report."
        )
    took = f"{seconds * 1000:.0f} ms"
    if seconds > SLOW:
        return Check("warn", f"It works, but holds every prompt up for {took}.", "Is the machine or its disk busy?")
    return Check("ok", f"lets through ({took}), blocks, and fails closed")


def _ask(ctx: Context, folder: Path, mode: str) -> tuple[subprocess.CompletedProcess[str], float]:
    """What the gate answers to a prompt in this mode, and how long it took."""
    settings = json.loads((folder / "settings.json").read_text())
    command = settings["hooks"]["UserPromptSubmit"][0]["hooks"][0]["command"]
    started = time.monotonic()
    done = subprocess.run(
        ["sh", "-c", command],
        input=json.dumps(_event(mode), separators=(",", ":")),
        capture_output=True,
        text=True,
        timeout=ANSWER,
        env=dict(ctx.environment),
        check=False,
    )
    return done, time.monotonic() - started


def _event(mode: str) -> dict[str, Any]:
    """A prompt as Claude Code describes it to its hooks."""
    return {
        "session_id": "doctor",
        "transcript_path": "/dev/null",
        "cwd": "/",
        "prompt_id": "doctor",
        "permission_mode": mode,
        "hook_event_name": "UserPromptSubmit",
        "prompt": "Is anybody there?",
    }


def _wrong(
    passed: subprocess.CompletedProcess[str],
    recorded: int,
    blocked: subprocess.CompletedProcess[str],
    broken: subprocess.CompletedProcess[str],
) -> str | None:
    if passed.returncode or passed.stdout:
        return f"it stops what it should let through ({_words(passed)})."
    if recorded != 1:
        return "it leaves no record of a prompt."
    if '"block"' not in blocked.stdout and blocked.returncode != 2:
        return f"it lets through what it should stop ({_words(blocked)})."
    if broken.returncode != 2:
        return f"it lets prompts through when it is broken (exit {broken.returncode})."
    return None


def _words(done: subprocess.CompletedProcess[str]) -> str:
    said = (done.stderr or done.stdout).strip().partition("\n")[0][:120]
    return f"exit {done.returncode}: {said}" if said else f"exit {done.returncode}"
