"""A Claude that has just been started: wait until it is ready, in its mode, its hooks at work; or say why not."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, replace

from llm_send import confined, journal, naming
from llm_send.actions.context import Context
from llm_send.actions.follow_end import follow_end
from llm_send.actions.launch import Launch
from llm_send.claude.complaint import complaint
from llm_send.errors import LlmSendError, Refused
from llm_send.modes import Mode, label_of
from llm_send.panes import Agent, Pane, describe, find_agent, look_at
from llm_send.tmux import Row, TmuxError

READY = 60.0  # seconds a start may take; two are usual
HOOKS = 5.0  # seconds an idle Claude may leave its SessionStart hook unreported
POLL = 0.03


@dataclass(frozen=True)
class SpawnResult:
    """The pane, and what the person should know about it."""

    pane: Pane
    note: str | None = None

    def as_dict(self) -> dict[str, object]:
        return {"pane": self.pane.as_dict(), "note": self.note}


class StartRefused(Refused):
    """Claude wants an answer before it starts. The pane is left open, as it is, for the person to answer in."""

    def __init__(self, pane: Pane, message: str, hint: str) -> None:
        super().__init__("waiting", message, hint, found=pane.state, expected="idle")
        self.result = {"pane": pane.as_dict()}  # shown beside the error


def until_ready(ctx: Context, row: Row, launch: Launch, mode: Mode, *, keep: bool = False) -> SpawnResult:
    """Wait until Claude shows an idle box in the right mode and its hooks have reported; read the mode back.

    Raises StartRefused for a dialog, LlmSendError `start_failed` for a Claude that ended, or that does not accept the
    pane's settings; its pane goes unless `keep`.
    """
    follow_end(ctx, row)
    end = ctx.clock.now() + READY
    idle_since: float | None = None
    while True:
        now = current(ctx, row)
        if now is None or now.dead:
            raise _failed(ctx, row, launch, keep=keep)
        agent = Agent(now._replace(name=row.name, lock=row.lock, folder=row.folder), find_agent(now))
        [seen] = look_at(ctx.tmux, [agent])
        pane = describe(agent, seen, ctx.config)
        if pane.state == "waiting":
            raise _asked(ctx, row, launch, pane, seen.dialog, keep=keep)
        if pane.state == "idle" and pane.verified:
            idle_since = idle_since if idle_since is not None else ctx.clock.now()
            if any(journal.latest(launch.folder)):
                return SpawnResult(_checked(pane, mode))
            if ctx.clock.now() - idle_since > HOOKS:
                return _unlocked(ctx, _checked(pane, mode))
        if ctx.clock.now() > end:
            hint = f"Look at pane {pane.id}; it is left open."
            raise LlmSendError(
                "starting_timeout", f"Claude was not ready within {READY:.0f} s.", hint, found=pane.state
            )
        ctx.clock.pause(POLL)


def current(ctx: Context, row: Row) -> Row | None:
    """The pane as it is now, None where it is gone."""
    found = [each for each in ctx.tmux.rows() if each.id == row.id and each.server_pid == row.server_pid]
    return found[0] if found else None


def _checked(pane: Pane, mode: Mode) -> Pane:
    if pane.mode == mode.value:
        return pane
    message = f"Claude started in {label_of(pane.mode)}, not in {mode.label}."
    hint = f"A managed policy may set its mode. Pane {pane.id} is left open."
    raise LlmSendError("mode_drift", message, hint, found=pane.mode, expected=mode.value)


def _unlocked(ctx: Context, pane: Pane) -> SpawnResult:
    """Its hooks do not run, so nothing keeps it to its mode: shown as what it is."""
    ctx.tmux.run(*naming.unlock(pane.id))
    note = "Its hooks do not run (disableAllHooks, --bare, or a managed policy): it is not locked to its mode."
    return SpawnResult(replace(pane, lock=None, guarded=False), note)


def _asked(ctx: Context, row: Row, launch: Launch, pane: Pane, dialog: str | None, *, keep: bool) -> LlmSendError:
    """Claude asks something. Where it is about the pane's own settings there is nothing to answer: without them it
    would have no gate."""
    wrong = complaint(ctx.tmux.run(["capture-pane", "-p", "-t", row.id]).splitlines(), launch.inside / "settings.json")
    if not wrong:
        hint = f"Answer it in pane {pane.id}; it is left open."
        return StartRefused(pane, f"Claude asks before it starts: {dialog or 'a question'}", hint)
    if not keep:
        ctx.tmux.run(["kill-pane", "-t", row.id])
        confined.remove(launch.folder, ctx.environment)
    message = f"Claude does not accept the pane's settings: {'; '.join(wrong)}."
    return LlmSendError("start_failed", message, "Where they come from: llm-send config show", found="; ".join(wrong))


def _failed(ctx: Context, row: Row, launch: Launch, *, keep: bool) -> LlmSendError:
    """Claude ended while it started: its last words, then the pane goes."""
    words = ""
    with suppress(TmuxError):
        # From the start of its history: tmux scrolls the screen to make room for its own "Pane is dead".
        end = [] if keep else [["kill-pane", "-t", row.id]]
        words = ctx.tmux.run(["capture-pane", "-p", "-S", "-", "-t", row.id], *end)
    if keep:
        shutil.rmtree(launch.folder, ignore_errors=True)  # the pane goes on as it was, with its other files
    else:
        confined.remove(launch.folder, ctx.environment)
    lines = [line.strip() for line in words.splitlines() if line.strip() and not line.startswith("Pane is dead")]
    said = " ".join(lines[-3:]) or "nothing"
    return LlmSendError("start_failed", f"Claude ended while it started. It said: {said}", None, found=said)
