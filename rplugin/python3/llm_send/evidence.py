"""What shows that a prompt arrived: the gate's word in the journal, Claude's own transcript past a baseline."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from llm_send import journal, processes, rules
from llm_send.claude import sessions
from llm_send.claude.transcript import Queued, Ran, commands_since, queued_since
from llm_send.panes import Agent, newest, transcript_of
from llm_send.target import Parcel, Sign

CLOCKS = 1.0  # seconds by which Claude's clock may be behind ours
OVERDUE = 1.0  # seconds after which the gate should have said its word for a prompt


@dataclass(frozen=True)
class Baseline:
    """What was there before Enter: the transcript and its length in bytes."""

    transcript: Path | None = None
    length: int = 0


class Evidence:
    """Of one pane: `folder` is where its gate and its hooks write, None where it has none."""

    def __init__(self, agent: Agent, folder: Path | None) -> None:
        self.agent, self.folder = agent, folder
        self.baseline = Baseline()
        self.marked = self.entered = 0.0

    def mark(self) -> None:
        """Note where the evidence must begin."""
        transcript = self._newest_transcript()
        self.marked, self.entered = time.monotonic(), time.time()
        self.baseline = Baseline(transcript, sessions.size_of(transcript))

    def ran(self) -> list[Ran]:
        """See `target.Target`. `/clear` stands in the session that it begins."""
        base, now = self.baseline, self._newest_transcript()
        found = commands_since(base.transcript, base.length) if base.transcript else []
        if now and now != base.transcript:
            found += commands_since(now, 0)
        return [one for one in found if one.at is None or one.at >= self.entered - CLOCKS]

    def queued(self) -> list[Queued]:
        """See `target.Target`."""
        base = self.baseline
        transcript = base.transcript or self._newest_transcript()
        found = queued_since(transcript, base.length) if transcript else []
        return [step for step in found if step.at is None or step.at >= self.entered - CLOCKS]

    def _newest_transcript(self) -> Path | None:
        """Where Claude writes now: by its hooks, or by its own session file."""
        event = newest(journal.latest(self.folder)) if self.folder else None
        return Path(event.transcript) if event and event.transcript else transcript_of(self.agent)

    def of_gate(self, parcel: Parcel) -> Sign:
        """What the gate of this very Claude said, and what bears it out; nothing where it has said nothing."""
        own = journal.own(self.folder, parcel.id) if self.folder else None
        if not own or not self._of_agent(own.claude_pid):
            return Sign()
        evidence = ["gate", *self._borne_out(own, parcel)]
        proven = own.verdict == "passed" and len(evidence) > 1
        return Sign(own.verdict, own.prompt_id, own.mode, tuple(evidence), proven)

    def _of_agent(self, pid: int) -> bool:
        """Whether a process that says it has this pid is the pane's agent. One in a sandbox counts otherwise."""
        known = self.agent.pid
        return pid in (0, known) or (known is not None and pid == processes.inner(known))

    def _borne_out(self, own: journal.Event, parcel: Parcel) -> list[str]:
        if own.verdict == "passed" and own.transcript:
            transcript = Path(own.transcript)
            start = self.baseline.length if transcript == self.baseline.transcript else 0
            if any(_same(taken, own, parcel) for taken in sessions.taken_since(transcript, start)):
                return ["transcript"]
        if parcel.to_claude or not self.folder:  # a turn before it is under way
            return []
        later = journal.latest(self.folder)[1]
        return ["event"] if later and journal.ends(later, own) else []

    @property
    def gate_overdue(self) -> bool:
        return time.monotonic() - self.marked >= OVERDUE

    def in_transcript(self, parcel: Parcel) -> Sign:
        """A prompt of this text past the baseline, whatever the gate says of it."""
        transcript = self.baseline.transcript or transcript_of(self.agent)  # a session's first prompt creates it
        for taken in sessions.taken_since(transcript, self.baseline.length) if transcript else ():
            if rules.normal(taken.text) == rules.normal(parcel.text):
                return Sign("passed", taken.prompt_id, taken.mode, ("transcript",), proven=True)
        return Sign()


def _same(taken: sessions.Taken, own: journal.Event, parcel: Parcel) -> bool:
    if own.prompt_id and taken.prompt_id and not parcel.to_claude:  # in its queue it has the running turn's
        return own.prompt_id == taken.prompt_id
    return rules.normal(taken.text) == rules.normal(parcel.text)
