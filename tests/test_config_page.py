"""doc/configuration.md is the page that the schema makes, and what stands in it is right."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from llm_send.config.agent_keys import Agents
from llm_send.config.keys import PaneKeys, Permissions, Preset
from llm_send.config.load import sources
from llm_send.config.read import document
from llm_send.config.schema import File, History, Pane
from llm_send.config.types import Sources
from llm_send.config.whole import check
from llm_send.entry.cli_arguments import parse
from tests.configuring import Home
from tools.configuration_page import PAGE, page
from tools.configuration_text import EXAMPLES

TEXT = PAGE.read_text()
TOML = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
SHELL = re.findall(r"^```sh\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_it_is_the_page_the_schema_makes() -> None:
    assert page() == TEXT, "run: make format"


def test_every_key_is_in_it() -> None:
    for table in (File, PaneKeys, Agents, Permissions, Preset, Pane, History):
        for key in table.model_fields:
            assert f"`{key}`" in TEXT or f"`[{key}]`" in TEXT or f"`[{key}.NAME]`" in TEXT


def test_there_are_three_worked_examples() -> None:
    assert [example.title for example in EXAMPLES] == ["Mixed models", "Small workers", "A read-only reviewer"]
    assert all(example.toml.strip() in TEXT for example in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_each_example_is_right(home: Home, example: object) -> None:
    home.person(example.toml)  # type: ignore[attr-defined]
    check(sources(home.paths, str(home.project)))


def test_all_toml_in_it_is_right_but_for_the_mistakes() -> None:
    right = TEXT.partition("## Mistakes")[0] + TEXT.partition("## Worked examples")[2]
    texts = [text for text in TOML if text in right]
    assert len(texts) == 4
    for text in texts:
        check(Sources(document(text, "toml", "person", source="page")))


def test_the_command_lines_in_it_can_be_read() -> None:
    lines = [line for text in SHELL for line in text.splitlines() if line.startswith("llm-send ")]
    assert len(lines) > 10
    for line in lines:
        words = shlex.split(line, comments=True)
        parse(words[1 : words.index(">") if ">" in words else None])


def test_it_names_no_folder_of_anybody() -> None:
    assert str(Path.home()) not in TEXT
