"""What will happen, drawn from a seed alone: nothing in it depends on how fast this machine is.

A schedule is a row of episodes. Each has one pane and what stands there when it begins, sends by several senders at
once, and disturbances at drawn moments; after it the pane comes to rest. Lanes play their episodes side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from torture.deck import Deck
from torture.texts import COMMANDS, DIALOGS, DRAFTS, KINDS, own_tag, tag_of

PANES = {"plan": 0, "normal": 1, "auto-accept": 2, "by hand": 2}
"""What panes there are, and in whose lane: three that are locked to a mode, and one that a person has started."""

LANES = 3
TEXTS = dict.fromkeys(KINDS, 6) | {
    "line": 24,
    "slow": 10,
    "tool": 3,
    "slash": 2,
    "binary": 2,
    "flood": 3,
    "own command": 5,
    "shell command": 4,
}
SITUATIONS = {
    "idle": 14, "busy": 5, "streaming": 2, "held": 6, "handed": 4, "permission": 2, "edit": 2, "question": 2, "plan": 1,
    "draft": 5, "shell draft": 1, "copy-mode": 2, "drifted": 3, "tool runs": 2, "flood": 2, "low": 1, "ended": 2,
}  # fmt: skip
SENDERS = {"command": 6, "host": 5, "context": 4, "editor": 4, "faulty": 8}
EVENTS = {
    "nothing": 12, "types": 4, "mode key": 4, "copy-mode": 2, "resize": 3, "low": 1, "kill sender": 4,
    "stop sender": 4, "kill drainer": 5, "kill Claude": 2, "kill pane": 2, "respawn": 1, "kill host": 6,
    "quit editor": 6,
}  # fmt: skip
QUEUE = {"edit": 1, "cancel": 1, "move": 1}
STEPS = ("begin", "enqueue", "claim", "mode", "stash", "paste", "see", "enter", "evidence", "settle")
WHILE_STOPPED = (
    "nothing",
    "types",
    "mode key",
    "copy-mode",
    "resize",
    "low",
    "kill Claude",
    "kill pane",
    "respawn",
    "dialog",
)
FAULTS = {f"kill {step}": 2 for step in STEPS} | {f"stop {step}": 2 for step in STEPS[1:]}
FAULTS |= {"stop enter types": 2, "stop enter mode key": 2, "kill mode": 4, "stop mode": 4}
BRINGS = {"mode": "drifted", "stash": "draft"}
"""What must stand there for a send to come to this step."""

HARMLESS = ("nothing", "resize", "copy-mode", "kill sender", "kill drainer", "kill host", "quit editor")
"""What may happen to a pane whose Claude is handed texts for a queue of its own, which dies with it. Nor is anything
asked there: Esc would take them out again."""

ONLY_IN = {"ended": "by hand", "plan": "plan", "edit": "normal"}
"""Where that can stand: a shell only where Claude was typed into one, a plan only in plan mode."""

ASKS = ("tool", "permission", "edit", "question", "plan")
"""What may bring up a dialog. The person presses no Shift+Tab then: in some dialogs that means yes."""


@dataclass(frozen=True)
class Fault:
    """Its sender is killed or stopped right behind the write-ahead of a step; while it is stopped, `event` happens,
    and after `seconds` it goes on."""

    step: str
    does: str
    event: str = "nothing"
    seconds: float = 0.0


@dataclass(frozen=True)
class Ask:
    """One send: `number` counts all of them, `at` is in seconds after the episode began or the sender's last send.

    `by`: mode, pane, or "elsewhere" (a mode that no pane near here is in). `wait`, `queue`: as the command's options.
    """

    number: int
    tag: str
    kind: str
    text: str
    at: float
    by: str
    wait: float | None
    queue: str
    fault: Fault | None = None

    @property
    def as_command(self) -> bool:
        return self.kind in COMMANDS


@dataclass(frozen=True)
class Sender:
    kind: str
    asks: tuple[Ask, ...]


@dataclass(frozen=True)
class Event:
    """`text` is what the person types, `amount` a number between 0 and 1 for what else is to be chosen."""

    kind: str
    at: float
    amount: float
    text: str = ""


@dataclass(frozen=True)
class Episode:
    """`text` is what the person has said or half written when it begins, `held` how long they leave things as they
    are, in seconds."""

    number: int
    pane: str
    situation: str
    text: str
    held: float
    senders: tuple[Sender, ...]
    events: tuple[Event, ...]

    @property
    def lane(self) -> int:
        return PANES[self.pane]

    @property
    def asks(self) -> tuple[Ask, ...]:
        return tuple(ask for sender in self.senders for ask in sender.asks)

    @property
    def may_ask(self) -> bool:
        """Whether Claude may ask for something in it."""
        stopped = [ask.fault.event for ask in self.asks if ask.fault]
        return self.situation in ASKS or "dialog" in stopped or any(ask.kind in ASKS for ask in self.asks)


def schedule(seed: int, sends: int) -> list[Episode]:
    """So many sends, in episodes."""
    return list(_Drawing(seed, sends).episodes())


class _Drawing:
    def __init__(self, seed: int, sends: int) -> None:
        self.seed, self.sends, self.random = seed, sends, Random(seed)
        self.asked = self.owned = 0
        self.texts, self.situations = self._deck(TEXTS), self._deck(SITUATIONS)
        self.senders, self.events, self.queue = self._deck(SENDERS), self._deck(EVENTS), self._deck(QUEUE)
        self.faults, self.stopped = self._deck(FAULTS), self._deck(dict.fromkeys(WHILE_STOPPED, 1))
        self.drafts, self.panes = self._deck(dict.fromkeys(DRAFTS, 1)), self._deck(dict.fromkeys(PANES, 1))
        self.sizes = self._deck({"1": 5, "2": 4, "3": 3, "4": 2})

    def _deck(self, weights: dict[str, int]) -> Deck:
        return Deck(self.random, weights)

    def episodes(self) -> Iterator[Episode]:
        number = 0
        while self.asked < self.sends:
            yield self._episode(number)
            number += 1

    def _episode(self, number: int) -> Episode:
        situation, pane = self.situations.draw(), self.panes.draw()
        kinds = [self.senders.draw() for _ in range(int(self.sizes.draw()))]
        kinds = ["command" if kind == "faulty" and situation == "handed" else kind for kind in kinds]
        faults = [self.faults.draw() for kind in kinds if kind == "faulty"]
        needing = [fault for fault in faults if fault.split()[1] in BRINGS][:1]
        if needing:  # it is for this sender alone, or another comes first
            kinds, faults, situation = ["faulty"], needing, BRINGS[needing[0].split()[1]]
        locked = {"stop enter types", "kill mode", "stop mode"} & set(faults)
        pane = "plan" if pane == "by hand" and locked else ONLY_IN.get(situation, pane)
        senders = []
        for kind in kinds:
            fault = self._fault(faults.pop(), pane, situation) if kind == "faulty" else None
            if self.asked < self.sends:
                senders.append(self._sender(_sender_at(kind, pane), situation, fault))
        episode = Episode(number, pane, situation, self._said(situation), self._time(0.5, 2.0), tuple(senders), ())
        return Episode(**{**vars(episode), "events": tuple(self._events(episode))})

    def _time(self, low: float, high: float) -> float:
        return round(self.random.uniform(low, high), 2)

    def _sender(self, kind: str, situation: str, fault: Fault | None) -> Sender:
        count = 1 if fault else self.random.randint(1, 3)
        return Sender(
            kind, tuple(self._ask(place, situation, fault) for place in range(min(count, self.sends - self.asked)))
        )

    def _ask(self, place: int, situation: str, fault: Fault | None) -> Ask:
        number, self.asked = self.asked, self.asked + 1
        kind = "line" if fault else self._kind(situation)
        tag = tag_of(self.seed, number)
        at = self._time(0, 0.6) if self.random.random() < 0.4 else 0.0
        by = "elsewhere" if place and self.random.random() < 0.04 else self.random.choice(("mode", "pane"))
        wait, queue = None, "own"
        if not fault and self.random.random() < 0.25:
            wait = 0.0 if self.random.random() < 0.2 else self._time(0.2, 1.5)
        if situation == "handed":
            queue = "claude" if self.random.random() < 0.8 else "own"
        elif not fault and self.random.random() < (0.15 if situation in ("busy", "held") else 0.05):
            queue = "no"
        return Ask(number, tag, kind, KINDS[kind](self.random, tag), at, by, wait, queue, fault)

    def _kind(self, situation: str) -> str:
        kind = self.texts.draw()
        return "line" if situation == "handed" and kind in (*ASKS, *COMMANDS) else kind

    def _fault(self, word: str, pane: str, situation: str) -> Fault:
        does, step, *named = word.split(maxsplit=2)
        if does == "kill":
            return Fault(step, does)
        event = _allowed(named[0] if named else self.stopped.draw(), pane, may_ask=situation in ASKS)
        return Fault(step, does, event, self._time(0.2, 2.6))

    def _said(self, situation: str) -> str:
        """What the person types for the situation, with a tag of theirs."""
        if situation == "draft":
            return DRAFTS[self.drafts.draw()](self.random, self._own())
        if situation in DIALOGS:
            return DIALOGS[situation](self._own())
        return self._own()

    def _own(self) -> str:
        self.owned += 1
        return own_tag(self.owned)

    def _events(self, episode: Episode) -> Iterator[Event]:
        kinds = [self.events.draw() for _ in range(self.random.choice((0, 1, 1, 2)))]
        if episode.situation == "held":
            kinds += [f"queue {self.queue.draw()}" for _ in range(self.random.choice((1, 2, 3)))]
        for kind in kinds:
            allowed = _allowed(kind, episode.pane, may_ask=episode.may_ask)
            if episode.situation == "handed" and allowed not in HARMLESS:
                allowed = "resize"
            text = f"oh-and-{self._own()}" if allowed == "types" else self._own()
            yield Event(allowed, self._time(0.0, 1.5), self.random.random(), text)


def _sender_at(kind: str, pane: str) -> str:
    """The one editor sits in the first lane."""
    return "host" if kind == "editor" and PANES[pane] != 0 else kind


def _allowed(event: str, pane: str, *, may_ask: bool) -> str:
    """What the person may do without doing themselves what nobody else may. A pane without a gate takes a prompt that
    somebody types into, so nobody does; nor has it a lock that holds a dialog back."""
    if event in ("types", "dialog") and pane == "by hand":
        return "resize"
    if event == "mode key" and may_ask:
        return "copy-mode"
    if event in ("kill host", "quit editor") and PANES[pane] != 0:
        return "kill drainer"
    return event
