"""Directives in the raw output of a terminal program: escapes, chunks, bounds."""

from __future__ import annotations

import random

import pytest

from llm_send.sideband.parse import Directive, Malformed
from llm_send.sideband.stream import FORGET, Stream
from llm_send.sideband.tag import LIMIT
from tests.sideband_corpus import BAD, GOOD, HOSTILE, TAG, A, close, send
from tests.test_sideband_parse import holds, mutated

# Those a terminal shows otherwise: `> ` is a prompt there, and control characters are taken out first.
OTHERWISE = {"behind a form feed", "quote that goes on", "quote that goes on and on", "quote in a list"}
TEXTS = [
    *(text for text, _ in GOOD.values()),
    *(text for text, _ in BAD.values() if len(text) < 2000),
    *HOSTILE.values(),
]
ESCAPES = (
    b"\x1b[1;31m",
    b"\x1b[0m",
    b"\x1b]0;a title\x07",
    b"\x1b]8;;x\x1b\\",
    b"\x1bP1$r\x1b\\",
    b"\x1b(B",
    b"\x1b=",
    b"\x00",
)


def found(data: bytes) -> list[Directive | Malformed]:
    return Stream().feed(data)


def chunked(data: bytes, chance: random.Random) -> list[Directive | Malformed]:
    stream, at, everything = Stream(), 0, list[Directive | Malformed]()
    while at < len(data):
        size = chance.choice((1, 1, 2, 3, 7, 40))
        everything += stream.feed(data[at : at + size])
        at += size
    return everything


@pytest.mark.parametrize("name", GOOD)
def test_good(name: str) -> None:
    text, expected = GOOD[name]
    assert found(text.encode() + b"\n") == expected


@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in OTHERWISE])
def test_hostile(name: str) -> None:
    assert found(HOSTILE[name].encode() + b"\n") == []


@pytest.mark.parametrize("name", [*GOOD, *BAD, *HOSTILE])
def test_however_it_is_cut(name: str) -> None:
    text = HOSTILE.get(name) or (GOOD.get(name) or BAD[name])[0]
    data = text.encode() + b"\n\n"
    stream = Stream()
    whole = found(data)
    assert [each for number in range(len(data)) for each in stream.feed(data[number : number + 1])] == whole
    assert chunked(data, random.Random(name)) == whole


@pytest.mark.parametrize("seed", range(40))
def test_mixtures_however_they_are_cut(seed: int) -> None:
    chance = random.Random(seed)
    pieces: list[bytes] = []
    for _ in range(30):
        pieces += [
            mutated(chance.choice(TEXTS), chance).encode(),
            b"\n",
            chance.choice((b"\n", *ESCAPES, b"\xff", b"\r")),
        ]
    data = b"".join(pieces)
    assert chunked(data, chance) == found(data)


@pytest.mark.parametrize("seed", range(20))
def test_nothing_comes_out_of_a_code_block(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(50):
        before = mutated(chance.choice(TEXTS), chance)
        text = f'{before}\n~~~~~~~~ x\n<ccmux:spawn command="INSIDE">\n\n<ccmux:close pane="INSIDE"/>\n'
        assert not any(holds(each, "INSIDE") for each in found(text.encode())), text


@pytest.mark.parametrize(
    "escape", [*ESCAPES, b"\x08", b"\r", b"\x1b[?25l", b"\x1b[38;5;1m", b"\x1b_x\x1b\\", b"\x1b%G"]
)
def test_escapes_anywhere(escape: bytes) -> None:
    data = TAG.encode()
    for place in range(len(data) + 1):
        assert found(data[:place] + escape + data[place:] + b"\n") == [A]


def test_a_newline_within_an_escape_is_one() -> None:
    assert found(b"text\x1b[1\nm" + TAG.encode() + b"\n") == [A]


def test_a_string_without_an_end_ends() -> None:
    assert found(b"\x1b]" + b"x" * (1024 * 1024) + b"\n" + TAG.encode() + b"\n") == [A]


def test_a_return_does_not_begin_a_line() -> None:
    assert found(b"10%\r" + TAG.encode() + b"\n") == []


def test_a_quote_does_not_go_on() -> None:
    """`> ` is a prompt here."""
    assert found(b"> open one\n" + TAG.encode() + b"\n") == [A]


def test_it_counts_when_its_line_is_over() -> None:
    stream = Stream()
    assert stream.feed(TAG.encode()) == []
    assert stream.feed(b"\n") == [A]
    assert stream.feed(b"\n") == []


def test_a_body_comes_later() -> None:
    stream = Stream()
    assert stream.feed(b'<ccmux:send pane="w1">\none\n') == []
    assert stream.feed(b"two\n</ccmux:send>\n") == [send("one\ntwo", pane="w1")]


def test_a_fence_is_forgotten() -> None:
    lines = b"x\n" * (FORGET - 1)
    assert found(b"```\n" + lines + TAG.encode() + b"\n") == []
    assert found(b"```\n" + lines + b"x\n" + TAG.encode() + b"\n") == [A]


@pytest.mark.parametrize("start", ['<ccmux:send pane="w1">', '<ccmux:spawn command="'])
def test_what_has_no_end_is_dropped(start: str) -> None:
    first, second = found(f"{start}\n{'x' * 999}\n".encode() + b"y\n" * LIMIT + b'<ccmux:close pane="w2">\n')
    assert isinstance(first, Malformed)
    assert second == close(pane="w2")


def test_a_line_without_an_end_is_not_kept() -> None:
    stream = Stream()
    for _ in range(300):
        stream.feed(b"<ccmux:spawn " + b" " * 10_000)
    kept = sum(len(piece) for piece in vars(stream)["_line"])
    assert kept <= LIMIT + 1
    (wrong,) = stream.feed(b">\n")
    assert isinstance(wrong, Malformed)
    assert stream.feed(TAG.encode() + b"\n") == [A]
