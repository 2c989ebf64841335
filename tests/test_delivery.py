"""Every way a delivery can go, against a pane that plays along and a clock that never sleeps."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from llm_send import delivery
from llm_send.delivery import deliver
from llm_send.target import ENTER, Sign, Superseded
from tests.delivering import PARCEL, TEXT, refused, run, unconfirmed
from tests.fake_pane import FakePane


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
