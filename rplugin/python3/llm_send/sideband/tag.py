"""One tag of a directive: where it ends, what it says, what is wrong with it."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from llm_send.claude.invisible import DIRECTION, without_hidden
from llm_send.sideband.found import BEGINNING, BLANKS, Directive, Malformed, Verb, malformed

LIMIT = 64 * 1024  # characters of a tag, or of a body
VERBS: Final[dict[str, Verb]] = {
    "spawn": "spawn",
    "create-pane": "spawn",
    "set-config": "set-config",
    "send": "send",
    "close": "close",
}
PREFIX = "(?:ccmux|llm-send):"
BEGIN = re.compile(rf" {{0,3}}<(?i:{PREFIX})")
BEHIND = re.compile(rf"[ \t]*+(?:\Z|(<(?i:{PREFIX})))")  # what may stand behind a directive; group 1: another one
NAME = re.compile(r"<((?i:ccmux|llm-send)):([^ \t\n/>\"'<=]*+)")
CLOSING = re.compile(rf"</({PREFIX}[a-z-]++)[ \t]*+>")
LINE_BEGIN = re.compile(rf"\n {{0,3}}<(?i:{PREFIX})")
ATTRIBUTE = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*+)(?:[ \t\n]*+(=)[ \t\n]*+(?:\"([^\"]*+)\"|'([^']*+)')?)?")
BLANK = re.compile(r"[ \t\n]*+")
OUTSIDE = re.compile(r"[^\"'<>]*+")  # of quotes
ENTITY = re.compile(r"&(#[^;\s&]*+|[A-Za-z][A-Za-z0-9]*+);")
ENTITIES = {"quot": '"', "apos": "'", "amp": "&", "lt": "<", "gt": ">"}
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
ODD_BLANK = re.compile(f"[{BLANKS}]")


class TagError(Exception):
    """A tag is not well formed; the message is for a person."""


class Scan:
    """Looks for the end of a tag line by line, so that each character is seen once."""

    def __init__(self) -> None:
        self.quote = ""

    def end(self, line: str, start: int) -> int | None:
        """Where the tag ends in this line, None if it goes on. Raises TagError where it can have no end any more."""
        if not self.quote and not line[start:].strip(" \t"):
            raise TagError("The tag has no “>”.")
        at = start
        while at < len(line):
            if self.quote:
                closed = line.find(self.quote, at)
                if closed < 0:
                    return None
                self.quote, at = "", closed + 1
                continue
            stop = OUTSIDE.match(line, at)
            assert stop
            at = stop.end() + 1
            sign = line[stop.end() : at]
            if sign == ">":
                return at
            if sign == "<":
                raise TagError("The tag has no “>”.")
            self.quote = sign
        return None


def read(text: str) -> tuple[Directive | Malformed, str, bool]:
    """What the tag `text` says, its name as written, and whether a body may follow it."""
    name = NAME.match(text)
    assert name
    alone = text.endswith("/>")
    inner = text[name.end() : -2 if alone else -1]
    try:
        found: Directive | Malformed = Directive(_verb(name[1], name[2]), MappingProxyType(_attributes(inner)), None)
    except TagError as wrong:
        found = malformed(text, str(wrong))
    return found, f"{name[1]}:{name[2]}", not alone


def unfinished(text: str, quote: str) -> Malformed:
    """What is said of a tag that did not end, by the quote it stands in."""
    if not quote:
        return malformed(text, "The tag has no “>” within 64 KB.")
    before = text.rpartition(quote)[0][-BEGINNING:]
    attribute = re.search(r"([A-Za-z][A-Za-z0-9_.-]*+)[ \t\n]*+=[ \t\n]*+\Z", before)
    return malformed(text, f"The value of {attribute[1] if attribute else 'an attribute'} has no closing quote.")


def _verb(prefix: str, word: str) -> Verb:
    if word in VERBS and prefix.islower():
        return VERBS[word]
    if word.lower() in VERBS:
        raise TagError(f"Write {prefix.lower()}:{word.lower()} in small letters.")
    raise TagError(f"There is no directive “{malformed(word, '').text[:30]}”. There are: {', '.join(VERBS)}.")


def _attributes(inner: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while True:
        blank = BLANK.match(inner, at)
        assert blank
        if blank.end() == len(inner):
            return found
        attribute = ATTRIBUTE.match(inner, blank.end())
        if not attribute or blank.end() == at:
            raise TagError(f"This is no attribute: {malformed(inner[blank.end() :][:30], '').text}")
        name = attribute[1].lower()
        if name in found:
            raise TagError(f"The attribute {name} is there twice.")
        found[name] = _value(name, attribute)
        at = attribute.end()


def _value(name: str, attribute: re.Match[str]) -> str:
    if not attribute[2]:
        return ""
    raw = attribute[3] if attribute[3] is not None else attribute[4]
    if raw is None:
        raise TagError(f"The value of {name} has no quotes.")
    if LINE_BEGIN.search(raw):
        raise TagError(f"The value of {name} has no closing quote.")
    value = ENTITY.sub(lambda entity: _character(name, entity[1]), raw)
    if CONTROL.search(value):
        raise TagError(f"The value of {name} holds a control character.")
    if without_hidden(value)[1] or re.search(f"[{DIRECTION}]", value):
        raise TagError(f"The value of {name} holds an invisible character.")
    if odd := ODD_BLANK.search(value):
        raise TagError(f"The value of {name} holds U+{ord(odd[0]):04X}, which only looks like a blank.")
    return value


def _character(name: str, entity: str) -> str:
    """What an XML entity stands for."""
    if entity in ENTITIES:
        return ENTITIES[entity]
    number = re.fullmatch("#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))", entity)
    code = int(number[1] or number[2], 16 if number[1] else 10) if number else 0
    if not 0 < code <= 0x10FFFF:
        raise TagError(f"The value of {name} holds an unknown entity: &{malformed(entity[:30], '').text};")
    return chr(code)
