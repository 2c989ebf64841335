"""How keys and values are written for a person: as TOML writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

BARE = re.compile(r"[A-Za-z0-9_-]+")


def dotted(steps: Iterable[str | int]) -> str:
    """`panes."%3".mode`"""
    return ".".join(str(step) if BARE.fullmatch(str(step)) else shown(str(step)) for step in steps)


def shown(value: object) -> str:
    """A value in the words of TOML; a table only as what it is."""
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    return f'"{value}"' if isinstance(value, str) else "a table" if isinstance(value, dict) else str(value)
