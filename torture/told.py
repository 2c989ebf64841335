"""What a sender was told of its send, and what the program knew when it asked."""

from __future__ import annotations

from dataclasses import dataclass

from torture.plan import Ask


@dataclass(frozen=True)
class Told:
    """An outcome of the contract, or `error` with its code as the reason."""

    outcome: str
    reason: str | None = None
    message: str = ""
    id: str | None = None

    def __str__(self) -> str:
        return f"{self.outcome}({self.reason})" if self.reason else self.outcome


@dataclass
class Asked:
    """One send that was asked for: in which episode, by whom, when (unix seconds), at which pane. `idle`: its pane
    showed an empty box then and nothing else was under way. `told` is empty where the sender did not live to hear.
    `faulted`: its sender was harmed while it sent."""

    ask: Ask
    episode: int
    sender: str
    pane: str
    at: float
    idle: bool
    told: list[Told]
    harmed: bool = False

    @property
    def index(self) -> str:
        return f"episode {self.episode}, send {self.ask.number} ({self.ask.tag}, {self.sender})"


@dataclass(frozen=True)
class Death:
    """A Claude that was ended on purpose, with its pane or in it; `at` is unix seconds."""

    pane: str
    pid: int
    at: float
