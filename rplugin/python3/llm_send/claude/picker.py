"""The list of commands that opens above Claude Code's input box, and what Enter would run.

Enter runs the selected row, not the text: on 2.1.329 `/c` runs `/cd`, and its list says so. A row names the command
and the alias that was typed, if it was one; a name that is too long for its column loses its beginning:

      ❯ /usage (cost)          Show session cost, plan usage
        /context               Show what fills the context
      ❯ …-name-that-is-cut     A long one
"""

from __future__ import annotations

import re

ROW = re.compile(r"([/…]\S*)(?: \((\S+)\))?")


def means(choice: str, command: str) -> bool:
    """Whether a selected row (`Screen.choice`) stands for this command, its name without the slash."""
    found = ROW.match(choice)
    return found is not None and (_is(found[1], command) or found[2] == command)


def name_of(choice: str) -> str:
    """What Claude itself calls a selected command."""
    found = ROW.match(choice)
    return found[1].removeprefix("/") if found else choice


def _is(shown: str, command: str) -> bool:
    if shown.startswith("…"):
        return len(shown) > 1 and command.endswith(shown[1:])
    return shown.removeprefix("/") == command
