"""Sets one string in a JSON text and leaves every other character as it was found."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

INDENT = "  "  # where the text shows none of its own
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class _Member:
    """One member of an object, by places in the text. `gap` is the blank before its key."""

    key: str
    gap: str
    value: int
    end: int


def with_string(text: str, keys: Sequence[str], value: str) -> str:
    """`text` with the string at `keys` set; objects on the way there are made if they are missing.

    `text` is valid JSON with an object at its top. Raises ValueError naming the key whose value is not an object.
    """
    start = _after_blank(text, 0)
    members = list(_members(text, start))
    outer = members[0].gap if members else "\n" + INDENT
    gap = ""  # before the key of the object we are in
    for depth, key in enumerate(keys):
        same = [member for member in members if member.key == key]
        if not same:
            return _inserted(text, start, members, _Style(outer, gap), keys[depth:], value)
        found = same[-1]  # of two, readers take the last
        if depth == len(keys) - 1:
            return text[: found.value] + json.dumps(value) + text[found.end :]
        if text[found.value] != "{":
            raise ValueError(key)
        start, gap = found.value, found.gap
        members = list(_members(text, start))
    return text


@dataclass(frozen=True)
class _Style:
    """How the text is laid out: the gap before its first key, and before the key of the object at hand."""

    outer: str
    gap: str

    @property
    def unit(self) -> str:
        return self.outer.rpartition("\n")[2] if "\n" in self.outer else ""

    def inside(self, gap: str) -> str:
        """The gap one level deeper than `gap`."""
        newline = self.outer[: self.outer.rfind("\n") + 1]
        return f"{newline}{gap.rpartition(chr(10))[2]}{self.unit}" if newline else ""

    def closing(self, gap: str) -> str:
        """What stands before the brace that ends an object whose key has this gap."""
        newline = self.outer[: self.outer.rfind("\n") + 1]
        return f"{newline}{gap.rpartition(chr(10))[2]}" if newline else ""


def _inserted(text: str, start: int, members: list[_Member], style: _Style, keys: Sequence[str], value: str) -> str:
    if members:
        last = members[-1]
        gap = last.gap or (" " if len(members) == 1 else "")  # behind a brace there is none, behind a comma mostly
        return f"{text[: last.end]},{gap}{_member(keys, value, gap, style)}{text[last.end :]}"
    gap = style.inside(style.gap)
    end = text.index("}", start)
    return f"{text[: start + 1]}{gap}{_member(keys, value, gap, style)}{style.closing(style.gap)}{text[end:]}"


def _member(keys: Sequence[str], value: str, gap: str, style: _Style) -> str:
    """`"key": "value"`, with the objects between in the layout of the rest."""
    if len(keys) == 1:
        return f"{json.dumps(keys[0])}: {json.dumps(value)}"
    inner = style.inside(gap)
    return f"{json.dumps(keys[0])}: {{{inner}{_member(keys[1:], value, inner, style)}{style.closing(gap)}}}"


def _members(text: str, start: int) -> Iterator[_Member]:
    """The members of the object whose brace stands at `start`."""
    begin = start + 1
    at = _after_blank(text, begin)
    while text[at] != "}":
        key, end = _DECODER.raw_decode(text, at)
        value = _after_blank(text, _after_blank(text, end) + 1)
        _, end = _DECODER.raw_decode(text, value)
        yield _Member(key, text[begin:at], value, end)
        at = _after_blank(text, end)
        if text[at] == ",":
            begin = at + 1
            at = _after_blank(text, begin)


def _after_blank(text: str, at: int) -> int:
    while text[at] in " \t\r\n":
        at += 1
    return at
