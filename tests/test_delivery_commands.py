"""Deliberate commands, and texts for Claude's own queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from llm_send.claude.transcript import Queued, Ran
from llm_send.errors import Refused
from llm_send.target import ENTER, ESCAPE, Sign, Unconfirmed
from tests.delivering import PARCEL, TEXT, refused, run, unconfirmed
from tests.fake_pane import FakePane

COMMAND = replace(PARCEL, text="/foo", command=True)
HANDED = replace(PARCEL, to_claude=True)


def runs(name: str, text: str = "") -> Callable[[str], Ran]:
    return lambda _: Ran("slash", name, text)


def test_a_command_that_is_selected_is_entered(pane: FakePane) -> None:
    pane.picker, pane.choice, pane.runs = True, "/foo", runs("foo")
    assert isinstance(run(pane, COMMAND), Sign)
    assert pane.writes.count(ESCAPE) == 0


@pytest.mark.parametrize("choice", ["/food", None])
def test_a_list_in_which_another_is_selected_is_closed_first(pane: FakePane, choice: str | None) -> None:
    pane.picker, pane.choice, pane.runs = True, choice, runs("foo")
    pane.on["enter"] = lambda: not pane.picker or pytest.fail("Enter would have run another")
    assert isinstance(run(pane, COMMAND), Sign)
    assert pane.writes.count(ESCAPE) == 1


def test_a_list_that_stays_open_is_not_entered(pane: FakePane) -> None:
    pane.picker, pane.choice = True, "/food"
    pane.closes = False
    why = refused(pane, "slash_command", COMMAND)
    assert why.message == "Claude's list of commands is open, and /foo is not what is selected in it."
    assert pane.count(ENTER) == 0
    assert pane.box == ""


def test_a_list_that_opens_over_a_text_is_closed_too(pane: FakePane) -> None:
    pane.on["step see"] = pane.to(picker=True)
    assert isinstance(run(pane), Sign)
    assert pane.writes.count(ESCAPE) == 1


def test_in_vim_mode_no_list_is_closed(pane: FakePane) -> None:
    """There Escape would take the box to its normal mode."""
    pane.vim = "INSERT"
    pane.on["step see"] = pane.to(picker=True)
    run(pane)
    assert pane.writes.count(ESCAPE) == 0


def test_an_unknown_command_is_refused(pane: FakePane) -> None:
    pane.runs = lambda _: Ran("unknown", "foo")
    assert refused(pane, "slash_command", COMMAND).message == "claude-plan knows no command /foo."


def test_another_command_that_ran_is_said(pane: FakePane) -> None:
    pane.runs = runs("food")
    assert unconfirmed(pane, "slash_command", COMMAND).message == "claude-plan ran /food, not /foo."


def test_a_lost_enter_is_not_pressed_again_for_a_command(pane: FakePane) -> None:
    """It could meet the panel that the first one has opened just then."""
    pane.lost_enters = 1
    assert refused(pane, "unknown_screen", COMMAND).message == "claude-plan did not take /foo."
    assert pane.count(ENTER) == 1
    assert pane.box == ""


@pytest.mark.parametrize("text", ["one line", "two\nlines", "a\n\n\nb", "many\nlines\n" * 20])
def test_a_box_that_clears_bit_by_bit(pane: FakePane, text: str) -> None:
    """2.1.32 does not understand many keys at once."""
    pane.clears, pane.other_hook = False, True
    refused(pane, "other_hook_blocked", replace(PARCEL, text=text.strip()))
    assert pane.box == ""


def test_what_is_typed_meanwhile_is_not_cleared(pane: FakePane) -> None:
    pane.clears, pane.other_hook = False, True
    pane.on["clear_line"] = lambda: setattr(pane, "box", "the person's\nwords")
    refused(pane, "other_hook_blocked", replace(PARCEL, text="two\nlines"))
    assert pane.box == "the person's\n"


def test_a_busy_claude_takes_it_into_its_own_queue(pane: FakePane) -> None:
    pane.state = "busy"
    sign = run(pane, HANDED)
    assert isinstance(sign, Sign)
    assert sign.evidence == ("gate", "claude_queue")
    assert sign.prompt_id is None, "that of the turn under way"


def test_claudes_queue_alone_is_no_receipt_where_there_is_a_gate(pane: FakePane) -> None:
    """The person may have put the same words there."""
    pane.state, pane.lost_enters = "busy", 1
    pane.on["enter"] = lambda: pane.waiting.append(Queued("enqueue", TEXT))
    unconfirmed(pane, "busy", HANDED)


def test_only_if_asked(pane: FakePane) -> None:
    pane.state = "busy"
    refused(pane, "busy", wait=5)
    assert pane.writes == []


@pytest.mark.parametrize("fields", [{"pending": 1}, {"box": "a draft"}, {"mode": "default"}])
def test_what_a_busy_claude_is_not_handed(pane: FakePane, fields: dict[str, object]) -> None:
    """While a tool is in use a dialog may open; a draft and another mode wait for the end of the turn."""
    pane.to(state="busy", **fields)()
    pane.clock.after(3, lambda: pane.writes == [] or pytest.fail("keys for a pane that must not get any"))
    pane.clock.after(5, pane.to(state="idle", pending=0, mode="plan"))
    sign = run(pane, HANDED)
    assert isinstance(sign, Sign)
    assert "claude_queue" not in sign.evidence
    assert "wait" not in pane.steps, "it was claimed while the turn ran"


def test_a_text_that_the_gate_stops_at_the_queue_is_taken_out_of_the_box(pane: FakePane) -> None:
    pane.state = "busy"
    pane.on["enter"] = pane.to(mode="default")
    pane.shows = lambda text: f"{text}"
    end = run(pane, replace(HANDED, text="plan mode on"))
    assert isinstance(end, Refused | Unconfirmed)
    assert pane.box == ""


def test_a_text_that_the_person_takes_back_out_of_the_queue(pane: FakePane) -> None:
    pane.state = "busy"
    pane.on["step evidence"] = lambda: pane.waiting.extend([Queued("enqueue", TEXT), Queued("popAll", TEXT)])
    assert unconfirmed(pane, "draft", HANDED).message.endswith("it is back in the box there.")
