"""What is proof of a delivery, and what is said where there is none."""

from __future__ import annotations

import pytest

from llm_send.delivery import deliver
from llm_send.errors import LlmSendError
from llm_send.target import CLEAR_KEYS, Sign
from tests.delivering import PARCEL, TEXT, refused, run, unconfirmed
from tests.fake_pane import FakePane


def test_nothing_follows_the_gates_word(pane: FakePane) -> None:
    pane.silent = True
    pane.on["enter"] = lambda: pane.clock.after(0.2, pane.to(box="typed by the person"))
    assert "nothing followed" in unconfirmed(pane).message


def test_an_empty_box_that_stays_so_is_the_second_sign(pane: FakePane) -> None:
    pane.silent = True
    end = run(pane)
    assert isinstance(end, Sign)
    assert end.evidence == ("gate", "box")


def test_an_empty_box_below_a_block_proves_nothing(pane: FakePane) -> None:
    """Before 2.1.321 a text that another hook stopped does not come back into the box."""
    pane.silent = True
    pane.on["enter"] = lambda: pane.clock.after(0.1, pane.to(stopped=True))
    assert "nothing followed" in unconfirmed(pane).message


def test_an_empty_box_behind_a_draft_proves_nothing(pane: FakePane) -> None:
    pane.box, pane.silent = "half a thou", True
    assert "nothing followed" in unconfirmed(pane).message


def test_gone_after_enter(pane: FakePane) -> None:
    pane.lost_enters = 1
    pane.clock.after(0.2, pane.to(state="gone"))
    unconfirmed(pane, "gone")
    assert pane.clock.time < 2


def test_another_hook_that_takes_its_time(pane: FakePane) -> None:
    pane.silent = True
    pane.on["enter"] = pane.to(hook_running=True)
    pane.clock.after(60, pane.follow)
    assert isinstance(run(pane), Sign)
    assert pane.clock.time > 60


def test_another_hook_blocks(pane: FakePane) -> None:
    pane.other_hook = True
    refused(pane, "other_hook_blocked")
    assert pane.box == ""
    assert pane.count(CLEAR_KEYS[:1]) == 1


def test_a_claude_that_shows_the_text_for_long_has_not_been_stopped(pane: FakePane) -> None:
    pane.other_hook = True
    pane.clock.after(1.2, pane.follow)
    assert isinstance(run(pane), Sign)


def test_a_blocked_text_that_comes_back_late(pane: FakePane) -> None:
    pane.other_hook, pane.back_after = True, 1.2
    refused(pane, "other_hook_blocked")


def test_a_box_that_is_drawn_late_is_no_block(pane: FakePane) -> None:
    def drawn() -> None:
        pane.box = ""
        pane.follow()

    def entered() -> None:
        pane.clock.after(0.2, pane.to(box=TEXT, state="idle"))
        pane.clock.after(1.8, drawn)

    pane.silent = True
    pane.on["enter"] = entered
    assert isinstance(run(pane), Sign)


def test_another_hook_blocks_and_the_person_types(pane: FakePane) -> None:
    pane.other_hook = True
    pane.on["clear"] = pane.to(refusal="unknown_screen")
    assert "still stands" in str(refused(pane, "other_hook_blocked").hint)


def test_the_gate_blocks_the_mode(pane: FakePane) -> None:
    pane.on["enter"] = pane.to(real_mode="acceptEdits")
    end = refused(pane, "gate_blocked")
    assert end.found == "acceptEdits"
    assert "Auto-Accept Mode" in end.message
    assert pane.box == ""


def test_a_blocked_text_that_comes_back_after_the_look(pane: FakePane) -> None:
    pane.on["enter"] = pane.to(real_mode="acceptEdits")
    pane.back_after = 60
    assert "still stands" in str(refused(pane, "gate_blocked").hint), "it will"


def test_a_blocked_text_that_has_not_gone_yet(pane: FakePane) -> None:
    """Claude has yet to hear of the block: it shows the box of before, and will put the text back into it."""
    pane.real_mode, pane.back_after = "acceptEdits", 2.0
    pane.on["enter"] = lambda: pane.clock.after(0.01, pane.to(box=TEXT, state="idle"))
    assert "still stands" not in str(refused(pane, "gate_blocked").hint)
    pane.clock.pass_by(60)
    assert pane.box == ""


def test_a_blocked_text_that_does_not_come_back(pane: FakePane) -> None:
    """Before 2.1.321."""
    pane.real_mode, pane.back_after = "acceptEdits", 60
    pane.on["enter"] = lambda: pane.clock.after(0.1, pane.to(stopped=True, state="idle"))
    assert "still stands" not in str(refused(pane, "gate_blocked").hint)


def test_the_gate_blocks_what_was_typed_in_between(pane: FakePane) -> None:
    pane.on["enter"] = pane.to(box=TEXT + " oops")
    end = refused(pane, "gate_blocked")
    assert "something else was typed" in end.message
    assert "still stands" in str(end.hint)
    assert pane.box == TEXT + " oops", "what the person typed is not thrown away"


def test_what_ran_in_another_mode_is_not_simply_delivered(pane: FakePane) -> None:
    """No gate, and the person pressed Shift+Tab between our look and our Enter."""
    taken = Sign("passed", "prompt", "acceptEdits", ("transcript",), proven=True)
    pane.on["step evidence"] = pane.to(signed=taken)
    assert "took it in Auto-Accept Mode" in unconfirmed(pane, "mode_drift").message


def test_steps_are_written_ahead(pane: FakePane) -> None:
    def full(name: str) -> None:
        raise LlmSendError("history", "The disk is full.")

    with pytest.raises(LlmSendError, match="disk is full"), pane.turn():
        deliver(pane, PARCEL, pane.clock, full)
    assert pane.writes == []
    assert not pane.has_turn
