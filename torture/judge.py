"""Whether what is said of every send is what happened: the history's rows against the log, and against the traces that
harm would have left. Pure: what it needs is gathered in `Evidence`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from llm_send.history import Send
from llm_send.modes import Mode
from offline.compare import normal
from torture.arrivals import tags_in
from torture.texts import EDITED, UNSENDABLE, arrives, cleaned
from torture.told import Asked, Death

KILLED_BEFORE_IT_ASKED = 1.5
"""Seconds: a Claude that has taken a prompt asks its model soon after; one killed in between never does."""

HOST_DIED = [("unconfirmed", "host_died")]
"""What an editor may say of a text that its host has taken with it."""

LATE = 6.0
"""Seconds by which a sender that was stopped says later what it had seen before."""

IDLE = 0.8
"""How many of the sends to idle panes must be delivered, where there were enough to count."""

ENOUGH = 20


@dataclass(frozen=True)
class Violation:
    """`what` in a word or two, `where` in the schedule, and what is needed to understand it."""

    what: str
    where: str
    said: str

    def __str__(self) -> str:
        return f"{self.what}: {self.where}\n{self.said}"


@dataclass(frozen=True)
class Evidence:
    """`arrived`: every new text of the main thread, in order, as `compare.user_texts` reads them; `own`: those of them
    that the person submitted; `ran` in the transcripts: the mode each text ran in, by its tag; `made` the files that
    nobody may make; `run` how often each shell command ran that was meant to, by its tag; `answered` what tools
    answered that nobody approved; `conversations` each of those in the log, and `started` how many Claudes there were;
    `witness` the folder that texts name where nobody may make a file."""

    asked: Sequence[Asked]
    rows: Sequence[Send]
    arrived: Sequence[str]
    own: Sequence[str]
    moved: frozenset[str] = frozenset()
    ran: Mapping[str, str] = field(default_factory=dict)
    made: Sequence[str] = ()
    run: Mapping[str, int] = field(default_factory=dict)
    answered: Sequence[str] = ()
    conversations: Sequence[str] = ()
    started: int = 0
    deaths: Sequence[Death] = ()
    witness: str = ""


def judge(found: Evidence) -> list[Violation]:
    """All that is wrong."""
    return list(_Judge(found).all())


def idle_ends(found: Evidence) -> Counter[str]:
    """How the sends to idle panes ended, whatever was done to their senders. What was killed is no idle pane."""
    by_tag = _by_tag(found.rows)
    return Counter(_end(by_tag.get(asked.ask.tag)) for asked in found.asked if asked.idle and not _died(asked, found))


def undelivered(found: Evidence) -> list[str]:
    """The sends to idle panes that were not delivered, and why."""
    by_tag = _by_tag(found.rows)
    idle = [(asked, by_tag.get(asked.ask.tag)) for asked in found.asked if asked.idle and not _died(asked, found)]
    return [
        f"to an idle pane: {asked.index}: {_shown(row)}; told {', '.join(map(str, asked.told))}; {asked.ask.fault}"
        for asked, row in idle
        if not row or row.outcome != "delivered"
    ]


def _died(asked: Asked, found: Evidence) -> bool:
    """Whether its pane was killed, or the Claude in it, while it was under way."""
    row = _by_tag(found.rows).get(asked.ask.tag)
    end = (row.settled_at if row else None) or asked.at + LATE
    return any(death.pane == asked.pane and asked.at < death.at <= end for death in found.deaths)


def all_ends(found: Evidence) -> Counter[str]:
    return Counter(map(_end, found.rows))


def unasked(found: Evidence) -> list[str]:
    """The tags of those that a Claude took and was killed before it asked its model: its transcript is their proof."""
    seen = _Judge(found)
    come = {*seen.where, *found.run}
    return [tag for tag, row in seen.rows.items() if row.outcome == "delivered" and tag not in come]


def delivered_when_idle(found: Evidence) -> tuple[int, int]:
    """Of the sends to idle panes how many were delivered, and how many there were. Those whose sender came to harm
    count too."""
    ends = idle_ends(found)
    return ends["delivered"], ends.total()


def _by_tag(rows: Sequence[Send]) -> dict[str, Send]:
    return {tag: row for row in rows for tag in tags_in(row.text)[:1]}


class _Judge:
    def __init__(self, found: Evidence) -> None:
        self.found = found
        self.rows = _by_tag(found.rows)
        self.arrived = [normal(text) for text in found.arrived]
        self.asked = {asked.ask.tag: asked for asked in found.asked}
        self.where: dict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(self.arrived):
            for tag in dict.fromkeys(tags_in(text)):
                self.where[tag].append(place)

    def all(self) -> Iterator[Violation]:
        for tag, asked in self.asked.items():
            yield from self._one(tag, asked)
        yield from self._texts()
        yield from self._order()
        yield from self._harm()

    def _one(self, tag: str, asked: Asked) -> Iterator[Violation]:
        row, came = self.rows.get(tag), [self.arrived[place] for place in self.where.get(tag, ())]
        told = ", ".join(map(str, asked.told)) or "nothing"
        seen = f"told: {told}\nrow: {_shown(row)}\nlog: {[_cut(text) for text in came]}\nasked: {asked.ask}"
        wrong = self._with_row(asked, row, came) if row else self._without_row(asked, came)
        yield from (Violation(what, asked.index, seen) for what in wrong)

    def _with_row(self, asked: Asked, row: Send, came: Sequence[str]) -> Iterator[str]:
        yield from self._came(asked, row, came)
        meant = cleaned(asked.ask.text, self.found.witness, command=asked.ask.as_command)
        if normal(row.text.partition(EDITED)[0]) != normal(meant):
            yield "the row holds another text"
        if row.outcome is None:
            yield "never settled"
        yield from _untrue(asked, row)
        ran = self.found.ran.get(asked.ask.tag)
        if row.outcome == "delivered" and row.mode and ran not in (None, Mode(row.mode).claude):
            yield f"ran in the mode {ran}"

    def _came(self, asked: Asked, row: Send, came: Sequence[str]) -> Iterator[str]:
        """What is wrong about what came of it, in the log or, of a shell command, as the lines that it left."""
        shell = asked.ask.kind == "shell command"
        if shell:
            came = [*came, *[row.text] * self.found.run.get(asked.ask.tag, 0)]
        wanted = normal(arrives(asked.ask.kind, row.text))
        whole = [text for text in came if normal(text) == wanted]
        if len(came) > len(whole):
            yield "merged or altered"
        if len(whole) > 1:
            yield "doubled"
        spoilt = shell and EDITED in row.text  # the shell finds it ill-formed
        if row.outcome == "delivered" and not whole and not spoilt and not self._killed(asked.ask.tag, row):
            yield "lost"
        if row.outcome == "refused" and came:
            yield "sent, though it is said to be refused"

    def _without_row(self, asked: Asked, came: Sequence[str]) -> Iterator[str]:
        """It was refused for what it is, or its sender was killed before it had begun."""
        if came:
            yield "sent without a row"
        ends = [(told.outcome, told.reason) for told in asked.told]
        if asked.ask.kind in UNSENDABLE:
            if ends and ends != [("refused", UNSENDABLE[asked.ask.kind])]:
                yield "an unsendable text was not refused as such"
        elif ends not in ([], HOST_DIED) or not (asked.harmed or asked.sender.startswith("editor")):
            yield "no row"

    def _killed(self, tag: str, row: Send) -> bool:
        """Its Claude was killed between taking the prompt, as its transcript says, and asking the model."""
        since = row.settled_at or row.created_at
        return (tag in self.found.ran or self.asked[tag].ask.as_command) and any(
            (row.pane, row.pane_pid) == (death.pane, death.pid) and -LATE < death.at - since < KILLED_BEFORE_IT_ASKED
            for death in self.found.deaths
        )

    def _texts(self) -> Iterator[Violation]:
        """What arrived must be somebody's: the person's own, each once, or one of those that were asked for."""
        own = Counter(normal(text) for text in self.found.own)
        came = Counter(self.arrived)
        for text, count in own.items():
            if came[text] != count:
                yield Violation(
                    "the person's own text", _cut(text), f"submitted {count}, in the log {came[text]} times"
                )
        for text in came:
            if text not in own and not any(tag in self.asked for tag in tags_in(text)):
                yield Violation("nobody's text", _cut(text), f"in the log {came[text]} times: {text!r}")

    def _order(self) -> Iterator[Violation]:
        """What one sender sent to one pane comes in the order in which it was asked for."""
        lines: dict[tuple[int, str, str | None], list[tuple[int, int]]] = defaultdict(list)
        for asked in sorted(self.found.asked, key=lambda asked: asked.ask.number):
            row, places = self.rows.get(asked.ask.tag), self.where.get(asked.ask.tag)
            if row and places and row.id not in self.found.moved:
                lines[asked.episode, asked.sender, row.pane].append((asked.ask.number, places[0]))
        for (episode, sender, pane), line in lines.items():
            places_ = [place for _, place in line]
            if places_ != sorted(places_):
                yield Violation(
                    "out of order", f"episode {episode}, {sender}, {pane}", f"send, place in the log: {line}"
                )

    def _harm(self) -> Iterator[Violation]:
        for name in self.found.made:
            yield Violation("ran or was approved", name, "a file that nobody may make")
        for said in self.found.answered:
            yield Violation("approved by us", _cut(said), "the answer of a tool that nobody approved")
        if len(self.found.conversations) > self.found.started:
            said = "\n".join([f"{self.found.started} Claudes, but these conversations:", *self.found.conversations])
            yield Violation("a conversation was cleared", "somewhere", said)
        delivered, idle = delivered_when_idle(self.found)
        if idle >= ENOUGH and delivered < IDLE * idle:
            yield Violation("too few delivered", "to idle panes", f"{delivered} of {idle}")


def _untrue(asked: Asked, row: Send) -> Iterator[str]:
    """What the sender was told, at once and later, must be what the history says. Of what was unconfirmed somebody may
    have found out more since."""
    for told in asked.told:
        if told.outcome in ("delivered", "refused") and told.outcome != row.outcome:
            yield f"told {told}, but the history says otherwise"
    if asked.told and asked.told[-1].outcome == "error" and row.outcome == "delivered":
        yield f"told {asked.told[-1]}, though it was delivered"


def _end(row: Send | None) -> str:
    if row is None:
        return "no row"
    return f"{row.outcome}({row.reason})" if row.reason else str(row.outcome)


def _shown(row: Send | None) -> str:
    if row is None:
        return "none"
    receipt = row.receipt.evidence if row.receipt else ()
    return f"{row.id} {_end(row)} at {row.step}, pane {row.pane}, {receipt}, {row.message!r}, text {_cut(row.text)!r}"


def _cut(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:60]} … {text[-55:]}"
