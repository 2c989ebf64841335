"""All rows of the hazard table, in groups that are played one after another in one world."""

from __future__ import annotations

from offline.world import Programs
from tests.hazards.busy import BUSY
from tests.hazards.case import Case
from tests.hazards.dialogs import DIALOGS
from tests.hazards.hooks import HOOKS
from tests.hazards.openings import OPENINGS
from tests.hazards.panes import PANES
from tests.hazards.races import RACES
from tests.hazards.starts import STARTS
from tests.hazards.texts import TEXTS
from tests.rig import programs

GROUPS: dict[str, list[Case]] = {
    "texts": TEXTS,
    "dialogs": DIALOGS,
    "starts": STARTS,
    "panes": PANES,
    "busy": BUSY,
    "openings": OPENINGS,
    "races": RACES,
    "hooks": HOOKS,
}
LANES = {"texts": 1, "dialogs": 2, "starts": 2, "panes": 2, "busy": 2, "openings": 4, "races": 4, "hooks": 2}
"""How many of a group's cases are played at the same time: those that mostly wait can share the machine."""

CASES = {case.name: case for group in GROUPS.values() for case in group}
DEBIAN = ("panes", "busy")
"""The groups that are played with tmux 3.3a, the rest with the newest."""

VERSIONS = (programs.NEWEST, "2.1.257", "2.1.32")


def named(group: str, version: str = programs.NEWEST) -> Programs:
    """The programs that a group is played with."""
    tmuxes = list(programs.tmuxes().values())
    nvim = next(iter(programs.choice("NVIM", programs.NVIM).values()))
    return Programs(tmuxes[-1 if group in DEBIAN else 0], nvim, programs.claude(version))
