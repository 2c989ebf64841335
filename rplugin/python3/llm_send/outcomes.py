"""How a send can end, in the words of the machine contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["delivered", "queued", "refused", "unconfirmed"]
Reason = Literal[
    "no_candidate",
    "ambiguous",
    "elsewhere",
    "waiting",
    "shell",
    "suspended",
    "gone",
    "input_off",
    "draft",
    "starting_timeout",
    "busy",
    "mode_drift",
    "gate_blocked",
    "other_hook_blocked",
    "slash_command",
    "unknown_screen",
    "too_large",
    "bad_text",
    "policy",
    "cancelled",
]
EXIT = {"delivered": 0, "queued": 0, "refused": 3, "unconfirmed": 4}


@dataclass(frozen=True)
class Receipt:
    """Proof that Claude took the prompt.

    `permission_mode` is Claude's own value at submission; `sha256` is of the UTF-8 text after our cleaning;
    `evidence` names the signs seen: gate, transcript, event, box, claude_queue; of a command panel, running, ended too.
    """

    prompt_id: str | None
    permission_mode: str | None
    sha256: str
    evidence: tuple[str, ...] = field(default=())
