"""Presets and profiles: sets of pane keys with a name, and the chains in which they inherit.

A name has one definition: the project's, else the person's, else what is built in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

from llm_send.config.types import Document, LayerName, Origin, Sources
from llm_send.config.words import dotted
from llm_send.errors import LlmSendError, UsageError

Section = Literal["presets", "profiles"]
LAYERS: dict[Section, LayerName] = {"presets": "preset", "profiles": "profile"}
# Aliases of Claude Code's own and no full names: each means the newest model of its kind, so these do not age.
BUILT_IN: dict[Section, dict[str, dict[str, Any]]] = {
    "presets": {
        "haiku-worker": {"model": "haiku", "context_limit": 100000, "description": "Fast worker for simple tasks"},
        "sonnet-default": {"model": "sonnet", "description": "All-round Claude for everyday work"},
        "opus-heavy": {"model": "opus", "description": "Heavy thinker for architecture and hard problems"},
        "haiku-minimal": {"model": "haiku", "context_limit": 50000, "description": "Small and cheap, for chores"},
    },
    "profiles": {
        "read-only": {"readonly": True, "description": "Reads everything but secrets, writes nothing"},
        "scratch": {"isolate_fs": True, "description": "A folder of its own, thrown away afterwards"},
        "local-only": {
            "isolate_fs": True,
            "local_only": True,
            "description": "As scratch, with no network but its model",
        },
        "restrictive": {
            "inherits": "local-only",
            "timeout_secs": 600,
            "memory_limit_mb": 2048,
            "description": "As local-only, for ten minutes at most: what a mistaken request of an agent gets",
        },
    },
}


@dataclass(frozen=True)
class Named:
    """One definition: `document` is None for what is built in."""

    section: Section
    name: str
    tree: Mapping[str, Any]
    document: Document | None = field(default=None, repr=False)

    @property
    def origin(self) -> Origin:
        return self.origin_of()

    def origin_of(self, *keys: str) -> Origin:
        """Where the definition stands, or one of its keys."""
        file = self.document.file if self.document else None
        line = self.document.lines.get((self.section, self.name, *keys)) if self.document else None
        return Origin(LAYERS[self.section], dotted((self.section, self.name)), file, line)


def definitions(sources: Sources, section: Section) -> dict[str, Named]:
    """Every definition that counts, by name."""
    found = {name: Named(section, name, tree) for name, tree in BUILT_IN[section].items()}
    for document in reversed(sources.documents):
        for name, tree in document.tree.get(section, {}).items():
            found[name] = Named(section, name, tree, document)
    return found


def chain(known: Mapping[str, Named], section: Section, name: str, asked: Origin) -> list[Named]:
    """The definition of that name, then the one it inherits from, and so on. `asked` is where the name was said.

    Raises LlmSendError `config` for a name that nobody defines and for a circle; UsageError when an option names it.
    """
    found: list[Named] = []
    wanted: str | None = name
    while wanted is not None:
        names = [each.name for each in found]
        if wanted in names:
            raise _circle(found[-1], [*names, wanted])
        if wanted not in known:
            raise _unknown(known, section, [*names, wanted], found[-1].origin_of("inherits") if found else asked)
        found.append(known[wanted])
        wanted = found[-1].tree.get("inherits")
    return found


def _circle(last: Named, names: list[str]) -> LlmSendError:
    place = spot(last.origin_of("inherits"))
    message = f"{place}: {last.section} inherit in a circle: {' → '.join(names)}."
    return LlmSendError("config", message, "Take inherits out of one of them.", found=names, expected="an end")


def _unknown(known: Mapping[str, Named], section: Section, names: list[str], asked: Origin) -> LlmSendError:
    wanted, word = names[-1], LAYERS[section]
    through = f" ({' → '.join(names)})" if len(names) > 1 else ""
    nearest = get_close_matches(wanted, known, n=1)
    listed = f"Known are {', '.join(known)}." if known else f"Define it: [{dotted((section, wanted))}]"
    hint = f"Did you mean {nearest[0]}?" if nearest else listed
    message = f"there is no {word} {wanted}{through}."
    if asked.where.startswith("--") and not asked.file:
        return UsageError("usage", f"{asked.where}: {message}", hint, found=wanted, expected=list(known))
    return LlmSendError("config", f"{spot(asked)}: {message}", hint, found=wanted, expected=list(known))


def spot(origin: Origin) -> str:
    """Where a person finds it: `FILE, line 3`, or the option, or the table that is built in."""
    line = f", line {origin.line}" if origin.line else ""
    return f"{origin.file}{line}" if origin.file else origin.where
