"""Write a configuration file to start from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from llm_send.config.files import person_file
from llm_send.config.starter import STARTER
from llm_send.errors import LlmSendError

if TYPE_CHECKING:
    from llm_send.actions.context import Context


@dataclass(frozen=True)
class ConfigInitRequest:
    """There is one place for it."""


@dataclass(frozen=True)
class ConfigInitResult:
    file: Path

    def as_dict(self) -> dict[str, object]:
        return {"file": str(self.file)}


def config_init(ctx: Context, request: ConfigInitRequest) -> ConfigInitResult:  # noqa: ARG001  # one shape for all
    """The new file, in which nothing is set yet. Raises LlmSendError `config` where there is one."""
    there = person_file(ctx.paths)
    if there:
        raise _there(there)
    file = ctx.paths.config_file
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as stream:
            stream.write(STARTER)
    except FileExistsError:
        raise _there(file) from None
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise LlmSendError("config", f"{file} cannot be written: {why}.", "Nothing was changed.", found=why) from error
    return ConfigInitResult(file)


def _there(file: Path) -> LlmSendError:
    hint = "Nothing was changed. Is it right? llm-send config check"
    return LlmSendError("config", f"{file} is there already.", hint, found=str(file))
