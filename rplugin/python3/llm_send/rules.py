"""When two texts count as the same prompt: one function for the sender and the gate, versioned.

A copy of this file lies beside the gate in every pane's folder, so it imports nothing but the standard library. A pane
whose gate speaks another VERSION counts as unguarded.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib

VERSION = 2
WRAPPER = re.compile(r'\n?<\\?\s*(?:/\s*)?pasted_content id="[0-9a-f]+">\n?', re.IGNORECASE)
ESCAPED = re.compile(r"<\\(?=\s*(?:/\s*)?pasted_content\b)", re.IGNORECASE)
ADLER = 65521  # the modulus of adler32


def normal(text: str) -> str:
    """What is left of a prompt after what Claude Code does to it on its way from the box to the hook.

    Long pastes are wrapped in `<pasted_content id="…">` lines, and such tags of the person's own get a backslash;
    tabs become four spaces; outer blank is trimmed. The lines of our text and of Claude's must meet here, so both go
    through this function.
    """
    return ESCAPED.sub("<", WRAPPER.sub("\n", text)).replace("\t", "    ").strip()


def in_event(text: str) -> str:
    """The text as it stands between the quotes in Claude Code's event, to be compared byte for byte.

    Its escapes are those of JSON.stringify. Where this guesses wrong, `normal` decides.
    """
    return json.dumps(text.replace("\t", "    ").rstrip(), ensure_ascii=False)[1:-1]


def digest(text: str) -> str:
    """SHA-256 of the UTF-8 text, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def rolling(text: str) -> int:
    """A checksum that `contains` can slide along a longer text. It is in the path of every send, so it runs in C."""
    return zlib.adler32(_wide(text))


def contains(text: str, length: int, value: int, digest_of: str) -> bool:
    """Whether `text` holds a piece of `length` characters with this checksum and this digest.

    The sender leaves no text behind for the gate to search for, only its sums. Linear in the text.
    """
    if not 0 < length <= len(text):
        return False
    data, size = _wide(text), 4 * length
    low, high = _halves(zlib.adler32(data[:size]))
    for start in range(len(data) - size + 1):
        if start % 4 == 0 and high << 16 | low == value:
            piece = text[start // 4 : start // 4 + length]
            if digest(piece) == digest_of:
                return True
        if start + size < len(data):
            low = (low - data[start] + data[start + size]) % ADLER
            high = (high - size * data[start] + low - 1) % ADLER
    return False


def _wide(text: str) -> bytes:
    # The same number of bytes for every character, so that a window is as long wherever it stands.
    return text.encode("utf-32-le", "surrogatepass")


def _halves(value: int) -> tuple[int, int]:
    return value & 0xFFFF, value >> 16
