"""What Claude Code says, before it starts, of a settings file it does not accept: its “Settings Error” dialog.

Settings Error
/…/settings.json
├ model: Expected string, but received number
└ permissions.deny: Invalid permission rule "Bash(" was skipped: … Rules take the form
  Tool or Tool(content) …
Files with errors are skipped entirely, not just the invalid settings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

TITLE = re.compile(r"\s*Settings (Error|Warning)\s*$")
ENTRY = re.compile(r"\s*[├└] (?P<said>.*\S)")
ENDS = re.compile(r"\s*(Files with errors|The values listed)")


def complaint(rows: Sequence[str], file: Path) -> list[str]:
    """Of each setting in `file` what is said of it, the first row alone; [] where the dialog is about other files."""
    title = next((number for number, row in enumerate(rows) if TITLE.match(row)), None)
    if title is None:
        return []
    about, in_path, found = "", False, []
    for row in rows[title + 1 :]:
        words = row.strip()
        if ENDS.match(row):
            break
        if entry := ENTRY.match(row):
            in_path = False
            found += [entry["said"]] if about.endswith(str(file)) else []
        elif in_path:  # a narrow pane breaks a path
            about += words
        elif words.startswith(("/", "~")):
            about, in_path = words, True
    return found
