"""One episode: what stands there, the senders, what happens meanwhile, and the pane at rest again."""

from __future__ import annotations

import signal
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from llm_send.actions.context import Context
from tests.rig.tmux import Pane
from tests.rig.wait import wait_until
from torture.arrivals import Arrivals
from torture.editor import Editors
from torture.happenings import HAPPENINGS
from torture.judge import Violation
from torture.person import Person
from torture.plan import Ask, Episode, Event, Sender
from torture.senders import Process, Senders
from torture.situations import SITUATIONS
from torture.stage import Lane, Stage, is_ready, usual_size
from torture.texts import UNSENDABLE, filled, own_tag
from torture.told import Asked, Death, Told

TICK = 0.05
UNSCHEDULED = 50_000
CALM = ("idle", "copy-mode", "drifted", "draft")


def pause(seconds: float) -> None:
    """Until a moment that was drawn: what happens then shall not wait for anything else to have happened."""
    time.sleep(seconds)


@dataclass
class Run:
    """What is gathered over all episodes."""

    stage: Stage
    arrivals: Arrivals
    asked: list[Asked] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    moved: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    greeted: int = 0
    happened: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)
    notices: list[Told] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def happen(self, name: str) -> None:
        with self.lock:
            self.happened[name] += 1

    def notice(self, told: Told) -> None:
        """What a sender was told later, of a text that waited."""
        with self.lock:
            self.notices.append(told)

    def own_tag(self) -> str:
        """For what the person says of their own accord, beyond all that the schedule has them say."""
        with self.lock:
            self.greeted += 1
            return own_tag(UNSCHEDULED + self.greeted)


@dataclass
class Playing:
    """One episode under way."""

    run: Run
    lane: Lane
    episode: Episode
    editors: Editors
    pane: Pane = field(init=False)
    person: Person = field(init=False)
    processes: list[Process] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)
    asked: dict[int, Asked] = field(default_factory=dict)
    began: float = 0.0
    low: bool = False

    def __post_init__(self) -> None:
        new = self.episode.pane not in self.lane.panes
        self.pane = self.lane.pane(self.episode.pane)
        self.person = Person(self.pane, self.run.arrivals, self.run.own)
        if new:
            self.greet()

    def greet(self) -> None:
        """Each Claude is spoken to once, so that each conversation is in the log."""
        self.person.submit(f"hello {self.run.own_tag()}")
        self.person.ready()

    @property
    def stage(self) -> Stage:
        return self.run.stage

    @property
    def ctx(self) -> Context:
        return self.lane.context("person")

    @property
    def moved(self) -> set[str]:
        return self.run.moved

    @property
    def running(self) -> bool:
        return any(thread.is_alive() for thread in self.threads)

    def filled(self, text: str) -> str:
        return filled(text, self.stage.witness)

    def died(self) -> None:
        """The pane, or the Claude in it, is ended on purpose; with it goes what was half written there."""
        self.stage.deaths.append(Death(self.pane.id, self.pane.pid, time.time()))
        self.person.drafts.clear()

    def complain(self, what: str, said: str) -> None:
        where = f"episode {self.episode.number} ({self.episode.pane}, {self.episode.situation})"
        violation = Violation(what, where, f"{said}\n{self.pane.report()}")
        self.run.violations.append(violation)
        print(violation, flush=True)

    # The course of it

    def play(self) -> None:
        """To the moment when every sender has ended."""
        SITUATIONS[self.episode.situation](self)
        self.run.happen(f"at first: {self.episode.situation}")
        self.began = time.monotonic()
        for place, sender in enumerate(self.episode.senders):
            self._start(lambda place=place, sender=sender: self._sends(place, sender))  # type: ignore[misc]
        events = sorted(self.episode.events, key=lambda event: event.at)
        while self.running:
            now = time.monotonic() - self.began
            while events and events[0].at <= now:
                self.happen(events.pop(0))
            self.tend(now)
            pause(TICK)

    def _start(self, work: Callable[[], Any]) -> None:
        def guarded() -> None:
            try:
                work()
            except Exception:  # noqa: BLE001 — a fault of the program is what is looked for
                self.complain("fault", traceback.format_exc())

        self.threads.append(threading.Thread(target=guarded, daemon=True))
        self.threads[-1].start()

    def tend(self, now: float) -> None:
        """What the person does all the time: let go of what they held, answer what asks, wake who was stopped."""
        if now > self.episode.held:
            self.stage.world.model.release(self.episode.text)
            if self.low:
                self.low = False
                with suppress(RuntimeError):  # it was ended meanwhile
                    usual_size(self.pane)
            for each in self.processes:
                if each.stopped and not each.ask.fault:
                    each.signal(signal.SIGCONT)
        if self.episode.may_ask and self.person.answers(self.episode.held):
            self.run.happen("a dialog stood")

    def happen(self, event: Event) -> None:
        try:
            if HAPPENINGS[event.kind](self, event):
                self.run.happen(f"then: {event.kind}")
        except RuntimeError as error:
            if "can't find pane" not in str(error) and "no such" not in str(error):  # it was ended before
                raise

    # The senders

    def _sends(self, place: int, sender: Sender) -> None:
        senders = Senders(
            self.lane, self.episode.pane, self.pane.id, self._text, self.editors, self._started, self.run.notice
        )
        for ask in sender.asks:
            pause(ask.at)
            asked = Asked(
                ask=ask,
                episode=self.episode.number,
                sender=f"{sender.kind} {place}",
                pane=self.pane.id,
                at=time.time(),
                idle=self._idle(ask),
                told=[],
                harmed=sender.kind == "faulty",
            )
            with self.run.lock:
                self.asked[ask.number] = asked
                self.run.asked.append(asked)
            told = senders.send(sender.kind, ask)
            if told:
                asked.told.append(told)
            self.run.happen(f"sent: {ask.kind}, by {sender.kind}")

    def _idle(self, ask: Ask) -> bool:
        """Whether its pane can take it now, as far as we know: nothing else is under way there."""
        if ask.kind in UNSENDABLE or ask.by == "elsewhere" or self.episode.situation not in CALM:
            return False
        with self.run.lock:
            before = list(self.asked.values())
        return not any(map(self._under_way, before)) and (bool(self.person.drafts) or is_ready(self.pane))

    def _under_way(self, asked: Asked) -> bool:
        if not asked.told:
            return True
        row = self.ctx.history.get(asked.told[-1].id or "")
        return row is not None and row.outcome is None

    def _text(self, ask: Ask) -> str:
        return self.filled(ask.text)

    def harmed(self, process: Process) -> None:
        """Note that its sender was."""
        if process.ask.number in self.asked:
            self.asked[process.ask.number].harmed = True

    def _started(self, process: Process) -> None:
        self.processes.append(process)
        fault = process.ask.fault
        if fault and fault.does == "stop":
            self._start(lambda: self._while_stopped(process))

    def _while_stopped(self, process: Process) -> None:
        """Once it stands still, something happens, and some time later it goes on."""
        fault = process.ask.fault
        assert fault
        wait_until(lambda: process.stopped or not process.runs, 60)
        if not process.runs:
            return
        self.run.happen(f"stopped at: {fault.step}")
        try:
            if fault.event != "nothing":
                prefix = "oh-and-" if fault.event == "types" else ""
                self.happen(Event(fault.event, 0, fault.seconds % 1, prefix + self.run.own_tag()))
            pause(fault.seconds)
        finally:
            process.signal(signal.SIGCONT)
