"""Reads configuration files, and finds a project's."""

from __future__ import annotations

from pathlib import Path

from llm_send.config.read import Format
from llm_send.errors import LlmSendError
from llm_send.paths import Paths, work_tree

FORMATS: dict[str, Format] = {".toml": "toml", ".json": "json"}
PROJECT = (".llm-send.toml", ".llm-send.json")


def form_of(file: Path) -> Format | None:
    """What the file's name says it is."""
    return FORMATS.get(file.suffix)


def person_file(paths: Paths) -> Path | None:
    """The person's own file. Raises LlmSendError `config` where there are two."""
    files = [file for file in (paths.config_file, paths.config_json) if _there(file)]
    if len(files) > 1:
        message = f"There are two configuration files: {files[0]} and {files[1]}."
        raise LlmSendError("config", message, "Keep one of them.", found=[str(file) for file in files], expected=1)
    return files[0] if files else None


def _there(file: Path) -> bool:
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # reading it will say what is wrong
    return True


def project_files(cwd: str) -> list[Path]:
    """The project's file, looked for from `cwd` up to the top of its git work tree; outside of one in `cwd` alone.

    Two where a folder holds both.
    """
    top = work_tree(cwd)
    folder = Path(cwd)
    folders = [each for each in (folder, *folder.parents) if top and each.is_relative_to(top)] or [folder]
    for each in folders:
        files = [each / name for name in PROJECT if (each / name).is_file()]
        if files:
            return files
    return []


def project_file(cwd: str) -> Path:
    """The one there is. Raises LlmSendError `config` where there is none, or more than one."""
    files = project_files(cwd)
    if len(files) == 1:
        return files[0]
    if files:
        message = f"{files[0]} and {files[1].name} are both there."
        raise LlmSendError("config", message, "Keep one of them.", found=[str(file) for file in files], expected=1)
    message = f"There is no project's file here: no {' or '.join(PROJECT)}."
    raise LlmSendError("config", message, "Name it, or go to its folder.", found=cwd, expected=list(PROJECT))


def bytes_of(file: Path) -> bytes:
    """What the file holds. Raises LlmSendError `config`."""
    try:
        return file.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = getattr(error, "strerror", None) or str(error)
        hint = "Make it readable, or move it away to go on without it."
        raise LlmSendError("config", f"{file} cannot be read: {why}.", hint, found=why) from error


def text_of(file: Path) -> str:
    """The file's text. Raises LlmSendError `config`."""
    return decoded(bytes_of(file), file)


def decoded(data: bytes, file: Path) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        why = f"byte {error.start + 1} is not UTF-8"
        message, hint = f"{file} cannot be read: {why}.", "Save it as UTF-8: TOML and JSON know no other encoding."
        raise LlmSendError("config", message, hint, found=why) from error
