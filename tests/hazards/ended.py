"""How a send of ours ended, in the words of the machine contract."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ended:
    outcome: str
    reason: str | None = None
    message: str = ""

    def __str__(self) -> str:
        return f"{self.outcome}({self.reason})" if self.reason else self.outcome
