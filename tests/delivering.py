"""A delivery into a pane that plays along, with what must hold however it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest

from llm_send.delivery import deliver
from llm_send.errors import LlmSendError, Refused
from llm_send.outcomes import Reason
from llm_send.receipt import ENTERS
from llm_send.target import ENTER, Look, Parcel, Sign, Unconfirmed
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
