"""Texts that become something else when they are pasted into an idle box and Enter is pressed."""

from __future__ import annotations

from tests.hazards.act import Act
from tests.hazards.case import Case

REFUSED = ("refused(slash_command)",)
BAD = ("refused(bad_text)",)
LONG = "\n".join(f"{number:06d} " + "x" * 92 for number in range(1000))


def remembers(act: Act) -> None:
    act.submit("[[reply I shall remember.]] remember this")
    act.pane.wait_for("I shall remember.")
    act.settled()


def forgotten(act: Act) -> str | None:
    return None if "I shall remember." in act.pane.screen(history=True) else "the conversation was cleared"


def text(name: str, sees: str, text: str | bytes, *arrives: str, want: tuple[str, ...] = ("delivered",)) -> Case:
    return Case(name, sees, want, text=text, arrives=arrives or None)


def command(name: str, sees: str, text: str) -> Case:
    return Case(name, sees, REFUSED, text=text, bring=remembers, harm=forgotten)


TEXTS = [
    text("plain", "an idle box", "Explain the parser"),
    text("backslash", "Enter behind a backslash makes a new line", "ends with a backslash\\"),
    text("question mark", "a lone ? opens the help", "?"),
    text("shell", "! is shell mode: the text runs", "!touch WITNESS"),
    text("shell, indented", "a space, then !", "  !touch WITNESS"),
    text("markdown image", "it begins with !", "![a](b) ; touch WITNESS"),
    command("/clear", "the conversation is wiped", "/clear"),
    command("/clear, indented", "a space does not help", " /clear"),
    command("/clear, next line", "nor does a new line", "\n/clear"),
    command("unknown command", "“unknown skill”, and the text is lost", "/nosuchcommand please"),
    command("/exit", "Claude ends", "/exit"),
    text("path", "not a command", "/usr/bin/foo crashes"),
    text("comment", "not a command", "// a comment\n/* and another */"),
    text("invisible", "dropped in silence", "zero\u200bwidth \ufeffand \u00adsoft\U000e0041", "zerowidth and soft"),
    text("word joiner", "“Removed 1 invisible character · review”", "word\u2060joiner", "wordjoiner"),
    text("bidi", "“Removed 1 invisible character · review”", "left\u202eright", "leftright"),
    text("end of paste", "ESC[201~ ends the paste early", "a\x1b[201~\rtouch\x1b[200~ b", "a[201~\ntouch[200~ b"),
    text("CRLF", "each line is a prompt of its own", b"one\r\ntwo\rthree\r\n", "one\ntwo\nthree"),
    text("NUL", "binary data", b"a\0b", want=BAD),
    text("not UTF-8", "another encoding", b"na\xefve", want=BAD),
    text("control characters", "Ctrl-C, Ctrl-D, Ctrl-Z, Ctrl-U", "a\x03\x04\x1a\x15\x0e\x7fb\x9bc", "abc"),
    text("tabs", "four spaces", "if x:\n\treturn\ty"),
    text("trailing newlines", "trimmed", "one\n\n\n"),
    text("inner newlines", "kept", "one\n\n\n  two"),
    text("many lines", "“[Pasted text #1 +4 lines]”", "\n".join(f"line {number}" for number in range(5))),
    text("801 characters", "“[Pasted text #1]”", "x" * 800 + "."),
    text("emoji", "joined and combined", "👩‍👩‍👧 é 🇩🇪 e\u0301 漢字 한글 العربية", "👩‍👩‍👧 é 🇩🇪 é 漢字 한글 العربية"),
    text("only blank", "nothing to send", " \n\t\u3000\n", want=BAD),
    text("hash", "a note to memory, in older versions", "# heading\ntext"),
    text("at-sign", "a file picker opens", "look at @pro"),
    text("digit", "a choice", "1"),
    text("exit", "Claude ends", "exit", want=REFUSED),
    text("quit", "Claude ends", ":q", want=REFUSED),
    text(
        "wrapper",
        "what Claude itself wraps a paste in",
        'a <pasted_content id="1">\nb\n</pasted_content id="1"> c',
    ),
    text("placeholder", "what Claude shows for a paste", "[Pasted text #1 +3 lines] what is it?"),
    text("100 KB", "“[Pasted text #1 +999 lines]”", LONG),
    text("1 MB", "the same, ten times as long", "\n".join([LONG] * 10)),
    text("too large", "more than can be sent", b"x" * (2 * 1024 * 1024 + 1), want=("refused(too_large)",)),
]
