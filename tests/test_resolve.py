"""From a mode to the one pane: a table of what there is and what is chosen."""

from __future__ import annotations

import pytest

from llm_send.modes import Mode
from llm_send.panes import Pane
from llm_send.resolve import NotResolved, choose, serves
from tests.rows import pane

GUARDED = {"guarded": True, "name": "claude-plan"}
PLAN = pane(id="%1", mode="plan", lock="plan", **GUARDED)
PLAN_2 = pane(id="%2", mode="plan", lock="plan", guarded=True, name="claude-plan-2")
DRIFTED = pane(id="%3", mode="normal", lock="plan", guarded=True, name="drifted")
DRIFTED_AUTO = pane(id="%4", mode="claude:auto", lock="plan", guarded=True, name="drifted-auto")
UNSEEN = pane(id="%5", mode=None, lock="plan", verified=False, mode_source=None, state="starting", guarded=True)
NORMAL = pane(id="%6", mode="normal", lock="normal", guarded=True, name="claude-normal")
BY_HAND = pane(id="%7", mode="plan")
BY_HAND_OLD = pane(id="%8", mode="plan", verified=False, mode_source="hook")
LAUNCHED = pane(id="%9", mode="plan", verified=False, mode_source="launch")
CONFIGURED = pane(id="%10", mode="plan", verified=False, mode_source="configured")
AUTO = pane(id="%11", mode="claude:auto")
LOCKED_OTHER = pane(id="%12", mode="plan", lock="normal", guarded=True, name="strayed")
ENDED = pane(id="%13", mode=None, lock="plan", state="shell", agent=None, name="ended")
GONE = pane(id="%14", mode=None, lock="plan", state="gone", agent=None, name="gone")
BUSY = pane(id="%15", mode="plan", lock="plan", state="busy", guarded=True, name="busy")
WAITING = pane(id="%16", mode=None, lock="plan", verified=False, state="waiting", guarded=True, name="waiting")
FAR = pane(id="%20", mode="plan", session="other", cwd="/far", name="far")

# what there is, the mode asked for, the pane last used here, the answer: a pane or a reason
TABLE: dict[str, tuple[list[Pane], Mode | None, str | None, Pane | str]] = {
    "none at all": ([], Mode.PLAN, None, "no_candidate"),
    "none at all, any mode": ([], None, None, "no_candidate"),
    "one": ([PLAN], Mode.PLAN, None, PLAN),
    "only another mode": ([NORMAL], Mode.PLAN, None, "no_candidate"),
    "the one of two": ([NORMAL, PLAN], Mode.PLAN, None, PLAN),
    "auto is not auto-accept": ([AUTO], Mode.AUTO_ACCEPT, None, "no_candidate"),
    "a lock is kept": ([LOCKED_OTHER], Mode.PLAN, None, "no_candidate"),
    "a lock is kept though it is in the mode": ([LOCKED_OTHER, BY_HAND], Mode.PLAN, None, BY_HAND),
    "drifted, to be brought back": ([DRIFTED], Mode.PLAN, None, DRIFTED),
    "drifted to auto": ([DRIFTED_AUTO], Mode.PLAN, None, DRIFTED_AUTO),
    "drifted never serves where it is": ([DRIFTED], Mode.NORMAL, None, "no_candidate"),
    "there before drifted": ([DRIFTED, PLAN], Mode.PLAN, None, PLAN),
    "there before unseen": ([UNSEEN, PLAN], Mode.PLAN, None, PLAN),
    "there before waiting": ([WAITING, PLAN], Mode.PLAN, None, PLAN),
    "there though drifted was last used": ([DRIFTED, PLAN], Mode.PLAN, "%3", PLAN),
    "busy is there": ([BUSY], Mode.PLAN, None, BUSY),
    "waiting alone is taken, to be refused with its reason": ([WAITING], Mode.PLAN, None, WAITING),
    "two": ([PLAN, PLAN_2], Mode.PLAN, None, "ambiguous"),
    "two, one last used": ([PLAN, PLAN_2], Mode.PLAN, "%2", PLAN_2),
    "two, another last used": ([PLAN, PLAN_2, NORMAL], Mode.PLAN, "%6", "ambiguous"),
    "two drifted": ([DRIFTED, DRIFTED_AUTO], Mode.PLAN, None, "ambiguous"),
    "by hand, seen": ([BY_HAND], Mode.PLAN, None, BY_HAND),
    "by hand, only reported": ([BY_HAND_OLD], Mode.PLAN, None, "no_candidate"),
    "by hand, only launched so": ([LAUNCHED], Mode.PLAN, None, "no_candidate"),
    "configured": ([CONFIGURED], Mode.PLAN, None, CONFIGURED),
    "ended, and one alive": ([ENDED, PLAN], Mode.PLAN, None, PLAN),
    "only ended, to be refused with its reason": ([ENDED], Mode.PLAN, None, ENDED),
    "ended and gone": ([ENDED, GONE], Mode.PLAN, None, "ambiguous"),
    "elsewhere": ([FAR], Mode.PLAN, None, "elsewhere"),
    "elsewhere, though last used": ([FAR], Mode.PLAN, "%20", "elsewhere"),
    "here before elsewhere": ([FAR, PLAN], Mode.PLAN, "%20", PLAN),
    "elsewhere, any mode": ([FAR], None, None, "elsewhere"),
    "any mode, one": ([AUTO], None, None, AUTO),
    "any mode, two": ([PLAN, NORMAL], None, None, "ambiguous"),
    "any mode, two, one last used": ([PLAN, NORMAL], None, "%6", NORMAL),
    "any mode, ended left out": ([ENDED, NORMAL], None, None, NORMAL),
}


def near(one: Pane) -> bool:
    return one.session == "work"


@pytest.mark.parametrize("case", TABLE)
def test_table(case: str) -> None:
    panes, mode, last, expected = TABLE[case]
    if isinstance(expected, Pane):
        assert choose(panes, mode, within_reach=near, last_used=lambda: last) == expected
        assert choose(panes[::-1], mode, within_reach=near, last_used=lambda: last) == expected
        return
    with pytest.raises(NotResolved) as caught:
        choose(panes, mode, within_reach=near, last_used=lambda: last)
    assert caught.value.code == expected
    assert caught.value.hint


def test_a_pane_locked_to_a_mode_serves_no_other() -> None:
    for lock in Mode:
        for seen in [*(mode.value for mode in Mode), "claude:auto", None]:
            one = pane(lock=lock.value, mode=seen, verified=seen is not None)
            assert [mode for mode in Mode if serves(one, mode)] == [lock]


def test_last_used_is_not_asked_for_when_there_is_one() -> None:
    def asked() -> str:
        raise AssertionError("a tmux process for nothing")

    assert choose([PLAN, NORMAL], Mode.PLAN, within_reach=near, last_used=asked) == PLAN


def test_elsewhere_is_offered_by_name() -> None:
    with pytest.raises(NotResolved, match=r"far \(session other, /far\)") as caught:
        choose([FAR], Mode.PLAN, within_reach=near, last_used=lambda: None)
    assert caught.value.candidates == (FAR,)
    assert "--pane far" in str(caught.value.hint)


def test_ambiguous_names_them_all() -> None:
    with pytest.raises(NotResolved, match="2 panes with Claude in plan mode") as caught:
        choose([PLAN, PLAN_2, NORMAL], Mode.PLAN, within_reach=near, last_used=lambda: None)
    assert caught.value.candidates == (PLAN, PLAN_2)
    assert "claude-plan, claude-plan-2" in str(caught.value.hint)


def test_none_offers_to_start_one() -> None:
    with pytest.raises(NotResolved) as caught:
        choose([NORMAL, ENDED], Mode.AUTO_ACCEPT, within_reach=near, last_used=lambda: None)
    assert "claude-auto" in str(caught.value.hint)
    assert caught.value.candidates == (NORMAL,)
