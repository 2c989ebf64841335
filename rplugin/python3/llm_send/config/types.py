"""The configuration as the program uses it: plain values, no validation, nothing heavy to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from llm_send.modes import Mode

Lock = Literal["warn", "block"]
BringBack = Literal["auto", "ask"]


@dataclass(frozen=True)
class PaneConfig:
    """What a person says about one pane. `mode` stands in only where we cannot tell the pane's mode ourselves."""

    mode: Mode | None = None


@dataclass(frozen=True)
class HistoryConfig:
    """How much of what was sent is kept: the texts of the newest `keep` sends, or none once they have ended."""

    enabled: bool = True
    keep: int = 1000


@dataclass(frozen=True)
class Config:
    """Every key with its default. `claude` None means: look `claude` up in PATH. `panes` is by name, or by id (`%3`).

    What a key does is said once, in `schema.py`.
    """

    claude: str | None = None
    lock: Lock = "warn"
    bring_back: BringBack = "auto"
    history: HistoryConfig = field(default_factory=HistoryConfig)
    panes: Mapping[str, PaneConfig] = field(default_factory=lambda: MappingProxyType({}))
