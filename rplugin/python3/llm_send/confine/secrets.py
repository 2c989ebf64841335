"""The values of `secure_env`: from the variables of whoever asks, from a command, or from a file. They stand in one
file that is read once and unlinked, and in the agent's environment."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from llm_send.confine.asked import Source
from llm_send.errors import UsageError

ANSWER = 30.0  # seconds a command may take: it may ask for a passphrase


def values(said: Mapping[str, Source], environment: Mapping[str, str]) -> dict[str, str]:
    """By name. Raises UsageError for one that cannot be had; no value is in what it says."""
    return {name: _value(name, source, environment) for name, source in said.items()}


def _value(name: str, source: Source, environment: Mapping[str, str]) -> str:
    if "command" in source:
        return _of_command(name, source["command"], environment)
    if "file" in source:
        return _of_file(name, source["file"])
    if name not in environment:
        message = f"The variable {name} of secure_env is not in your environment."
        hint = f"Set it, or say where it comes from: secure_env.{name} = {{command = …}} or {{file = …}}"
        raise UsageError("config", message, hint, found=name)
    return environment[name]


def _of_command(name: str, command: str, environment: Mapping[str, str]) -> str:
    """Its standard output without the last newline. It may ask at the terminal; what it prints is not repeated."""
    try:
        done = subprocess.run(
            ["sh", "-c", command], stdout=subprocess.PIPE, timeout=ANSWER, check=False, env={**environment}
        )
    except subprocess.TimeoutExpired:
        raise _not_had(name, f"its command did not end within {ANSWER:.0f} s") from None
    if done.returncode:
        raise _not_had(name, f"its command failed with exit code {done.returncode}")
    return _text(name, done.stdout)


def _of_file(name: str, file: str) -> str:
    try:
        return _text(name, Path(file).expanduser().read_bytes())
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "there is no such home folder"
        raise _not_had(name, f"{file} cannot be read: {why.lower()}") from error


def _text(name: str, raw: bytes) -> str:
    try:
        text = raw.decode().removesuffix("\n")
    except UnicodeDecodeError:
        raise _not_had(name, "its value is not UTF-8") from None
    if not text or "\0" in text:
        raise _not_had(name, "its value is empty" if not text else "its value holds a NUL")
    return text


def _not_had(name: str, why: str) -> UsageError:
    return UsageError("config", f"{name} of secure_env cannot be had: {why}.", "Try it by hand.", found=name)
