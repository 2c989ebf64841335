"""Where a command line's text comes from: a file, standard input, the person's editor."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from llm_send.errors import LlmSendError, UsageError


def text_of(name: str | None) -> bytes:
    """The file's bytes; None and `-` mean standard input. Whether they can be sent is for the action to say."""
    if name in (None, "-"):
        return _standard_input(asked_for=name == "-")
    try:
        return Path(name or "").read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise LlmSendError("file", f"{name} cannot be read: {why}.", None, found=name) from error


def file_of(name: str | None) -> str | None:
    """The file's path for the record."""
    return None if name in (None, "-") else str(Path(name or "").absolute())


def _standard_input(*, asked_for: bool) -> bytes:
    if sys.stdin is None:
        raise UsageError("usage", "There is no text: standard input is closed.", "Name a file, or pipe the text in.")
    if sys.stdin.isatty():
        what = "the terminal" if asked_for else "nothing but the terminal"
        hint = "Name a file, or pipe the text in: llm-send send --mode plan notes.md"
        raise UsageError("usage", f"There is no text: standard input is {what}.", hint)
    return sys.stdin.buffer.read()


def at_a_terminal() -> bool:
    """Whether a person could use an editor here."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def in_an_editor(action: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The action, given a request whose text is what the person makes of the old one in their editor.

    Theirs is kept in its file when the action could not take it.
    """

    def act(ctx: Any, request: Any) -> Any:
        file = _private_file()
        try:
            result = action(ctx, replace(request, text=lambda old: _edited(file, old, ctx.environment)))
        except LlmSendError as error:
            if error.code == "not_waiting" and file.stat().st_size:
                error.hint = f"Your text is in {file}"
            else:
                file.unlink()
            raise
        except BaseException:
            file.unlink()
            raise
        file.unlink()
        return result

    return act


def _private_file() -> Path:
    handle, name = tempfile.mkstemp(prefix="llm-send-", suffix=".md")  # for its owner alone
    os.close(handle)
    return Path(name)


def _edited(file: Path, old: str, environment: Mapping[str, str]) -> bytes:
    file.write_text(f"{old}\n", encoding="utf-8", errors="surrogateescape")
    editor = environment.get("VISUAL") or environment.get("EDITOR") or "vi"
    # Through the shell, as git does it: the variable may hold arguments.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the editor's own
    try:
        code = subprocess.call(["sh", "-c", f'{editor} "$@"', editor, str(file)], restore_signals=True)
    finally:
        signal.signal(signal.SIGINT, before)
    if code:
        message = f"The editor ended with an error ({editor}: {code})."
        raise LlmSendError(
            "editor", message, "Nothing was changed. VISUAL or EDITOR says which one is used.", found=code
        )
    return file.read_bytes()
