"""What is done to a text before it is sent, and what is refused outright."""

from __future__ import annotations

import unicodedata

import pytest

from llm_send.clean import LIMIT, clean
from llm_send.errors import Refused
from llm_send.rules import normal

AS_THEY_ARE = [
    "plain",
    "two\n\n  lines, indented",
    "if x:\n\treturn y",
    "naïve 漢字 한글 العربية ✓ 🚀",
    "e\u0301 combining",
    "no\u00a0break",
    "$HOME `id` \\n %1 #{pane_id} ;",
    "ends in a backslash\\",
    "?",
    "/usr/bin/foo crashes",
    "/tmp/a b",
    "//comment",
    "/* comment */",
    "/",
    "/ alone",
    "/path.with.dots is fine",
    "see /clear",
    "first\n/clear",
    "a ! b",
    "first\n!ls",
    '<pasted_content id="ab">',
    "\ue0b0 private use",
]
REFUSED = {
    "": "bad_text",
    "\n\n  \t\n": "bad_text",
    "\u200b\u2060\ufeff": "bad_text",
    "\x1b\x07": "bad_text",
    "a\0b": "bad_text",
    "/clear": "slash_command",
    " /clear": "slash_command",
    "\n\n\t/clear all": "slash_command",
    "\u3000/clear": "slash_command",
    "\u00a0/clear": "slash_command",
    "/nosuchcommand please": "slash_command",
    "/mcp__server__prompt x": "slash_command",
    "/plugin:command": "slash_command",
    "/a-b_c\nmore": "slash_command",
    "/cl\u200bear": "slash_command",
    "\ufeff/clear": "slash_command",
    "\x1b/clear": "slash_command",
    "/clear\u200b\r\n": "slash_command",
}
WITHOUT = {
    "a\r\nb\rc": "a\nb\nc",
    "a\u2028b\u2029c": "a\nb\nc",
    "end\n\n\n": "end",
    "end \t\n": "end",
    "a\x1b[201~b": "a[201~b",
    "a\x9b201~b": "a201~b",
    "a\x03\x04\x1a\x7fb\x0bc\x0cd": "abcd",
    "a\u200bb\u2060c\u202ed\ufeffe\u00adf": "abcdef",
    "a\U000e0041\U000e007fb": "ab",
}
BIDI = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
SHELL = [
    "!ls",
    "! ls",
    " !ls",
    "\n\n!ls",
    "\t!ls",
    "\u200b!ls",
    "\u3000!ls",
    "\u00a0!ls",
    "![a](b)",
    "!",
    "\r!ls",
    "\x1b!ls",
]


@pytest.mark.parametrize("text", AS_THEY_ARE)
def test_most_texts_go_as_they_are(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.text == text
    assert cleaned.notes == ()
    assert clean(text.encode()) == cleaned


@pytest.mark.parametrize("text", REFUSED)
def test_refused_outright(text: str) -> None:
    with pytest.raises(Refused) as caught:
        clean(text)
    assert caught.value.code == REFUSED[text]
    assert caught.value.hint


@pytest.mark.parametrize("text", WITHOUT)
def test_what_is_left_out(text: str) -> None:
    assert clean(text).text == WITHOUT[text]


@pytest.mark.parametrize("text", SHELL)
def test_nothing_becomes_a_shell_command(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.text.startswith(" !")
    assert normal(cleaned.text) == text.lstrip("\u200b\x1b\r \n\t\u3000\u00a0")
    assert any("!" in note for note in cleaned.notes)


def test_what_was_left_out_is_said() -> None:
    assert clean("a\x07b").notes == ("1 control character left out",)
    assert clean("a\x07\x1bb\u200bc").notes == ("2 control characters left out", "1 invisible character left out")
    assert clean("a\r\nb\n").notes == ()


def test_cleaning_twice_changes_nothing_more() -> None:
    for text in [*AS_THEY_ARE, *WITHOUT, *SHELL]:
        once = clean(text).text
        assert clean(once).text == once


def test_no_key_is_left_in_any_text() -> None:
    every = "".join(map(chr, range(1, 0xD800))) + "".join(map(chr, range(0xE000, 0x110000)))
    left = clean("x" + every[: LIMIT // 4]).text
    assert {c for c in left if unicodedata.category(c) == "Cc"} == {"\n", "\t"}
    assert not {c for c in left if unicodedata.bidirectional(c) in BIDI}


def test_limit_is_in_bytes() -> None:
    assert len(clean("x" * LIMIT).text) == LIMIT
    with pytest.raises(Refused) as caught:
        clean("é" * (LIMIT // 2 + 1))
    assert (caught.value.code, caught.value.found, caught.value.expected) == ("too_large", LIMIT + 2, LIMIT)
    assert "2 MB" in caught.value.message
    assert "path" in str(caught.value.hint)


def test_bytes_that_are_not_utf8_are_named() -> None:
    with pytest.raises(Refused, match=r"byte 0xe9 in line 2"):
        clean(b"first\ncaf\xe9")
    with pytest.raises(Refused, match=r"NUL byte in line 3"):
        clean(b"first\n\n\0")


@pytest.mark.parametrize("text", ["caf\udce9", "half a pair \ud800", "\udfff"])
def test_a_str_that_is_not_unicode_is_refused_too(text: str) -> None:
    with pytest.raises(Refused) as caught:
        clean(text)
    assert caught.value.code == "bad_text"
