"""What stands in the pane when an episode begins, by name."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.rig.wait import wait_until
from torture.happenings import copy_mode, low
from torture.plan import Event
from torture.stage import claude_of, look
from torture.texts import tool

if TYPE_CHECKING:
    from torture.play import Playing

NOTHING = Event("", 0, 0)


def idle(_playing: Playing) -> None:
    pass


def _says(form: str) -> Callable[[Playing], None]:
    def bring(playing: Playing) -> None:
        held = playing.episode.held
        playing.person.submit(form.format(held=held, tag=playing.episode.text))

    return bring


def held(playing: Playing) -> None:
    """Busy until it is let go."""
    playing.person.submit(f"[[hold {playing.episode.text}]] {playing.episode.text}")


def flood(playing: Playing) -> None:
    """A long answer."""
    reply = "\n".join(f"{number} and so on" for number in range(400))
    playing.person.submit(f"{playing.episode.text} [[stream 0.3]] [[reply {reply}]]")


def tool_runs(playing: Playing) -> None:
    """A command that needs no permission."""
    call = {"command": f"sleep {playing.episode.held}", "description": "wait"}
    playing.person.submit(f"{tool('Bash', call)} {playing.episode.text}")


def dialog(playing: Playing) -> None:
    playing.person.submit(playing.filled(playing.episode.text))
    wait_until(lambda: look(playing.pane).state == "waiting", 10, show=playing.pane.report)


def draft(playing: Playing) -> None:
    playing.person.drafts_it(playing.episode.text)


def shell_draft(playing: Playing) -> None:
    """Half a shell command."""
    playing.pane.type(f"!true {playing.episode.text}")
    playing.person.shows(lambda seen: seen.shell_mode)


def drifted(playing: Playing) -> None:
    """Somebody has pressed Shift+Tab."""
    before = look(playing.pane).mode
    playing.pane.press("BTab")
    wait_until(lambda: look(playing.pane).mode not in (None, before), 5, show=playing.pane.report)


def in_copy_mode(playing: Playing) -> None:
    copy_mode(playing, NOTHING)


def is_low(playing: Playing) -> None:
    low(playing, NOTHING)


def ended(playing: Playing) -> None:
    """Claude has ended; the shell it was typed into shows."""
    claude = claude_of(playing.pane)
    assert claude
    playing.died()
    os.kill(claude, signal.SIGTERM)
    playing.pane.wait_until(lambda seen: seen.rstrip().endswith(("$", "#")))


SITUATIONS: dict[str, Callable[[Playing], None]] = {
    "idle": idle,
    "busy": _says("[[slow {held}]] {tag}"),
    "streaming": _says("[[stream {held}]] [[reply Some words.]] {tag}"),
    "held": held,
    "handed": held,
    "flood": flood,
    "tool runs": tool_runs,
    "permission": dialog,
    "edit": dialog,
    "question": dialog,
    "plan": dialog,
    "draft": draft,
    "shell draft": shell_draft,
    "drifted": drifted,
    "copy-mode": in_copy_mode,
    "low": is_low,
    "ended": ended,
}
