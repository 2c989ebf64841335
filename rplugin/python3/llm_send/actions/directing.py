"""Listens to the agent of one pane: what its Claude says at the end of each turn, for as long as it lives."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from llm_send import guard, processes
from llm_send.actions.asker import values_of
from llm_send.actions.context import Context
from llm_send.actions.directive import act
from llm_send.actions.send import SendRequest, send
from llm_send.claude.files import content, record, text
from llm_send.claude.process import SHELLS
from llm_send.errors import LlmSendError
from llm_send.sideband.found import Directive, Malformed
from llm_send.sideband.rights import rights_of
from llm_send.tmux import TmuxError

Fault = Callable[[Exception], str]
EVERY = 200  # milliseconds between two looks at the folder
LARGEST = 1_000_000  # bytes of an event
AT_ONCE = 20  # directives of one message


def messages(folder: Path) -> Iterator[str]:
    """What its Claude says, message by message, until its process has ended."""
    card = guard.read_card(folder)
    try:
        ended = os.pidfd_open(card.anchor_pid)
    except ProcessLookupError:
        return
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    seen, stamp = set(_stops(folder)), 0
    while not poll.poll(EVERY):
        now = _stamp(folder)
        if now == stamp:
            continue
        stamp = now
        for mark in _stops(folder):
            if mark not in seen:
                seen.add(mark)
                said = _said(folder, mark[0])
                if said:
                    yield said


def _stamp(folder: Path) -> int:
    with suppress(OSError):
        return (folder / "events").stat().st_mtime_ns
    return 0


def _stops(folder: Path) -> list[tuple[str, int]]:
    """The events that may be one, oldest first."""
    found = []
    with suppress(OSError), os.scandir(folder / "events") as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.name.startswith("note-"):
                    found.append((entry.name, entry.stat(follow_symlinks=False).st_mtime_ns))
    return sorted(found, key=lambda mark: mark[1])


def _said(folder: Path, name: str) -> str | None:
    try:
        raw = record(content(folder / "events" / name, LARGEST))
    except OSError:
        return None
    if not raw or raw.get("hook_event_name") != "Stop" or raw.get("agent_id"):
        return None
    return text(raw.get("last_assistant_message"))


def _line(ctx: Context, found: Directive | Malformed, fault: Fault) -> str:
    """What came of one. The others of its message are obeyed all the same."""
    try:
        return act(ctx, found)
    except Exception as error:  # noqa: BLE001  # the last resort: the agent is told, and the log has the report
        return f"llm-send: not done: {fault(error)}"


def obeyed(ctx: Context, found: Sequence[Directive | Malformed], fault: Fault) -> None:
    """Do what they say, in order, and tell the agent what came of it. `fault` reports what nobody expected, and says
    it in a sentence."""
    lines = [line for each in found[:AT_ONCE] if (line := _line(ctx, each, fault))]
    if len(found) > AT_ONCE:
        lines.append(f"llm-send: only the first {AT_ONCE} directives of a message are read.")
    if lines:
        answer(ctx, "\n".join(lines))


def answer(ctx: Context, said: str) -> None:
    """As the pane's configuration wants it: as its Claude's next prompt, or on the program's standard input."""
    row = next((row for row in ctx.tmux.rows() if row.id == ctx.here.pane), None)
    if row is None or row.dead:
        return
    claude = bool(row.lock) or processes.argv(row.pid) is None
    how = rights_of(values_of(ctx, row)).answer or ("prompt" if claude else "input")
    if claude and how == "input":  # the Enter could answer a dialog
        how = "prompt"
    with suppress(LlmSendError):  # the pane has ended, or wants no prompt now: it is in the audit log
        if how == "prompt":
            send(ctx, SendRequest(said, pane=row.id, wait=2.0))
        elif how == "input" and row.command.lstrip("-") not in SHELLS:
            _typed(ctx, row.id, said)


def _typed(ctx: Context, pane: str, said: str) -> None:
    with suppress(TmuxError):
        for line in said.splitlines():
            ctx.tmux.run(["send-keys", "-t", pane, "-l", "--", line], ["send-keys", "-t", pane, "Enter"])
