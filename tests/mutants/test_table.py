"""The table of protections fits the program: what `make mutants` would find out late is found out here at once."""

from __future__ import annotations

import pytest

from tests.mutants import document
from tests.mutants.main import chosen, drifted
from tests.mutants.table import PACKAGE, REPOSITORY, DriftedError, Mutant, mutants
from tests.mutants.trial import Ran, judged

ALL = mutants()


def test_each_protection_and_its_tests_are_there() -> None:
    assert drifted(ALL) == []


def test_each_has_a_name_of_its_own_and_a_test() -> None:
    names = [mutant.name for mutant in ALL]
    assert sorted(set(names)) == sorted(names)
    for mutant in ALL:
        assert mutant.tests, mutant.name
        assert mutant.against.endswith("."), mutant.name


@pytest.mark.parametrize("mutant", [each for each in ALL if each.file.endswith(".py")], ids=lambda each: each.name)
def test_without_it_the_program_is_one_still(mutant: Mutant) -> None:
    """A mutant that does not even compile would be missed by any test."""
    compile(mutant.text(), mutant.file, "exec")


def test_the_document_says_the_same() -> None:
    assert document.PATH.read_text() == document.written(ALL), "make it anew: tests/mutants/run --document"


def test_a_line_that_has_gone_is_drift() -> None:
    gone = Mutant("name", "look", "Harm.", "delivery.py", "no such line", "", ("tests/test_delivery.py::test_x",))
    assert "stands 0 times" in drifted([gone])[1]
    assert "test_x" in drifted([gone])[0]
    with pytest.raises(DriftedError):
        gone.text()


def test_a_line_that_stands_twice_is_drift() -> None:
    assert (PACKAGE / "delivery.py").read_text().count("return") > 1
    twice = Mutant("name", "look", "Harm.", "delivery.py", "return", "pass", ())
    assert "times" in drifted([twice])[0]


def test_names_are_patterns() -> None:
    assert chosen([], unit=False) == ALL
    assert [mutant.name for mutant in chosen(["turn-excl*"], unit=False)] == ["turn-excludes"]
    assert 0 < len(chosen([], unit=True)) < len(ALL)


TEST = "tests/test_a.py::test_it"


@pytest.mark.parametrize(
    ("code", "said", "end"),
    [
        (1, f"FAILED {TEST} - AssertionError: x", "killed"),
        (1, f"..F\nFAILED {TEST}[a b] - assert 1 == 2\n1 failed", "killed"),
        (0, "1 passed", "survived"),
        (1, f"FAILED {TEST}_more - AssertionError", "broken"),
        (1, f"ERROR {TEST} - fixture", "broken"),
        (2, "ERROR tests/test_a.py - SyntaxError", "broken"),
        (4, f"ERROR: not found: {TEST}", "broken"),
        (5, "no tests ran", "broken"),
    ],
)
def test_killed_is_only_what_the_named_test_has_failed(code: int, said: str, end: str) -> None:
    assert judged(Ran(code, said), TEST)[0] == end


def test_make_knows_it() -> None:
    assert "tests/mutants/run $(ONLY)" in (REPOSITORY / "Makefile").read_text()
