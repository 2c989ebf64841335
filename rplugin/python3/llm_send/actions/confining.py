"""How a pane is confined: what is asked for, whether this machine can do it, and the command line that does it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from llm_send import confined, guard
from llm_send.actions import logged
from llm_send.actions.context import Context
from llm_send.actions.seen import program_of, site
from llm_send.claude import private as claude_private
from llm_send.claude.endpoint import endpoint
from llm_send.confine import plan, private, scope, secrets
from llm_send.confine.asked import Confinement
from llm_send.confine.checks import CHECKS, KEYS
from llm_send.confine.view import words
from llm_send.errors import LlmSendError, UsageError
from llm_send.tmux import TmuxError, version_of

SUPERVISOR = guard.SOURCE / "entry/supervise.py"
LEAST = 512  # megabytes: Claude Code itself was seen to take 130 when it waits and 340 while a tool runs


@dataclass(frozen=True)
class Confined:
    """What is enforced of what was asked for, in which places. `private` is what it writes to, None where it sees the
    person's own files; `said` is what the person should know."""

    asked: Confinement
    private: Path | None = None
    said: str | None = None
    relaxed: tuple[str, ...] = ()  # keys that are not enforced, as best effort allows

    def folder(self, cwd: str, *, named: bool) -> str:
        """Where it works: isolated in a folder of its own, unless another was `named`, which it can only read."""
        if self.private and self.asked.isolate_fs and not named:
            return str(self.private / "work")
        return cwd

    def rules(self, cwd: str) -> dict[str, Any]:
        """The same in Claude's own settings, so that it plans instead of failing."""
        if not self.private or not self.asked.readonly:
            return {}
        return claude_private.told_readonly(Path(cwd))


def confinement(ctx: Context, asked: Confinement, *, claude: bool, again: Path | None = None) -> Confined:
    """What of it can be done here. `again` is what an earlier run of the same pane wrote to. Raises as `checked`."""
    left, said, relaxed = checked(ctx, asked, claude=claude)
    if left.files and (open_way := _through_tmux(ctx)):
        why, hint = open_way
        if not asked.best_effort:
            message = f"{KEYS['files']} cannot be enforced: {why}."
            raise LlmSendError("confinement", message, hint, found=why, expected=KEYS["files"])
        said.append(f"Not enforced: {why}.")
        relaxed.append("terminal")
    own = (again or private.make(ctx.paths)) if left.files else None
    return Confined(left, own, " ".join(said) or None, tuple(relaxed))


def _through_tmux(ctx: Context) -> tuple[str, str] | None:
    """Why a program in a pane reaches the person's terminal or clipboard, and what to do; None where it does not."""
    try:
        said = ctx.tmux.run(["show-options", "-s", "-v", "set-clipboard"], ["display-message", "-p", "#{version}"])
    except TmuxError:
        return None  # there is no server yet: it begins with tmux's default, external
    clipboard, version = said.split()
    if clipboard == "on":
        why = "tmux takes your clipboard from any program in a pane (set-clipboard on)"
        return why, "Change it with: tmux set-option -s set-clipboard external"
    if version_of(version) < (3, 3):
        return f"tmux {version} lets any program write to your terminal", "Install tmux 3.3 or newer."
    return None


def checked(ctx: Context, asked: Confinement, *, claude: bool) -> tuple[Confinement, list[str], list[str]]:
    """What is left of it on this machine, what there is to say, and the keys that are let go. Raises LlmSendError
    `confinement` for what cannot be enforced, unless best effort was asked for."""
    said: list[str] = []
    relaxed: list[str] = []
    for kind in asked.kinds:
        found = CHECKS[kind](ctx.environment)
        if found.lacking and not asked.best_effort:
            message = f"{KEYS[kind]} cannot be enforced: {found.lacking}."
            raise LlmSendError("confinement", message, found.mend, found=found.lacking, expected=KEYS[kind])
        if found.lacking:
            said.append(f"Not enforced: {KEYS[kind]} ({found.lacking}).")
            relaxed.append(KEYS[kind])
            asked = replace(asked, **dict.fromkeys(KEYS[kind].split(", ")))  # type: ignore[arg-type]  # falsy is off
        said += [f"{each[0].upper()}{each[1:]}." for each in found.weaker]
    if asked.local_only and not asked.files:
        message = f"{KEYS['network']} needs isolate_fs or readonly: else it can ask a program of yours for the network."
        raise UsageError("config", message, "Set one of them too.", found="local_only", expected="isolate_fs")
    limit = asked.memory_limit_mb
    if claude and limit and limit < LEAST:
        message = f"Claude Code needs {LEAST} MB; memory_limit_mb is {limit}."
        raise UsageError("config", message, "Give it more, or leave it out.", found=limit, expected=LEAST)
    return asked, said, relaxed


def marks(pane: str, how: Confined, version: tuple[int, ...]) -> list[list[str]]:
    """tmux commands that show what is not enforced, and keep a program in the pane (`%3`) from the terminal itself."""
    option = ["set-option", "-p", "-t", pane]
    shown = [[*option, "@llm_send_not_enforced", ", ".join(how.relaxed)]] if how.relaxed else []
    # Before 3.3 there is no such option, and everything passes.
    closed = [[*option, "allow-passthrough", "off"]] if how.private and version >= (3, 3) else []
    return [*shown, *closed]


def command_line(
    ctx: Context,
    how: Confined,
    folder: Path,
    argv: Sequence[str],
    cwd: str,
    *,
    claude: Sequence[str] | None = None,
    env: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """What starts `argv` confined. The plan and the secrets stand in the pane's folder. `claude` are the files in it
    that Claude is told of, None where it is another program; `env` are the variables that were given to it. Raises
    LlmSendError `confinement` for a model that cannot be reached without a network."""
    asked = how.asked
    secret = secrets.values(asked.secure_env, ctx.environment)
    if asked.log_path:
        logged.plan(ctx, folder, asked.log_path, secret.values())
    if not asked.supervised:
        return list(argv)
    found = _limits(ctx.environment, plan.Plan(tuple(argv)), asked)
    if how.private:
        confined.say(folder, how.private, Path(os.path.realpath(cwd)), keep=asked.keep_scratch)
        bwrap = shutil.which("bwrap", path=ctx.environment.get("PATH")) or "bwrap"
        program = program_of(argv[0], ctx.environment)
        view = words(site(ctx, how.asked, how.private, folder, program, cwd, claude), ctx.environment)
        command = (program, *argv[1:])
        found = replace(
            found, command=command, bwrap=bwrap, view=tuple(view), isolated=asked.isolate_fs, keep=tuple(env)
        )
        if asked.local_only and claude is not None:
            found = replace(found, model=endpoint(ctx.environment, env, secret))
    if secret:
        guard.write_private(folder / plan.SECRETS, _json(secret))
    guard.write_private(folder / plan.FILE, plan.text_of(found))
    return [guard.gate_python(), "-I", "-S", str(SUPERVISOR), str(folder)]


def _limits(environment: Mapping[str, str], found: plan.Plan, asked: Confinement) -> plan.Plan:
    limit = asked.memory_limit_mb
    found = replace(found, timeout_secs=asked.timeout_secs, memory_limit_mb=limit)
    if limit and scope.works(environment):
        found = replace(found, scope=tuple(scope.words(limit)), ways=scope.ways(environment))
    return found


def _json(secret: Mapping[str, str]) -> str:
    import json

    return json.dumps(dict(secret))
