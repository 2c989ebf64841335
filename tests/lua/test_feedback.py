"""What the person is told, and what scripts are."""

from __future__ import annotations

import pytest

from tests.lua.conftest import FrontStarter
from tests.lua.front import AGAIN, DELIVERED, LOOK, PANE, UNCONFIRMED, Front, refused

QUEUED = {**DELIVERED, "outcome": "queued", "reason": "busy", "message": "Queued for claude-plan", "hint": "It is busy"}
FAILED = {"ok": False, "schema": 1, "error": {"code": "bad_text", "message": "Not UTF-8", "hint": "Line 2"}}
BROKEN = {"ok": False, "schema": 1, "error": {"code": "internal", "message": "Something went wrong", "hint": "See log"}}


@pytest.mark.parametrize(
    ("answer", "line", "level", "event", "status"),
    [
        (DELIVERED, "✓ Sent to Claude (Plan Mode) · Pane: claude-plan", 2, "Delivered", "✓ claude-plan"),
        (QUEUED, "… Queued for claude-plan · It is busy", 2, "Queued", "… queued"),
        (refused("draft", "A draft is in the box"), "✗ A draft is in the box" + AGAIN, 3, "Refused", "✗ draft"),
        (UNCONFIRMED, "? Not seen to arrive · Look" + LOOK, 3, "Unconfirmed", "? claude-plan"),
        (FAILED, "✗ Not UTF-8 · Line 2", 4, "Refused", "✗ bad_text"),
        # What broke inside may have broken after Enter.
        (BROKEN, "? Something went wrong · See log" + LOOK, 3, "Unconfirmed", "? internal"),
    ],
)
def test_each_outcome(front: Front, answer: dict[str, object], line: str, level: int, event: str, status: str) -> None:
    front.fill("text")
    front.host.answers(send=[answer])
    front.press("<Plug>(llm-send-plan)")
    assert front.notified() == [line]
    [shown] = front.value("notified")
    assert (shown["level"], shown["title"]) == (level, "llm-send")
    [seen] = front.value("events")
    assert seen["name"] == f"LlmSend{event}"
    assert seen["data"]["outcome"] == event.lower()
    assert front.lua("return require('llm-send').statusline()") == status


def test_the_autocommand_carries_the_result(front: Front) -> None:
    front.fill("text")
    front.press("<Plug>(llm-send-plan)")
    [event] = front.wait_for_value("events")
    assert event["data"]["pane"] == PANE
    assert event["data"]["id"] == "s1"
    assert "reason" not in event["data"], "null is nil"


def test_the_statusline_counts_what_is_under_way(front: Front) -> None:
    def status() -> str:
        return str(front.lua("return require('llm-send').statusline()"))

    front.fill("text")
    assert status() == ""
    front.host.answers(send=[{**DELIVERED, "after": 0.6}])
    front.press("<Plug>(llm-send-plan)")
    assert status() == "… sending"
    front.press("<Plug>(llm-send-plan)")
    assert status() == "… sending 2"
    front.notified(2)
    assert status() == "✓ claude-plan"


def test_a_slow_send_says_what_it_waits_for(start_front: FrontStarter) -> None:
    watch = "echoed = {} local echo = vim.api.nvim_echo vim.api.nvim_echo = function(chunks, ...)"
    front = start_front(before=f"{watch} table.insert(echoed, chunks[1][1]) return echo(chunks, ...) end")
    front.fill("text")
    front.host.answers(send=[{**DELIVERED, "after": 0.8}])
    front.press("<Plug>(llm-send-plan)")
    assert front.wait_for_value("echoed") == ["… waiting for Claude (plan mode)"]
    assert front.value("notified") == []
    front.notified()
    assert front.value("echoed") == ["… waiting for Claude (plan mode)", ""], "taken away again"
    assert "waiting" not in front.editor.messages(), "and not kept"
    front.host.answers(send=[DELIVERED])
    front.press("<Plug>(llm-send-plan)")
    front.notified(2)
    assert len(front.value("echoed")) == 2, "a quick one says nothing"


def test_progress_named_by_the_host(start_front: FrontStarter) -> None:
    watch = "echoed = {} vim.api.nvim_echo = function(chunks) table.insert(echoed, chunks[1][1]) end"
    front = start_front(before=watch)
    front.fill("text")
    event = ["progress", {"message": "claude-plan is busy"}]
    front.host.answers(send=[{**DELIVERED, "events": [event]}])
    front.press("<Plug>(llm-send-plan)")
    front.notified()
    assert front.value("echoed")[0] == "… claude-plan is busy"


def test_a_function_for_notify(start_front: FrontStarter) -> None:
    front = start_front("notify = function(text, level, opts) mine = { text, level, opts.title } end")
    front.fill("text")
    front.press("<Plug>(llm-send-plan)")
    front.wait_for_value("mine")
    assert front.value("mine") == ["✓ Sent to Claude (Plan Mode) · Pane: claude-plan", 2, "llm-send"]
    assert front.value("notified") == []


def test_silence(start_front: FrontStarter) -> None:
    front = start_front("notify = false")
    front.fill("text")
    front.press("<Plug>(llm-send-plan)")
    front.wait_for_value("events")
    assert front.value("notified") == []


def test_a_message_is_one_line(front: Front) -> None:
    front.fill("text")
    front.host.answers(send=[refused("draft", "Two\nlines ", "and\r\n  more")])
    front.press("<Plug>(llm-send-plan)")
    assert front.notified() == ["✗ Two lines · and more" + AGAIN]


def test_the_text_of_a_callback_in_lua(front: Front) -> None:
    front.lua("require('llm-send').send({ text = 'from lua', mode = 'plan', wait = 3 })")
    [params] = front.asked()
    assert (params["text"], params["mode"], params["wait"]) == ("from lua", "plan", 3)
    front.fill("a", "b", "c")
    front.lua("require('llm-send').send({ range = { 2, 3 }, pane = 'claude-plan' })")
    params = front.asked(2)[1]
    assert (params["text"], params["pane"]) == ("b\nc", "claude-plan")
