"""What happens meanwhile: disturbances by name. Each says whether there was anything to disturb."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from llm_send import processes
from llm_send.actions.queue_cancel import QueueCancelRequest, queue_cancel
from llm_send.actions.queue_edit import QueueEditRequest, queue_edit
from llm_send.actions.queue_move import QueueMoveRequest, queue_move
from llm_send.errors import LlmSendError
from llm_send.history import Send
from torture.plan import Event
from torture.stage import claude_of
from torture.texts import DIALOGS, EDITED

if TYPE_CHECKING:
    from torture.play import Playing

LOW = 4  # rows


def copy_mode(playing: Playing, _event: Event) -> bool:
    playing.pane.tmux.run("copy-mode", "-t", playing.pane.id)
    return True


def resize(playing: Playing, event: Event) -> bool:
    columns, rows = 50 + int(event.amount * 150), 14 + int(event.amount * 997) % 40
    playing.pane.tmux.run("resize-window", "-t", playing.pane.id, "-x", str(columns), "-y", str(rows))
    return True


def low(playing: Playing, _event: Event) -> bool:
    playing.low = True
    playing.pane.tmux.run("resize-window", "-t", playing.pane.id, "-x", "100", "-y", str(LOW))
    return True


def types(playing: Playing, event: Event) -> bool:
    return playing.person.types(event.text)


def dialog(playing: Playing, event: Event) -> bool:
    """The person says what brings one up, where the box is empty; it stands until they answer it."""
    text = playing.filled(DIALOGS["permission"](event.text))
    return playing.person.says(text)


def mode_key(playing: Playing, _event: Event) -> bool:
    return not playing.episode.may_ask and playing.person.mode_key()


def kill_sender(playing: Playing, event: Event) -> bool:
    return _signalled(playing, event, signal.SIGKILL)


def stop_sender(playing: Playing, event: Event) -> bool:
    return _signalled(playing, event, signal.SIGSTOP)


def _signalled(playing: Playing, event: Event, number: int) -> bool:
    running = [each for each in playing.processes if each.runs and not each.ask.fault]
    if not running:
        return False
    chosen = running[int(event.amount * len(running))]
    playing.harmed(chosen)
    return chosen.signal(number)


def kill_drainer(playing: Playing, _event: Event) -> bool:
    """Those of this lane's panes; found by what they are, in this world alone."""
    found = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _drains(pid, playing)]  # noqa: PTH208
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return bool(found)


def _drains(pid: int, playing: Playing) -> bool:
    argv = processes.argv(pid) or []
    return "llm_send.entry.drain" in argv and argv[-2:] == [str(playing.pane.tmux.socket), playing.pane.id]


def kill_claude(playing: Playing, _event: Event) -> bool:
    claude = claude_of(playing.pane)
    if not claude:
        return False
    playing.died()
    os.kill(claude, signal.SIGKILL)
    return True


def kill_pane(playing: Playing, _event: Event) -> bool:
    playing.died()
    playing.pane.tmux.run("kill-pane", "-t", playing.pane.id)
    return True


def respawn(playing: Playing, _event: Event) -> bool:
    """A shell where Claude was, under the same pane id."""
    playing.died()
    playing.pane.tmux.run("respawn-pane", "-k", "-t", playing.pane.id, "sh")
    return True


def kill_host(playing: Playing, _event: Event) -> bool:
    return playing.editors.kill_host()


def quit_editor(playing: Playing, _event: Event) -> bool:
    return playing.editors.quit()


def edit(playing: Playing, event: Event) -> bool:
    return _in_queue(playing, event, _edit)


def cancel(playing: Playing, event: Event) -> bool:
    return _in_queue(playing, event, lambda playing, send, _: queue_cancel(playing.ctx, QueueCancelRequest(send.id)))


def move(playing: Playing, event: Event) -> bool:
    return _in_queue(playing, event, _move)


def _edit(playing: Playing, send: Send, _count: int) -> object:
    return queue_edit(playing.ctx, QueueEditRequest(send.id, send.text + EDITED))


def _move(playing: Playing, send: Send, count: int) -> object:
    playing.moved.add(send.id)
    return queue_move(playing.ctx, QueueMoveRequest(send.id, 0 if count % 2 else count))


def _in_queue(playing: Playing, event: Event, do: Callable[[Playing, Send, int], object]) -> bool:
    """With one of those that wait for the pane. That it is on its way meanwhile is an answer too."""
    waiting = playing.ctx.history.queue(str(playing.pane.tmux.socket), playing.pane.id)
    if not waiting:
        return False
    try:
        do(playing, waiting[int(event.amount * len(waiting))], len(waiting))
    except LlmSendError as error:
        if error.code != "not_waiting":
            raise
    return True


def nothing(_playing: Playing, _event: Event) -> bool:
    return True


HAPPENINGS: dict[str, Callable[[Playing, Event], bool]] = {
    "nothing": nothing,
    "types": types,
    "dialog": dialog,
    "mode key": mode_key,
    "copy-mode": copy_mode,
    "resize": resize,
    "low": low,
    "kill sender": kill_sender,
    "stop sender": stop_sender,
    "kill drainer": kill_drainer,
    "kill Claude": kill_claude,
    "kill pane": kill_pane,
    "respawn": respawn,
    "kill host": kill_host,
    "quit editor": quit_editor,
    "queue edit": edit,
    "queue cancel": cancel,
    "queue move": move,
}
