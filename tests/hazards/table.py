"""All rows of the hazard table, in groups that are played one after another in one world."""

from __future__ import annotations

from tests.hazards.busy import BUSY
from tests.hazards.case import Case
from tests.hazards.dialogs import DIALOGS, START
from tests.hazards.hooks import HOOKS
from tests.hazards.panes import PANES
from tests.hazards.races import RACES
from tests.hazards.texts import TEXTS

GROUPS: dict[str, list[Case]] = {
    "texts": TEXTS,
    "dialogs": [*DIALOGS, *START],
    "panes": PANES,
    "busy": BUSY,
    "races": RACES,
    "hooks": HOOKS,
}
LANES = {"texts": 1, "dialogs": 2, "panes": 2, "busy": 2, "races": 4, "hooks": 2}
"""How many of a group's cases are played at the same time: those that mostly wait can share the machine."""

NOT_YET: frozenset[str] = frozenset()
"""Cases of which the feature is still to come."""

CORE = (
    "plain",
    "shell",
    "/clear",
    "end of paste",
    "CRLF",
    "100 KB",
    "permission",
    "question",
    "trust",
    "copy-mode",
    "exited",
    "thinking",
    "eight in a row",
    "draft",
)
"""The most harmful ones, for older clients in every run of the tests."""

CASES = {case.name: case for group in GROUPS.values() for case in group}
