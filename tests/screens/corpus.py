"""The captured screens, each with what must be read from it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
READINGS = HERE / "readings.toml"
CAPTURE = re.compile(r"(?P<name>.+)-(?P<width>\d+)")
ALIKE = {"theme-": r"^(?:dark|light)(?:-daltonized|-ansi)?-", "low-": r"^low-\d+-"}
"""Names that share a reading, whatever the theme or the height."""
NOT_SO: dict[str, Any] = {
    "mode": None,
    "box": None,
    "box_of": None,
    "dialog": None,
    "shell_mode": False,
    "hook_running": False,
    "stashed": False,
    "vim": None,
    "picker": False,
    "choice": None,
    "queued": False,
    "hint": False,
}


@dataclass(frozen=True)
class Capture:
    """One screen: of this version, in this width, with this name."""

    file: Path
    version: str
    name: str
    width: int

    @property
    def id(self) -> str:
        return f"{self.version}-{self.file.stem}"

    @property
    def text(self) -> str:
        return self.file.read_text()

    @property
    def reading(self) -> dict[str, Any]:
        """What must be read, every key: `state` is a list of words, `dialog` a piece of it, `unasked` names keys."""
        table = readings()[family(self.name)]
        seat = f"{self.version}-w{self.width}"
        told = {key: value for key, value in table.items() if not isinstance(value, dict)}
        for place in (f"w{self.width}", self.version, seat):
            told |= table.get(place, {})
        states = told["state"] if isinstance(told["state"], list) else [told["state"]]
        said = {key: told.get(key, nothing) for key, nothing in NOT_SO.items()}
        return {
            "state": states,
            "unasked": told.get("unasked", []),
            **{key: NOT_SO[key] if value is False else value for key, value in said.items()},
        }


def family(name: str) -> str:
    for common, pattern in ALIKE.items():
        name = re.sub(pattern, common, name)
    return name


@cache
def readings() -> dict[str, Any]:
    return tomllib.loads(READINGS.read_text())


def captures() -> list[Capture]:
    found = []
    for file in sorted(HERE.glob("2.*/*.txt")):
        parts = CAPTURE.fullmatch(file.stem)
        assert parts, file
        found.append(Capture(file, file.parent.name, parts["name"], int(parts["width"])))
    return found
