"""Every row of the hazard table on the real Claude Code: nothing lost, merged or doubled, nothing done unasked."""

from __future__ import annotations

import pytest

from tests.hazards.house import play_all
from tests.hazards.table import CASES, GROUPS, LANES, named


@pytest.mark.e2e
@pytest.mark.timeout(400)
@pytest.mark.parametrize("group", GROUPS)
def test_each_row(group: str) -> None:
    rows = play_all(GROUPS[group], named(group), "ours", lanes=LANES[group])
    wrong = [f"{row}\n{row.said}" for row in rows if not row.right]
    assert not wrong, "\n".join(wrong)


def test_rows_are_called_differently() -> None:
    assert len(CASES) == sum(map(len, GROUPS.values()))
