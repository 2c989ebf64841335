"""What in a model's message is a directive, what is a mistake in one, and what is neither."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from llm_send.sideband.parse import Directive, Malformed, directives
from tests.sideband_corpus import BAD, GOOD, HOSTILE, TAG

PACKAGE = Path(__file__).parents[1] / "rplugin/python3"
TEXTS = [
    *(text for text, _ in GOOD.values()),
    *(text for text, _ in BAD.values() if len(text) < 2000),
    *HOSTILE.values(),
]
SIZE = 1_000_000
# Each is what some way of reading this would be slow with.
LARGE = {
    "beginnings": "<ccmux:" * (SIZE // 7),
    "beginnings of lines": "<ccmux:\n" * (SIZE // 8),
    "tags without an end": "<ccmux:spawn\n" * (SIZE // 13),
    "values without an end": '<ccmux:spawn a="\n' * (SIZE // 17),
    "values": "<ccmux:spawn " + 'a="b" ' * (SIZE // 6),
    "quotes": "<ccmux:spawn a=" + '"' * SIZE,
    "a name": "<ccmux:spawn " + "a" * 65_000 + '="',
    "ampersands": '<ccmux:spawn a="' + "&a" * 30_000 + '">',
    "a line of them": "<ccmux:close/>" * (SIZE // 14),
    "never closed": "<ccmux:spawn a>\n" * (SIZE // 16) + "</ccmux:spawn>",
    "closing tags of another": "<ccmux:send>\n" + "</ccmux:spawn>" * (SIZE // 14),
    "a body": "<ccmux:send>" + "x\n" * (SIZE // 2) + "</ccmux:send>",
    "backticks": "`" * SIZE,
    "backticks of all lengths": " ".join("`" * length for length in range(1, 1400)),
    "fences of all lengths": "\n".join("    " + "`" * length for length in range(1400, 3, -1)),
    "fences": "  ```\n" * (SIZE // 6),
    "nesting": "<a>\n" * (SIZE // 4),
    "nesting on a line": "<a>" * (SIZE // 3),
    "comments": "<!-- -->\n" * (SIZE // 9),
    "quotes of quotes": "> " * (SIZE // 2),
    "lists of lists": "- " * (SIZE // 2) + "```",
    "blanks": "</a" + " " * SIZE,
    "lines": "\n" * SIZE,
}


@pytest.mark.parametrize("name", GOOD)
def test_good(name: str) -> None:
    text, expected = GOOD[name]
    assert directives(text) == expected


@pytest.mark.parametrize("name", BAD)
def test_bad(name: str) -> None:
    text, why = BAD[name]
    found = directives(text)
    assert len(found) == 1
    assert isinstance(found[0], Malformed)
    assert re.search(why, found[0].why)
    assert len(found[0].text) <= 200
    assert found[0].text.isprintable()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    assert directives(HOSTILE[name]) == []


def test_several_kinds_keep_their_order() -> None:
    found = directives('<ccmux:close pane="a">\n<ccmux:spawn command=ls>\n<ccmux:close pane="b">')
    assert [type(each) for each in found] == [Directive, Malformed, Directive]


def test_nothing_is_read_behind_a_value_without_an_end() -> None:
    """It may all be inside the value, however long that is."""
    found = directives(f"<ccmux:send text='\n{'x' * 60}\n" + "y\n" * 40_000 + TAG)
    assert [type(each) for each in found] == [Malformed]


def test_what_is_found_cannot_be_changed() -> None:
    (found,) = directives(TAG)
    assert isinstance(found, Directive)
    attributes: Mapping[str, str] = found.attributes
    with pytest.raises(TypeError):
        attributes["command"] = "b"  # type: ignore[index]


@pytest.mark.speed
@pytest.mark.parametrize("name", LARGE)
def test_large(name: str) -> None:
    """Linear: generous for a busy machine, far from what a square of a million would take."""
    start = time.process_time()
    directives(LARGE[name])
    assert time.process_time() - start < 25


def mutated(text: str, chance: random.Random) -> str:
    """A few characters or pieces of it moved, doubled, lost or replaced."""
    for _ in range(chance.randint(0, 4)):
        at = chance.randint(0, len(text))
        end = min(len(text), at + chance.choice((0, 1, 1, 3, 12)))
        new = chance.choice(
            ("", text[at:end] * 2, "\n", "`", "```", "~~~", '"', "'", "<", ">", "/", " ", "\u200b", "\x1b", "- ")
        )
        text = text[:at] + new + text[end:]
    return text


def holds(found: Directive | Malformed, word: str) -> bool:
    return isinstance(found, Directive) and any(word in each for each in (*found.attributes.values(), found.body or ""))


@pytest.mark.parametrize("seed", range(20))
def test_nothing_comes_out_of_a_code_block(seed: int) -> None:
    """Whatever stands before: its fence has an info string, so it can close none, and nothing behind closes a body."""
    chance = random.Random(seed)
    for _ in range(150):
        before = "\n".join(mutated(chance.choice(TEXTS), chance) for _ in range(chance.randint(1, 3)))
        text = f'{before}\n~~~~~~~~ x\n<ccmux:spawn command="INSIDE">\n\n<ccmux:close pane="INSIDE"/>\n'
        assert not any(holds(found, "INSIDE") for found in directives(text)), text


def test_it_would_be_seen_if_it_came_out() -> None:
    (found,) = directives('~~~\nx\n~~~\n<ccmux:spawn command="INSIDE">')
    assert holds(found, "INSIDE")


def test_imports_little() -> None:
    code = f"import sys; sys.path.insert(0, {str(PACKAGE)!r}); import llm_send.sideband.stream; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert not {"pydantic", "asyncio", "logging", "json", "subprocess"} & set(done.stdout.split())
