"""Writes doc/protections.md: what stands between a text and harm, for whoever wants to know before they trust it."""

from __future__ import annotations

from collections.abc import Sequence

from tests.mutants.table import FILES, REPOSITORY, Mutant, needs_claude

PATH = REPOSITORY / "doc/protections.md"
HEAD = """\
# What stands between a text and harm

Each of these is a line of the program. `make mutants` takes them away, one at a time, and shows that a test fails;
`make mutants ONLY=name` does so with one. This page is made by `tests/mutants/run --document` from the tables there.
"""
THEMES = {
    "look": "The pane must be able to take a prompt",
    "draft": "What a person has half written",
    "write": "Every key is a guarded write",
    "locks": "One sender at a time",
    "receipt": "What counts as proof",
    "text": "What is sent is what arrives",
    "screen": "Reading the screen",
    "target": "The right pane",
    "gate": "The gate inside Claude Code",
    "tools": "Dialogs and our keys exclude each other",
    "queue": "Once, whole, in order",
    "faults": "Whoever dies or falls asleep",
    "later": "What is said afterwards",
    "private": "What others may read",
    "agents": "What agents may do",
    "configuration": "What is configured",
    "confinement": "What a confined pane cannot reach",
}


def written(found: Sequence[Mutant]) -> str:
    parts = [HEAD]
    for theme in FILES:
        rows = [_row(mutant) for mutant in found if mutant.theme == theme]
        parts += [f"\n## {THEMES[theme]}\n\n| without it | name | in | its test |\n|---|---|---|---|\n", *rows]
    return "".join(parts)


def _row(mutant: Mutant) -> str:
    tests = "<br>".join(f"`{_short(test)}`{' (Claude Code)' * needs_claude(test)}" for test in mutant.tests)
    return f"| {mutant.against} | {mutant.name} | `{mutant.file}` | {tests} |\n"


def _short(test: str) -> str:
    return test.removeprefix("tests/").partition("[")[0]
