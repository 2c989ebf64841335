"""The protections, as data: what each stands against, the line of the program that is it, that line without it, and
the tests that must fail then.

One table in a `.toml` file here is one protection:

    [dialog-is-not-answered]
    against = "What would happen without it, in a sentence."
    file = "delivery.py"          in the package
    line = 'the exact text'       stands in that file once
    without = 'what it becomes'
    tests = ["tests/test_delivery.py::test_name"]
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
PACKAGE = REPOSITORY / "rplugin/python3/llm_send"
DEFINED = re.compile(r"^ *def (\w+)\(", re.MULTILINE)
FILES = (
    "look",
    "draft",
    "write",
    "locks",
    "receipt",
    "text",
    "screen",
    "target",
    "gate",
    "tools",
    "queue",
    "faults",
    "later",
    "private",
    "agents",
    "configuration",
    "confinement",
)


class DriftedError(Exception):
    """The table does not fit the program any more."""


@dataclass(frozen=True)
class Mutant:
    """One protection and its absence. `theme` is the file of the table it stands in."""

    name: str
    theme: str
    against: str
    file: str
    line: str
    without: str
    tests: tuple[str, ...]

    @property
    def source(self) -> Path:
        return PACKAGE / self.file

    def text(self) -> str:
        """The file without the protection. Raises DriftedError if its line is not there once."""
        if not self.source.is_file():
            raise DriftedError(f"{self.name}: there is no {self.file}")
        whole = self.source.read_text()
        count = whole.count(self.line)
        if count != 1:
            raise DriftedError(f"{self.name}: its line stands {count} times in {self.file}:\n{self.line}")
        if self.line == self.without:
            raise DriftedError(f"{self.name}: nothing changes")
        return whole.replace(self.line, self.without)

    def line_number(self) -> int:
        """Where the protection begins, counted from 1."""
        return self.source.read_text().partition(self.line)[0].count("\n") + 1


def mutants() -> list[Mutant]:
    """All of them, in the order of the tables."""
    return [
        Mutant(name=name, theme=theme, **{**fields, "tests": tuple(fields["tests"])})
        for theme in FILES
        for name, fields in tomllib.loads((HERE / f"{theme}.toml").read_text()).items()
    ]


def needs_claude(test: str) -> bool:
    """Whether the test runs the real Claude Code."""
    file = test.partition("::")[0]
    return file.endswith("_e2e.py") or file.startswith("tests/hazards/")


def missing(test: str) -> str | None:
    """What is not there of a test that a mutant names: its file, its function; None if all is."""
    file, _, name = test.partition("::")
    if not (REPOSITORY / file).is_file():
        return file
    return None if name.partition("[")[0] in _functions(file) else test


@cache
def _functions(file: str) -> frozenset[str]:
    return frozenset(DEFINED.findall((REPOSITORY / file).read_text()))
