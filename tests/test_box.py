"""The input box: where it stands, what was typed into it, and whether that is a given text."""

from __future__ import annotations

import pytest

from llm_send.claude.box import PLACEHOLDER, compact, find_box, shows_text, typed
from llm_send.claude.rows import lines_of, styled
from llm_send.claude.screen import read

RULE = "─" * 60


def box(row: str) -> str:
    return typed(styled(lines_of(row), 0, row.count("\n") + 1))


def test_suggestions_are_not_typed() -> None:
    assert box('❯\u00a0\x1b[7mT\x1b[0;2mry "fix lint errors"\x1b[0m') == ""
    assert box("❯ typed\x1b[2m and suggested\x1b[0m") == "typed"
    assert box("❯ \x1b[38;2;2;2;2mtyped\x1b[39m") == "typed", "2 as a colour's argument is not dim"
    assert box("❯ \x1b[38;5;2mtyped\x1b[48;5;2m too\x1b[m") == "typed too"


def test_the_arguments_a_command_takes_are_not_typed() -> None:
    assert box("❯ \x1b[38;5;153m/model\x1b[39m \x1b[7m \x1b[0m\x1b[38;5;246m[model]\x1b[39m") == "/model"
    assert box("❯ /model\x1b[7m \x1b[0mopus") == "/model opus"
    assert box("❯ some\x1b[7m \x1b[0m\x1b[38;5;246mwords\x1b[39m") == "some words", "no command"


def test_attributes_run_on_across_rows() -> None:
    rows = styled(["\x1b[2mone", "two\x1b[0m three"], 0, 2)
    assert rows[1].dimmed == (True,) * 3 + (False,) * 6


def test_hyperlinks_and_charsets_are_no_text() -> None:
    assert lines_of("\x1b]8;id=a;https://b\x1b\\link\x1b]8;;\x1b\\ \x1b(Bx\x0f") == ["link x"]


@pytest.mark.parametrize(
    "rows",
    [[RULE, RULE], [RULE, "text", RULE], ["❯ x", RULE], [RULE, "❯ x"], [RULE, "❯ x", "  " + RULE], ["❯ 1. Yes"], []],
)
def test_no_box(rows: list[str]) -> None:
    assert find_box(rows) is None


def test_the_lowest_box_counts() -> None:
    rows = [RULE, "❯ old", RULE, "said", RULE, "❯ new", RULE, "footer"]
    assert find_box(rows) == (4, 6)
    assert find_box([*rows, RULE, "a panel"]) is None


def test_a_rule_in_the_text_is_indented() -> None:
    assert find_box([RULE, "❯ above", f"  {RULE[:40]}", "  below", RULE, "footer"]) == (0, 4)


# Whether the box shows our text


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("hello", "hello"),
        ("wrapped\nwords", "wrapped words"),
        ("    indented\n    more", "\tindented\n\tmore"),
        ("漢字", "漢字"),
        ("Grüße 漢 字", "Grüße 漢字"),
        ("Кирилл\nица и Ελλ", "Кириллица и Ελλ"),
        ("[Pasted text #12 +4 lines]", "1\n2\n3\n4\n5"),
        ("[Pasted text #1]", "x" * 5000),
        ("é K", "e\u0301 \u212a"),
        ("हिन", "हिन"),
        ("go 👩👧 on", "go 👩\u200d👧 on"),
        ("🙂", "🙂"),
        ("a ☀ b", "a ☀\ufe0f b"),
        ("\u200d", "\u200d\u200d"),
    ],
)
def test_shows(shown: str, text: str) -> None:
    assert shows_text(shown, text)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("", "hello"),
        ("", "漢字"),
        ("hello", "hello there"),
        ("hello there", "hello"),
        ("漢", "字"),
        ("a 漢", "a 字"),
        ("go", "go да"),
        ("Grüße 漢", "Grüße 漢字"),
        ("a → b", "a ← b"),
        ("x עבר", "x עב"),
        ("🙂", "🙁"),
        ("[Pasted text #1 +4 lines]", "1\n2"),
        ("[Pasted text #1 +4 lines] x", "1\n2\n3\n4\n5"),
        ("x [Pasted text #1 +4 lines]", "1\n2\n3\n4\n5"),
        ("[Pasted text #1][Pasted text #2]", "x" * 5000),
        ("HELLO", "hello"),
    ],
)
def test_does_not_show(shown: str, text: str) -> None:
    assert not shows_text(shown, text)


def test_of_a_clipped_box_the_end_counts() -> None:
    assert shows_text("and the end", "a beginning and the end", hidden=3)
    assert not shows_text("and the end", "a beginning and the ending", hidden=3)
    assert not shows_text("🙂", "a beginning 🙂", hidden=3), "nothing to compare"


def test_compact_keeps_what_terminals_draw_alike() -> None:
    assert compact(" a\u00adb\t\nÜ漢\U0001f642\u0301→─") == "abÜ漢→─"
    assert PLACEHOLDER.fullmatch("[Pasted text #1 +8 lines]")


def test_a_box_that_is_too_high_for_its_pane() -> None:
    """Its upper rule says how much is hidden, and no footer is left: not to be told whether a turn runs."""
    rows = ["❯ before", "", "● Understood.", "─── ↑ 4 more " + "─" * 66, "  many words", "  and the end", "─" * 79]
    seen = read("\n".join(rows) + "\n")
    assert (seen.state, seen.box, seen.hidden) == ("unknown", "many words\nand the end", 4)
