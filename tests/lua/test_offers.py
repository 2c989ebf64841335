"""What is offered when a send meets no pane, or several; and what can be done to panes."""

from __future__ import annotations

import pytest

from llm_send.modes import Mode
from tests.lua.conftest import FrontStarter
from tests.lua.front import DELIVERED, PANE, Front, refused

NONE = refused("no_candidate", "No Claude in plan mode", "Start one with: claude-plan")
OTHER = {**PANE, "id": "%5", "name": "claude-plan-2", "session": "home", "cwd": "/elsewhere"}
ODD = {**PANE, "id": "%8", "name": None, "mode": "claude:auto", "lock": None, "guarded": False, "state": "waiting"}
DRIFTED = {**PANE, "id": "%9", "name": "claude-auto", "lock": "auto-accept", "state": "busy"}
STARTED = {"ok": True, "schema": 1, "pane": PANE}
LISTED = {"ok": True, "schema": 1, "panes": [PANE, OTHER]}


def choose(front: Front, *indexes: int) -> None:
    """What the person will pick, question after question; 0 is <Esc>."""
    front.lua("choices = ...", list(indexes))


def send_plan(front: Front) -> None:
    front.fill("the text")
    front.press("<Plug>(llm-send-plan)")


def test_none_there_start_one_and_send(front: Front) -> None:
    front.host.answers(send=[NONE, DELIVERED], spawn=[STARTED])
    choose(front, 1)
    send_plan(front)
    assert front.notified(2) == [
        "✗ No Claude in plan mode · Start one with: claude-plan",
        "✓ Sent to Claude (Plan Mode) · Pane: claude-plan",
    ]
    [question] = front.value("selects")
    assert question["prompt"] == "✗ No Claude in plan mode · Start one with: claude-plan"
    assert question["items"] == ["Start claude-plan here and send", "Choose another pane", "Cancel"]
    [spawned] = front.host.requests("spawn")
    assert {key: spawned[key] for key in ("mode", "where", "focus")} == {"mode": "plan", "where": "h", "focus": False}
    again = front.host.requests()[1]
    assert (again["text"], again["pane"], again["mode"]) == ("the text", "%3", "plan")


@pytest.mark.parametrize("mode", list(Mode))
def test_the_names_are_pythons(front: Front, mode: Mode) -> None:
    front.fill("text")
    front.host.answers(send=[NONE])
    front.press(f"<Plug>(llm-send-{mode.value})")
    [question] = front.wait_for_value("selects")
    assert question["items"][0] == f"Start {mode.pane_name} here and send"


def test_a_start_that_fails_keeps_the_text(front: Front) -> None:
    error = {"code": "waiting", "message": "claude-plan waits for you", "hint": "It asks whether to trust the folder"}
    front.host.answers(send=[NONE, DELIVERED], spawn=[{"ok": False, "error": error, "pane": PANE}])
    choose(front, 1)
    send_plan(front)
    assert front.notified(2)[1] == "✗ claude-plan waits for you · It asks whether to trust the folder"
    front.fill("something else")
    front.editor.api.command("LlmSend again")
    front.notified(3)
    assert front.host.requests()[1]["text"] == "the text"


def test_choose_another(front: Front) -> None:
    front.host.answers(send=[NONE, DELIVERED], panes=[LISTED])
    choose(front, 2, 2)
    send_plan(front)
    front.notified(2)
    assert front.value("selects")[1]["items"] == [
        "claude-plan    plan ✓  idle  work %3 /project",
        "claude-plan-2  plan ✓  idle  home %5 /elsewhere",
    ]
    again = front.host.requests()[1]
    assert again["pane"] == "%5"
    assert "mode" not in again, "the pane they named counts, in whatever mode it is"


@pytest.mark.parametrize("index", [3, 0])
def test_cancelled(front: Front, index: int) -> None:
    front.host.answers(send=[NONE, DELIVERED])
    choose(front, index)
    send_plan(front)
    front.wait_for_value("selects")
    front.lua("require('llm-send.host').request('hello', {}, function() hello = true end)")
    front.editor.wait_until(lambda: front.value("hello"))
    assert len(front.host.requests()) == 1
    assert front.host.requests("spawn") == []


@pytest.mark.parametrize("reason", ["ambiguous", "elsewhere"])
def test_several_ask_which_and_keep_the_mode(front: Front, reason: str) -> None:
    front.host.answers(send=[refused(reason, "Two Claudes", candidates=[PANE, OTHER]), DELIVERED])
    choose(front, 2)
    send_plan(front)
    front.notified(2)
    again = front.host.requests()[1]
    assert (again["pane"], again["mode"], again["text"]) == ("%5", "plan", "the text")


def test_other_refusals_only_say_so(front: Front) -> None:
    front.host.answers(send=[refused("waiting", "Claude asks something")])
    send_plan(front)
    front.notified()
    assert front.value("selects") == []


def test_no_question_to_somebody_who_types(front: Front) -> None:
    front.host.answers(send=[{**NONE, "after": 0.2}])
    send_plan(front)
    front.editor.api.input("i")
    front.notified()
    assert front.value("selects") == []


def test_no_questions_at_all(start_front: FrontStarter) -> None:
    front = start_front("offer = false")
    front.host.answers(send=[NONE])
    send_plan(front)
    front.notified()
    assert front.value("selects") == []


def test_the_list_of_panes(front: Front) -> None:
    front.host.answers(panes=[{"ok": True, "panes": [PANE, ODD, DRIFTED]}], focus=[STARTED])
    choose(front, 2, 2)
    front.editor.api.command("LlmSend panes")
    listed, acts = front.wait_for_value("selects", 2)
    assert listed["items"] == [
        "claude-plan  plan ✓              idle                work %3 /project",
        "%8           claude:auto         waiting  unguarded  work %8 /project",
        "claude-auto  auto-accept → plan  busy                work %9 /project",
    ]
    assert acts["items"] == [
        "Send here by default",
        "Go to it",
        "Close it",
        "Put it into normal mode",
        "Put it into plan mode",
        "Put it into auto-accept mode",
    ]
    assert front.asked(verb="focus")[0]["pane"] == "%8"


def test_a_lock_not_verified_yet(front: Front) -> None:
    unread = {key: value for key, value in PANE.items() if key != "mode"} | {"verified": False}
    rows = front.lua("return require('llm-send.target').rows({ ... })", unread)
    assert rows == ["claude-plan  plan ?  idle  work %3 /project"]


def test_no_panes(front: Front) -> None:
    front.host.answers(panes=[{"ok": True, "panes": []}])
    front.editor.api.command("LlmSend panes")
    assert front.notified() == ["✗ No Claude runs in this tmux server · Start one with: claude-normal"]


def test_no_tmux_is_not_no_panes(front: Front) -> None:
    error = {"code": "tmux", "message": "No tmux server runs", "hint": "Start tmux"}
    front.host.answers(panes=[{"ok": False, "error": error}])
    front.editor.api.command("LlmSend panes")
    assert front.notified() == ["✗ No tmux server runs · Start tmux"]


def test_closing_a_busy_one_asks_first(front: Front) -> None:
    error = {"code": "busy", "message": "claude-plan is busy", "hint": None}
    front.host.answers(close=[{"ok": False, "error": error}, STARTED])
    choose(front, 2)
    front.editor.api.command("LlmSend close claude-plan")
    assert front.notified() == ["✓ Closed claude-plan"]
    assert front.value("selects") == [{"prompt": "claude-plan is busy", "items": ["Keep it", "Close it anyway"]}]
    assert [params.get("force") for params in front.host.requests("close")] == [None, True]


def test_closing_for_certain(front: Front) -> None:
    front.host.answers(close=[STARTED])
    front.editor.api.command("LlmSend! close claude-plan")
    front.notified()
    assert front.host.requests("close")[0]["force"] is True
