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
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from llm_send.claude import files
from llm_send.claude.sessions import config_folder
from llm_send.confine.private import remove

STATE = ".claude.json"
CREDENTIALS = ".credentials.json"
CARRIED = ("agents", "commands", "hooks", "local", "output-styles", "plugins", "rules", "skills", "workflows")
NOT_COPIED = (CREDENTIALS, STATE, "history.jsonl")  # nor what begins like one: a backup
LARGEST = 1_000_000  # bytes of a file that is copied
LONG = 200  # characters of a project's name
SESSION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jsonl")
OF_STATE = frozenset(("projects", "history", "githubRepoPaths"))  # what the state file says of other projects


def fill(private: Path, environment: Mapping[str, str], cwd: Path, *, trusted: bool) -> None:
    """Make `private`/next what Claude finds in its folder, once `begin` has put it in its place. `trusted`: the folder
    it works in is of our making, so it need not ask whether to trust it.

    What is there already is not touched: the Claude that still runs could lead us elsewhere by a link.
    """
    real = config_folder(environment)
    copy = private / "next"
    _gone(copy)
    copy.mkdir(mode=0o700)
    for file in real.iterdir() if real.is_dir() else ():
        if not file.name.startswith(NOT_COPIED) and file.is_file() and file.stat().st_size <= LARGEST:
            shutil.copyfile(file, copy / file.name)
    (copy / STATE).write_text(json.dumps(_state(state_file(environment), cwd, trusted=trusted)))
    (copy / STATE).chmod(0o600)
    (copy / "projects").mkdir(mode=0o700)


def begin(private: Path, environment: Mapping[str, str]) -> None:
    """What was filled takes its place, if it has not, with the conversations that are there. Nothing runs in there any
    more."""
    if not (private / "next").is_dir():
        return
    place, before = private / "claude", private / "before"
    _gone(before)
    place.rename(before)
    (private / "next").rename(place)
    for file in transcripts(before):
        if (text := _plain(file)) is not None:
            (place / "projects" / file.parent.name).mkdir(mode=0o700, exist_ok=True)
            (place / "projects" / file.parent.name / file.name).write_bytes(text)
    _gone(before)
    if not environment.get("CLAUDE_CONFIG_DIR"):
        _gone(private / "home" / STATE)
        (place / STATE).rename(private / "home" / STATE)


def _gone(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        remove(path)
    else:
        path.unlink(missing_ok=True)


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
    place = private / "next/projects" / folder_name(cwd)
    found = next(config_folder(environment).glob(f"projects/*/{name}"), None) if SESSION.fullmatch(name) else None
    if found and not (place / name).exists():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(found, place / name)


def take_back(private: Path, environment: Mapping[str, str], project: str) -> list[Path]:
    """Copy its transcripts to where the person's Claude looks for them, but over none that is there, unless it is an
    earlier part of the same. Where they are now. `project` is what Claude calls the folder it works in: what lies in
    another's would be gone on with there."""
    found = []
    for file in transcripts(private / "claude"):
        if not _same(file.parent.name, project):
            continue
        place = config_folder(environment) / "projects" / file.parent.name
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (text := _plain(file)) is not None and _continues(place / file.name, text):
            (place / file.name).write_bytes(text)
            (place / file.name).chmod(0o600)
            found.append(place / file.name)
    return found


def _same(name: str, project: str) -> bool:
    """Of a long name Claude keeps the beginning, and adds what makes it another's no more."""
    return name == project or (len(project) > LONG and name.startswith(project[:LONG]))


def transcripts(folder: Path) -> list[Path]:
    """Those it has written into this configuration folder, by their names alone."""
    return [file for each in _entries(folder / "projects") for file in _entries(each) if SESSION.fullmatch(file.name)]


def _entries(folder: Path) -> list[Path]:
    """None of what is no folder, and where an agent has taken its rights."""
    try:
        return [] if folder.is_symlink() else sorted(folder.iterdir())
    except OSError:
        return []


def _plain(file: Path) -> bytes | None:
    """What a file holds; None where it is none (an agent put a link or a pipe there), or has more than 200 MB."""
    try:
        text = files.content(file, files.LARGEST + 1)
    except OSError:
        return None
    return text if len(text) <= files.LARGEST else None


def _continues(there: Path, text: bytes) -> bool:
    return not there.exists() or text.startswith(there.read_bytes())


def told_readonly(cwd: Path) -> dict[str, Any]:
    """Settings by which Claude knows that it can write to /tmp alone. A rule for Edit is one for all its tools that
    write."""
    return {"permissions": {"deny": [f"Edit(/{cwd}/**)"], "additionalDirectories": ["/tmp"]}}  # noqa: S108
