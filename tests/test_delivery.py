"""Every way a delivery can go, against a pane that plays along and a clock that never sleeps."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest

from llm_send import delivery
from llm_send.claude.transcript import Queued, Ran
from llm_send.delivery import deliver
from llm_send.errors import LlmSendError, Refused
from llm_send.outcomes import Reason
from llm_send.receipt import ENTERS
from llm_send.target import CLEAR_KEYS, ENTER, ESCAPE, SHIFT_TAB, STASH, Look, Parcel, Sign, Superseded, Unconfirmed
from tests.fake_pane import PASTE, FakeClock, FakePane

TEXT = "Explain the parser"
PARCEL = Parcel(id="f" * 32, text=TEXT, mode="plan")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def pane(clock: FakeClock) -> FakePane:
    return FakePane(clock)


def patience(pane: FakePane, wait: float | None) -> Callable[..., None]:
    """A sender that waits so many seconds for a pane that is busy or starting."""
    end = None if wait is None else pane.clock.time + wait

    def hold(_look: Look, *, held: bool) -> None:
        if end is not None and pane.clock.time >= end:
            raise Refused("busy", "Not any longer.", "hint")

    return hold


def run(pane: FakePane, parcel: Parcel = PARCEL, wait: float | None = None) -> Sign | LlmSendError:
    """How it ends, after checking what must hold however it ends."""
    end: Sign | LlmSendError
    parcel = replace(parcel, hold=patience(pane, wait))
    try:
        with pane.turn():
            end = deliver(pane, parcel, pane.clock, pane.step)
    except (Refused, Unconfirmed) as error:
        end = error
    assert isinstance(end, Sign) or (end.message.endswith(".") and end.code in get_args(Reason))
    assert pane.count(PASTE) <= 1
    assert pane.count(ENTER) <= ENTERS
    assert not pane.has_turn
    assert not pane.has_keys
    assert pane.expected is None
    if isinstance(end, Sign):
        assert end.proven
        assert pane.taken in ([(parcel.text, parcel.mode)], [])
    if isinstance(end, Refused):
        assert pane.taken == [], "said to be refused, and Claude has it"
    return end


def refused(pane: FakePane, code: str, parcel: Parcel = PARCEL, wait: float | None = None) -> Refused:
    end = run(pane, parcel, wait)
    assert isinstance(end, Refused), end
    assert end.code == code
    return end


def unconfirmed(pane: FakePane, code: str = "unknown_screen", parcel: Parcel = PARCEL) -> Unconfirmed:
    end = run(pane, parcel)
    assert isinstance(end, Unconfirmed), end
    assert end.code == code
    return end


def test_the_good_case(pane: FakePane) -> None:
    assert run(pane) == Sign("passed", "prompt", "plan", ("gate", "transcript"), proven=True)
    assert pane.writes == [b"\x1b[200~" + TEXT.encode() + b"\x1b[201~", ENTER]
    assert pane.steps == ["look", "paste", "see", "enter", "evidence"]
    assert pane.clock.time < 0.2


@pytest.mark.parametrize("text", ["漢字\n\nÜ", "x" * 100_000, "a\nb\nc\nd\ne", "'\"`$(id)`"])
def test_any_text_is_pasted_once_as_it_is(pane: FakePane, text: str) -> None:
    assert isinstance(run(pane, replace(PARCEL, text=text)), Sign)
    assert pane.writes[0] == b"\x1b[200~" + text.encode() + b"\x1b[201~"


def test_a_backslash_at_the_end_does_not_take_the_enter(pane: FakePane) -> None:
    assert isinstance(run(pane, replace(PARCEL, text="ends in a \\")), Sign)
    assert pane.taken == [("ends in a \\", "plan")]


def test_a_placeholder_stands_for_the_text(pane: FakePane) -> None:
    pane.shows = lambda text: f"[Pasted text #3 +{text.count(chr(10))} lines]"
    assert isinstance(run(pane, replace(PARCEL, text="1\n2\n3\n4\n5")), Sign)


def test_a_placeholder_of_other_lines_does_not(pane: FakePane) -> None:
    pane.shows = lambda _: "[Pasted text #3 +9 lines]"
    unconfirmed(pane, "unknown_screen", replace(PARCEL, text="1\n2\n3\n4\n5"))
    assert pane.count(ENTER) == 0


# What the pane is when it is looked at, and the reason it is refused for. Nothing may be written.
UNTOUCHED: dict[str, tuple[dict[str, object], str]] = {
    "a dialog": ({"state": "waiting"}, "waiting"),
    "a shell": ({"state": "shell"}, "shell"),
    "suspended": ({"state": "suspended"}, "suspended"),
    "gone": ({"state": "gone"}, "gone"),
    "something else": ({"state": "unknown"}, "unknown_screen"),
    "a draft, and one in the stash": ({"box": "half a thou", "stash": "another"}, "draft"),
    "shell mode": ({"shell_mode": True}, "draft"),
    "another mode, no lock": ({"mode": "default", "lock": None}, "mode_drift"),
    "another mode, another lock": ({"mode": "default", "lock": "default"}, "mode_drift"),
    "no mode to be seen, no lock": ({"mode": None, "lock": None}, "mode_drift"),
}
PASSING = [name for name, (_, code) in UNTOUCHED.items() if code in delivery.PASSING]


@pytest.mark.parametrize("case", UNTOUCHED)
@pytest.mark.parametrize("wait", [None, 0.0, 5.0])
def test_refused_untouched(pane: FakePane, case: str, wait: float | None) -> None:
    fields, code = UNTOUCHED[case]
    for name, value in fields.items():
        setattr(pane, name, value)
    assert refused(pane, code, wait=wait).hint
    assert pane.writes == []


@pytest.mark.parametrize("case", [name for name in UNTOUCHED if name not in PASSING])
def test_refused_untouched_once_it_is_no_longer_busy(pane: FakePane, case: str) -> None:
    fields, code = UNTOUCHED[case]
    pane.state = "busy"
    pane.clock.after(20, pane.to(**{"state": "idle"} | fields))
    refused(pane, code)
    assert pane.writes == []


@pytest.mark.parametrize("case", PASSING)
def test_what_is_held_waits_until_it_has_passed(pane: FakePane, case: str) -> None:
    fields, _ = UNTOUCHED[case]
    before = {name: getattr(pane, name) for name in fields}
    pane.state = "busy"
    pane.clock.after(20, pane.to(**{"state": "idle"} | fields))
    pane.clock.after(120, pane.to(**before))
    assert isinstance(run(pane), Sign)
    assert pane.clock.time > 120


def test_what_was_held_before_waits_at_once(pane: FakePane) -> None:
    pane.state = "waiting"
    pane.clock.after(60, pane.to(state="idle"))
    assert isinstance(run(pane, replace(PARCEL, held=True)), Sign)


def test_superseded_before_anything_is_done(pane: FakePane) -> None:
    def step(_name: str) -> None:
        raise Superseded

    with pytest.raises(Superseded), pane.turn():
        deliver(pane, PARCEL, pane.clock, step)
    assert pane.writes == []


def test_a_lock_that_must_not_be_brought_back(pane: FakePane) -> None:
    pane.mode = "default"
    refused(pane, "mode_drift", replace(PARCEL, bring_back=False))
    assert pane.writes == []


@pytest.mark.parametrize("state", ["busy", "starting"])
def test_not_ready_in_time(pane: FakePane, state: str) -> None:
    pane.state = state  # type: ignore[assignment]
    refused(pane, "busy", wait=10)
    assert 10 <= pane.clock.time < 11.1
    assert pane.writes == []


def test_busy_and_not_held(pane: FakePane) -> None:
    pane.state = "busy"
    refused(pane, "busy", wait=0)
    assert pane.clock.time < 0.1


def test_held_until_idle_however_long(pane: FakePane) -> None:
    pane.state = "busy"
    pane.clock.after(300, pane.to(state="idle"))
    assert isinstance(run(pane), Sign)


def test_a_start_is_waited_for_whatever_its_mode_is_said_to_be(pane: FakePane) -> None:
    pane.state, pane.configured = "starting", "plan"
    refused(pane, "busy", wait=10)
    assert pane.writes == []


def test_the_hooks_word_ends_the_wait(pane: FakePane) -> None:
    """Claude draws its box a moment later; until they report it is looked at less."""
    pane.state, pane.reported = "busy", "the prompt"
    ended: list[float] = []
    pane.clock.after(20, pane.to(reported="the end of the turn", ending=True))
    pane.clock.after(20.05, pane.to(state="idle", ending=False))
    pane.on["paste"] = lambda: ended.append(pane.clock.time)
    assert isinstance(run(pane), Sign)
    assert 20.05 < ended[0] < 20.1
    assert pane.looks < 100


def test_what_follows_another_leaves_the_keys_until_it_is_ready(pane: FakePane) -> None:
    """Tool uses wait while they are held, and the turn before is under way."""
    pane.state, held = "busy", []
    pane.clock.after(0.001, lambda: held.append(pane.has_keys))
    pane.clock.after(3, pane.to(state="idle"))
    assert isinstance(run(pane, replace(PARCEL, behind=True)), Sign)
    assert held == [False]


@pytest.mark.parametrize("wait", [None, 100])
def test_a_start_takes_half_a_minute_at_most(pane: FakePane, wait: float | None) -> None:
    pane.state = "starting"
    refused(pane, "starting_timeout", wait=wait)
    assert 30 <= pane.clock.time < 32


def test_the_keys_are_free_while_it_waits(pane: FakePane) -> None:
    pane.state = "busy"
    held: list[bool] = []
    for second in range(1, 10):
        pane.clock.after(second, lambda: held.append(pane.has_keys))
    pane.clock.after(10, pane.to(state="idle"))
    run(pane)
    assert held.count(True) == 0


def test_keys_that_are_never_free(pane: FakePane) -> None:
    pane.keys_free = False
    pane.clock.after(20, pane.to(state="gone"))
    refused(pane, "gone")
    assert pane.writes == []


def test_keys_that_are_free_a_moment_later(pane: FakePane) -> None:
    pane.keys_free = False
    pane.clock.after(1, pane.to(keys_free=True))
    assert isinstance(run(pane), Sign)


def test_an_open_tool_use_is_waited_for(pane: FakePane) -> None:
    pane.state, pane.pending = "busy", 1
    pane.clock.after(5, pane.to(state="idle"))
    pane.clock.after(5.5, pane.to(pending=0))
    assert isinstance(run(pane), Sign)
    assert pane.clock.time > 5.5


def test_an_open_tool_use_ends_when_an_idle_screen_has_stood_for_long(pane: FakePane) -> None:
    pane.pending = 1
    assert isinstance(run(pane), Sign)
    assert 2 < pane.clock.time < 2.5


def test_a_screen_that_changes_does_not_end_an_open_tool_use(pane: FakePane) -> None:
    pane.pending = 1

    def flicker() -> None:
        pane.hook_running = not pane.hook_running
        pane.clock.after(0.5, flicker)

    flicker()
    refused(pane, "busy", wait=20)
    assert pane.pending == 1


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
    refused(pane, "mode_drift")
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


# The receipt


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
    pane.on["enter"] = pane.to(stopped=True)
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


# Anything at any time


def anything(random_: random.Random, pane: FakePane) -> Callable[[], object]:
    """One thing that may happen in a guarded pane while it is looked at."""

    def dialog() -> None:
        if not pane.has_keys:  # the gate sees to that
            pane.state = "waiting"

    modes = ["plan", "default", "acceptEdits", "auto", None]
    return random_.choice(
        [
            dialog,
            lambda: setattr(pane, "mode", random_.choice(modes)),
            lambda: setattr(pane, "box", pane.box + "x"),
            pane.to(box=""),
            lambda: setattr(pane, "state", random_.choice(["idle", "busy", "busy", "shell", "gone", "unknown"])),
            lambda: setattr(pane, "hook_running", random_.random() < 0.3),
            lambda: setattr(pane, "refusal", random_.choice([None, None, "input_off", "cancelled"])),
            lambda: setattr(pane, "pending", random_.randrange(2)),
            lambda: setattr(pane, "lost_enters", random_.randrange(3)),
            lambda: setattr(pane, "other_hook", random_.random() < 0.5),
            lambda: setattr(pane, "keys_free", random_.random() < 0.8),
        ]
    )


@pytest.mark.parametrize("seed", range(1500))
def test_whatever_happens_the_answer_is_true(pane: FakePane, seed: int) -> None:
    random_ = random.Random(seed)
    pane.state = random_.choice(["idle", "idle", "busy", "starting"])
    pane.mode = random_.choice(["plan", "plan", "default", "auto"])
    for _ in range(random_.randrange(6)):
        pane.clock.after(random_.random() * random_.choice([0.05, 0.3, 3]), anything(random_, pane))
    for moment in ("enter", "paste", "step see", "step enter", "step evidence", "clear"):
        if random_.random() < 0.15:
            pane.on[moment] = anything(random_, pane)
    pane.clock.after(500, pane.to(hook_running=False, state="gone"))
    run(pane, replace(PARCEL, held=random_.random() < 0.3), wait=random_.choice([0, 2, 30]))


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
