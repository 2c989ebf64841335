"""Which elements and comments are open after a line of a text: what stands in them is data."""

from __future__ import annotations

import re

LIST_MARK = r"[ \t]*+(?:(?:[-*+>]|\d{1,9}[.)])[ \t]*+)*+"
START = re.compile(rf"{LIST_MARK}(?=<)")
OURS = ("ccmux:", "llm-send:")
TAG = re.compile(r"<(/?)([A-Za-z][\w.:-]*+)(?=[\s>]|/(?!/)|\Z)([^<>]*+)(>?)", re.ASCII)
CLOSING_FIRST = re.compile(r"\s*</([A-Za-z][\w.:-]*+)\s*>", re.ASCII)
CLOSING_LAST = re.compile(r"</([A-Za-z][\w.:-]*+)\s*>\s*\Z", re.ASCII)
COMMENT = "<!--"
# What begins otherwise than an element, and its end; the first that fits.
SPECIAL = ((COMMENT, "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">"))
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))


def marks(text: str) -> bool:
    """Whether the line begins with what a reader of Markdown may take for HTML; directives are ours, not HTML."""
    found = START.match(text)
    if not found:
        return False
    tag = text[found.end() :]
    return (tag[1:2].isalpha() or tag[1:2] in ("/", "!", "?")) and not _ours(tag)


def opened(within: tuple[str, ...], text: str) -> tuple[str, ...]:
    """What is open after this line: names of elements in small letters, ends of comments as they are written."""
    at = 0
    while True:
        if within and not within[-1][0].isalpha():
            end = text.find(within[-1], at)
            if end < 0:
                return within
            at = end + len(within[-1])
            within = within[:-1]
        stop, special = _special(text, at)
        within = _elements(within, text[at:stop])
        if special is None:
            return within
        within, at = (*within, special[1]), stop + len(special[0])


def _special(text: str, at: int) -> tuple[int, tuple[str, str] | None]:
    """Where the next comment begins, and its signs: one anywhere, the others where the line begins."""
    start = START.match(text) if at == 0 else None
    if start:
        for signs in SPECIAL:
            if text.startswith(signs[0], start.end()):
                return start.end(), signs
    found = text.find(COMMENT, at)
    return (found, SPECIAL[0]) if found >= 0 else (len(text), None)


def _elements(within: tuple[str, ...], text: str) -> tuple[str, ...]:
    start = START.match(text)
    if start and TAG.match(text, start.end()) and not text.startswith("</", start.end()):
        tags = TAG.finditer(text, start.end())
    else:  # in a sentence nothing is opened, nor closed but at its ends
        ends = (CLOSING_FIRST.match(text), next(CLOSING_LAST.finditer(text, max(0, text.rfind("</"))), None))
        places = {found.start(1) - 2 for found in ends if found}
        tags = iter([tag for place in sorted(places) if (tag := TAG.match(text, place))])
    stack = list(within)
    for tag in tags:
        name = tag[2].lower()
        if tag[1]:
            _close(stack, name)
        elif not (name in VOID or name.startswith(OURS) or _empty(tag)) and len(stack) <= 32:
            stack.append(name)
    return tuple(stack)


def _close(stack: list[str], name: str) -> None:
    for place in reversed(range(len(stack))):
        if stack[place] == name:
            del stack[place]
            return


def _empty(tag: re.Match[str]) -> bool:
    """`<name … />`; a quote that is open there holds the sign itself."""
    inner = tag[3]
    return tag[4] == ">" and inner.endswith("/") and inner.count('"') % 2 == inner.count("'") % 2 == 0


def _ours(text: str) -> bool:
    return text.lstrip("</").lower().startswith(OURS)
