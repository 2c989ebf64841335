"""Hints as they read in Neovim: what is `llm-send queue` in a shell is `:LlmSend queue` there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

SAID = (
    (re.compile(r"llm-send send --as-command"), ":LlmSend!"),
    (re.compile(r"llm-send spawn --mode (\S+)"), r":LlmSend spawn \1"),
    (re.compile(r"llm-send close (\S+) --force"), r":LlmSend! close \1"),
    (re.compile(r"llm-send send --mode (\S+)"), r":LlmSend \1"),
    (re.compile(r"llm-send doctor --report"), ":checkhealth llm-send"),
    (re.compile(r"(?<!:)\bllm-send (cancel|fork|history|queue|resolve|set|spawn)\b"), r":LlmSend \1"),
)


def hint(words: str) -> str:
    """One hint."""
    for shell, here in SAID:
        words = shell.sub(here, words)
    return words


def with_hints(value: Any) -> Any:
    """An answer whose hints, wherever they are in it, are Neovim's."""
    if isinstance(value, Mapping):
        return {
            key: hint(each) if key == "hint" and isinstance(each, str) else with_hints(each)
            for key, each in value.items()
        }
    return [with_hints(each) for each in value] if isinstance(value, list | tuple) else value
