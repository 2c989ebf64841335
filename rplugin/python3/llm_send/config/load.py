"""Reads the configuration file and what of the environment outranks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from llm_send.config.types import Config
from llm_send.errors import LlmSendError
from llm_send.paths import Paths


def load(paths: Paths, environment: Mapping[str, str]) -> Config:
    """The configuration in force. Without a file: the defaults, and nothing is imported to validate them.

    Raises LlmSendError `config` for a file that cannot be read, is not TOML, or says what is not in the schema.
    """
    text = _text_of(paths.config_file)
    config = Config() if text is None else _config_of(text, paths.config_file)
    claude = environment.get("LLM_SEND_CLAUDE") or config.claude
    if claude and claude.startswith("~/"):
        claude = environment.get("HOME", "~") + claude[1:]
    return replace(config, claude=claude)


def _text_of(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        why, hint = error.strerror, "Make it readable, or move it away to go on with the defaults."
    except UnicodeDecodeError as error:
        why, hint = f"byte {error.start + 1} is not UTF-8", "Save it as UTF-8: TOML knows no other encoding."
    raise LlmSendError("config", f"{file} cannot be read: {why}.", hint, found=why)


def _config_of(text: str, file: Path) -> Config:
    import tomllib

    from pydantic import ValidationError

    from llm_send.config import problems
    from llm_send.config.schema import config_of

    try:
        return config_of(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise problems.not_toml(error, text, file) from error
    except ValidationError as error:
        raise problems.not_valid(error, text, file) from error
