"""Which evidence counts for which command, on records of real sessions and on looks as they were met."""

from __future__ import annotations

from pathlib import Path

import pytest

from llm_send.claude.screen import Screen
from llm_send.claude.transcript import Ran, commands_since
from llm_send.commands import PANEL, RUNNING, Command, evidence, hindrance, kind_of, parse, seen, shown
from llm_send.errors import Refused
from llm_send.panes import State
from llm_send.target import Look, Unconfirmed

RECORDS = commands_since(Path(__file__).parent / "transcripts/2.1.329.jsonl", 0)
RAN = (
    "/foo",
    "/foo two words",
    "/foo\nfirst\nsecond",
    "/foo first\nsecond",
    "/foo\tafter tab",
    "/model sonnet",
    "/rename zz",
    "!echo hi",
    '! printf "a\\n"\nfalse',
    "/compact",
    "/clear",
)


def look(state: State, **more: object) -> Look:
    known = state if state in ("idle", "busy", "waiting") else "unknown"
    return Look(state, Screen(known, **more), None)  # type: ignore[arg-type]


def test_a_command_in_its_parts() -> None:
    assert parse("/foo") == Command("slash", "foo", "")
    assert parse("/plugin:a-b_c\n two\nlines") == Command("slash", "plugin:a-b_c", "two\nlines")
    assert parse("! ls") == Command("shell", "", " ls")
    assert [kind_of(text) for text in ("/x !y", "!/x")] == ["slash", "shell"]
    assert str(parse("/foo bar")) == "/foo"


@pytest.mark.parametrize("text", RAN)
def test_what_ran_is_proven_by_its_record(text: str) -> None:
    sign = evidence(text, RECORDS)
    assert sign
    assert sign.proven
    assert sign.evidence == ("transcript",)


@pytest.mark.parametrize("text", ["!echo ho", "! ls"])
def test_another_shell_line_is_no_evidence(text: str) -> None:
    assert evidence(text, RECORDS) is None


def test_nothing_recorded_is_no_evidence() -> None:
    assert evidence("/clear", []) is None


def test_the_prompt_id_is_in_the_receipt() -> None:
    sign = evidence("/foo two words", RECORDS)
    assert sign
    assert sign.prompt_id == "prompt-3"


@pytest.mark.parametrize("text", ["/nosuch x", "/nosuch"])
def test_an_unknown_command_is_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        evidence(text, RECORDS, pane="claude-plan")
    assert caught.value.code == "slash_command"
    assert caught.value.message == "claude-plan knows no command /nosuch."


def test_a_hook_that_stops_a_command_is_told() -> None:
    blocked = [ran for ran in RECORDS if ran.kind == "blocked"]
    with pytest.raises(Refused) as caught:
        evidence("/foo BLOCKME", blocked)
    assert caught.value.code == "other_hook_blocked"
    assert evidence("/foo other", blocked) is None


def test_another_command_that_ran_instead_is_doubt() -> None:
    with pytest.raises(Unconfirmed) as caught:
        evidence("/c", [Ran("slash", "cd")])
    assert "ran /cd, not /c" in caught.value.message


def test_an_alias_is_recorded_by_the_name_it_stands_for() -> None:
    clear = [Ran("slash", "clear")]
    assert evidence("/reset", clear, choice="/clear (reset)")
    assert evidence("/new name", [Ran("slash", "clear", "name")])
    with pytest.raises(Unconfirmed):
        evidence("/reset", clear)


CHOICES = {
    "/clear": ("/clear", None),
    "/cost": ("/usage (cost)", None),
    "/a-very-long-command-name": ("…long-command-name", None),
    "/c": ("/cd", "Claude's list of commands is open, and /c is not what is selected in it."),
    "/fo": ("/foo", "Claude's list of commands is open, and /fo is not what is selected in it."),
    "/cat": ("…", "Claude's list of commands is open, and /cat is not what is selected in it."),
    "/dog": (None, "Claude's list of commands is open, and /dog is not what is selected in it."),
    "/c x": ("/cd", None),
}


@pytest.mark.parametrize("text", CHOICES)
def test_enter_would_run_the_selected_row(text: str) -> None:
    choice, expected = CHOICES[text]
    assert hindrance(text, Screen("idle", box=text, picker=True, choice=choice)) == expected
    assert hindrance(text, Screen("idle", box=text)) is None, "with the list closed the exact name counts"


def test_a_placeholder_would_be_sent_as_text() -> None:
    screen = Screen("idle", box="[Pasted text #1 +1 lines]")
    assert shown("/foo a\nb", screen)
    assert hindrance("/foo a\nb", screen) == "Claude took /foo for a pasted text and would not run it."
    assert hindrance("!a\nb", Screen("idle", box="[Pasted text #1 +1 lines]", shell_mode=True)) is None


def test_a_shell_line_must_stand_in_shell_mode() -> None:
    inside, outside = Screen("idle", box="echo hi", shell_mode=True), Screen("idle", box="!echo hi")
    assert shown("!echo hi", inside)
    assert shown("!echo hi", outside)
    assert not shown("!echo hi", Screen("idle", box="echo hi"))
    assert hindrance("!echo hi", inside) is None
    assert hindrance("!echo hi", outside) == "Claude took the “!” for text, not for its shell mode."


def test_the_box_must_show_the_command_alone() -> None:
    assert shown("/foo two words", Screen("idle", box="/foo two words"))
    assert not shown("/foo two words", Screen("idle", box="draft/foo two words"))


def test_a_panel_counts_once_it_stands() -> None:
    assert seen("/model", look("waiting"), PANEL / 2) is None
    sign = seen("/model", look("waiting"), PANEL)
    assert sign
    assert (sign.evidence, sign.notes) == (("panel",), ("/model has opened a panel there",))
    assert seen("!vi", look("waiting"), 9.0) is None


def test_work_behind_an_empty_box_counts_once_it_lasts() -> None:
    assert seen("!sleep 9", look("busy", box=""), RUNNING / 2) is None
    sign = seen("!sleep 9", look("busy", box=""), RUNNING)
    assert sign
    assert sign.evidence == ("running",)
    assert seen("/compact", look("busy", box="/compact"), 9.0) is None
    assert seen("/compact", look("idle", box=""), 9.0) is None


def test_only_a_command_that_ends_claude_is_proven_by_its_end() -> None:
    for state in ("gone", "shell"):
        sign = seen("/exit", look(state), 0.0)
        assert sign
        assert sign.evidence == ("ended",)
        assert seen("/clear", look(state), 9.0) is None
