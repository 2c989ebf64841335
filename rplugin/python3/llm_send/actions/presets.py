"""List the presets that can be named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llm_send.actions.context import Context
from llm_send.config.load import sources
from llm_send.config.presets import Named, chain, definitions
from llm_send.config.types import Origin


@dataclass(frozen=True)
class PresetsRequest:
    """All of them; there is nothing to choose."""


@dataclass(frozen=True)
class Preset:
    """`model` and `context_limit` are its own or inherited, None where Claude's own count."""

    name: str
    model: str | None
    context_limit: int | None
    description: str | None
    inherits: str | None
    origin: Origin

    def as_dict(self) -> dict[str, object]:
        return {
            "name": self.name,
            "model": self.model,
            "context_limit": self.context_limit,
            "description": self.description,
            "inherits": self.inherits,
            "origin": self.origin.as_dict(),
        }


@dataclass(frozen=True)
class PresetsResult:
    presets: tuple[Preset, ...]
    notices: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        return {"presets": [each.as_dict() for each in self.presets], "notices": list(self.notices)}


def presets(ctx: Context, request: PresetsRequest) -> PresetsResult:  # noqa: ARG001  # one shape for all actions
    """Those of the files and those built in. Raises LlmSendError `config` for one that inherits from nowhere."""
    found = sources(ctx.paths, ctx.here.cwd)
    known = definitions(found, "presets")
    listed = [_preset(each, known) for each in known.values()]
    return PresetsResult(tuple(listed), found.notices)


def _preset(named: Named, known: Mapping[str, Named]) -> Preset:
    values: dict[str, Any] = {}
    for each in chain(known, "presets", named.name, named.origin):
        values = dict(each.tree) | values
    said = named.tree
    return Preset(
        named.name,
        values.get("model"),
        values.get("context_limit"),
        said.get("description"),
        said.get("inherits"),
        named.origin,
    )
