"""When two texts count as the same prompt: one function for the sender and the gate, versioned.

A copy of this file lies beside the gate in every pane's folder, so it imports nothing but the standard library. A pane
whose gate speaks another VERSION counts as unguarded.
"""

from __future__ import annotations

import hashlib
import re

VERSION = 1
WRAPPER = re.compile(r'\n?</?pasted_content id="[0-9a-f]+">\n?')
PRIME = (1 << 61) - 1
BASE = 1_000_003


def normal(text: str) -> str:
    """What is left of a prompt after what Claude Code does to it on its way from the box to the hook.

    Long pastes are wrapped in `<pasted_content id="…">` lines; tabs become four spaces; outer blank is trimmed. The
    lines of our text and of Claude's must meet here, so both go through this function.
    """
    return WRAPPER.sub("\n", text).replace("\t", "    ").strip()


def digest(text: str) -> str:
    """SHA-256 of the UTF-8 text, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def rolling(text: str) -> int:
    """A polynomial hash that `contains` can slide along a longer text."""
    value = 0
    for character in text:
        value = (value * BASE + ord(character)) % PRIME
    return value


def contains(text: str, length: int, value: int, digest_of: str) -> bool:
    """Whether `text` holds a piece of `length` characters with this rolling hash and this digest.

    The sender leaves no text behind for the gate to search for, only its hashes. Linear in the text.
    """
    if not 0 < length <= len(text):
        return False
    window = rolling(text[:length])
    drop = pow(BASE, length - 1, PRIME)
    for start in range(len(text) - length + 1):
        if window == value and digest(text[start : start + length]) == digest_of:
            return True
        if start + length < len(text):
            window = ((window - ord(text[start]) * drop) * BASE + ord(text[start + length])) % PRIME
    return False
