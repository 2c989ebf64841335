"""What is done to a text before it is sent, and what is refused outright.

Few changes, each said: line ends become LF, control and invisible characters go (Claude Code would drop them in silence
or stop on them), trailing newlines go, a leading `!` gets a space before it. See `:help llm-send-text`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from llm_send.errors import Refused

LIMIT = 2 * 1024 * 1024  # bytes of UTF-8
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Measured on 2.1.329: most of these are dropped without a word, U+2060 and the bidi controls stop the send.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
SLASH = re.compile(r"\s*(/[A-Za-z0-9:_-]+)(?:\s|$)")


@dataclass(frozen=True)
class Cleaned:
    """`text` as it is pasted; `notes` says what was changed, for people."""

    text: str
    notes: tuple[str, ...]


def clean(raw: str | bytes) -> Cleaned:
    """The text to send. Raises Refused: bad_text (empty, binary, not UTF-8), too_large, slash_command."""
    text = decoded(raw)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    plain, controls = CONTROL.subn("", lines)
    seen, invisible = INVISIBLE.subn("", plain)
    result = seen.rstrip("\n").rstrip()
    if not result.strip():
        raise Refused("bad_text", "There is nothing to send: the text is empty.", "Write a prompt first.")
    notes = []
    if controls:
        notes.append(f"{controls} control character{'s' * (controls > 1)} left out")
    if invisible:
        notes.append(f"{invisible} invisible character{'s' * (invisible > 1)} left out")
    _refuse_command(result)
    if result.lstrip().startswith("!"):
        result = " " + result.lstrip()
        notes.append("a space put before the “!”, so that it is text")
    return Cleaned(result, tuple(notes))


def decoded(raw: str | bytes) -> str:
    """UTF-8 text within the limit."""
    data = _encoded(raw) if isinstance(raw, str) else raw
    if len(data) > LIMIT:
        size = f"{len(data) / 1024 / 1024:.1f} MB"
        message = f"The text is too large: {size}; at most 2 MB can be sent."
        hint = "Write it to a file and send its path."
        raise Refused("too_large", message, hint, found=len(data), expected=LIMIT)
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        message = f"This looks like binary data: there is a NUL byte in line {line}."
        raise Refused("bad_text", message, "Send a text, or the path of the file.", found="NUL", expected="text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"The text is not valid UTF-8: byte 0x{data[error.start]:02x} in line {line}."
        hint = "Convert it to UTF-8 (in Neovim: :e ++enc=latin1) and send it again."
        raise Refused("bad_text", message, hint, found=f"0x{data[error.start]:02x}", expected="UTF-8") from None


def _encoded(text: str) -> bytes:
    """The bytes a text stands for; half a surrogate pair stands for none and is left to be refused as not UTF-8."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _refuse_command(text: str) -> None:
    found = SLASH.match(text)
    if found:
        message = f"The text begins with {found[1]}, which Claude would take as a command."
        hint = "Begin it with other words, or put it in quotes."
        raise Refused("slash_command", message, hint, found=found[1], expected="text")
