"""Between the look and Enter, and what Enter may be pressed for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llm_send import delivery
from llm_send.errors import LlmSendError, Refused
from llm_send.target import CLEAR_KEYS, ENTER, Sign, Unconfirmed
from tests.delivering import PARCEL, TEXT, refused, run, unconfirmed
from tests.fake_pane import FakePane

# Between the look and the paste, and between the paste and Enter


@pytest.mark.parametrize("reason", ["gone", "shell", "input_off", "cancelled", "unknown_screen"])
def test_refused_at_the_paste(pane: FakePane, reason: str) -> None:
    pane.refusal = reason
    refused(pane, reason)
    assert pane.writes == []


def test_a_paste_that_does_not_show(pane: FakePane) -> None:
    pane.shows = lambda _: ""
    unconfirmed(pane, "unknown_screen")
    assert pane.count(ENTER) == 0
    assert pane.clock.time < delivery.SEE + 1


def test_a_paste_that_shows_with_something_else(pane: FakePane) -> None:
    pane.on["step see"] = lambda: setattr(pane, "box", pane.box + " typed meanwhile")
    unconfirmed(pane, "unknown_screen")
    assert pane.count(ENTER) == 0
    assert TEXT in pane.box


def test_a_big_paste_gets_its_time(pane: FakePane) -> None:
    pane.shows = lambda _: "[Pasted text #1]"
    pane.on["step see"] = pane.to(box="")
    pane.clock.after(8, pane.to(box="[Pasted text #1]"))
    assert isinstance(run(pane, replace(PARCEL, text="x" * 2_000_000)), Sign)
    assert 8 < pane.clock.time < 9


@pytest.mark.parametrize("state", ["waiting", "unknown", "gone", "shell", "busy"])
def test_what_comes_between_the_paste_and_enter(pane: FakePane, state: str) -> None:
    pane.on["step see"] = pane.to(state=state, box="")
    end = run(pane)
    assert isinstance(end, LlmSendError)
    assert pane.count(ENTER) == 0


@pytest.mark.parametrize("mode", ["default", "acceptEdits", "auto", None])
def test_mode_changed_between_the_look_and_enter(pane: FakePane, mode: str | None) -> None:
    pane.on["step enter"] = pane.to(mode=mode)
    end = refused(pane, "mode_drift")
    assert (end.found, end.expected) == (mode, "plan")
    assert pane.count(ENTER) == 0
    assert pane.box == "", "ours is taken back"


@pytest.mark.parametrize("text", ["rm it", "1\n2\n3", "[[odd]] #{text}", "!", "\n\nbelow"])
def test_a_dialog_at_enter_where_the_footer_has_no_words(pane: FakePane, text: str) -> None:
    """As in normal mode of old versions: the box must stand there still."""
    pane.mode, pane.hides_words, pane.guarded = "default", True, False
    parcel = replace(PARCEL, text=text, mode="default")
    pane.on["enter"] = pane.to(state="waiting")
    end = run(pane, parcel)
    assert isinstance(end, Refused | Unconfirmed)
    assert pane.count(ENTER) == 0


def test_mode_changed_between_the_paste_and_the_look_at_it(pane: FakePane) -> None:
    pane.on["step see"] = pane.to(mode="acceptEdits")
    refused(pane, "mode_drift")
    assert pane.count(ENTER) == 0
    assert pane.box == ""


def test_typed_into_while_the_mode_changed(pane: FakePane) -> None:
    pane.on["step enter"] = pane.to(mode="default", box=TEXT + "!")
    end = unconfirmed(pane, "unknown_screen")
    assert "does not show the text alone" in end.message
    assert pane.box == TEXT + "!", "not ours alone, so not cleared"


@pytest.mark.parametrize("reason", ["input_off", "cancelled", "unknown_screen"])
def test_enter_refused_for_good(pane: FakePane, reason: str) -> None:
    pane.on["step enter"] = pane.to(refusal=reason)
    unconfirmed(pane, reason)
    assert pane.box == TEXT


@pytest.mark.parametrize("state", ["gone", "shell"])
def test_claude_ends_before_enter(pane: FakePane, state: str) -> None:
    pane.on["step enter"] = pane.to(state=state)
    refused(pane, state)
    assert pane.count(ENTER) == 0


def test_nothing_is_cleared_while_claude_works(pane: FakePane) -> None:
    pane.on["step enter"] = pane.to(mode="default", state="busy")
    unconfirmed(pane)
    assert pane.count(CLEAR_KEYS) == 0


def test_a_placeholder_that_has_gone_before_enter(pane: FakePane) -> None:
    pane.shows = lambda _: "[Pasted text #3]"
    pane.on["step enter"] = pane.to(box="typed by the person")
    unconfirmed(pane, parcel=replace(PARCEL, text="x" * 5000))
    assert pane.count(ENTER) == 0
    assert pane.box == "typed by the person"


# Enter


@pytest.mark.parametrize("lost", [1, 2])
def test_an_enter_that_was_lost_is_pressed_again(pane: FakePane, lost: int) -> None:
    pane.lost_enters = lost
    assert isinstance(run(pane), Sign)
    assert pane.count(ENTER) == lost + 1
    assert pane.taken == [(TEXT, "plan")]


def test_enter_is_pressed_three_times_at_most(pane: FakePane) -> None:
    pane.lost_enters = 99
    unconfirmed(pane)
    assert pane.count(ENTER) == 3
    assert pane.clock.time < 12


@pytest.mark.parametrize("change", [{"box": ""}, {"box": TEXT + " more"}, {"state": "busy"}, {"hook_running": True}])
def test_enter_is_not_pressed_again_once_anything_changed(pane: FakePane, change: dict[str, object]) -> None:
    pane.lost_enters = 99
    pane.clock.after(0.3, pane.to(**change))
    if "hook_running" in change:
        pane.clock.after(60, pane.to(state="gone"))
    unconfirmed(pane, "gone" if "hook_running" in change else "unknown_screen")
    assert pane.count(ENTER) == 1


def test_enter_is_not_pressed_again_at_a_dialog(pane: FakePane) -> None:
    pane.lost_enters = 99
    pane.clock.after(0.3, pane.to(state="waiting"))
    pane.clock.after(3, pane.to(state="idle"))
    unconfirmed(pane)
    assert pane.count(ENTER) == 1


def test_enter_is_not_pressed_again_in_another_mode(pane: FakePane) -> None:
    pane.lost_enters = 99
    pane.clock.after(0.3, pane.to(mode="acceptEdits"))
    unconfirmed(pane)
    assert pane.count(ENTER) == 1


def test_enter_is_not_pressed_again_with_a_draft_aside(pane: FakePane) -> None:
    """What stands in the box then may be the draft."""
    pane.box, pane.lost_enters = "half a thou", 99
    unconfirmed(pane)
    assert pane.count(ENTER) == 1


def test_enter_is_not_pressed_again_with_a_draft_found_in_the_stash(pane: FakePane) -> None:
    """A sender has died with it there, or the person has put it there."""
    pane.stash, pane.lost_enters = "half a thou", 99
    unconfirmed(pane)
    assert pane.count(ENTER) == 1
