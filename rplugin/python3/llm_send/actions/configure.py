"""Change what a running pane's Claude is given. Claude reads it when it starts, so it starts again: the same
conversation, resumed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from llm_send import confined, launched
from llm_send.actions.configured import configured, note
from llm_send.actions.context import Context
from llm_send.actions.conversation import conversation
from llm_send.actions.find import Found, find
from llm_send.actions.launch import prepare
from llm_send.actions.relaunch import at_rest, relaunch
from llm_send.actions.set_live import is_live, set_live
from llm_send.actions.starting import SpawnResult, StartRefused
from llm_send.claude.again import again
from llm_send.config.types import Given
from llm_send.config.words import dotted
from llm_send.confine.asked import asked
from llm_send.errors import LlmSendError, Refused, UsageError
from llm_send.launched import Launched
from llm_send.live import LivePane
from llm_send.modes import Mode
from llm_send.panes import Pane

LOST = (
    "permissions given for the session",
    "commands that run in the background",
    "the model, effort or theme chosen there with a command",
)
"""What a Claude does not carry over to the next, though the conversation goes on."""


@dataclass(frozen=True)
class Change:
    """One key, and its value before and after; None where it has none. What is in `env` is not shown."""

    key: str
    before: Any
    after: Any

    def as_dict(self) -> dict[str, object]:
        return {"key": self.key, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class SetRequest:
    """`pane` by name, id or tmux target; `given` is laid over what was given when it was opened. `agree` is asked
    before Claude is ended, with the changes and with what is lost by it; without it nobody is asked. `trial`: it is
    only said what would change and what would be lost."""

    pane: str
    given: Given
    agree: Callable[[Sequence[Change], Sequence[str]], bool] | None = None
    trial: bool = False


@dataclass(frozen=True)
class SetResult:
    """`changes` is empty where the pane had all of it already, and then nothing was done. `lost`: what Claude did not
    carry over when it started again."""

    pane: Pane
    changes: Sequence[Change] = ()
    note: str | None = None
    lost: Sequence[str] = ()

    def as_dict(self) -> dict[str, object]:
        changes = [change.as_dict() for change in self.changes]
        return {"pane": self.pane.as_dict(), "changes": changes, "lost": list(self.lost), "note": self.note}


def set_config(ctx: Context, request: SetRequest) -> SetResult:
    """Do it. Raises Refused for a pane that is busy, holds unsent text, is not ours, or where nobody agreed."""
    found = find(ctx)
    pane = found.named(request.pane)
    before = how_it_was_opened(found, pane)
    given = over(request.given, before.given)
    resolved = configured(ctx, session=before.session, name=pane.name, given=given)
    changes = differences(before.values, resolved.values)
    said = note(*resolved.notices)
    if not changes:
        return SetResult(pane, note=said)
    if any(change.key == "cwd" for change in changes):
        message = f"{pane.called} cannot go to another folder: its conversation belongs to the one it is in."
        raise UsageError("config", message, "Open another pane there: llm-send spawn --cwd D", found="cwd")
    how = replace(before, given=given, values=resolved.values)
    live = found.live(ctx, pane)
    changed = SetResult(pane, changes, said)
    keys = [change.key for change in changes]
    if live.folder and is_live(live.folder, keys, asked(how.values)):
        if not request.trial:
            set_live(ctx, live.row, live.folder, keys, asked(how.values))
            launched.write(live.folder, how)
        return changed
    return _begun_anew(ctx, request, live, changed, before, how)


def _begun_anew(
    ctx: Context, request: SetRequest, live: LivePane, changed: SetResult, before: Launched, how: Launched
) -> SetResult:
    """Claude is ended and started again. What it was is what it is again where the new one does not start."""
    with at_rest(ctx, live):
        command = again(before.command, conversation(live))
        if request.trial:
            return replace(changed, lost=LOST)
        if request.agree and not request.agree(changed.changes, LOST):
            raise Refused("cancelled", f"{changed.pane.called} was left as it is.", "Nothing was changed.")
        try:
            started = _start_again(ctx, live, command, how)
        except LlmSendError as error:
            if error.code != "start_failed" and not isinstance(error, StartRefused):
                raise
            _start_again(ctx, live, command, before)
            error.hint = f"{changed.pane.called} goes on as it was."
            raise
        if live.folder:  # what a confined one wrote to goes with the next sweep, if the new one has no use for it
            shutil.rmtree(live.folder, ignore_errors=True)
    return SetResult(started.pane, changed.changes, note(changed.note, started.note), LOST)


def _start_again(ctx: Context, live: LivePane, command: Sequence[str], how: Launched) -> SpawnResult:
    mode = Mode(live.row.lock) if live.row.lock else Mode.NORMAL
    again = confined.private_of(live.folder)
    if again and live.folder:
        confined.take_back(live.folder, ctx.environment)  # the next one may see other files
    known = how.program or None
    launch = prepare(ctx, command, mode, how.values, cwd=how.cwd, again=again, known=known, env=dict(how.env))
    launched.write(launch.folder, how)
    return relaunch(ctx, live, launch, how, mode)


def how_it_was_opened(found: Found, pane: Pane) -> Launched:
    """Raises Refused where that is not known."""
    row = next(row for row in found.rows if row.id == pane.id)
    known = launched.read(Path(row.folder)) if row.folder else None
    if known and pane.lock and pane.agent_pid:
        return known
    message = f"{pane.called} was not opened by llm-send spawn, so it cannot be started again."
    raise Refused("policy", message, f"Open a copy of it with: llm-send fork {pane.called}", found=pane.lock)


def over(new: Given, old: Given) -> Given:
    """What is said now above what was said before. A preset named now is begun with anew."""
    if new.preset is not None:
        return new
    return Given(old.preset, (*new.options, *old.options))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Leaf by leaf, by dotted key."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    return [Change(key, _shown(key, old.get(key)), _shown(key, new.get(key))) for key in changed]


def _leaves(tree: Mapping[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            found += _leaves(value, (*path, key))
        else:
            found.append((dotted((*path, key)), value))
    return found


def _shown(key: str, value: Any) -> Any:
    return "…" if "env" in key.split(".")[:-1] and value is not None else value
