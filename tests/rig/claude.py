"""The real Claude Code in a pane, started by hand as a person would."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.rig.tmux import Pane, Tmux

HINT = re.compile(r"\? for shortcuts|\(shift\+tab to cycle\)")
"""The footer's second paint, after which keys are taken. The mode's words alone come earlier."""

BOX = re.compile(r"^❯", re.MULTILINE)


def is_ready(screen: str) -> bool:
    """An input box, and beneath it the footer in full."""
    *above, footer = screen.rstrip().rsplit("\n", 1)
    return bool(above and BOX.search(above[0]) and HINT.search(footer))


@dataclass(frozen=True)
class ClaudeStarter:
    """Call it with Claude's arguments for a pane that takes prompts."""

    tmux: Tmux
    program: Path
    project: Path

    def __call__(self, *arguments: str, cwd: Path | None = None, session: str = "main", ready: bool = True) -> Pane:
        """With `ready=False` the pane as it is at once: for dialogs at the start, and for racing it."""
        argv: Sequence[str] = [str(self.program), *arguments]
        pane = self.tmux.new_pane(argv, cwd=cwd or self.project, session=session)
        if ready:
            pane.wait_until(is_ready, deadline=30)
        return pane
