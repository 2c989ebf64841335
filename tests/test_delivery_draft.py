"""A pane that is in another mode, or has a draft in its box, when a text is to be delivered."""

from __future__ import annotations

import pytest

from llm_send import delivery, draft
from llm_send.target import SHIFT_TAB, STASH, Sign
from tests.delivering import TEXT, refused, run
from tests.fake_pane import PASTE, FakePane

# Drift


@pytest.mark.parametrize(("mode", "presses"), [("default", 2), ("acceptEdits", 1), ("auto", 1)])
def test_drift_is_brought_back_first(pane: FakePane, mode: str, presses: int) -> None:
    pane.mode = mode
    assert isinstance(run(pane), Sign)
    assert pane.writes[:presses] == [SHIFT_TAB] * presses
    assert pane.taken == [(TEXT, "plan")]
    assert pane.steps[:2] == ["look", "mode"]


def test_a_mode_that_does_not_change(pane: FakePane) -> None:
    pane.mode = "default"
    pane.on["tab"] = pane.to(mode="plan")  # a person was quicker, so ours is not written
    assert isinstance(run(pane), Sign)
    assert pane.count(SHIFT_TAB) == 0


def test_a_mode_that_cannot_be_reached(pane: FakePane) -> None:
    pane.mode = "default"
    pane.press_tab = pane.to(mode="default")
    refused(pane, "mode_drift")
    assert pane.count(PASTE) == 0
    assert 1 <= pane.count(SHIFT_TAB) <= 6


@pytest.mark.parametrize("wait", [None, 0, 0.5, 20])
def test_a_mode_that_cannot_be_seen_is_not_guessed(pane: FakePane, wait: float | None) -> None:
    pane.mode = None
    refused(pane, "mode_drift", wait=wait)
    assert (pane.writes, pane.steps) == ([], [])
    assert pane.clock.time < 3


def test_a_footer_that_is_drawn_late_is_waited_for(pane: FakePane) -> None:
    pane.mode = None
    pane.clock.after(0.4, pane.to(mode="plan"))
    assert isinstance(run(pane, wait=0), Sign)


def test_a_dialog_while_the_mode_is_brought_back(pane: FakePane) -> None:
    pane.mode = "acceptEdits"
    pane.press_tab = pane.to(state="waiting")
    refused(pane, "waiting")
    assert pane.writes == [SHIFT_TAB]


@pytest.mark.parametrize("change", [{"state": "busy"}, {"pending": 1}])
def test_busy_while_the_mode_is_brought_back(pane: FakePane, change: dict[str, object]) -> None:
    pane.mode = "default"
    pane.on["step mode"] = pane.to(**change)
    pane.clock.after(3, lambda: pane.writes == [] or pytest.fail("keys for a pane that is at work"))
    pane.clock.after(5, pane.to(state="idle", pending=0, mode="plan"))
    assert isinstance(run(pane), Sign)
    assert pane.steps[:4] == ["look", "mode", "wait", "look"]
    assert SHIFT_TAB not in pane.writes


def test_a_turn_that_begins_is_not_waited_for_where_nobody_waits(pane: FakePane) -> None:
    pane.mode = "default"
    pane.on["step mode"] = pane.to(state="busy")
    refused(pane, "busy", wait=0)
    assert pane.writes == []


# Drafts


def test_a_draft_is_put_aside_and_comes_back(pane: FakePane) -> None:
    pane.box = "half a thou"
    assert isinstance(run(pane), Sign)
    assert pane.steps == ["look", "stash", "paste", "see", "enter", "evidence"]
    assert pane.writes[0] == STASH
    assert pane.count(STASH) == 1
    assert (pane.box, pane.stash) == ("half a thou", None)


def test_a_draft_that_is_our_own_text(pane: FakePane) -> None:
    pane.box = TEXT
    assert isinstance(run(pane), Sign)
    assert pane.taken == [(TEXT, "plan")]
    assert pane.box == TEXT


def test_a_draft_that_is_being_typed_is_waited_for(pane: FakePane) -> None:
    pane.box = "h"
    for number in range(20):
        pane.clock.after(0.3 * number, lambda: setattr(pane, "box", pane.box + "a"))
    assert isinstance(run(pane), Sign)
    assert pane.box == "h" + "a" * 20
    assert pane.clock.time > 6


def test_a_draft_in_another_mode(pane: FakePane) -> None:
    pane.box, pane.mode = "half a thou", "default"
    assert isinstance(run(pane), Sign)
    assert pane.steps[:3] == ["look", "stash", "mode"]
    assert pane.box == "half a thou"


def test_a_box_whose_footer_is_not_drawn_yet(pane: FakePane) -> None:
    pane.undrawn = True
    pane.clock.after(0.5, pane.to(undrawn=False))
    assert isinstance(run(pane), Sign)


def test_a_box_whose_footer_is_never_drawn(pane: FakePane) -> None:
    pane.undrawn = True
    refused(pane, "unknown_screen")
    assert delivery.DRAWN < pane.clock.time < delivery.DRAWN + 0.5
    assert not pane.writes


def test_an_open_tool_use_is_not_forgotten_behind_a_view(pane: FakePane) -> None:
    """What cannot be read may lie over a dialog."""
    pane.pending, pane.undrawn = 1, True
    refused(pane, "busy", wait=9)
    assert pane.pending == 1


def test_a_hint_where_the_mode_stands_is_waited_out(pane: FakePane) -> None:
    pane.hint = True
    pane.clock.after(8, pane.to(hint=False))
    assert isinstance(run(pane), Sign)
    assert 8 < pane.clock.time < 9


def test_a_hint_that_stays(pane: FakePane) -> None:
    pane.hint = True
    refused(pane, "mode_drift")
    assert pane.clock.time < delivery.HINTS + 2
    assert not pane.writes


def test_a_hint_over_a_draft(pane: FakePane) -> None:
    """Pasted just now: it stays put until the hint has gone."""
    pane.box, pane.hint = "[Pasted text #1]", True
    pane.on["stash"] = lambda: pane.clock.time > 8 or pytest.fail("put aside while the mode was not to be seen")
    pane.clock.after(8, pane.to(hint=False))
    assert isinstance(run(pane), Sign)
    assert pane.box == "[Pasted text #1]"


def test_a_draft_that_hides_the_mode(pane: FakePane) -> None:
    """In the normal mode of old versions only the empty box has words below it."""
    pane.box, pane.hides_words = "half a thou", True
    assert isinstance(run(pane), Sign)
    assert (pane.box, pane.stash) == ("half a thou", None)


def test_a_draft_that_hides_a_turn(pane: FakePane) -> None:
    pane.box, pane.hides_turn, pane.state = "half a thou", True, "busy"
    assert "behind the unsent text" in refused(pane, "busy").message
    assert pane.writes == [STASH, STASH]
    assert (pane.box, pane.stash) == ("half a thou", None)


def test_a_draft_that_cannot_be_put_aside(pane: FakePane) -> None:
    pane.box, pane.stashes = "half a thou", False
    assert "could not be put aside" in refused(pane, "draft").message
    assert pane.box == "half a thou"
    assert pane.count(PASTE) == 0


def test_a_stash_that_was_under_way_already(pane: FakePane) -> None:
    """By one who died right after it: ours brings the draft back."""
    pane.box = "half a thou"

    def pressed_before() -> None:
        if not pane.count(STASH):
            pane.box, pane.stash = "", "half a thou"

    pane.on["stash"] = pressed_before
    assert isinstance(run(pane), Sign)
    assert (pane.count(STASH), pane.box, pane.stash) == (2, "half a thou", None)


def test_what_was_typed_while_a_draft_was_put_aside(pane: FakePane) -> None:
    pane.box, pane.stashes = "half a thou", False
    pane.clock.after(1.5, pane.to(box="half a thought"))
    refused(pane, "draft")
    assert (pane.count(STASH), pane.box) == (1, "half a thought")


def test_a_draft_comes_back_when_ours_could_not_be_sent(pane: FakePane) -> None:
    pane.box = "half a thou"
    pane.on["step enter"] = pane.to(mode="default")
    pane.lock = "plan"
    refused(pane, "mode_drift")
    assert (pane.box, pane.stash) == ("half a thou", None)


def test_a_draft_that_does_not_come_back_is_said(pane: FakePane) -> None:
    pane.box = "half a thou"
    pane.pops = False
    end = run(pane)
    assert isinstance(end, Sign)
    assert "Ctrl+S brings it back" in end.notes[0]


def test_a_draft_that_hides_another_mode(pane: FakePane) -> None:
    """A pasted one puts a hint where the mode is said, so that it shows only once the draft is aside."""
    draft = "[Pasted text #1 +5 lines]"
    pane.box, pane.mode, pane.lock = draft, None, None
    pane.on["stash"] = pane.to(mode="default")
    refused(pane, "mode_drift")
    assert pane.count(SHIFT_TAB) == 0
    assert pane.box == draft


def test_what_was_typed_over_a_draft_is_not_deleted(pane: FakePane) -> None:
    """Nor is the draft destroyed, which a second Ctrl+S would do."""

    def typed() -> None:
        del pane.on["paste"]
        pane.box, pane.refusal = "typed meanwhile", "input_off"
        pane.clock.after(0.01, pane.to(refusal=None))

    pane.box = "half a thou"
    pane.on["paste"] = typed
    assert "Ctrl+S brings it back" in str(refused(pane, "input_off").hint)
    assert (pane.box, pane.stash) == ("typed meanwhile", "half a thou")


def test_a_mode_that_is_hidden_is_said_to_be_so(pane: FakePane) -> None:
    pane.mode = None
    said = refused(pane, "mode_drift", wait=0)
    assert said.message == "claude-plan does not show its mode, so it may not be in Plan Mode."
    assert (said.found, said.expected) == (None, "plan")


@pytest.mark.parametrize("typed", ["", " and more", "\nand more"])
def test_only_ours_is_taken_out_below_a_draft(pane: FakePane, typed: str) -> None:
    """Where Claude puts it after a block; the person may have typed on behind it."""
    pane.box = f"half a thou\n{TEXT}{typed}"
    pane.steps += ["look", "see"]
    with pane.turn(), pane.keys():
        back = draft.bring_back(pane, pane.clock, "half a thou", TEXT)
    assert back == (typed == "")
    assert pane.box == ("half a thou" if not typed else f"half a thou\n{TEXT}{typed}")


def test_what_is_typed_while_ours_is_taken_out_stays(pane: FakePane) -> None:
    pane.box = "half a thou\none\ntwo\nthree"
    pane.steps += ["look", "see"]
    pane.clock.after(0.001, pane.to(box="half a thou\none\ntwo and more"))
    with pane.turn(), pane.keys():
        assert not draft.bring_back(pane, pane.clock, "half a thou", "one\ntwo\nthree")
    assert pane.box == "half a thou\none\ntwo and more"
