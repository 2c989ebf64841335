"""What the tests of the configuration share: places for files, and the same tree written as TOML and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from llm_send.config.files import bytes_of
from llm_send.config.trust import trust
from llm_send.config.words import dotted
from llm_send.paths import Paths

Key = tuple[str, ...]


class Home:
    """A person's folders and a project of theirs, which is a git work tree."""

    def __init__(self, folder: Path) -> None:
        self.paths = Paths(config=folder / "config", state=folder / "state")
        self.paths.config.mkdir()
        self.project = folder / "project"
        (self.project / ".git").mkdir(parents=True)

    def person(self, text: str, name: str = "config.toml") -> Path:
        return _write(self.paths.config / name, text)

    def projects(self, text: str, name: str = ".llm-send.toml", *, trusted: bool = True) -> Path:
        file = _write(self.project / name, text)
        if trusted:
            trust(self.paths, file, bytes_of(file))
        return file


def _write(file: Path, text: str) -> Path:
    file.write_text(text)
    return file


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def leaves(tree: Mapping[str, Any], path: Key = ()) -> Iterator[tuple[Key, Any]]:
    """What is no table, and empty tables."""
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def nested(path: Key, value: Any) -> dict[str, Any]:
    for step in reversed(path):
        value = {step: value}
    return dict(value)


def as_toml(tree: Mapping[str, Any]) -> str:
    """A line a value. Text, numbers, lists of them and empty tables look the same in JSON."""
    return "".join(f"{dotted(path)} = {json.dumps(value)}\n" for path, value in leaves(tree))


def as_json(tree: Mapping[str, Any]) -> str:
    return json.dumps(tree, indent=2)


WRITTEN = {"config.toml": as_toml, "config.json": as_json}
