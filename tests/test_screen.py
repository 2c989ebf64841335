"""Reading Claude Code's screen: real captures, each with what must be read from it.

`tests/screens/capture` makes the captures. Three widths each; what a narrow one cannot show stands in NARROW.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from llm_send.claude.screen import (
    MODE_WORDS,
    OTHER_ESCAPES,
    PLACEHOLDER,
    Screen,
    compact,
    find_box,
    mode_words,
    read,
    shows_text,
    styled,
)

FOLDER = Path(__file__).parent / "screens"
FILES = sorted(FOLDER.glob("*/*.txt"))
PLACED = "[Pasted text #1 +8 lines]"
RULED = "above\n" + "─" * 30 + "\n❯ below"


@dataclass(frozen=True)
class Reading:
    """What must be read; `box` without white space, because its rows wrap by width. `dialog` is a piece of it."""

    state: str
    mode: str | None = None
    box: str | None = None
    dialog: str | None = None
    shell_mode: bool = False
    hook_running: bool = False
    stashed: bool = False


READINGS = {
    "empty-normal": Reading("idle", "default", ""),
    "empty-plan": Reading("idle", "plan", ""),
    "empty-auto-accept": Reading("idle", "acceptEdits", ""),
    "idle-after-turn-normal": Reading("idle", "default", ""),
    "idle-after-turn-plan": Reading("idle", "plan", ""),
    "idle-after-turn-auto-accept": Reading("idle", "acceptEdits", ""),
    "one-line": Reading("idle", "plan", "fix the typo in README"),
    "stashed": Reading("idle", "plan", "", stashed=True),
    "multi-line": Reading("idle", "plan", "first line second line third"),
    "placeholder": Reading("idle", None, PLACED),
    "placeholder-and-more": Reading("idle", None, PLACED + " and more"),
    "wrapped": Reading("idle", "plan", "wrapped words " * 30),
    "rule-in-the-text": Reading("idle", "plan", RULED),
    "option-in-the-text": Reading("idle", "plan", "1. Yes, Do you want to proceed?"),
    "wide": Reading("idle", "plan", "漢字 und Grüße 🙂"),
    "shortcuts-help": Reading("idle", None, ""),
    "slash-picker": Reading("idle", "acceptEdits", "/mo"),
    "file-picker": Reading("idle", "acceptEdits", "see @"),
    "shell-mode-empty": Reading("idle", None, "", shell_mode=True),
    "shell-mode": Reading("idle", None, "ls -la", shell_mode=True),
    "vim-insert": Reading("idle", "plan", ""),
    "vim-insert-text": Reading("idle", "plan", "words"),
    "vim-normal": Reading("idle", "plan", "words"),
    "busy": Reading("busy", "plan", ""),
    "busy-with-text": Reading("busy", "plan", "a draft meanwhile"),
    "queued": Reading("busy", "plan", ""),
    "busy-again": Reading("busy", "plan", ""),
    "hook-running": Reading("busy", "plan", "", hook_running=True),
    "hook-blocked": Reading("idle", "plan", "a prompt that is stopped"),
    "reply-with-an-ellipsis": Reading("idle", "plan", ""),
    "fake-box": Reading("idle", "default", ""),
    "dialog-bash": Reading("waiting", dialog="Bash command"),
    "dialog-below-fake-box": Reading("waiting", dialog="Bash command"),
    "dialog-write": Reading("waiting", dialog="Create file"),
    "dialog-question": Reading("waiting", dialog="Pick"),
    "dialog-question-type": Reading("waiting", dialog="Pick"),
    "dialog-question-typed": Reading("waiting", dialog="Pick"),
    "dialog-plan": Reading("waiting", dialog="Ready to code?"),
    "dialog-plan-empty": Reading("waiting", dialog="Exit plan mode?"),
    "dialog-escaped": Reading("idle", "default", ""),
    "trust": Reading("waiting", dialog="Accessing workspace"),
    "panel-model": Reading("waiting", dialog="Select model"),
    "panel-config": Reading("waiting", dialog="Settings"),
    "panel-resume": Reading("waiting", dialog="Resume session"),
    "panel-help": Reading("waiting", dialog="Help"),
    "panel-rewind": Reading("waiting", dialog="Rewind"),
    "transcript": Reading("unknown"),
    "busy-transcript": Reading("unknown"),
    "shell": Reading("unknown"),
    "after-claude": Reading("unknown"),
    "blank": Reading("blank"),
}
# The help is taller here than anything else below the box; it is refused, not guessed at.
NARROW = {"shortcuts-help-40": Reading("unknown")}


def plain(text: str | None) -> str | None:
    return None if text is None else re.sub(r"\s", "", text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_real_screens(file: Path) -> None:
    expected = NARROW.get(file.stem) or READINGS[file.stem.rpartition("-")[0]]
    seen = read(file.read_text())
    assert seen.state == expected.state
    assert seen.mode == expected.mode
    assert plain(seen.box) == plain(expected.box)
    assert (seen.shell_mode, seen.hook_running, seen.stashed) == (
        expected.shell_mode,
        expected.hook_running,
        expected.stashed,
    )
    assert (seen.dialog is None) == (expected.dialog is None)
    assert (expected.dialog or "") in (seen.dialog or "")


def test_every_reading_has_its_captures() -> None:
    kept = {file.stem for file in FILES}
    assert {f"{name}-{width}" for name in READINGS for width in (40, 80, 120)} == kept


def test_captures_hold_nothing_of_the_machine() -> None:
    for file in FILES:
        assert not re.search(r"(?<!\w)/(home|root|work|Users)/", file.read_text()), file.name


# Whatever is cut away, what is left must never be taken for an empty box in the mode asked for


@pytest.mark.parametrize(
    "file",
    [file for file in FILES if file.stem.startswith(("dialog-", "panel-", "trust", "transcript", "busy-t"))],
    ids=lambda file: file.stem,
)
def test_half_painted_dialogs_are_never_idle(file: Path) -> None:
    if file.stem.startswith("dialog-escaped"):
        return
    lines = file.read_text().split("\n")
    for rows in range(1, len(lines)):
        for part in (lines[:rows], lines[-rows:]):
            assert read("\n".join(part)).state != "idle", "\n".join(part)


@pytest.mark.parametrize("name", ["busy-80", "queued-120", "hook-running-80", "busy-with-text-120"])
def test_a_turn_is_seen_however_much_has_scrolled_away(name: str) -> None:
    lines = (FOLDER / "2.1.329" / f"{name}.txt").read_text().split("\n")
    for first in range(len(lines)):
        seen = read("\n".join(lines[first:]))
        if seen.state == "idle":
            assert not any("…" in line for line in lines[first:-4]), "\n".join(lines[first:])


# Shapes no capture holds

RULE = "─" * 40


def screen(box: str = "❯ ", above: str = "", footer: str = "  ⏸ plan mode on (shift+tab to cycle)") -> Screen:
    return read("\n".join([above, RULE, box, RULE, footer]))


@pytest.mark.parametrize(("words", "value"), MODE_WORDS.items())
def test_modes_by_their_words(words: str, value: str) -> None:
    assert screen(footer=f"  ⏸ {words} (shift+tab to cycle)").mode == value
    assert mode_words(value) == words


def test_normal_mode_of_old_versions_has_no_words() -> None:
    assert screen(footer="  ? for shortcuts").mode == "default"
    assert screen(footer="").mode is None


def test_modes_are_read_below_the_box_alone() -> None:
    assert screen(above="  ⏵⏵ accept edits on (shift+tab to cycle)").mode == "plan"
    assert screen(box="❯ accept edits on").mode == "plan"
    assert screen(above="plan mode on", footer="  ").mode is None


@pytest.mark.parametrize(
    "above",
    [
        "✻ Cooking…",
        "· Cooking… ",
        "✽ Cooking… (3s · ↓ 12 tokens)",
        "✢ Cooking… · more",
        "✶ Cooking… (esc to interrupt)",
    ],
)
def test_spinners(above: str) -> None:
    assert screen(above=above).state == "busy"


@pytest.mark.parametrize(
    "above",
    [
        "● Thinking about it…",
        "⏺ Thinking…",
        "❯ go on…",
        "  ✻ Cooking…",
        "✻ Worked for 3s",
        "> quoted…",
        "⎿ Reading…",
        "…",
    ],
)
def test_what_looks_like_a_spinner(above: str) -> None:
    assert screen(above=above).state == "idle"


def test_a_title_in_the_rule() -> None:
    titled = "─" * 20 + " my session ──"
    assert read("\n".join([titled, "❯ x", RULE, "  ⏸ plan mode on"])).box == "x"


def test_suggestions_are_not_typed() -> None:
    suggested = '❯\u00a0\x1b[7mT\x1b[0;2mry "fix lint errors"\x1b[0m'
    assert screen(box=suggested).empty_box
    assert screen(box="❯ typed\x1b[2m and suggested\x1b[0m").box == "typed"
    assert screen(box="❯ \x1b[38;2;2;2;2mtyped\x1b[39m").box == "typed", "2 as a colour's argument is not dim"
    assert screen(box="❯ \x1b[38;5;2mtyped\x1b[48;5;2m too\x1b[m").box == "typed too"


def test_shell_mode_is_never_an_empty_box() -> None:
    assert not screen(box="! ").empty_box
    assert screen(box="❯ ").empty_box


def test_attributes_run_on_across_rows() -> None:
    rows = styled(["\x1b[2mone", "two\x1b[0m three"], 0, 2)
    assert rows[1].dimmed == (True,) * 3 + (False,) * 6


def test_hyperlinks_and_charsets_are_no_text() -> None:
    assert OTHER_ESCAPES.sub("", "\x1b]8;id=a;https://b\x1b\\link\x1b]8;;\x1b\\ \x1b(Bx\x0f") == "link x"


@pytest.mark.parametrize("text", ["", "\n\n", " \n ", "\x1b[0m"])
def test_blank(text: str) -> None:
    assert read(text).state == "blank"


@pytest.mark.parametrize(
    "rows",
    [[RULE, RULE], [RULE, "text", RULE], ["❯ x", RULE], [RULE, "❯ x"], [RULE, "❯ x", "  " + RULE], ["❯ 1. Yes"], []],
)
def test_no_box(rows: list[str]) -> None:
    assert find_box(rows) is None


def test_the_lowest_box_counts() -> None:
    rows = [RULE, "❯ old", RULE, "said", RULE, "❯ new", RULE, "footer"]
    assert find_box(rows) == (4, 6)


def test_a_choice_between_rules_is_no_box() -> None:
    dialog = "\n".join([RULE, "❯ 1. Yes", "  2. No", RULE, "Enter to select · Esc to cancel"])
    assert read(dialog).state == "waiting"


# Whether the box shows our text


@pytest.mark.parametrize(
    ("box", "text"),
    [
        ("hello", "hello"),
        ("wrapped\nwords", "wrapped words"),
        ("    indented\n    more", "\tindented\n\tmore"),
        ("漢字", "漢字"),
        ("Grüße 漢 字", "Grüße 漢字"),
        ("[Pasted text #12 +4 lines]", "1\n2\n3\n4\n5"),
        ("[Pasted text #1]", "x" * 5000),
        ("e\u0301", "e\u0301"),
        ("🙂", "🙂"),
    ],
)
def test_shows(box: str, text: str) -> None:
    assert shows_text(box, text)


@pytest.mark.parametrize(
    ("box", "text"),
    [
        ("", "hello"),
        ("", "漢字"),
        ("hello", "hello there"),
        ("hello there", "hello"),
        ("漢", "字"),
        ("[Pasted text #1 +4 lines]", "1\n2"),
        ("[Pasted text #1 +4 lines] x", "1\n2\n3\n4\n5"),
        ("x [Pasted text #1 +4 lines]", "1\n2\n3\n4\n5"),
        ("[Pasted text #1][Pasted text #2]", "x" * 5000),
        ("HELLO", "hello"),
    ],
)
def test_does_not_show(box: str, text: str) -> None:
    assert not shows_text(box, text)


def test_compact_keeps_what_terminals_draw_alike() -> None:
    assert compact(" a\u00adb\t\nÜ漢\U0001f642") == "abÜ"
    assert PLACEHOLDER.fullmatch(PLACED)
