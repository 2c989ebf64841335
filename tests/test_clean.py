"""What is done to a text before it is sent, and what is refused outright."""

from __future__ import annotations

import unicodedata

import pytest

from llm_send.clean import COMMAND_LENGTH, LIMIT, QUITS, clean, clean_command
from llm_send.errors import Refused
from llm_send.rules import normal

AS_THEY_ARE = [
    "plain",
    "two\n\n  lines, indented",
    "if x:\n\treturn y",
    "naïve 漢字 한글 العربية ✓ 🚀",
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
    "first\nexit",
    "exit now",
    "Exit",
    ":w",
    "one  \n\n two \n\n\nthree",
    "\\",
    "ends a line\\\nand goes on",
    "\u2800 braille, \ufffd replacement, \ufffc object, \uffff nobody's",
]
VISIBLE_EFFECT = {
    "emoji style": "I \u2764\ufe0f it, \u2639\ufe0e too",
    "keycap": "press 1\ufe0f\u20e3 or #\ufe0f\u20e3",
    "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "skin and heart": "\U0001f469\U0001f3fb\u200d\u2764\ufe0f\u200d\U0001f48b\u200d\U0001f468\U0001f3fc",
    "flag of Scotland": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "Persian": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 API\u200c\u0647\u0627",
    "Hindi": "\u0915\u094d\u200d\u0937 \u0915\u094d\u200c\u0937",
    "Thai": "\u0e01\u200b\u0e02",
    "Mongolian": "\u1820\u180b\u1821\u180e\u1820",
    "Hebrew with C++": "\u05e9\u05dc\u05d5\u05dd C++\u200e \u05d8\u05d5\u05d1",
    "mathematics": "\u2229\ufe00",
    "hieroglyphs": "\U00013000\U00013430\U00013001",
    "joined accents": "a\u034f\u0308",
}
NO_EFFECT = {
    "a\ufe0f": "a",
    "1\ufe0f x": "1 x",
    "\u2764\ufe0f\ufe0f": "\u2764\ufe0f",
    "auf\u200clage": "auflage",
    "\U0001f468\u200d x": "\U0001f468 x",
    "\U0001f600\U000e0067\U000e007f x": "\U0001f600 x",
    "\u0628\u200c\u200c\u0628": "\u0628\u200c\u0628",
    "\u0e01\u200ba": "\u0e01a",
    "a\u200e\u200fb": "ab",
    "\u05d0\u200e\u200e1": "\u05d0\u200e1",
    "\u05d0\nabc+\u200e def": "\u05d0\nabc+ def",
    "\u845b\U000e0100": "\u845b",
    "\U00013430\u1112\u1160": "\u1112",
    "co\u00adop 10\u2060000": "coop 10000",
    "\u05d0 \u2066abc\u2069": "\u05d0 abc",
    "a\u180f\ufff0\U0001bca0b": "ab",
}
COMPOSED = {
    "e\u0301 n\u0303": "\u00e9 \u00f1",
    "\u212b \u2126": "\u00c5 \u03a9",
    "\u1112\u1161\u11ab": "\ud55c",
    "\u0958": "\u0915\u093c",
}
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
    "/gr\u00f6\u00dfe": "slash_command",
    "/\u7ffb\u8bd1 this": "slash_command",
    **dict.fromkeys(QUITS, "slash_command"),
    " exit \n": "slash_command",
    "\u200bquit": "slash_command",
}
WITHOUT = {
    "a\r\nb\rc": "a\nb\nc",
    "a\u2028b\u2029c": "a\nb\nc",
    "a\fb\vc\x85d": "a\nb\nc\nd",
    "a\n\rb\r\r\nc": "a\n\nb\n\nc",
    "end\n\n\n": "end",
    "end \t\n": "end",
    "a\x1b[201~b": "a[201~b",
    "a\x9b201~b": "a201~b",
    "a\x03\x04\x1a\x7fb\x1c\x1d\x1e\x1fc\x80\x9fd": "abcd",
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


@pytest.mark.parametrize("text", VISIBLE_EFFECT.values(), ids=VISIBLE_EFFECT)
def test_invisible_characters_that_do_something_stay(text: str) -> None:
    assert clean(text).text == text
    assert clean(text).notes == ()


@pytest.mark.parametrize("text", NO_EFFECT)
def test_invisible_characters_that_do_nothing_go(text: str) -> None:
    gone = len(text) - len(NO_EFFECT[text])
    assert clean(text).text == NO_EFFECT[text]
    assert clean(text).notes == (f"{gone} invisible character{'s' * (gone > 1)} left out",)


@pytest.mark.parametrize("text", COMPOSED)
def test_letters_are_composed_as_claude_does(text: str) -> None:
    assert clean(text).text == COMPOSED[text]
    assert clean(text).notes == ("letters and accents composed (NFC)",)


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
    for text in [*AS_THEY_ARE, *WITHOUT, *SHELL, *VISIBLE_EFFECT.values(), *NO_EFFECT, *COMPOSED]:
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


COMMANDS = [
    "/clear",
    "/foo args with words",
    "/mcp__server__prompt x",
    "/plugin:command",
    "/foo\nfirst\nsecond",
    "/foo " + "x" * (COMMAND_LENGTH - 5),
    "! git status",
    "!ls",
    "!for i in 1 2\ndo\n  echo $i\ndone",
    "!echo ends in a backslash\\",
]
NO_COMMAND = {
    "": "bad_text",
    "explain /clear": "bad_text",
    "/": "bad_text",
    "/usr/bin/foo": "bad_text",
    "exit": "bad_text",
    "!": "bad_text",
    "! \n ": "bad_text",
    "!rm \x03x": "bad_text",
    "!rm a\u200bb": "bad_text",
    "/foo \u202ex": "bad_text",
    "/foo\n1\n2\n3": "too_large",
    "/foo " + "x" * (COMMAND_LENGTH - 4): "too_large",
    "!a\0": "bad_text",
}


@pytest.mark.parametrize("text", COMMANDS)
def test_a_command_goes_as_it_is(text: str) -> None:
    assert clean_command(text) == clean_command(f"\n  {text} \r\n".encode())
    assert clean_command(text).text == text
    assert clean_command(text).notes == ()


@pytest.mark.parametrize("text", NO_COMMAND)
def test_what_is_no_command_or_would_be_another(text: str) -> None:
    with pytest.raises(Refused) as caught:
        clean_command(text)
    assert caught.value.code == NO_COMMAND[text]
    assert caught.value.hint


def test_what_happens_to_a_command_is_said() -> None:
    assert clean_command("!printf 'a\tb'").notes == ("tabs become four spaces there",)
    assert clean_command("/foo e\u0301").notes == ("letters and accents composed (NFC)",)
