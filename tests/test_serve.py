"""Whoever has a pane's turn serves its queue: whose text goes, when, and what becomes of it if its server dies."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from llm_send.actions import stranded
from llm_send.actions.context import Context, Here, Memory
from llm_send.actions.here import Last, Nearby
from llm_send.actions.send import SendRequest, send
from llm_send.actions.serve import Elsewhere, Serving
from llm_send.config.types import Config
from llm_send.evidence import Baseline
from llm_send.history import History, Send, Step, new_send
from llm_send.live import LivePane, RealClock
from llm_send.modes import Mode
from llm_send.panes import Agent, Pane
from llm_send.paths import Paths
from llm_send.rules import digest
from llm_send.target import Look
from llm_send.tmux import Row, Tmux
from tests.fake_pane import PASTE, FakeClock, FakePane
from tests.rows import pane as shown
from tests.rows import row

DEAD = """
import sys
from pathlib import Path
from llm_send.history import History, new_send
from llm_send.rules import digest
history = History(Path(sys.argv[1]))
send = new_send(sys.argv[3], digest(sys.argv[3]), mode="plan", now=1.0)
history.begin(send)
history.enqueue(send.id, server="/tmp/sock", pane="%0", name="claude-plan", pid=1)
assert history.claim(send.id, send.sha256)
history.step(send.id, sys.argv[2])
"""


class FakeLive(FakePane):
    """The played pane as a server knows it."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.row: Row = row(name="claude-plan")
        self.folder: Path | None = None
        self.baseline = Baseline()

    def pane(self) -> Pane:
        return shown()


class Told(History):
    """The record, whose steps the pane hears of before they are written."""

    live: FakeLive

    def claim(self, id: str, sha256: str) -> Send | None:  # noqa: A002
        found = super().claim(id, sha256)
        if found:
            self.live.step("look")
        return found

    def step(self, id: str, step: Step) -> None:  # noqa: A002
        self.live.step(step)
        super().step(id, step)

    def mark(self, id: str, transcript: Path | None, start: int) -> None:  # noqa: A002
        self.live.step("enter")
        super().mark(id, transcript, start)


class Own:
    """The text its server is there for; it waits for as long as it takes. `restless`: it looks for another pane."""

    def __init__(self, own: Send) -> None:
        self.id = own.id
        self.restless = False

    def __call__(self, look: Look, *, held: bool) -> None:
        pass

    def gives_up_on(self, _refusal: object) -> bool:
        return self.restless


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def live(clock: FakeClock) -> FakeLive:
    return FakeLive(clock)


@pytest.fixture
def ctx(tmp_path: Path, clock: FakeClock, live: FakeLive) -> Iterator[Context]:
    paths = Paths(tmp_path / "config", tmp_path / "state")
    history = Told(paths.history_file)
    history.live = live
    tmux = Tmux(socket_path="/tmp/sock", environment={})
    ctx = Context(tmux, Config(), paths, {}, Here("/project"), clock, Memory(history=history))
    yield ctx
    ctx.history.close()


def waiting(ctx: Context, text: str, mode: str | None = "plan") -> Send:
    it = new_send(text, digest(text), mode=mode, now=1.0)
    ctx.history.begin(it)
    ctx.history.enqueue(it.id, server="/tmp/sock", pane="%0", name="claude-plan", pid=1)
    return it


def left_by_a_dead_sender(ctx: Context, step: str, text: str = "left") -> Send:
    argv = [sys.executable, "-c", DEAD, str(ctx.paths.history_file), step, text]
    subprocess.run(argv, check=True, timeout=30, env={"PYTHONPATH": ":".join(sys.path)})
    return ctx.history.recent(1)[0]


def serve(ctx: Context, live: FakeLive, own: Own | None = None) -> list[str]:
    """What reached the model, in order."""
    with live.turn():
        Serving(ctx, live).serve(own)  # type: ignore[arg-type]
    return [text for text, _ in live.taken]


def after(ctx: Context, it: Send) -> Send:
    now = ctx.history.get(it.id)
    assert now
    return now


def idle_again(live: FakeLive) -> None:
    """Each turn takes a moment."""
    follow = live.follow

    def ended() -> None:
        follow()
        live.clock.after(0.1, live.to(state="idle", signed=replace(live.signed, verdict=None, proven=False)))

    live.follow = ended  # type: ignore[method-assign]


def test_the_older_text_of_another_goes_first(ctx: Context, live: FakeLive) -> None:
    idle_again(live)
    one, own = waiting(ctx, "first"), waiting(ctx, "second")
    assert serve(ctx, live, Own(own)) == ["first", "second"]
    assert {after(ctx, it).outcome for it in (one, own)} == {"delivered"}


def test_a_text_taken_by_another_meanwhile_is_left_to_it(ctx: Context, live: FakeLive) -> None:
    it = waiting(ctx, "mine")
    look = live.look

    def taken() -> Look:
        ctx.history.claim(it.id, it.sha256)
        ctx.history.step(it.id, "paste")
        return look()

    live.look = taken  # type: ignore[method-assign]
    assert serve(ctx, live) == []
    assert live.count(PASTE) == 0


def test_a_text_moved_to_the_front_goes_first(ctx: Context, live: FakeLive) -> None:
    idle_again(live)
    live.state = "busy"
    one, two = waiting(ctx, "first"), waiting(ctx, "second")
    live.clock.after(5, lambda: ctx.history.move(two.id, 0))
    live.clock.after(9, live.to(state="idle"))
    assert serve(ctx, live, Own(one)) == ["second", "first"]


def test_a_text_called_off_while_it_waits_does_not_go(ctx: Context, live: FakeLive) -> None:
    live.state = "busy"
    it = waiting(ctx, "never")
    live.clock.after(5, lambda: ctx.history.call_off([it.id], "Called off."))
    live.clock.after(300, live.to(state="idle"))
    assert serve(ctx, live) == []
    assert live.writes == []
    assert live.clock.now() < 10


@pytest.mark.parametrize("moment", ["step look", "step stash", "step mode", "step paste"])
def test_interrupted_before_the_paste_it_waits_again(ctx: Context, live: FakeLive, moment: str) -> None:
    live.box, live.mode = "a draft", "default"
    it = waiting(ctx, "interrupted")
    live.on[moment] = ctrl_c
    with pytest.raises(KeyboardInterrupt):
        serve(ctx, live)
    assert after(ctx, it).waits
    assert live.count(PASTE) == 0


@pytest.mark.parametrize("moment", ["paste", "step see", "step enter", "step evidence"])
def test_interrupted_behind_the_paste_it_is_unconfirmed(ctx: Context, live: FakeLive, moment: str) -> None:
    it = waiting(ctx, "interrupted")
    live.on[moment] = ctrl_c
    with pytest.raises(KeyboardInterrupt):
        serve(ctx, live)
    assert after(ctx, it).outcome == "unconfirmed"
    assert ctx.history.queue() == []


def ctrl_c() -> None:
    raise KeyboardInterrupt


def test_what_a_dead_sender_left_before_the_paste_is_sent(ctx: Context, live: FakeLive) -> None:
    left = left_by_a_dead_sender(ctx, "stash")
    assert serve(ctx, live) == ["left"]
    assert after(ctx, left).outcome == "delivered"


@pytest.mark.parametrize("step", ["paste", "see", "enter", "evidence"])
def test_what_a_dead_sender_left_in_the_pane_is_unconfirmed(ctx: Context, live: FakeLive, step: str) -> None:
    left = left_by_a_dead_sender(ctx, step)
    assert serve(ctx, live) == []
    assert after(ctx, left).outcome == "unconfirmed"
    assert live.count(PASTE) == 0


def test_behind_the_paste_no_other_pane_is_looked_for(ctx: Context, live: FakeLive) -> None:
    own = Own(waiting(ctx, "once"))
    own.restless = True
    live.on["step enter"] = live.to(state="gone")
    assert serve(ctx, live, own) == []
    now = ctx.history.get(own.id)
    assert now
    assert (now.outcome, now.reason) == ("refused", "gone")


def test_before_the_paste_another_pane_may_be(ctx: Context, live: FakeLive) -> None:
    it = waiting(ctx, "elsewhere")
    own = Own(it)
    own.restless = True
    live.state = "gone"
    with pytest.raises(Elsewhere):
        serve(ctx, live, own)
    assert after(ctx, it).waits


def test_a_mode_that_cannot_be_told_is_not_chosen(ctx: Context, live: FakeLive) -> None:
    it = waiting(ctx, "never", mode=None)
    live.mode = live.lock = None
    assert serve(ctx, live) == []
    assert (after(ctx, it).outcome, after(ctx, it).reason) == ("refused", "unknown_screen")
    assert "cannot be told" in (after(ctx, it).message or "")


def test_a_pane_whose_gate_is_gone_is_refused(ctx: Context, live: FakeLive, tmp_path: Path) -> None:
    it = waiting(ctx, "never")
    live.row = live.row._replace(folder=str(tmp_path / "nothing"), lock="plan")
    assert serve(ctx, live) == []
    assert (after(ctx, it).outcome, after(ctx, it).reason) == ("refused", "gate_blocked")
    assert live.writes == []


def test_what_waits_for_a_pane_that_has_ended_is_refused(ctx: Context) -> None:
    """There is no server any more."""
    it = waiting(ctx, "never")
    assert stranded.waiting(ctx) == []
    assert (after(ctx, it).outcome, after(ctx, it).reason) == ("refused", "gone")


def test_nothing_is_sent_without_the_turn(ctx: Context) -> None:
    """The pane is not even looked at: there is no tmux here, which would be said."""
    agent = Agent(row(), None)
    other = LivePane(ctx.tmux, agent, ctx.paths, ctx.config)
    ctx.memory.last[ctx.tmux.describe(), None, "/project", "plan"] = Last(agent, Nearby(ctx, []))
    with other.turn(0) as mine:
        assert mine
        result = send(ctx, SendRequest(text="never", mode=Mode.PLAN, wait=0))
    assert (result.outcome, result.reason) == ("refused", "busy")
    assert result.message == "Another send to %0 is under way."


def test_what_does_not_wait_any_longer_is_left_to_somebody(ctx: Context) -> None:
    kept: list[str] = []
    ctx = replace(ctx, clock=RealClock())
    ctx.memory.keeper = lambda _ctx, _live, id: kept.append(id)  # noqa: A006
    agent = Agent(row(), None)
    ctx.memory.last[ctx.tmux.describe(), None, "/project", "plan"] = Last(agent, Nearby(ctx, []))
    with LivePane(ctx.tmux, agent, ctx.paths, ctx.config).turn(0):
        result = send(ctx, SendRequest(text="later", mode=Mode.PLAN, wait=0.05))
    assert result.outcome == "queued"
    assert kept == [result.id]
