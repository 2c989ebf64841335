"""The person's own Claude Code settings file: the one value we may set in it, and only when told to."""

import contextlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from llm_send.claude.json_splice import with_string
from llm_send.errors import LlmSendError

KEYS = ("permissions", "defaultMode")
UNCHANGED = "Nothing was changed."


@dataclass(frozen=True)
class Change:
    """What became of the file. `previous` is the value before, None for none; `backup` None if nothing was there."""

    file: Path
    previous: str | None
    changed: bool
    backup: Path | None


def settings_file(environment: Mapping[str, str]) -> Path:
    """Where Claude Code reads the person's settings: CLAUDE_CONFIG_DIR, else ~/.claude."""
    folder = environment.get("CLAUDE_CONFIG_DIR")
    home = Path(environment.get("HOME") or Path.home())
    return (Path(folder) if folder else home / ".claude").absolute() / "settings.json"


def set_default_mode(file: Path, value: str) -> Change:
    """Make Claude start in the mode `value` (Claude's own word); everything else in the file stays as it is.

    Raises LlmSendError code "settings" with the file untouched. A link stays a link: the file it names is replaced.
    """
    found = _read(file)
    before = found if found and found.strip() else "{}\n"
    parsed = _parsed(before, file)
    permissions = parsed.get(KEYS[0])
    previous = permissions.get(KEYS[1]) if isinstance(permissions, dict) else None
    known = previous if isinstance(previous, str) else None
    if previous == value:
        return Change(file, known, changed=False, backup=None)
    after = _spliced(before, value, file)
    backup = file.with_name(f"{file.name}.llm-send-backup") if found is not None else None
    try:
        _write(file, after, found, backup)
    except OSError as error:
        _stop(f"{file} cannot be written: {_why(error)}.", UNCHANGED, found=_why(error))
    return Change(file, known, changed=True, backup=backup)


def _read(file: Path) -> str | None:
    """The text as it stands, line ends and byte-order mark included; None where there is no file yet."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            _stop(f"{file} is not a file.", UNCHANGED)
        return file.read_bytes().decode()
    except FileNotFoundError:
        return None
    except OSError as error:
        _stop(f"{file} cannot be read: {_why(error)}.", UNCHANGED, found=_why(error))
    except UnicodeDecodeError as error:
        _stop(f"{file} is not UTF-8 (byte {error.start + 1}).", UNCHANGED)


def _parsed(text: str, file: Path) -> dict[str, Any]:
    try:
        # A byte-order mark is Claude's to judge; it stands before the object and stays there.
        parsed = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        _stop(f"{file} is not valid JSON: {error.msg.lower()} at {where}.", f"Mend it first. {UNCHANGED}", found=where)
    except (ValueError, RecursionError) as error:
        _stop(f"{file} is not valid JSON: {error}.", f"Mend it first. {UNCHANGED}")
    if not isinstance(parsed, dict):
        _stop(f"{file} holds no JSON object.", f"Mend it first. {UNCHANGED}", found=type(parsed).__name__)
    return parsed


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _spliced(before: str, value: str, file: Path) -> str:
    mark = "\ufeff" if before.startswith("\ufeff") else ""
    try:
        after = with_string(before.removeprefix("\ufeff"), KEYS, value)
    except ValueError as error:
        _stop(f"“{error}” in {file} is not an object.", f"Mend it first. {UNCHANGED}")
    expected = _parsed(before, file)
    expected[KEYS[0]] = {**expected.get(KEYS[0], {}), KEYS[1]: value}
    assert json.loads(after) == expected, "a splice must change one value"
    return mark + after


def _write(file: Path, text: str, found: str | None, backup: Path | None) -> None:
    target = Path(os.path.realpath(file))
    if found is None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    elif not os.access(target, os.W_OK):
        raise PermissionError(
            13, "it is read-only"
        )  # replacing would succeed, and is not what a read-only file asks for
    like = target.stat() if found is not None else None
    if backup and found is not None:
        _replace(backup, found, like)
    if _read(file) != found:
        _stop(f"{file} has just been changed by another program.", f"Try again. {UNCHANGED}")
    _replace(target, text, like)


def _replace(target: Path, text: str, like: os.stat_result | None) -> None:
    """Put the text there in one step, with the mode and owner of `like`; a new file is the person's alone."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
            if like:
                with contextlib.suppress(PermissionError):  # another's file we may write: ours from now on
                    os.fchown(file.fileno(), like.st_uid, like.st_gid)
                os.fchmod(file.fileno(), stat.S_IMODE(like.st_mode))
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _stop(message: str, hint: str, found: object = None) -> NoReturn:
    raise LlmSendError("settings", message, hint, found=found)
