"""The examples of doc/text.md are computed anew, so that the page stays true."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from llm_send.clean import COMMAND_LENGTH, COMMAND_LINES, QUITS, clean
from llm_send.rules import digest

PAGE = (Path(__file__).parents[1] / "doc/text.md").read_text()
EXAMPLE = re.compile(r'^\| `("(?:[^`])*")` \| `("(?:[^`])*")` \| (.*) \| `([0-9a-f]{16})…` \|$', re.MULTILINE)
EXAMPLES = [found.groups() for found in EXAMPLE.finditer(PAGE)]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 10


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[0])
def test_each_example_is_so(example: tuple[str, str, str, str]) -> None:
    written, sent, said, sha256 = example
    cleaned = clean(json.loads(written))
    assert cleaned.text == json.loads(sent)
    assert "; ".join(cleaned.notes) == ("" if said == "–" else said)
    assert digest(cleaned.text).startswith(sha256)


def test_what_the_page_counts() -> None:
    assert all(f"`{word}`" in PAGE for word in QUITS)
    assert (COMMAND_LINES, COMMAND_LENGTH) == (3, 800)
    assert "more than three lines or 800 characters" in PAGE
