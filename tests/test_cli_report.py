"""What results look like to people and to programs."""

import json
from typing import Any

import pytest

from llm_send.entry import report
from llm_send.errors import LlmSendError


def a_pane(**more: Any) -> dict[str, Any]:
    pane: dict[str, Any] = {
        "server": "/tmp/tmux-1000/default",
        "id": "%3",
        "name": "claude-plan",
        "session": "work",
        "agent": "claude",
        "pid": 10,
        "agent_pid": 11,
        "mode": "plan",
        "lock": "plan",
        "verified": True,
        "mode_source": "screen",
        "state": "idle",
        "cwd": "/home/me/project",
        "session_id": None,
        "guarded": True,
    }
    return pane | more


def a_send(**more: Any) -> dict[str, Any]:
    result: dict[str, Any] = {
        "id": "s1",
        "outcome": "delivered",
        "reason": None,
        "message": "Sent to Claude (Plan Mode)",
        "hint": "Pane: claude-plan",
        "pane": a_pane(),
        "receipt": None,
        "elapsed_ms": 60,
        "candidates": [],
    }
    return result | more


def text(verb: str, result: dict[str, Any]) -> str:
    return "\n".join(report.text_of(verb, result, "/home/me"))


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (a_send(), "✓ Sent to Claude (Plan Mode) · Pane: claude-plan"),
        (a_send(outcome="queued", message="Held."), "… Held · Pane: claude-plan"),
        (
            a_send(outcome="refused", message="No Claude in plan mode", hint="Start one with: claude-plan"),
            "✗ No Claude in plan mode · Start one with: claude-plan",
        ),
        (a_send(outcome="unconfirmed", message="Nobody can say.", hint=None), "? Nobody can say."),
    ],
)
def test_a_send_is_one_line(result: dict[str, Any], expected: str) -> None:
    assert text("send", result) == expected


def test_an_unclear_send_shows_whom_it_could_be_for() -> None:
    candidates = [a_pane(), a_pane(name="claude-plan-2", id="%12", state="busy", cwd="/srv")]
    result = a_send(outcome="refused", reason="ambiguous", message="2 panes", hint="Say which", candidates=candidates)
    assert text("send", result) == (
        "✗ 2 panes · Say which\n"
        "  NAME           ID   MODE    STATE  SESSION  FOLDER\n"
        "  claude-plan    %3   plan ✓  idle   work     ~/project\n"
        "  claude-plan-2  %12  plan ✓  busy   work     /srv"
    )


@pytest.mark.parametrize(
    ("pane", "expected"),
    [
        ({}, "plan ✓"),
        ({"verified": False}, "plan ?"),
        ({"mode": None, "verified": False}, "plan ?"),
        ({"mode": "claude:auto"}, "plan → claude:auto"),
        ({"lock": None}, "plan"),
        ({"lock": None, "mode": None}, "?"),
    ],
)
def test_a_mode_says_how_sure_it_is(pane: dict[str, Any], expected: str) -> None:
    assert report.mode_text(a_pane(**pane)) == expected


def test_the_table_is_aligned_whatever_stands_in_it() -> None:
    odd = a_pane(name=None, session="日本語", cwd="/home/me", guarded=False, lock=None, mode=None, state="unknown")
    lines = text("panes", {"panes": [a_pane(), odd]}).split("\n")
    assert lines == [
        "NAME         ID  MODE    STATE             SESSION  FOLDER",
        "claude-plan  %3  plan ✓  idle              work     ~/project",
        "–            %3  ?       unknown, no gate  日本語   ~",
    ]


def test_no_panes_is_an_answer_with_a_next_step() -> None:
    assert text("panes", {"panes": []}) == ("No Claude is running in this tmux server · Start one with: claude-plan")


def test_nothing_that_is_shown_steers_the_terminal() -> None:
    evil = a_pane(name="\x1b]0;x\x07", cwd="/a\nb\x9b2J", session="\u202etxt")
    for verb, result in (("panes", {"panes": [evil]}), ("spawn", {"pane": evil}), ("send", a_send(message="\x1b[2J"))):
        for line in report.text_of(verb, result, None):
            assert line.isprintable()


@pytest.mark.parametrize(
    ("verb", "pane", "expected"),
    [
        ("spawn", {}, "✓ Claude started (Plan Mode) · Pane: claude-plan"),
        ("spawn", {"verified": False, "mode": None}, "✓ Claude is starting (Plan Mode) · Pane: claude-plan"),
        ("mode", {"mode": "normal", "name": None}, "✓ Claude is in Normal Mode · Pane: %3"),
        ("focus", {}, "✓ In front now · Pane: claude-plan"),
        ("target", {}, "✓ Sends from here go there · Pane: claude-plan"),
        ("close", {}, "✓ Closed · Pane: claude-plan"),
    ],
)
def test_an_action_on_a_pane_is_one_line(verb: str, pane: dict[str, Any], expected: str) -> None:
    assert text(verb, {"pane": a_pane(**pane)}) == expected


def test_the_doctor_puts_the_remedy_below_the_finding() -> None:
    checks = [
        {"name": "tmux", "status": "ok", "message": "tmux 3.7", "hint": None},
        {"name": "gate", "status": "error", "message": "no", "hint": "mend"},
        {"name": "x", "status": "warn", "message": "hm", "hint": None},
    ]
    assert text("doctor", {"checks": checks}) == "✓ tmux  tmux 3.7\n✗ gate  no\n        → mend\n! x     hm"


def test_what_is_not_ok_always_says_why_under_error() -> None:
    assert "error" not in report.envelope(a_send(), ok=True)
    refused = report.envelope(a_send(outcome="refused", reason="busy", message="Busy", hint="Wait"), ok=False)
    assert (refused["ok"], refused["outcome"]) == (False, "refused")
    assert refused["error"] == {"code": "busy", "message": "Busy", "hint": "Wait", "found": None, "expected": None}
    unsure = report.envelope(a_send(outcome="unconfirmed", message="?", hint=None), ok=False)
    assert unsure["error"]["code"] == "unconfirmed"
    check = {"name": "gate", "status": "error", "message": "no", "hint": "mend"}
    assert report.envelope({"checks": [check]}, ok=False)["error"]["found"] == ["gate"]


def test_a_refused_spawn_shows_its_pane_beside_the_error() -> None:
    answer = report.error_envelope(LlmSendError("waiting", "It asks", "Answer"), {"pane": a_pane()})
    assert (answer["ok"], answer["schema"], answer["error"]["code"]) == (False, 1, "waiting")
    assert answer["pane"] == a_pane()


def test_json_is_one_line_of_ascii_whatever_is_in_it() -> None:
    said = report.as_json({"cwd": "/caf\udce9/日本\n"})
    assert said.isascii()
    assert "\n" not in said
    assert json.loads(said) == {"cwd": "/caf\udce9/日本\n"}
