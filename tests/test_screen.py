"""Reading Claude Code's screen: real captures, each with what must be read from it, and shapes no capture holds.

`make screens` makes the captures again; what is read from each stands in tests/screens/readings.toml.
"""

from __future__ import annotations

import re

import pytest

from llm_send.claude.screen import MODE_WORDS, Screen, mode_words, read
from tests.rig.programs import CLAUDES
from tests.screens.corpus import NOT_SO, Capture, captures, family, readings

CAPTURES = captures()
COMPARED = tuple(key for key in NOT_SO if key not in ("box", "box_of", "dialog"))
RULE = "─" * 60


def plain(text: str | None) -> str | None:
    return None if text is None else re.sub(r"\s", "", text)


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.id)
def test_real_screens(capture: Capture) -> None:
    expected, seen = capture.reading, read(capture.text)
    assert seen.state in expected["state"]
    if seen.state == "unknown":
        return
    asked = [key for key in COMPARED if key not in expected["unasked"]]
    assert {key: getattr(seen, key) for key in asked} == {key: expected[key] for key in asked}
    assert (expected["dialog"] or "") in (seen.dialog or "")
    assert (seen.dialog is not None) == (seen.state == "waiting")
    if expected["box_of"]:
        assert plain(seen.box)
        assert (plain(seen.box) or "") in re.sub(r"\s", "", expected["box_of"]) * 60
    elif "box" not in expected["unasked"]:
        assert plain(seen.box) == plain(expected["box"])


def test_a_prompt_that_a_hook_stopped() -> None:
    for capture in CAPTURES:
        assert read(capture.text).stopped == capture.name.startswith("hook-blocked"), capture.id


def test_every_reading_has_its_captures() -> None:
    assert {family(capture.name) for capture in CAPTURES} == set(readings())
    for version in CLAUDES:
        for width in (40, 80, 200):
            assert sum((capture.version, capture.width) == (version, width) for capture in CAPTURES) > 80


def test_captures_hold_nothing_of_the_machine() -> None:
    for capture in CAPTURES:
        assert not re.search(r"(?<!\w)/(home|root|work|Users)/", capture.text), capture.id


# Shapes no capture holds


def screen(box: str = "❯ ", above: str = "", footer: str = "  ⏸ plan mode on (shift+tab to cycle)") -> Screen:
    return read("\n".join(["❯ go", "", "● said", "", above, RULE, *box.split("\n"), RULE, footer, ""]))


@pytest.mark.parametrize(("words", "value"), MODE_WORDS.items())
def test_modes(words: str, value: str) -> None:
    assert screen(footer=f"  ⏸ {words} (shift+tab to cycle)").mode == value
    assert mode_words(value) == words


def test_normal_mode_of_old_versions_has_no_words() -> None:
    assert screen(footer="  ? for shortcuts").mode == "default"
    assert (screen(box="❯ a draft", footer="  ").state, screen(box="❯ a draft", footer="  ").mode) == ("idle", None)


def test_a_footer_that_is_not_drawn_yet() -> None:
    seen = screen(footer="  ")
    assert (seen.state, seen.mode, seen.doubt) == ("unknown", None, False)


def test_a_status_line_that_names_a_mode() -> None:
    assert screen(footer="  tests: accept edits on fail\n  ⏸ plan mode on (shift+tab to cycle)").mode == "plan"
    assert screen(footer="  main · accept edits on · 12%\n").mode is None


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
        "✶ Cooking…\n  ⎿  ☐ one\n" + "     ☐ more\n" * 15,
        "✻ API error · Retrying in 3s · attempt 5/10",
        "✽ Frosting… (\nrunning UserPromptSubmit hook · 0s)",
        "  Waiting for permission…",
    ],
)
def test_a_turn_at_work(above: str) -> None:
    assert screen(above=above).state == "busy"
    assert screen(above=above, box="❯ a draft").state == "busy"


@pytest.mark.parametrize(
    "above",
    [
        "● Thinking about it…",
        "⏺ Thinking…",
        "❯ go on…",
        "  ✻ Cooking…",
        "✻ Worked for 3s",
        "✻ Worked for 1m 3s · done 12:20 PM · 1 shell st…",
        "✻ Conversation compacted (ctrl+o for hist…",
        "> quoted…",
        "⎿ Reading…",
        "…",
        "✻ Cooking…\n● and then the answer",
    ],
)
def test_what_looks_like_a_turn_at_work(above: str) -> None:
    assert screen(above=above).state == "idle"


@pytest.mark.parametrize(
    "footer", ["  esc to interrupt", "  ⏸ plan mode on · esc to interr…", "  x · esc to interrupt · y"]
)
def test_the_footer_says_that_a_turn_runs(footer: str) -> None:
    assert screen(footer=footer).state == "busy"


def test_a_title_in_the_rule() -> None:
    titled = "─" * 20 + " my session ──"
    assert read("\n".join([titled, "❯ x", RULE, "  ⏸ plan mode on"])).box == "x"


def test_shell_mode_is_never_an_empty_box() -> None:
    assert not screen(box="! ").empty_box
    assert screen(box="❯ ").empty_box


@pytest.mark.parametrize("text", ["", "\n\n", " \n ", "\x1b[0m"])
def test_blank(text: str) -> None:
    assert read(text).state == "blank"


def test_a_choice_between_rules_is_no_box() -> None:
    dialog = "\n".join([RULE, "❯ 1. Yes", "  2. No", RULE, "Enter to select · Esc to cancel"])
    assert read(dialog).state == "waiting"


@pytest.mark.parametrize("text", ["", "half a thought"])
def test_a_box_at_the_very_bottom_is_not_idle(text: str) -> None:
    """Nothing below it is to be seen, so neither is whether a turn runs."""
    rows = ["● said", "", RULE, f"❯ {text}", RULE]
    assert read("\n".join(rows)).state == read("\n".join(rows) + "\n").state == "unknown"


@pytest.mark.parametrize(
    "below", ["$ ", "bash-5.2# claude", "[1]+  Stopped", "~/project $", "Resume this session with:"]
)
def test_a_box_above_a_shell_is_a_trace(below: str) -> None:
    assert screen(footer=f"  ⏸ plan mode on\n\n{below}").state == "unknown"


@pytest.mark.parametrize(
    ("mark", "stashed"),
    [
        ("   ◐ medium · /effort · draft stashed", True),
        ("                       › stashed", True),
        ("  › Stashed (auto-restores after submit)", True),
        ("                  Draft restored", False),
        ("  the draft stashed was yours", False),
        ("  your draft stashed\n", False),
    ],
)
def test_stashed(mark: str, stashed: bool) -> None:  # noqa: FBT001  # a column of the table
    assert screen(above=mark).stashed is stashed


@pytest.mark.parametrize(
    "footer",
    [
        "  ⏸ manual mode on · ? for shortcuts                                   draft stashed",
        "  ⏸ manual mode on · ? for shortcuts\n  tmux focus-events off · add 'set -g focus-events on' · draft stashed",
    ],
)
def test_stashed_is_said_below_the_box_at_times(footer: str) -> None:
    assert screen(footer=footer).stashed
    assert screen(footer=footer).mode == "default"


def test_prompts_in_claudes_own_queue() -> None:
    assert screen(above="✻ Cooking…\n\n  ❯ one more").queued
    assert not screen(above="✻ Cooking…\n\n  ⎿  Tip: none").queued
    assert not screen(above="  ❯ said by somebody").queued


def test_a_list_opens_only_for_what_is_typed() -> None:
    rows = "    + alpha.txt\n    + beta.txt"
    assert screen(box="❯ see @al", above=rows).picker
    assert not screen(box="❯ see al", above=rows).picker
    assert not screen(box="❯ see @al", above="   ◐ medium · /effort").picker
    assert screen(box="❯ /usage", above="  ❯ /usage (cost)    Show it\n    /context   What").choice == "/usage (cost)"
    assert screen(box="❯ /us", above="  ❯ …-long-name    Show it").choice == "…-long-name"


def test_words_that_come_in_after_a_long_paste() -> None:
    """Neither a row above the box nor the footer says then that a turn runs."""
    assert screen(footer="  paste again to expand").state == "busy"
    assert screen(footer="  paste again to expand", above="✻ Baked for 3s").state == "idle"


@pytest.mark.parametrize(
    "hint", ["paste again to expand", "Press Ctrl-C again to exit", "-- INSERT -- Press Ctrl-D again to exit"]
)
def test_a_hint_hides_the_words(hint: str) -> None:
    seen = screen(box="❯ a draft", footer=f"  {hint}")
    assert (seen.state, seen.mode, seen.hint) == ("idle", None, True)
    assert not screen(footer="  ⏸ plan mode on").hint


def test_vim_hides_that_a_turn_runs() -> None:
    """In its insert mode Esc does not stop the turn, so the footer does not say so."""
    vim = "  -- INSERT -- ⏸ plan mode on (shift+tab to cycle)"
    assert (screen(footer=vim).state, screen(footer=vim).doubt) == ("unknown", True)
    assert not screen(footer=vim, above="✻ Baked for 3s").doubt
    assert screen(footer=vim, above="✻ Cooking…").state == "busy"


def test_text_hides_that_a_turn_runs() -> None:
    assert screen(box="❯ a draft").doubt
    assert not screen(box="❯ a draft", above="✻ Baked for 3s").doubt
    assert not screen().doubt


def test_words_that_fill_the_pane() -> None:
    """Nothing at the left edge says that there is a conversation; without Claude's header there may be."""
    rows = ["  words"] * 20 + [RULE, "❯ ", RULE, "  paste again to expand", ""]
    assert read("\n".join(rows)).state == "busy"
    assert read("\n".join([" ▐▛███▛█   Claude Code v2.1.329", "", *rows[20:]])).state == "idle"


def test_the_list_of_shortcuts_hides_what_runs() -> None:
    assert screen(footer="  ! for shell mode      esc esc to clear input     ctrl+z to suspend").state == "unknown"
    assert screen(box="! ", footer="  ! for shell mode").state == "idle"


def narrow(footer: str, above: str) -> Screen:
    return read("\n".join(["❯ go", "● said", "", *above.split("\n"), "─" * 40, "❯ ", "─" * 40, footer, ""]))


def test_a_footer_without_room() -> None:
    cut = "  ⏵⏵ accept edits on (shift+tab to  · "
    assert narrow(cut, "  more words").state == "unknown"
    assert narrow(cut, "✻ Baked for 3s").state == "idle"
    assert narrow(cut, "  ⎿ \u00a0Interrupted · What should Claude d…").state == "idle"
    assert narrow(cut, "\x1b[38;5;220m●\x1b[39m \x1b[38;5;220mAPI Error: 400 odd\x1b[39m").state == "idle"
    assert narrow(cut, "\x1b[38;5;231m●\x1b[39m API Error: 400 is what it says").state == "unknown"
    assert narrow(cut, "✻\nAPI error · Retrying in 1s · attempt\n         1/10").state == "busy"
    assert narrow(cut, "! sleep 20\n  ⎿ \u00a0Running…").state == "busy"
    assert narrow(f"  ~/src on main\n{cut}", "  more words").state == "unknown"
    assert narrow("  ~/src on a branch with a long name · …\n  ⏵⏵ accept edits on", "  more words").state == "idle"
    assert narrow("  ⏵⏵ accept edits on", "  more words").state == "idle"
    assert narrow("  ⏸ manual mode on · ? for shortcuts …", "  more words").state == "idle"
