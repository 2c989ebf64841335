"""The pane for a send, chosen among what the listings say, one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from llm_send.actions import choosing
from llm_send.actions.context import Context, Here
from llm_send.config.types import Config
from llm_send.delivery import DRAWN
from llm_send.modes import Mode
from llm_send.panes import Pane
from llm_send.paths import Paths
from llm_send.resolve import NotResolved
from llm_send.tmux import Tmux
from tests.fake_pane import FakeClock
from tests.rows import pane

HERE = "/project"
PLAN = pane(id="%1", cwd=HERE)
HIDDEN = pane(id="%1", cwd=HERE, mode=None, verified=False, mode_source=None)
FAR = pane(id="%2", session="other", cwd="/far")
LOCKED = pane(id="%3", cwd=HERE, lock="normal", mode=None, verified=False, guarded=True)


@dataclass
class Listings:
    """The first for so many seconds, then the second."""

    clock: FakeClock
    first: Sequence[Pane]
    then: Sequence[Pane]
    seconds: float
    asked: int = 0

    def __call__(self, _ctx: Context) -> Listings:
        self.asked += 1
        return self

    @property
    def rows(self) -> tuple[()]:
        return ()

    @property
    def panes(self) -> Sequence[Pane]:
        return self.first if self.clock.now() < self.seconds else self.then

    def live(self, _ctx: Context, one: Pane) -> Pane:
        return one


def chosen(
    monkeypatch: pytest.MonkeyPatch, paths: Paths, *listed: Sequence[Pane], seconds: float
) -> tuple[Listings, object]:
    clock = FakeClock()
    ctx = Context(Tmux(environment={}), Config(), paths, {}, Here(HERE), clock)
    listings = Listings(clock, listed[0], listed[-1], seconds)
    monkeypatch.setattr(choosing, "find", listings)
    try:
        return listings, choosing.chosen(ctx, Mode.PLAN, None)[0]
    except NotResolved as none:
        return listings, none.code


def test_a_mode_that_is_hidden_for_a_moment(monkeypatch: pytest.MonkeyPatch, paths: Paths) -> None:
    for others in ([], [FAR]):
        _, one = chosen(monkeypatch, paths, [*others, HIDDEN], [*others, PLAN], seconds=0.5)
        assert one == PLAN


def test_a_mode_that_stays_hidden(monkeypatch: pytest.MonkeyPatch, paths: Paths) -> None:
    listings, code = chosen(monkeypatch, paths, [HIDDEN], seconds=0)
    assert code == "no_candidate"
    assert DRAWN <= listings.clock.now() < DRAWN + 0.2


@pytest.mark.parametrize("there", [LOCKED, FAR, replace(PLAN, mode="normal"), replace(HIDDEN, state="shell")])
def test_what_is_certain_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, paths: Paths, there: Pane) -> None:
    listings, code = chosen(monkeypatch, paths, [there], seconds=0)
    assert code in ("no_candidate", "elsewhere")
    assert listings.asked == 1
