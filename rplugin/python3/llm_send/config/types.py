"""The configuration as the program uses it: plain values, no validation, nothing heavy to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from llm_send.modes import Mode

Lock = Literal["warn", "block"]
BringBack = Literal["auto", "ask"]
LayerName = Literal["pane", "preset", "profile", "session", "defaults"]
Key = tuple[str, ...]  # a place in a tree of tables: ("presets", "small", "model")
ALIASES = {"isolate": "isolate_fs", "config_ref": "profile"}  # other names that pane keys may be written by


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

    What a key does is said once, in `schema.py`. What a pane's Claude is given is not here: see `layers.resolve`.
    """

    claude: str | None = None
    lock: Lock = "warn"
    bring_back: BringBack = "auto"
    history: HistoryConfig = field(default_factory=HistoryConfig)
    panes: Mapping[str, PaneConfig] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Document:
    """One source that was read and found valid: a file, or what an option holds (then `file` is None).

    `lines` says where each of its keys begins, counted from 1; empty where nobody can go to a line.
    """

    tree: Mapping[str, Any]
    file: str | None = None
    lines: Mapping[Key, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Sources:
    """What was read: the person's own file, and the project's if it is trusted. `notices` say why it is not used."""

    person: Document | None = None
    project: Document | None = None
    notices: tuple[str, ...] = ()

    @property
    def documents(self) -> tuple[Document, ...]:
        """Those there are, the stronger first."""
        return tuple(each for each in (self.project, self.person) if each)


@dataclass(frozen=True)
class Given:
    """What came with a request. `options` are an option's name (`--set`) and what it holds, each; strongest first."""

    preset: str | None = None
    options: tuple[tuple[str, Document], ...] = ()


@dataclass(frozen=True)
class Origin:
    """Where a value comes from: `where` is a table of a file (`presets.small`) or an option (`--set`).

    `file` is None for options without one and for what is built in.
    """

    layer: LayerName
    where: str
    file: str | None = None
    line: int | None = None

    def as_dict(self) -> dict[str, object]:
        return {"layer": self.layer, "where": self.where, "file": self.file, "line": self.line}


@dataclass(frozen=True)
class Resolved:
    """What a pane is to be given: tables and values as in the file, and by dotted key where each value comes from.

    Empty when nothing was said anywhere. `notices` are for the person, once.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
