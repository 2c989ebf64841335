"""Every row of the hazard table on the real Claude Code: nothing lost, merged or doubled, nothing done unasked."""

from __future__ import annotations

import pytest

from offline.world import Programs
from tests.hazards.house import play_all
from tests.hazards.table import CASES, CORE, GROUPS, LANES, NOT_YET
from tests.rig import programs

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

OLDER = ("2.1.257", "2.1.32")
DEBIAN = ("panes", "busy")  # played with tmux 3.3a, the rest with the newest


def named(group: str, version: str = programs.NEWEST) -> Programs:
    tmuxes = list(programs.tmuxes().values())
    tmux = tmuxes[-1 if group in DEBIAN else 0]
    return Programs(tmux, next(iter(programs.NVIM.values())), programs.claude(version))


@pytest.mark.parametrize("group", GROUPS)
def test_each_row(group: str) -> None:
    rows = play_all(GROUPS[group], named(group), "ours", lanes=LANES[group])
    wrong = [f"{row}\n{row.said}" for row in rows if not row.right and row.case not in NOT_YET]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("version", OLDER)
def test_older_clients_lose_nothing_either(version: str) -> None:
    rows = play_all([CASES[name] for name in CORE], named("older", version), "ours", lanes=2)
    wrong = [f"{row}\n{row.said}" for row in rows if not row.harmless]
    assert not wrong, "\n".join(wrong)
    assert sum(row.outcome == "delivered" for row in rows) >= len(CORE) // 3


def test_no_row_waits_for_its_feature() -> None:
    assert frozenset() == NOT_YET


def test_rows_are_called_differently() -> None:
    assert len(CASES) == sum(map(len, GROUPS.values()))
