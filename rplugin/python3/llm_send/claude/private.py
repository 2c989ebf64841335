"""Claude Code's configuration folder as a confined Claude gets it: a copy at the same place, thrown away afterwards.

    copied       settings, memory and other small files; of the state file what is about this project alone
    read-only    what it may carry along: agents, commands, skills, plugins …
    shared       the credentials, so that it is signed in
    left out     transcripts and prompts of other conversations, caches

What it writes there is its own. Its transcripts are brought back when it has ended, and nothing else: a hook, a
setting or a memory that it planted would be run or read by the next Claude, which is not confined.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from llm_send.claude.sessions import config_folder

STATE = ".claude.json"
CREDENTIALS = ".credentials.json"
CARRIED = ("agents", "commands", "hooks", "output-styles", "plugins", "rules", "skills", "workflows")
NOT_COPIED = frozenset((CREDENTIALS, STATE, "history.jsonl"))
LARGEST = 1_000_000  # bytes of a file that is copied
SESSION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jsonl")
OF_STATE = frozenset(("projects", "history", "githubRepoPaths"))  # what the state file says of other projects


def fill(private: Path, environment: Mapping[str, str], cwd: Path, *, trusted: bool) -> None:
    """Make `private`/claude what Claude finds in its folder. `trusted`: the folder it works in is of our making, so it
    need not ask whether to trust it."""
    real = config_folder(environment)
    copy = private / "claude"
    copy.mkdir(mode=0o700, exist_ok=True)
    for file in real.iterdir() if real.is_dir() else ():
        if file.name not in NOT_COPIED and file.is_file() and file.stat().st_size <= LARGEST:
            shutil.copyfile(file, copy / file.name)
    place = copy if environment.get("CLAUDE_CONFIG_DIR") else private / "home"
    (place / STATE).write_text(json.dumps(_state(state_file(environment), cwd, trusted=trusted)))
    (place / STATE).chmod(0o600)
    (copy / "projects").mkdir(mode=0o700, exist_ok=True)


def state_file(environment: Mapping[str, str]) -> Path:
    """Where Claude keeps what it knows of projects, and that it has been set up."""
    inside = environment.get("CLAUDE_CONFIG_DIR")
    return Path(inside or environment.get("HOME", ""), STATE)


def _state(file: Path, cwd: Path, *, trusted: bool) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        found = {}
    known = found.get("projects", {}).get(str(cwd), {})
    kept = {key: value for key, value in found.items() if key not in OF_STATE}
    return {**kept, "projects": {str(cwd): {**known, "hasTrustDialogAccepted": True} if trusted else known}}


def carried(environment: Mapping[str, str]) -> Iterator[tuple[Path, bool]]:
    """What of the real folder is seen in its place, and whether it can be written."""
    real = config_folder(environment)
    yield from ((real / name, False) for name in CARRIED if (real / name).is_dir())
    if (real / CREDENTIALS).is_file():
        yield real / CREDENTIALS, True


def folder_name(cwd: Path) -> str:
    """What Claude calls the folder of a project's transcripts."""
    return re.sub(r"[^A-Za-z0-9]", "-", str(cwd))


def bring(private: Path, environment: Mapping[str, str], session: str, cwd: Path) -> None:
    """Let a conversation be resumed in there: its transcript is copied."""
    name = f"{session}.jsonl"
    place = private / "claude/projects" / folder_name(cwd)
    found = next(config_folder(environment).glob(f"projects/*/{name}"), None) if SESSION.fullmatch(name) else None
    if found and not (place / name).exists():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(found, place / name)


def take_back(private: Path, environment: Mapping[str, str]) -> list[Path]:
    """Copy its transcripts to where the person's Claude looks for them, but over none that is there, unless it is an
    earlier part of the same. Where they are now."""
    found = []
    for file in transcripts(private):
        place = config_folder(environment) / "projects" / file.parent.name
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (text := _plain(file)) is not None and _continues(place / file.name, text):
            (place / file.name).write_bytes(text)
            (place / file.name).chmod(0o600)
            found.append(place / file.name)
    return found


def transcripts(private: Path) -> list[Path]:
    """Those it has written, by their names alone."""
    folders = [each for each in _entries(private / "claude/projects") if each.is_dir() and not each.is_symlink()]
    return [file for each in folders for file in _entries(each) if SESSION.fullmatch(file.name)]


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else []


def _plain(file: Path) -> bytes | None:
    """What a file holds; None where it is none: a link or a pipe that an agent put there."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read() if stat.S_ISREG(os.fstat(descriptor).st_mode) else None


def _continues(there: Path, text: bytes) -> bool:
    return not there.exists() or text.startswith(there.read_bytes())


def told_readonly(cwd: Path) -> dict[str, Any]:
    """Settings by which Claude knows that it can write to /tmp alone. A rule for Edit is one for all its tools that
    write."""
    return {"permissions": {"deny": [f"Edit(/{cwd}/**)"], "additionalDirectories": ["/tmp"]}}  # noqa: S108
