"""What an agent may do, and what it is itself: the two sides of every decision of `policy`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Tier = Literal["read", "send", "spawn", "close"]
Relation = Literal["own", "self", "above", "other"]
Values = Mapping[str, Any]  # resolved values of a pane's configuration
NOTHING: Values = MappingProxyType({})


@dataclass(frozen=True)
class Rights:
    """The table `agents` of a pane's configuration, with its defaults."""

    allow: frozenset[str] = frozenset()
    ask: bool = True
    max_panes: int = 4
    max_depth: int = 1
    per_minute: int = 30
    max_total: int = 50
    also_modes: tuple[str, ...] = ()
    also_folders: tuple[str, ...] = ()
    also_commands: tuple[str, ...] = ()
    also_presets: tuple[str, ...] = ()
    also_env: tuple[str, ...] = ()
    answer: Literal["prompt", "input", "off"] | None = None
    fallback: str = "restrictive"


def rights_of(values: Values) -> Rights:
    """What these resolved values allow; nothing where they say nothing."""
    table: Values = values.get("agents", {})
    said: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    modes = tuple(getattr(mode, "value", mode) for mode in said.get("also_modes", ()))
    return Rights(**{**said, "allow": frozenset(said.get("allow", ())), "also_modes": modes})


@dataclass(frozen=True)
class Asker:
    """Who asks. `mode` is what its pane is in now, None where that cannot be told; `left` how many seconds it has yet
    to live; `depth` how many agents stand between it and the person; `values` what its own pane is configured with."""

    name: str
    mode: str | None
    cwd: str
    depth: int = 0
    left: float | None = None
    values: Values = field(default_factory=lambda: NOTHING)

    @property
    def rights(self) -> Rights:
        return rights_of(self.values)


@dataclass(frozen=True)
class Wish:
    """What it asks for. `relation` and `shares` are of the pane that it is about, None for a new one; the rest is of
    the pane to be opened or changed. `granted` are values nobody needs to be asked about: the person has given them.
    `secrets` are variables whose values the agent has given itself, `known` the conversations of its own panes, `pane`
    the id of the one it is about."""

    tier: Tier
    relation: Relation | None = None
    shares: frozenset[str] = frozenset()
    opens: bool = False
    mode: str | None = None
    cwd: str | None = None
    command: tuple[str, ...] | None = None
    values: Values = field(default_factory=lambda: NOTHING)
    granted: tuple[Values, ...] = ()
    secrets: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    pane: str = ""


@dataclass(frozen=True)
class Used:
    """What the asker has used up: panes that are open, requests in the last minute, panes opened in all."""

    panes: int = 0
    minute: int = 0
    total: int = 0


@dataclass(frozen=True)
class Decision:
    """`reasons` are for people: why not, or what it asks for that goes beyond its own rights."""

    verdict: Literal["allow", "ask", "deny"]
    reasons: tuple[str, ...] = field(default=())
