"""Which projects' files the person trusts: by path and content, so that a changed one is not trusted any more.

A cloned repository must not choose commands, environment or permissions by itself.
"""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

from llm_send.errors import LlmSendError
from llm_send.paths import Paths, private_folder


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def trusted(paths: Paths, file: Path) -> str | None:
    """The digest this file was trusted with, None for never."""
    return _read(paths).get(_name(file))


def trust(paths: Paths, file: Path, content: bytes) -> bool:
    """Trust the file with this content. Whether that is news."""
    return _change(paths, file, digest(content))


def distrust(paths: Paths, file: Path) -> bool:
    """Trust it no longer, whatever it holds. Whether that is news."""
    return _change(paths, file, None)


def _change(paths: Paths, file: Path, value: str | None) -> bool:
    known = _read(paths)
    if known.get(_name(file)) == value:
        return False
    others = {name: each for name, each in known.items() if name != _name(file)}
    _write(paths, others if value is None else others | {_name(file): value})
    return True


def _name(file: Path) -> str:
    """By its real path: a link to it is the same file, a copy elsewhere is not."""
    return os.path.realpath(file)


def _read(paths: Paths) -> dict[str, str]:
    try:
        known = json.loads(paths.trusted_file.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        known = None
    if not isinstance(known, dict) or not all(isinstance(value, str) for value in known.values()):
        # Nothing is trusted by mistake, and nothing that was trusted is forgotten unsaid.
        message = f"{paths.trusted_file} cannot be read, so no project's file is known to be trusted."
        raise LlmSendError("trust", message, "Remove it, and trust them anew: llm-send config trust")
    return known


def _write(paths: Paths, known: dict[str, str]) -> None:
    """In one step, and for the person alone."""
    file = private_folder(paths.state) / paths.trusted_file.name
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            json.dump(known, stream, indent=1, sort_keys=True)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
