"""A row of the hazard table: what the person sees, how the pane comes to it, what is sent, what must become of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.hazards.act import Act
from tests.hazards.ended import Ended

Who = Literal["ours", "blind"]
DELIVERED = ("delivered",)


def nothing(_act: Act) -> None:
    """No preparation, nothing to clear away."""


def by_command(act: Act, data: bytes) -> Ended:
    return act.send(data)


def one_call(act: Act, data: bytes) -> None:
    act.blindly(data)


def no_harm(_act: Act) -> str | None:
    return None


@dataclass(frozen=True)
class Start:
    """How the pane is started. `hand`: without the gate, as a person types `claude`; `ready`: whether to wait for the
    box; `settings` are the user's own, `state` is what Claude remembers, `policy` the organisation's; `environment` and
    `arguments` go to Claude; `trusted` is the folder's, `project` are files in one of its own; `shell`: typed into a
    shell that stays."""

    mode: str = "plan"
    hand: bool = False
    ready: bool = True
    trusted: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)
    project: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    shell: bool = False


PLAN = Start()
BY_HAND = Start(hand=True)


@dataclass(frozen=True)
class Case:
    """`want` are the ends that are right: "delivered", "refused(waiting)". `arrives` is what the log must say then, if
    that is not the text itself. WITNESS in a text stands for a file that nobody may make. `leave` brings the pane back
    to an empty box after the judgement; a pane that is not there then is ended. `alone`: its pane serves no other.
    `not_in`: the versions of Claude Code that cannot be brought there, and why, as it was seen."""

    name: str
    sees: str
    want: tuple[str, ...] = DELIVERED
    bring: Callable[[Act], object] = nothing
    text: str | bytes = ""
    arrives: tuple[str, ...] | None = None
    send: Callable[[Act, bytes], Ended] = by_command
    blind: Callable[[Act, bytes], object] = one_call
    leave: Callable[[Act], object] = nothing
    harm: Callable[[Act], str | None] = no_harm
    start: Start = PLAN
    alone: bool = False
    may_end: bool = False
    tools: bool = False
    untouched: bool = True
    not_in: Mapping[str, str] = field(default_factory=dict)

    def data(self, act: Act) -> bytes:
        """What is sent, as bytes."""
        raw = self.text or f"Explain the parser ({self.name})"
        data = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else raw
        return data.replace(b"WITNESS", str(act.witness).encode())

    def texts(self, act: Act) -> tuple[str, ...]:
        """What the model must get of it when it is delivered."""
        if self.arrives is not None:
            return tuple(text.replace("WITNESS", str(act.witness)) for text in self.arrives)
        return (self.data(act).decode(errors="replace"),)
