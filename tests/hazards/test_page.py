"""The page in the documentation has the rows that are played."""

from __future__ import annotations

from tests.hazards import report
from tests.hazards.case import Case
from tests.hazards.main import PAGE
from tests.hazards.row import NOT_BROUGHT, Row
from tests.hazards.table import GROUPS, VERSIONS

SEEN = Case("a case", "a sight", not_in={"2.1.32": "there is none"})


def row(**more: object) -> Row:
    return Row(**{"case": "a case", "sees": "a sight", "who": "ours", "want": ("delivered",), **more})  # type: ignore[arg-type]


def test_the_page_has_each_row() -> None:
    here = [line.split(" | ")[:2] for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    there = report.page(GROUPS, {version: {} for version in VERSIONS})
    assert here[4:] == [line.split(" | ")[:2] for line in there.splitlines() if line.startswith("| ")][4:]


def test_what_is_lost_or_harmed_is_red() -> None:
    assert not report.wrong(SEEN, "2.1.329", row(outcome="delivered"))
    assert report.wrong(SEEN, "2.1.329", row(outcome="delivered", fault="1 lost"))
    assert report.wrong(SEEN, "2.1.329", row(outcome="refused(waiting)", harm=("answered",)))


def test_what_was_not_played_is_red_unless_the_reason_is_known() -> None:
    not_played = row(outcome=NOT_BROUGHT)
    assert report.wrong(SEEN, "2.1.329", not_played)
    assert not report.wrong(SEEN, "2.1.32", not_played)
    shown = report.line(SEEN, "2.1.32", not_played, not_played, colour=False)
    assert "not in this version: there is none" in shown


def test_the_page_says_both_senders() -> None:
    ours, blind = row(outcome="delivered", log="once, whole"), row(who="blind", log="1 lost", fault="1 lost")
    page = report.page({"texts": [SEEN]}, {"2.1.329": {"a case": (ours, blind)}, "2.1.32": {}})
    assert "| a case | a sight | ✓ delivered: once, whole | ✗ 1 lost | not played | not played |" in page
    assert "1 situations: 1 right, 0 wrong" in page
