"""The full report of an error nobody expected, for the log: people get one line that says where it is."""

import os
import platform
import traceback
from datetime import UTC, datetime
from pathlib import Path

from llm_send import __version__
from llm_send.errors import LlmSendError
from llm_send.paths import Paths, private_folder

LIMIT = 1_000_000  # bytes; one older log is kept


def unexpected(error: BaseException, doing: str, paths: Paths) -> LlmSendError:
    """What to tell the person, with the report written. `doing` names the command; texts never go into the log."""
    message = f"Something went wrong inside llm-send ({type(error).__name__})."
    try:
        _append(paths.log_file, _report(error, doing))
    except OSError as problem:
        hint = f"The report could not be written to {paths.log_file}: {(problem.strerror or str(problem)).lower()}."
        return LlmSendError("internal", message, hint)
    return LlmSendError("internal", message, f"The full report is in {paths.log_file}")


def _report(error: BaseException, doing: str) -> str:
    when = datetime.now(UTC).isoformat(timespec="seconds")
    machine = f"llm-send {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}"
    return f"--- {when} {doing}\n{machine}\n{''.join(traceback.format_exception(error))}\n"


def _append(file: Path, text: str) -> None:
    private_folder(file.parent)
    if file.exists() and file.stat().st_size > LIMIT:
        file.replace(file.with_name(f"{file.name}.old"))
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace") as log:
        log.write(text)
