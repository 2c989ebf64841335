"""What is done to a text before it is sent, and what is refused outright.

Few changes, each said or harmless: line ends become LF, control characters go (in a terminal they are keys), and so
do the invisible characters that Claude Code would drop or stop on; letters are composed (NFC), as its input box does;
blank at the end goes; a leading `!` gets a space before it. A command that is meant as one is not changed: what would
alter it is refused. See `:help llm-send-text`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from llm_send.claude.invisible import without_hidden
from llm_send.errors import Refused

LIMIT = 2 * 1024 * 1024  # bytes of UTF-8
LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
SLASH = re.compile(r"\s*(/[\w:-]+)(?:\s|$)")
QUITS = ("exit", "quit", ":q", ":q!", ":wq", ":wq!")  # alone, they end Claude Code (2.1.329)
COMMAND_LINES = 3  # a slash command with more lines, or more characters, is taken for a pasted text
COMMAND_LENGTH = 800


@dataclass(frozen=True)
class Cleaned:
    """`text` as it is pasted; `notes` says what was changed, for people."""

    text: str
    notes: tuple[str, ...]


def clean(raw: str | bytes) -> Cleaned:
    """The text to send. Raises Refused: bad_text (empty, binary, not UTF-8), too_large, slash_command."""
    text, lost, changed = _plain(decoded(raw))
    notes = [*lost, *changed]
    result = text.rstrip()
    if not result.strip():
        raise Refused("bad_text", "There is nothing to send: the text is empty.", "Write a prompt first.")
    _refuse_command(result)
    if result.lstrip().startswith("!"):
        result = " " + result.lstrip()
        notes.append("a space put before the “!”, so that it is text")
    return Cleaned(result, tuple(notes))


def clean_command(raw: str | bytes) -> Cleaned:
    """One command to run in Claude Code: `/name arguments`, or `! shell line`. Raises Refused as `clean` does."""
    plain, lost, notes = _plain(decoded(raw))
    text = plain.strip()
    if lost:
        message = "The command holds control or invisible characters; without them it would be another."
        raise Refused("bad_text", message, "Take them out, or type it in the pane.")
    if text.startswith("!"):
        _refuse_shell(text)
    elif found := SLASH.match(text):
        _refuse_long(text, found[1])
    else:
        message = "This is no command: it begins neither with a slash and a name nor with “!”."
        raise Refused("bad_text", message, "Send it as a text.", found=text.split("\n", 1)[0][:40], expected="/name")
    if "\t" in text:
        notes.append("tabs become four spaces there")
    return Cleaned(text, tuple(notes))


def kept_of(raw: str | bytes) -> str | None:
    """What the history keeps of a text that was refused: without what a terminal would act on; None if it is none."""
    try:
        return _plain(decoded(raw))[0].strip() or None
    except Refused:
        return None


def _plain(text: str) -> tuple[str, list[str], list[str]]:
    """A text without what cannot be sent; what it lost by that, and what else was changed."""
    lines = LINE_END.sub("\n", text)
    plain, controls = CONTROL.subn("", lines)
    seen, invisible = without_hidden(plain)
    composed = unicodedata.normalize("NFC", seen)
    kinds = {"control": controls, "invisible": invisible}
    lost = [f"{count} {kind} character{'s' * (count > 1)} left out" for kind, count in kinds.items() if count]
    return composed, lost, ["letters and accents composed (NFC)"] if composed != seen else []


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
        message = f"The text begins with {found[1]}, a command in Claude."
        hint = "Meant as one: llm-send send --as-command. Else begin it with other words."
        raise Refused("slash_command", message, hint, found=found[1], expected="text")
    if text.strip() in QUITS:
        message = f"The word “{text.strip()}” alone would end Claude Code."
        raise Refused("slash_command", message, "Say it in a sentence.", found=text.strip(), expected="text")


def _refuse_shell(text: str) -> None:
    if not text[1:].strip():
        raise Refused("bad_text", "There is no shell command behind the “!”.", "Write one: ! git status")


def _refuse_long(text: str, name: str) -> None:
    """Claude Code takes a longer paste as text, and would not run it."""
    lines = text.count("\n") + 1
    if lines > COMMAND_LINES or len(text) > COMMAND_LENGTH:
        message = f"Claude would not run {name}, but take it as a text: it is too long for a command."
        hint = "Put the arguments into a file and name it in the command."
        expected = f"{COMMAND_LINES} lines, {COMMAND_LENGTH} characters"
        raise Refused("too_large", message, hint, found=f"{lines} lines, {len(text)} characters", expected=expected)
