"""What the doctor looks at, one function each. None means: does not apply here."""

import fcntl
import json
import os
import platform
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from llm_send import __version__
from llm_send.actions.context import Context
from llm_send.actions.launch import program
from llm_send.claude.user_settings import settings_file
from llm_send.config import whole
from llm_send.config.files import person_file
from llm_send.config.load import load, sources
from llm_send.config.types import Config
from llm_send.errors import LlmSendError
from llm_send.panes import survey
from llm_send.paths import private_folder
from llm_send.tmux import OLDEST, TmuxError, check_version, version_of

ANSWER = 10.0  # seconds a program may take to say its version; the first start after an update is slow
OLDEST_CLAUDE = (2, 1, 32)  # the oldest we have seen work
OLDEST_NEOVIM = (0, 10)
LIBRARIES = ("pydantic", "libtmux", "msgpack", "pynvim")
SHOWN = ("LANG", "LC_ALL", "SHELL", "TERM", "TMUX", "TMUX_PANE", "TMUX_TMPDIR", "LLM_SEND_CLAUDE", "CLAUDE_CONFIG_DIR")


@dataclass(frozen=True)
class Check:
    """One finding. `hint` says how to mend what is not ok."""

    status: Literal["ok", "warn", "error"]
    message: str
    hint: str | None = None
    name: str = ""


def own_version(_ctx: Context) -> Check:
    return Check("ok", __version__)


def python(_ctx: Context) -> Check:
    message = f"{platform.python_version()} ({sys.executable})"
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if missing:
        return Check("error", f"{message}, without {', '.join(missing)}", "Build the plugin anew: make venv")
    return Check("ok", message)


def state_folder(ctx: Context) -> Check:
    """Writable, private, and on a file system that knows locks."""
    folder = ctx.paths.state
    mend = f"Make it yours: chmod 700 {folder}"
    if folder.exists() and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return Check("error", f"{folder} can be read by others.", mend)
    try:
        probe = private_folder(folder) / f".doctor.{os.getpid()}"
        with probe.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        probe.unlink()
    except OSError as error:
        return Check("error", f"{folder} cannot be used: {(error.strerror or str(error)).lower()}.", mend)
    return Check("ok", str(folder))


def configuration(ctx: Context) -> Check:
    load(ctx.paths, ctx.environment)  # its errors are worded for a person already, as are those below
    found = sources(ctx.paths, ctx.here.cwd)
    whole.check(found)
    if found.notices:
        return Check("warn", found.notices[0], "More of it: llm-send config check")
    file = person_file(ctx.paths) or ctx.paths.config_file
    return Check("ok", str(file) if file.exists() else f"the defaults; {file} would be yours")


def tmux(ctx: Context) -> Check:
    if not ctx.tmux.installed():
        return Check("error", "tmux was not found in PATH.", "Install tmux 3.2 or newer.")
    said = _said(ctx, "tmux", "-V")
    if version_of(said.removeprefix("tmux ")) < OLDEST:
        return Check("error", f"{said or 'tmux'} is too old.", "Install tmux 3.2 or newer.")
    return Check("ok", said)


def tmux_server(ctx: Context) -> Check | None:
    if not ctx.tmux.installed():
        return None  # said already
    try:
        rows = ctx.tmux.rows()
    except TmuxError as error:
        # Nothing to send to yet, but nothing is broken either.
        return Check("warn" if error.code == "no_tmux" else "error", error.message, error.hint)
    if not rows:
        return Check("ok", f"{ctx.tmux.describe()}, without a pane")
    check_version(rows[0].version)
    where = f"we are in its pane {ctx.here.pane}" if ctx.here.pane else "we are outside of it"
    return Check("ok", f"{rows[0].version} at {rows[0].socket}; {where}")


def claude(ctx: Context) -> Check:
    path = program(_with_configuration(ctx))
    said = _said(ctx, path, "--version")
    number = re.match(r"(\d+)\.(\d+)\.(\d+)", said)
    if not number:
        found = f"it said “{said[:60]}”" if said else "it said nothing"
        return Check("error", f"{path} does not tell its version: {found}.", f"Run it by hand: {path} --version")
    if tuple(map(int, number.groups())) < OLDEST_CLAUDE:
        return Check("warn", f"{said} at {path} is older than what we know.", "Update it: claude update")
    return Check("ok", f"{said} at {path}")


def _with_configuration(ctx: Context) -> Context:
    """The context with the configuration as far as it can be read: what is wrong with it is another check's."""
    try:
        return replace(ctx, config=load(ctx.paths, ctx.environment))
    except LlmSendError:
        return replace(ctx, config=Config(claude=ctx.environment.get("LLM_SEND_CLAUDE") or None))


def claude_settings(ctx: Context) -> Check:
    """Hooks that are switched off would leave every pane without its gate."""
    file = settings_file(ctx.environment)
    try:
        settings = json.loads(file.read_text(encoding="utf-8-sig") or "{}")
    except FileNotFoundError:
        return Check("ok", f"none at {file}")
    except (OSError, ValueError) as error:
        return Check("warn", f"{file} cannot be read: {error}.", "Mend it; Claude will not read it either.")
    if isinstance(settings, dict) and settings.get("disableAllHooks"):
        hint = f"Without hooks no pane can be guarded. Take disableAllHooks out of {file}"
        return Check("error", "Claude's hooks are switched off.", hint)
    return Check("ok", str(file))


def panes(ctx: Context) -> Check | None:
    try:
        found = survey(ctx.tmux, _with_configuration(ctx).config)
    except TmuxError:
        return None  # said already
    if not found:
        return Check("ok", "no Claude is running")
    each = [f"{pane.called} ({pane.mode or 'mode unknown'}, {pane.state})" for pane in found]
    if all(pane.guarded for pane in found):
        return Check("ok", ", ".join(each))
    bare = [pane.called for pane in found if not pane.guarded]
    hint = "A Claude started by claude-plan or llm-send spawn has a gate against prompts in the wrong mode."
    return Check("warn", f"{', '.join(each)}; without a gate: {', '.join(bare)}", hint)


def neovim(ctx: Context) -> Check | None:
    if not shutil.which("nvim", path=ctx.environment.get("PATH")):
        return None
    said = _said(ctx, "nvim", "--version").partition("\n")[0]
    number = re.search(r"v(\d+)\.(\d+)", said)
    if not number or tuple(map(int, number.groups())) < OLDEST_NEOVIM:
        return Check("warn", f"{said or 'It said nothing'}.", "The plugin needs Neovim 0.10 or newer.")
    return Check("ok", said)


def system(_ctx: Context) -> Check:
    return Check("ok", platform.platform())


def surroundings(ctx: Context) -> Check:
    return Check("ok", " ".join(f"{name}={ctx.environment[name]}" for name in SHOWN if name in ctx.environment))


def log(ctx: Context) -> Check:
    file: Path = ctx.paths.log_file
    if not file.exists():
        return Check("ok", "no unexpected error so far")
    lines = [line for line in file.read_text(errors="replace").splitlines() if line.strip()]
    begins = [line.removeprefix("--- ") for line in lines if line.startswith("--- ")]
    return Check("ok", f"{len(begins)} unexpected errors; the last {begins[-1] if begins else ''}", f"Attach {file}")


def _said(ctx: Context, *argv: str) -> str:
    """What a program prints; nothing for one that fails or does not come back."""
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ANSWER,
            check=False,
            env=dict(ctx.environment),
            cwd="/",  # a project's own settings have no say in this
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace").strip()
