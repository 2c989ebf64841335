"""Says in the pane why it ends: before it does, in the line that tmux shows of itself, and afterwards on its screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

ANSWER = 2.0  # seconds tmux may take
SHOWN = "10000"  # milliseconds that a word of ours stands in tmux's status line
PLAIN = "\033[?1049l\033[?25h\033[?2004l\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[0m\r\n"
"""A terminal as it was before a program took it over."""


def warned(seconds: int) -> None:
    """Say that the end is near. Nothing is written into the pane: it would stand in the middle of what runs there."""
    _message(f"{_name()} is ended in {seconds} s (timeout_secs)")


def told(folder: Path, why: str) -> None:
    """Say why it was ended: in the journal, in the pane, which stays for it to be read, and to who looks at tmux."""
    _record(folder, why)
    stays = f"set-option -p -t {_pane()} remain-on-exit on"
    _tmux(
        # The pane of a person's shell is not ours to keep open.
        ["if-shell", "-F", "-t", _pane(), f"#{{==:#{{pane_pid}},{os.getpid()}}}", stays],
        ["set-option", "-p", "-t", _pane(), "@llm_send_ended", why],
        # tmux 3.3 may not hear of our end while utempter takes the pane off its list; it looks again after any other.
        ["run-shell", "-b", "-d", "1", ":"],
    )
    sys.stdout.write(f"{PLAIN}llm-send: this pane was ended: {why}.\r\n")
    sys.stdout.flush()
    _message(f"{_name()} was ended: {why}")


def _record(folder: Path, why: str) -> None:
    written = folder / ".ended"  # among the events an agent can put a link in its place
    with suppress(OSError):  # the folder went with the pane; the screen still says it
        written.write_text(json.dumps({"hook_event_name": "Ended", "reason": why, "at": time.time()}))
        written.chmod(0o600)
        written.replace(folder / "events/note-ended")


def _message(text: str) -> None:
    """To every client of the server that shows this pane's session."""
    said = _tmux(["list-clients", "-t", _pane(), "-F", "#{client_name}"])
    for client in said.splitlines():
        _tmux(["display-message", "-d", SHOWN, "-c", client, text.replace("#", "##")])


def _name() -> str:
    return _tmux(["display-message", "-p", "-t", _pane(), "#{?@llm_send_name,#{@llm_send_name},#{pane_id}}"]).strip()


def _pane() -> str:
    return os.environ.get("TMUX_PANE", "")


def _tmux(*commands: Sequence[str]) -> str:
    """What tmux prints; nothing where it does not answer: the end does not wait for it."""
    socket = os.environ.get("TMUX", "").rsplit(",", 2)[0]
    words = [word for command in commands for word in (*command, ";")][:-1]
    try:
        done = subprocess.run(
            ["tmux", "-u", "-S", socket, *words],
            stdin=subprocess.DEVNULL,  # the pane's terminal is not for it to look at
            capture_output=True,
            text=True,
            timeout=ANSWER,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
