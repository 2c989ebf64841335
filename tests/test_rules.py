"""When two texts are the same prompt, and when one holds the other."""

from __future__ import annotations

import random
import time

import pytest

from llm_send import rules


def holds(text: str, piece: str) -> bool:
    return rules.contains(text, len(piece), rules.rolling(piece), rules.digest(piece))


WRAPPED = '<pasted_content id="0a1b2c3d">\n{}\n</pasted_content id="0a1b2c3d">'


@pytest.mark.parametrize(
    "text",
    ["one line", "two\nlines", "\tif x:\n\t\treturn", "ends in blank \n\n", "\n\n  begins with blank", "漢字\n🙂"],
)
def test_a_long_paste_is_the_text_that_was_pasted(text: str) -> None:
    arrived = WRAPPED.format(text.rstrip("\n").replace("\t", "    "))
    assert rules.normal(arrived) == rules.normal(text)
    assert rules.normal("\n" + arrived + "\n") == rules.normal(text)


def test_such_tags_of_the_persons_own_are_told_apart_by_nobody() -> None:
    """Claude Code puts a backslash into them, whoever wrote them; the text is the same one."""
    for written, arrives in {
        'what is <pasted_content id="ab">?': 'what is <\\pasted_content id="ab">?',
        "</pasted_content> ends it": "<\\/pasted_content> ends it",
        "a < PASTED_CONTENT here": "a <\\ PASTED_CONTENT here",
    }.items():
        assert rules.normal(arrives) == rules.normal(written)
    assert rules.normal("a <\\pasted b") != rules.normal("a <pasted b")


def test_normal_is_its_own_fixed_point() -> None:
    for text in ("a\tb", "  x  ", WRAPPED.format("y"), "", "\n"):
        once = rules.normal(text)
        assert rules.normal(once) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a b", "a  b"),
        ("a\nb", "a b"),
        ("a", "A"),
        ("a\n\nb", "a\nb"),
        ("é", "e\u0301"),
        ("a", ""),
        ("  x\ny", "x\n  y"),
    ],
)
def test_texts_that_differ_inside_are_not_the_same(one: str, other: str) -> None:
    assert rules.digest(rules.normal(one)) != rules.digest(rules.normal(other))


def test_text_before_or_after_a_wrapped_paste_still_counts() -> None:
    assert rules.normal("look: " + WRAPPED.format("text")) != "text"
    assert rules.normal(WRAPPED.format("text") + " thanks") != "text"
    assert holds(rules.normal("look: " + WRAPPED.format("text") + "thanks"), "text")


def test_digest_takes_what_is_not_unicode() -> None:
    assert rules.digest("\udc80") != rules.digest("\udc81")
    assert rules.digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_contains_is_what_in_says() -> None:
    alphabet = random.Random(7)
    for _ in range(400):
        text = "".join(alphabet.choices("ab\n漢", k=alphabet.randrange(12)))
        piece = "".join(alphabet.choices("ab\n漢", k=alphabet.randrange(1, 5)))
        assert holds(text, piece) == (piece in text), (text, piece)


def test_contains_at_the_edges() -> None:
    assert holds("abc", "abc")
    assert holds("xabc", "abc")
    assert holds("abcx", "abc")
    assert not holds("ab", "abc")
    assert not holds("", "a")
    assert not rules.contains("abc", 0, rules.rolling(""), rules.digest(""))
    assert not rules.contains("abc", -1, 0, "")


def test_a_rolling_hash_alone_is_not_believed() -> None:
    assert not rules.contains("abc", 3, rules.rolling("abc"), rules.digest("abd"))


def test_contains_is_linear() -> None:
    piece = "a" * 65_535 + "b"
    start = time.monotonic()
    assert not holds("a" * 200_000, piece)
    assert time.monotonic() - start < 1.5, "the gate has two seconds in all"


def test_contains_stays_linear_where_many_pieces_share_the_hash() -> None:
    text = "ab" * 2000
    start = time.monotonic()
    assert not rules.contains(text, 2000, rules.rolling("ab" * 1000), rules.digest("other"))
    assert time.monotonic() - start < 1.5


@pytest.mark.parametrize("text", ["<" + " " * 200_000, "<\\" + "\n" * 200_000, "< / " * 50_000])
def test_what_only_begins_like_a_wrapper_takes_no_time(text: str) -> None:
    start = time.monotonic()
    rules.normal(text)
    assert time.monotonic() - start < 1.5, "the gate has two seconds in all"
