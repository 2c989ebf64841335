"""What a pane is to be given: the layers laid over each other, key by key. Pure: reads nothing, imports nothing heavy.

    pane       --preset, --set, --config, --claude-config, --claude-model, [panes.NAME]
    preset     the one that is named first in pane, session, defaults; then what it inherits from
    profile    likewise; a profile and a preset have no key in common
    session    [sessions.NAME]
    defaults   [defaults]

A layer higher up wins. In each of them the project's file stands above the person's. Tables are laid over each other
deep; every other value, lists too, is taken whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from llm_send.config.presets import Section, chain, definitions
from llm_send.config.types import ALIASES, Document, Given, Key, LayerName, Origin, Resolved, Sources
from llm_send.config.words import dotted

NOT_FOLDED = frozenset(("mode", "inherits", "description"))  # said of the table itself, not of the pane's Claude
OTHER_NAMES = {name: alias for alias, name in ALIASES.items()}
NAMED: dict[Section, str] = {"presets": "preset", "profiles": "profile"}  # the key that names one of each section


@dataclass(frozen=True)
class Leaf:
    """A value that is taken whole, and where it comes from. An empty table is one too."""

    value: Any
    origin: Origin


Tree = dict[str, Any]  # of trees and leaves


@dataclass(frozen=True)
class Layer:
    """One table of pane keys. `base` is where it stands in its document."""

    name: LayerName
    where: str
    tree: Mapping[str, Any]
    file: str | None = None
    lines: Mapping[Key, int] = field(default_factory=dict)
    base: Key = ()

    def leaves(self) -> Tree:
        """The table with each value marked by its origin, each key by its one name."""
        tree = {ALIASES.get(key, key): value for key, value in self.tree.items() if key not in NOT_FOLDED}
        return {key: self._leaf((key,), value) for key, value in tree.items()}

    def _leaf(self, path: Key, value: Any) -> Any:
        if isinstance(value, dict) and value:
            return {key: self._leaf((*path, key), each) for key, each in value.items()}
        return Leaf(value, Origin(self.name, self.where, self.file, self._line(path)))

    def _line(self, path: Key) -> int | None:
        other = (OTHER_NAMES.get(path[0], path[0]), *path[1:])
        return self.lines.get((*self.base, *path)) or self.lines.get((*self.base, *other))


def resolve(sources: Sources, *, session: str | None, pane: str | None, given: Given) -> Resolved:
    """What the pane of that name, in that tmux session, is to be given. Nothing said anywhere: an empty Resolved.

    Raises what `presets.chain` raises: a preset or profile that is named and not there, or inherits in a circle.
    """
    above = [*_options(given), *_found(sources, "pane", "panes", pane)]
    below = [*_found(sources, "session", "sessions", session), *_defaults(sources)]
    named = [layer for section in NAMED for layer in _named(sources, section, [*above, *below])]
    tree: Tree = {}
    for layer in reversed([*above, *named, *below]):
        tree = _over(layer.leaves(), tree)
    origins = {dotted(path): leaf.origin for path, leaf in _flat(tree)}
    return Resolved(_values(tree), origins, sources.notices)


def _options(given: Given) -> Iterator[Layer]:
    if given.preset is not None:
        yield Layer("pane", "--preset", {"preset": given.preset})
    for option, document in given.options:
        yield Layer("pane", option, document.tree, document.file, document.lines)


def tables(sources: Sources) -> list[Layer]:
    """Every table of pane keys there is that may name a preset or a profile."""
    sections: tuple[tuple[LayerName, str], ...] = (("pane", "panes"), ("session", "sessions"))
    of_names = [
        _layer(layer, document, (section, name), tree)
        for layer, section in sections
        for document in sources.documents
        for name, tree in document.tree.get(section, {}).items()
    ]
    return [*of_names, *_defaults(sources)]


def _found(sources: Sources, layer: LayerName, section: str, name: str | None) -> Iterator[Layer]:
    for document in sources.documents:
        tree = document.tree.get(section, {}).get(name)
        if name is not None and tree is not None:
            yield _layer(layer, document, (section, name), tree)


def _defaults(sources: Sources) -> Iterator[Layer]:
    for document in sources.documents:
        if "defaults" in document.tree:
            yield _layer("defaults", document, ("defaults",), document.tree["defaults"])


def _layer(name: LayerName, document: Document, base: Key, tree: Mapping[str, Any]) -> Layer:
    return Layer(name, dotted(base), tree, document.file, document.lines, base)


def _named(sources: Sources, section: Section, layers: Iterable[Layer]) -> Iterator[Layer]:
    """The layers of the preset, or profile, that the highest layer names which names one."""
    asked = next((leaf for layer in layers if (leaf := layer.leaves().get(NAMED[section]))), None)
    if asked is None:
        return
    for each in chain(definitions(sources, section), section, asked.value, asked.origin):
        origin = each.origin
        lines = each.document.lines if each.document else {}
        yield Layer(origin.layer, origin.where, each.tree, origin.file, lines, (section, each.name))


def _over(upper: Tree, lower: Tree) -> Tree:
    return lower | {key: _merged(value, lower.get(key)) for key, value in upper.items()}


def _merged(upper: Any, lower: Any) -> Any:
    if isinstance(lower, dict):
        if isinstance(upper, dict):
            return _over(upper, lower)
        if upper.value == {}:
            return lower  # an empty table adds nothing to one that is there
    return upper


def _flat(tree: Tree, path: Key = ()) -> Iterator[tuple[Key, Leaf]]:
    for key, each in tree.items():
        if isinstance(each, Leaf):
            yield (*path, key), each
        else:
            yield from _flat(each, (*path, key))


def _values(tree: Tree) -> dict[str, Any]:
    return {key: each.value if isinstance(each, Leaf) else _values(each) for key, each in tree.items()}
