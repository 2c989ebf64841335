"""How both ways of playing the demo end: what to do next, and no traceback for what went wrong."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

from offline.world import Programs

ACCOUNT = """
With your own Claude account: add this folder to Neovim as a plugin, and in your tmux
  llm-send spawn --mode plan     opens a Claude that stays in plan mode
  \\lsp                           in Neovim sends it the buffer, or the selected lines"""


ENDS = (signal.SIGHUP, signal.SIGTERM)


def _end(number: int, _frame: object) -> None:
    """As an exception it runs every `finally`; a second one, of a closed terminal, must not break those off."""
    for each in ENDS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def run(play: Callable[[Programs], int]) -> None:
    """Play to the end, whatever ends it: a closed terminal or a kill must clear the stage away too."""
    for number in ENDS:
        signal.signal(number, _end)
    try:
        sys.exit(play(Programs(*map(Path, sys.argv[1:4]))))
    except KeyboardInterrupt:
        sys.exit(130)
    except (AssertionError, OSError, RuntimeError) as error:  # what waited in vain says so by an assertion
        sys.exit(f"✗ The demo could not go on: {error}")
