"""What is wrong with a configuration as a whole: names that nobody defines, and what inherits in a circle."""

from __future__ import annotations

from llm_send.config.layers import NAMED, tables
from llm_send.config.presets import chain, definitions
from llm_send.config.types import Sources


def check(sources: Sources) -> None:
    """Follow every name that is said. Raises what `presets.chain` raises, for the first that leads nowhere."""
    layers = tables(sources)
    for section, key in NAMED.items():
        known = definitions(sources, section)
        for each in known.values():
            chain(known, section, each.name, each.origin)
        for leaf in [layer.leaves().get(key) for layer in layers]:
            if leaf:
                chain(known, section, leaf.value, leaf.origin)
