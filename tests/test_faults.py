"""kill -9 of a command that sends, at every step: each text is delivered once, waits in the queue, or is unconfirmed
in the history. None is lost, none doubled, and the person's draft survives.

The programs end by themselves right before a transition (`rig.dying`). One pane serves all steps of a test: each
leaves it as it found it, and the next one would notice if not. The editor and its host: tests/lua/test_faults.py.
"""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path

import pytest

from llm_send.actions.carry_on import CarryOnRequest, carry_on
from llm_send.actions.context import Context, Memory
from llm_send.actions.drain import DrainRequest, drain
from llm_send.actions.follow import Follower
from llm_send.actions.history import HistoryRequest, history
from llm_send.actions.resolve_send import ResolveRequest, resolve_send
from llm_send.actions.result import SendResult
from llm_send.actions.settle import settle_abandoned
from llm_send.draft import STASHED
from llm_send.live import LATE, LivePane, RealClock
from llm_send.modes import Mode
from tests.rig.deathbed import Deathbed, fate, left_behind, pasted
from tests.rig.dying import PLAIN, TRANSITIONS
from tests.rig.scene import Scene
from tests.rig.wait import wait_until

LONG = "\n".join(f"{number:06d} " + "x" * 92 for number in range(1000))  # 100 KB
# The test's process starts drainers as a sender does, and does not wait for them.
LEFT_RUNNING = "ignore:Exception ignored in. <function Popen.__del__:pytest.PytestUnraisableExceptionWarning"
pytestmark = [pytest.mark.newest, pytest.mark.timeout(240), pytest.mark.filterwarnings(LEFT_RUNNING)]


@pytest.fixture
def deathbed(scene: Scene, place: Path) -> Deathbed:
    return Deathbed(scene, scene.spawn(Mode.PLAN), place)


def test_a_sender_at_each_step(deathbed: Deathbed) -> None:
    whole = deathbed.whole("whole")
    assert tuple(whole.events()) == PLAIN
    for before in PLAIN:
        text = f"killed before {before}"
        deathbed.kill(before, text)
        deathbed.next(f"after {before}")
        deathbed.after(before, text)
        deathbed.stands(text if left_behind(before) else "")
        deathbed.nothing_left()
        if left_behind(before):
            deathbed.clear()
    deathbed.judge()


HALVES = (TRANSITIONS[::2], TRANSITIONS[1::2])  # two at a time


@pytest.mark.parametrize("steps", HALVES, ids=("these", "those"))
def test_a_draft_in_the_box_at_each_step(deathbed: Deathbed, steps: tuple[str, ...]) -> None:
    """And in another mode, which has to be changed back."""
    deathbed.draft("a whole thought")
    whole = deathbed.whole("whole")
    assert tuple(dict.fromkeys(whole.events())) == TRANSITIONS
    deathbed.stands("a whole thought")
    deathbed.clear()
    for before in steps:
        text, draft = f"killed before {before}", f"half a thought, {before}"
        deathbed.draft(draft)
        deathbed.kill(before, text)
        if left_behind(before):  # above a draft in the stash: neither may be touched
            result = deathbed.send(f"after {before}")
            assert (result.outcome, result.reason) == ("refused", "draft")
            deathbed.after(before, text)
            assert str(getattr(deathbed.row(text), "hint", None)).endswith(STASHED)
            deathbed.press("Enter")  # the person's doing
            deathbed.arrived(text)
        else:
            deathbed.next(f"after {before}")
            deathbed.after(before, text)
        deathbed.stands(draft)
        deathbed.clear()
    deathbed.judge()


def test_a_long_text_at_the_paste(deathbed: Deathbed) -> None:
    """All of it stands in the box, or nothing; the next text does not meet it on its way."""
    for before in ("keys paste", "given paste"):
        text = f"{LONG}\nkilled before {before}"
        deathbed.kill(before, text)
        deathbed.next(f"after {before}")
        deathbed.after(before, text)
        wait_until(deathbed.idle, show=deathbed.screen)
        if pasted(before):
            assert str(deathbed.box()).startswith("[Pasted text #")
            deathbed.press("Enter")  # the person's doing
            deathbed.arrived(text)
        else:
            assert deathbed.box() == ""
    deathbed.judge()


def test_a_sender_whose_text_was_held(deathbed: Deathbed) -> None:
    for before in ("claim", "given paste", "given enter"):
        text, dying = f"killed before {before}", deathbed.dying(before)
        deathbed.next(f"[[hold {before}]] think")
        sender = deathbed.command(dying, text)
        wait_until(lambda: deathbed.held(text), deadline=60, show=deathbed.screen)  # noqa: B023
        deathbed.scene.model.release(before)
        assert sender.wait(60) == -signal.SIGKILL
        if fate(before) == "sent":  # its own turn's end starts somebody who sees to it
            wait_until(lambda: deathbed.outcome(text), deadline=60, show=deathbed.screen)  # noqa: B023
        else:
            deathbed.look_at_once(before, text)
            deathbed.next(f"after {before}")
        deathbed.after(before, text)
        deathbed.stands(text if left_behind(before) else "")
        deathbed.clear()
    deathbed.judge()


def test_a_drainer_at_each_step(deathbed: Deathbed) -> None:
    scene, pane = deathbed.scene, deathbed.pane
    for before in PLAIN[PLAIN.index("claim") :]:
        text, dying = f"killed before {before}", deathbed.dying(before)
        deathbed.queue(text)
        argv = ("drain", str(scene.server.socket), pane.id)
        assert dying.run(*argv, environment=scene.ctx.environment) == -signal.SIGKILL
        deathbed.look_at_once(before, text)
        drain(scene.ctx, DrainRequest(pane.id))
        deathbed.after(before, text)
        deathbed.stands(text if left_behind(before) else "")
        deathbed.clear()
    deathbed.judge()


def test_one_of_two_senders(deathbed: Deathbed) -> None:
    """The other waits for the turn meanwhile."""
    for before in ("claim", "step paste", "given paste", "keys enter", "step evidence"):
        text, then, dying = f"killed before {before}", f"waits behind {before}", deathbed.dying(before, "stop")
        first = deathbed.command(dying, text)
        wait_until(dying.reached, deadline=60, show=deathbed.screen)
        second = deathbed.command(deathbed.dying("never"), then)
        wait_until(lambda: deathbed.held(then), deadline=60, show=deathbed.screen)  # noqa: B023
        first.kill()
        assert first.wait(60) == -signal.SIGKILL
        assert second.wait(60) == 0
        deathbed.certain.append(then)
        deathbed.after(before, text)
        deathbed.stands(text if left_behind(before) else "")
        deathbed.clear()
    deathbed.judge()


def test_another_hears_of_what_it_waits_for(deathbed: Deathbed) -> None:
    """An editor whose host died: somebody else is delivering its text already. Its new host tells of the end."""
    told: list[SendResult] = []

    def keep(ctx: Context, live: LivePane, id: str) -> None:  # noqa: A002 — the contract's word
        Follower(ctx, live, told.append).add(id)

    dying = deathbed.dying("keys paste", "stop")
    sender = deathbed.command(dying, "for both")
    wait_until(dying.reached, deadline=60, show=deathbed.screen)
    row = deathbed.row("for both")
    assert row
    host = replace(deathbed.scene.ctx, memory=Memory(keeper=keep))
    asked = CarryOnRequest((row.id,))
    assert carry_on(host, asked).as_dict() == {"carried_on": [], "ended": []}
    dying.go_on()
    assert sender.wait(60) == 0
    wait_until(lambda: told, deadline=30, show=deathbed.screen)
    assert [(each.id, each.outcome, each.pane and each.pane.name) for each in told] == [
        (row.id, "delivered", "claude-plan")
    ]
    assert carry_on(host, asked).ended == (row.id,)
    looked = resolve_send(host, ResolveRequest(row.id))
    assert looked.pane
    assert looked.pane.name == "claude-plan"
    deathbed.certain.append("for both")
    deathbed.judge()


def test_a_text_in_a_pane_that_has_ended_too(deathbed: Deathbed) -> None:
    """Nobody comes by there any more; whoever reads the history is told the truth."""
    deathbed.kill("step evidence", "who knows")
    deathbed.scene.server.run("kill-pane", "-t", deathbed.pane.id)
    (entry,) = history(deathbed.scene.ctx, HistoryRequest()).sends
    ends = ("The sender ended at the step “enter”.", "The sender ended; the gate had let the prompt through.")
    assert entry.send.outcome == "unconfirmed"
    assert entry.send.message in ends, "Claude may have heard the Enter before its pane was ended"


class EnterComes(RealClock):
    """Enter reaches Claude only now, between two looks."""

    def __init__(self, deathbed: Deathbed) -> None:
        self._comes = [lambda: deathbed.press("Enter")]

    def pause(self, seconds: float) -> None:
        while self._comes:
            self._comes.pop()()
        super().pause(seconds)


def test_one_that_died_right_behind_its_enter(deathbed: Deathbed) -> None:
    """Claude has not taken it yet when the next one looks, who waits for that."""
    deathbed.kill("keys enter", "on its way")
    live = deathbed.scene.live(deathbed.pane)
    with live.turn(1.0) as mine:
        assert mine
        settle_abandoned(deathbed.scene.ctx.history, live, EnterComes(deathbed))
    row = deathbed.row("on its way")
    assert row
    assert row.message == "The sender ended; the gate had let the prompt through.", row
    deathbed.arrived("on its way")
    deathbed.next("another")
    deathbed.nothing_left()
    deathbed.judge()


class Asleep:
    """A sender that stands still, all of it, for longer than it may."""

    def __init__(self, deathbed: Deathbed, before: str, text: str) -> None:
        self.deathbed, self.dying = deathbed, deathbed.dying(before, "freeze")
        self.process = deathbed.command(self.dying, text)
        self.stat = Path(f"/proc/{self.process.pid}/stat")
        wait_until(self._stands_still, deadline=60, show=deathbed.screen)

    def _stands_still(self) -> bool:
        return self.dying.reached() and self.stat.read_text().split()[2] == "T"

    def wakes(self) -> int:
        """Its exit code. The server's clock goes by whole seconds."""
        now = float(Path("/proc/uptime").read_text().split()[0])
        late = now + LATE + 1
        wait_until(lambda: float(Path("/proc/uptime").read_text().split()[0]) > late)
        self.process.send_signal(signal.SIGCONT)
        return self.process.wait(60)


ASLEEP = {
    "keys stash": ("refused", "{draft}"),
    "given stash": ("refused", ""),
    "keys mode": ("refused", ""),
    "keys paste": ("refused", ""),
    "given paste": ("unconfirmed", "{text}"),
    "keys enter": ("unconfirmed", "{text}"),
}
"""How a sender ends that fell asleep right before this, and what the person finds in the box meanwhile."""


@pytest.mark.parametrize("steps", [[*ASLEEP][::2], [*ASLEEP][1::2]], ids=("these", "those"))
def test_one_that_wakes_late_touches_nothing(deathbed: Deathbed, steps: list[str]) -> None:
    """The person has taken out what stood there, and is writing something else."""
    for before in steps:
        outcome, stood = ASLEEP[before]
        text, own, draft = f"asleep before {before}", "words of my own", f"half a thought, {before}"
        deathbed.draft(draft)
        sender = Asleep(deathbed, before, text)
        deathbed.stands(stood.format(text=text, draft=draft))
        deathbed.clear()
        deathbed.write(own)
        assert sender.wakes() == {"refused": 3, "unconfirmed": 4}[outcome]
        row = deathbed.row(text)
        assert row
        assert row.outcome == outcome, row
        assert "stands" not in str(row.message), row
        deathbed.stands(own)
        deathbed.clear()
        if before != "keys stash":
            assert str(row.hint).endswith(STASHED), row
            deathbed.press("C-s")
            deathbed.stands(draft)
            deathbed.clear()
    deathbed.judge()


def test_one_whose_text_it_finds_as_it_left_it(deathbed: Deathbed) -> None:
    """It is taken back; or the person has pressed Enter, or the sender itself had."""
    for before, code in {"keys enter": 3, "step evidence": 0, "settle": 0}.items():
        text = f"asleep before {before}"
        sender = Asleep(deathbed, before, text)
        if code:
            deathbed.stands(text)
        else:
            deathbed.arrived(text)
            deathbed.stands("")
            deathbed.write("words of my own")
        assert sender.wakes() == code
        deathbed.stands("" if code else "words of my own")
        deathbed.clear()
    assert getattr(deathbed.row("asleep before keys enter"), "reason", None) == "cancelled"
    deathbed.next("another")
    deathbed.judge()


def test_one_whose_text_the_person_has_sent(deathbed: Deathbed) -> None:
    sender = Asleep(deathbed, "keys enter", "asleep")
    deathbed.press("Enter")
    deathbed.arrived("asleep")
    deathbed.stands("")
    deathbed.write("words of my own")
    assert sender.wakes() == 4
    deathbed.stands("words of my own")
    send = deathbed.row("asleep")
    assert send
    assert resolve_send(deathbed.scene.ctx, ResolveRequest(send.id)).outcome == "delivered"
    deathbed.clear()
    deathbed.judge()
