"""Where cases are played: a world of its own, a pane for each way to start, used again while it comes back to an empty
box. One case after another, so that what the log says belongs to one of them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from llm_send.errors import LlmSendError
from offline import world
from offline.compare import judge, normal, user_texts
from offline.world import Programs, World
from tests.hazards.act import STILL, Act, is_ready, tool_answers
from tests.hazards.case import Case, Start, Who
from tests.hazards.ended import Ended
from tests.hazards.row import BROKEN, NOT_BROUGHT, Row
from tests.hazards.starting import MODES, Starting
from tests.rig.scene import Scene, scene_of
from tests.rig.tmux import Pane
from tests.rig.wait import wait_until

LONG = 24  # looks that show the same after a send that says nothing of itself
FOUND = {"delivered": "once, whole", "refused": "nothing", "error": "nothing"}
MAYBE = 4.0  # the same for what may arrive, or not
ARRIVES = 12.0  # seconds for what was delivered to stand in the log


@contextmanager
def opened(programs: Programs) -> Iterator[House]:
    with world.opened("hazards", programs) as here:
        scene = scene_of(here.environment, here.server, here.model, here.project)
        yield House(here, scene)


@dataclass
class House:
    world: World
    scene: Scene
    panes: list[tuple[Start, Pane]] = field(default_factory=list)
    played: int = 0

    def play(self, case: Case, who: Who) -> Row:
        """One case with one sender, to its end; the pane is left ready for the next, or is ended."""
        start = case.start if who == "ours" else replace(case.start, hand=True)
        try:
            act = self._act(self._pane(start), start)
        except (AssertionError, RuntimeError, LlmSendError) as error:  # it does not even start
            return Row(case.name, case.sees, who, case.want, NOT_BROUGHT, said=str(error))
        try:
            row = self._guarded(case, act, who)
            with suppress(AssertionError, RuntimeError):
                case.leave(act)
            return row
        finally:
            self._end(case, act)

    def _guarded(self, case: Case, act: Act, who: Who) -> Row:
        """A case that breaks the machinery is a red row, not the end of the table."""
        try:
            return self._play(case, act, who)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is shown
            said = f"{error!r}\n{_lower(act.pane)}"
            return Row(case.name, case.sees, who, case.want, BROKEN, fault=repr(error)[:120], said=said)

    def _play(self, case: Case, act: Act, who: Who) -> Row:
        row = Row(case.name, case.sees, who, case.want)
        try:
            case.bring(act)
        except (AssertionError, RuntimeError) as error:
            return replace(row, outcome=NOT_BROUGHT, said=str(error))
        act.answered = len(tool_answers(self.world.model.log))
        began = time.monotonic()
        row = self._blind(row, case, act) if who == "blind" else self._ours(row, case, act)
        return replace(row, seconds=round(time.monotonic() - began, 2), said=f"{row.said}\n{_lower(act.pane)}")

    def _blind(self, row: Row, case: Case, act: Act) -> Row:
        with suppress(RuntimeError, AssertionError):  # that tmux died of it is seen below
            case.blind(act, case.data(act))
        self._settle(act, LONG)
        row = self._judged(row, act, case.texts(act), act.own)
        return replace(row, harm=self._harm(case, act))

    def _ours(self, row: Row, case: Case, act: Act) -> Row:
        data, before = case.data(act), self._screen(act)
        try:
            end = case.send(act, data)
        except AssertionError as error:
            end = Ended("too late", None, str(error))
        row = self._waited(row, act, end, case.texts(act))
        harm = self._harm(case, act)
        if case.untouched and end.outcome == "refused" and _lies_there(data, before, self._screen(act)):
            harm = (*harm, "text left on the screen")
        log = row.fault or ("nothing" if not case.texts(act) else FOUND.get(end.outcome, "at most once"))
        return replace(row, outcome=str(end), log=log, harm=harm, said=end.message)

    def _waited(self, row: Row, act: Act, end: Ended, texts: tuple[str, ...]) -> Row:
        """Judged once what was delivered had its time to come and the rest had its time to stay away."""
        sent = texts if end.outcome == "delivered" else ()
        maybe = () if end.outcome in ("delivered", "refused", "error") else texts
        with suppress(AssertionError):
            wait_until(lambda: not judge(act.arrived(), sent, [*maybe, *act.own]).lost, ARRIVES)
        self._settle(act)
        if maybe:
            with suppress(RuntimeError, AssertionError):
                act.ready(MAYBE)
        return self._judged(row, act, sent, [*maybe, *act.own])

    def _judged(self, row: Row, act: Act, sent: Sequence[str], maybe: Sequence[str]) -> Row:
        """What the log says."""
        found = judge(act.arrived(), sent, maybe)
        span = (act.began, len(user_texts(self.world.model.log)))
        fault = "" if found.ok else str(found)
        more = {"span": span, "sent": tuple(sent), "maybe": tuple(maybe), "shown": (*found.merged, *found.altered)}
        return replace(row, log=str(found), fault=fault, **more)  # type: ignore[arg-type]

    def _settle(self, act: Act, looks: int = STILL) -> None:
        with suppress(RuntimeError, AssertionError):  # the pane is gone
            act.settled(lambda seen: looks == STILL or "esc to interrupt" not in seen, looks=looks, deadline=8)

    def _harm(self, case: Case, act: Act) -> tuple[str, ...]:
        if not self.alive():
            return ("tmux died",)
        found: list[str | None] = []
        with suppress(RuntimeError):  # the pane is gone, which is said below
            found.append(case.harm(act))
        if act.witness.exists():
            found.append("a command ran")
            act.witness.unlink()
        if not case.tools and (answers := act.answers()):
            first = answers[0].partition("\n")[0]
            found.append(f"answered: {re.sub(r'/[^ ]+', '…', first)[:60]}")
        if not case.may_end and not act.claude():
            found.append("Claude quit")
        return tuple(each for each in found if each)

    def _screen(self, act: Act) -> str:
        with suppress(RuntimeError):
            return act.pane.screen()
        return ""

    def alive(self) -> bool:
        try:
            self.world.server.panes()
        except RuntimeError:
            return False
        return True

    # Panes

    def _act(self, pane: Pane, start: Start) -> Act:
        self.played += 1
        log = self.world.model.log
        witness = self.world.folder / f"witness-{self.played}"
        began, answered = len(user_texts(log)), len(tool_answers(log))
        return Act(self.world, self.scene, pane, not start.hand, MODES[start.mode].claude, witness, began, answered)

    def _pane(self, start: Start) -> Pane:
        for known, pane in self.panes:
            if known == start:
                return pane
        pane = Starting(self.world, self.scene, self.played).start(start)
        if start.ready:
            wait_until(lambda: is_ready(pane), 30, show=pane.report)
        self.panes.append((start, pane))
        return pane

    def _end(self, case: Case, act: Act) -> None:
        """Keep the pane for the next case if it is as it was; else end it, and what was left running."""
        for started in act.left:
            started.kill()
            started.communicate()
        if not self.alive():
            self.world.server.start()
            self.scene = scene_of(self.world.environment, self.world.server, self.world.model, self.world.project)
            self.panes.clear()
            return
        if not case.alone and act.claude():
            with suppress(RuntimeError, AssertionError):
                act.ready(3)
                return
        self.panes = [(start, pane) for start, pane in self.panes if pane.id != act.pane.id]
        with suppress(RuntimeError):
            self.world.server.run("kill-pane", "-t", act.pane.id)


def _lower(pane: Pane) -> str:
    """The end of a screen, which is where the box is."""
    rows = [row for row in pane.report().splitlines() if row.strip(" │")]
    return "\n".join(row[:100] for row in rows[-12:])


def _lies_there(data: bytes, before: str, after: str) -> bool:
    """Whether a text that was refused now stands somewhere on the screen."""
    start = normal(data[:200].decode(errors="replace")).split("\n")[0][:24]
    return bool(start) and after.count(start) > before.count(start)


def play_all(
    cases: Sequence[Case],
    programs: Programs,
    who: Who,
    *,
    lanes: int = 1,
    told: Callable[[Row, Path], object] | None = None,
) -> list[Row]:
    """All these cases, dealt out to so many houses that play at the same time; in the order of the cases. `told` hears
    of each row as it is played, and where its model's log is then."""

    def play(lane: int) -> list[Row]:
        played = []
        with opened(programs) as here:
            for case in cases[lane::lanes]:
                played.append(here.play(case, who))
                if told:
                    told(played[-1], here.world.model.log)
        return played

    with ThreadPoolExecutor(lanes) as pool:
        rows = {row.case: row for played in pool.map(play, range(lanes)) for row in played}
    return [rows[case.name] for case in cases]
