"""Torture: what is drawn, the judge against planted harm, and a short run against the real Claude Code."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from llm_send.history import Send, new_send
from llm_send.outcomes import Outcome, Reason
from tests.rig.programs import REPOSITORY
from torture import tally
from torture.judge import Evidence, idle_ends, judge, unasked
from torture.plan import Ask, schedule
from torture.texts import KINDS, WITNESS, cleaned, own_tag, tag_of
from torture.told import Asked, Death, Told
from torture.trace import Change

SEED = 0x3FA201
SECONDS = 40.0  # after which a run begins no further episode


def ask(number: int, text: str = "", kind: str = "line", sender: str = "host 0") -> Asked:
    tag = tag_of(SEED, number)
    request = Ask(number, tag, kind, f"{text or 'words'} {tag}", 0.0, "mode", None, "own")
    return Asked(request, 3, sender, "%1", 100.0, True, [Told("delivered")])


def row(asked: Asked, outcome: Outcome | None = "delivered", reason: Reason | None = None) -> Send:
    text = cleaned(asked.ask.text, "/w")
    more = {"pane": "%1", "pane_pid": 7, "outcome": outcome, "reason": reason, "settled_at": 101.0}
    return new_send(text, "", mode="plan", now=100.0, **more)


FIRST, SECOND, OWN = ask(1), ask(2), f"my own {own_tag(4)}"
GOOD = Evidence(
    asked=[FIRST, SECOND],
    rows=[row(FIRST), row(SECOND)],
    arrived=[FIRST.ask.text, OWN, SECOND.ask.text],
    own=[OWN],
    ran={FIRST.ask.tag: "plan", SECOND.ask.tag: "plan"},
    conversations=["one"],
    started=1,
    witness="/w",
)
ONE, TWO = FIRST.ask.text, SECOND.ask.text


def told(asked: Asked, *ends: Told) -> Asked:
    return replace(asked, told=list(ends))


def with_first(outcome: Outcome | None, reason: Reason | None = None) -> list[Send]:
    return [row(FIRST, outcome, reason), row(SECOND)]


def test_what_is_right_is_not_blamed() -> None:
    assert judge(GOOD) == []


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("lost", {"arrived": [OWN, TWO]}),
        ("doubled", {"arrived": [ONE, OWN, TWO, ONE]}),
        ("merged or altered", {"arrived": [f"{ONE}\n{TWO}", OWN]}),
        ("merged or altered", {"arrived": [ONE, OWN, TWO, f"half {TWO}"]}),
        ("merged or altered", {"arrived": [f"{OWN}{ONE}", TWO]}),
        ("the person's own text", {"arrived": [ONE, TWO]}),
        ("the person's own text", {"arrived": [ONE, OWN, OWN, TWO]}),
        ("nobody's text", {"arrived": [ONE, OWN, TWO, "y"]}),
        ("out of order", {"arrived": [TWO, OWN, ONE]}),
        ("sent, though it is said to be refused", {"rows": with_first("refused", "busy")}),
        ("told delivered, but the history says otherwise", {"rows": with_first("refused", "busy")}),
        ("told delivered, but the history says otherwise", {"rows": with_first("unconfirmed", "gone")}),
        ("never settled", {"rows": with_first(None)}),
        ("the row holds another text", {"rows": [replace(row(FIRST), text=f"{ONE}, and more"), row(SECOND)]}),
        ("no row", {"rows": [row(SECOND)], "arrived": [OWN, TWO]}),
        ("sent without a row", {"rows": [row(SECOND)]}),
        ("ran in the mode acceptEdits", {"ran": {FIRST.ask.tag: "acceptEdits"}}),
        ("ran or was approved", {"made": [FIRST.ask.tag]}),
        ("approved by us", {"answered": ["User has approved your plan."]}),
        ("a conversation was cleared", {"conversations": ["one", "two"]}),
        ("too few delivered", {"asked": [FIRST] * 20, "rows": with_first("refused", "draft"), "arrived": [OWN, TWO]}),
    ],
)
def test_planted_harm_is_found(name: str, changes: dict[str, object]) -> None:
    assert name in {violation.what for violation in judge(replace(GOOD, **changes))}  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["slash", "binary"])
def test_an_unsendable_text_must_be_refused_as_such(kind: str) -> None:
    reason = {"slash": "slash_command", "binary": "bad_text"}[kind]
    wrong = told(ask(9, kind=kind), Told("refused", "busy"))
    right = told(ask(9, kind=kind), Told("refused", reason))
    assert [each.what for each in judge(replace(GOOD, asked=[*GOOD.asked, wrong]))] == [
        "an unsendable text was not refused as such"
    ]
    assert judge(replace(GOOD, asked=[*GOOD.asked, right])) == []


def test_an_error_is_no_word_for_what_was_delivered() -> None:
    lied = replace(GOOD, asked=[told(FIRST, Told("error", "tmux")), SECOND])
    assert [each.what for each in judge(lied)] == ["told error(tmux), though it was delivered"]


def test_who_is_killed_before_a_row_leaves_none() -> None:
    gone = replace(GOOD, asked=[*GOOD.asked, replace(told(ask(9)), harmed=True)])
    assert judge(gone) == []


def test_what_was_moved_in_the_queue_may_come_out_of_order() -> None:
    moved = replace(GOOD, arrived=[TWO, OWN, ONE], moved=frozenset([GOOD.rows[1].id]))
    assert judge(moved) == []


def test_an_unconfirmed_text_may_have_come_or_not_but_once() -> None:
    doubt = replace(GOOD, rows=with_first("unconfirmed", "gone"), asked=[told(FIRST, Told("queued")), SECOND])
    assert judge(doubt) == []
    assert judge(replace(doubt, arrived=[OWN, TWO])) == []
    assert [each.what for each in judge(replace(doubt, arrived=[ONE, OWN, TWO, ONE]))] == ["doubled"]


@pytest.mark.parametrize(("at", "excused"), [(101.2, True), (104.0, False), (90.0, False)])
def test_a_claude_killed_before_it_asked_its_model(at: float, excused: bool) -> None:  # noqa: FBT001
    """Only with its transcript as the witness, and only when it was killed just then."""
    killed = replace(GOOD, arrived=[OWN, TWO], deaths=[Death("%1", 7, at)])
    assert (judge(killed) == []) == excused
    assert unasked(killed) == [FIRST.ask.tag]
    assert judge(replace(killed, ran={})) != []
    assert judge(replace(killed, deaths=[Death("%1", 8, at)])) != []


SHELL = ask(5, "!echo", "shell command")
RUN = replace(
    GOOD,
    asked=[*GOOD.asked, SHELL],
    rows=[*GOOD.rows, replace(row(SHELL), text=SHELL.ask.text)],
    run={SHELL.ask.tag: 1},
)


@pytest.mark.parametrize(
    ("times", "outcome", "name"),
    [
        (1, "delivered", None),
        (0, "delivered", "lost"),
        (2, "delivered", "doubled"),
        (1, "refused", "sent, though it is said to be refused"),
        (0, "refused", None),
    ],
)
def test_a_shell_command_is_judged_by_what_it_left(times: int, outcome: Outcome, name: str | None) -> None:
    rows = [*GOOD.rows, replace(row(SHELL, outcome), text=SHELL.ask.text)]
    asked = [*GOOD.asked, told(SHELL, Told(outcome))]
    found = judge(replace(RUN, asked=asked, rows=rows, run={SHELL.ask.tag: times}))
    assert [violation.what for violation in found] == ([name] if name else [])


def test_a_command_of_the_persons_own_says_what_it_stands_for() -> None:
    own = ask(6, "/foo", "own command")
    right = replace(GOOD, asked=[*GOOD.asked, own], rows=[*GOOD.rows, row(own)])
    said = f"Say foo about: {own.ask.tag}"
    assert judge(replace(right, arrived=[*GOOD.arrived, said])) == []
    assert [each.what for each in judge(replace(right, arrived=[*GOOD.arrived, said, said]))] == ["doubled"]
    assert [each.what for each in judge(replace(right, arrived=[*GOOD.arrived, own.ask.text]))] == [
        "merged or altered",
        "lost",
    ]


def test_how_the_sends_to_idle_panes_ended() -> None:
    busy = replace(SECOND, idle=False)
    found = replace(GOOD, asked=[FIRST, busy, ask(9)], rows=with_first("refused", "draft"))
    assert idle_ends(found) == Counter({"refused(draft)": 1, "no row": 1})


def test_a_seed_says_all_of_it() -> None:
    assert schedule(SEED, 120) == schedule(SEED, 120)
    assert schedule(SEED, 120) != schedule(SEED + 1, 120)
    asks = [each for episode in schedule(SEED, 120) for each in episode.asks]
    assert sorted(each.number for each in asks) == list(range(120))


def test_a_thousand_sends_hold_everything_there_is() -> None:
    drawn = schedule(SEED, 1000)
    kinds = {each.kind for episode in drawn for each in episode.asks}
    events = {event.kind for episode in drawn for event in episode.events}
    assert kinds == set(KINDS)
    assert {f"then: {event}" for event in events if event != "nothing"} == {
        name for name in tally.needed() if name.startswith("then: ")
    }
    assert {f"at first: {episode.situation}" for episode in drawn} == {
        name for name in tally.needed() if name.startswith("at first: ")
    }


def test_what_never_occurred_is_said() -> None:
    changes = [Change("a", "look", "paste", 0), Change("a", "see", "unconfirmed(gone)", 0)]
    counts = tally.counted(Counter({"then: low": 2, "sent: line, by host": 3}), changes)
    assert (counts["then: low"], counts["text: line"], counts["look → paste"]) == (2, 3, 1)
    assert counts["see → unconfirmed(*)"] == 1
    missing = tally.missing(counts)
    assert "then: respawn" in missing
    assert not {"then: low", "text: line", "look → paste", "see → unconfirmed(*)"} & set(missing)


def test_what_must_arrive() -> None:
    assert cleaned(f"!touch {WITNESS}/a", "/w") == " !touch /w/a"
    assert cleaned("a\x03\x1b[201~\x7f b\r\nc", "/w") == "a[201~ b\nc"


@pytest.mark.e2e
@pytest.mark.timeout(300)
def test_a_short_run() -> None:
    """The whole of it against the real Claude Code, in a world of its own; on a busy machine not to the end."""
    argv = [sys.executable, "-m", "torture.main", "--seed", f"{SEED:06x}", "--sends", "20"]
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, stdout=pipe, stderr=subprocess.STDOUT, text=True, cwd=REPOSITORY) as run:
        try:
            said, _ = run.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            run.terminate()
            said, _ = run.communicate(timeout=200)
    assert run.returncode == 0, said
    assert " 0 violations" in said
