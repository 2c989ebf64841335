"""What did not arrive: named in the notice, looked at again, sent again, and never a second time by itself."""

from __future__ import annotations

import pytest

from tests.lua.conftest import FrontStarter
from tests.lua.front import AGAIN, DELIVERED, LOOK, UNCONFIRMED, Front, refused

NOTHING = "✗ Nothing to send again · :LlmSend history has all that was sent"
SENT = "✓ Sent to Claude (Plan Mode) · Pane: claude-plan"
QUESTION = {"prompt": "? Not seen to arrive · Look", "items": ["Leave it", "Send it again"]}


def send(front: Front, text: str = "text") -> None:
    front.fill(text)
    front.press("<Plug>(llm-send-plan)")


def test_a_refused_text_as_it_was(front: Front) -> None:
    front.host.answers(send=[refused("draft"), DELIVERED])
    send(front, "first")
    assert front.notified() == ["✗ No" + AGAIN]
    front.fill("second")
    front.press(" lsr")
    assert front.notified(2)[1] == SENT
    first, again = front.host.requests()
    assert [(params["text"], params["mode"]) for params in (first, again)] == [("first", "plan")] * 2
    assert len(first["new_id"]) == 32
    assert first["new_id"] != again["new_id"], "a send of its own"
    front.press(" lsr")
    assert front.notified(3)[2] == NOTHING


def test_there_is_none(front: Front) -> None:
    front.editor.api.command("LlmSend again")
    assert front.notified() == [NOTHING]


def test_a_later_one_that_arrives_is_the_end_of_it(front: Front) -> None:
    front.host.answers(send=[refused("draft"), DELIVERED])
    send(front)
    front.notified()
    send(front)
    front.notified(2)
    front.press(" lsr")
    assert front.notified(3)[2] == NOTHING


def test_a_command_stays_one(front: Front) -> None:
    front.host.answers(send=[refused("busy"), DELIVERED])
    front.editor.api.command("LlmSend! /clear")
    front.notified()
    front.press(" lsr")
    assert front.asked(2)[1]["as_command"] is True


def test_what_may_have_arrived_and_did_not(front: Front) -> None:
    front.host.answers(send=[UNCONFIRMED, DELIVERED], resolve=[refused("gate_blocked", "It did not arrive")])
    send(front)
    front.notified()
    front.press(" lsr")
    assert front.notified(2)[1] == SENT
    assert front.host.requests("resolve")[0]["id"] == "s1"
    assert front.value("selects") == []


def test_what_stands_in_the_box_is_not_sent_a_second_time(front: Front) -> None:
    front.host.answers(send=[UNCONFIRMED, DELIVERED], resolve=[refused("draft", "It stands unsent in the box")])
    send(front)
    front.notified()
    front.press(" lsr")
    assert front.notified(2)[1] == "✗ It stands unsent in the box" + AGAIN
    assert len(front.host.requests()) == 1


def test_what_may_have_arrived_and_did(front: Front) -> None:
    front.host.answers(send=[UNCONFIRMED], resolve=[DELIVERED])
    send(front)
    front.notified()
    front.press(" lsr")
    assert front.notified(2)[1] == SENT
    front.press(" lsr")
    assert front.notified(3)[2] == NOTHING
    assert len(front.host.requests()) == 1
    assert [event["name"] for event in front.value("events")] == ["LlmSendUnconfirmed", "LlmSendDelivered"]


@pytest.mark.parametrize(("choice", "sends"), [(0, 1), (1, 1), (2, 2)])
def test_what_may_still_have_arrived_is_asked_about(front: Front, choice: int, sends: int) -> None:
    front.host.answers(send=[UNCONFIRMED, DELIVERED], resolve=[UNCONFIRMED])
    send(front)
    front.notified()
    front.lua("choices = ...", [choice])
    front.press(" lsr")
    assert front.wait_for_value("selects") == [QUESTION]
    if sends == 2:
        front.asked(2)
    front.lua("require('llm-send.host').request('hello', {}, function() hello = true end)")
    front.editor.wait_until(lambda: front.value("hello"))
    assert len(front.host.requests()) == sends


def test_one_that_cannot_be_looked_at_is_asked_about(front: Front) -> None:
    front.host.answers(send=[UNCONFIRMED])
    send(front)
    front.notified()
    front.press(" lsr")
    [question] = front.wait_for_value("selects")
    assert question["prompt"] == "? It may have arrived · There is no such send"
    assert len(front.host.requests()) == 1


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (DELIVERED, SENT),
        (UNCONFIRMED, "? Not seen to arrive · Look"),
        (refused("draft", "It did not arrive"), "✗ It did not arrive" + AGAIN),
        (refused("draft", "Nor now", error={"code": "draft", "message": "Nor now", "hint": None}), "✗ Nor now" + AGAIN),
    ],
)
def test_resolve_looks_again(front: Front, answer: dict[str, object], line: str) -> None:
    front.host.answers(send=[UNCONFIRMED], resolve=[answer])
    send(front)
    assert front.notified() == ["? Not seen to arrive · Look" + LOOK]
    front.editor.api.command("LlmSend resolve")
    assert front.notified(2)[1] == line
    events = 1 if answer is UNCONFIRMED else 2
    front.wait_for_value("events", events)
    assert len(front.value("events")) == events, "the same once more is no event"
    assert front.lua("return require('llm-send').statusline()")[0] == line[0]


def test_resolve_names_another(front: Front) -> None:
    front.host.answers(resolve=[DELIVERED])
    front.editor.api.command("LlmSend resolve 1f2e")
    assert front.asked(verb="resolve")[0]["id"] == "1f2e"
    assert front.notified() == [SENT]


def test_nothing_to_resolve(front: Front) -> None:
    front.host.answers(send=[refused("draft")])
    send(front)
    front.notified()
    front.editor.api.command("LlmSend resolve")
    assert front.notified(2)[1] == "✗ No send of this editor is unconfirmed · :LlmSend history has them all"


@pytest.mark.parametrize("reason", ["bad_text", "too_large", "slash_command"])
def test_a_text_that_is_itself_the_trouble_is_not_offered(front: Front, reason: str) -> None:
    front.host.answers(send=[refused(reason)])
    send(front)
    assert front.notified() == ["✗ No"]


def test_the_command_is_named_where_the_key_is_yours(start_front: FrontStarter) -> None:
    front = start_front(before="vim.keymap.set('n', '<leader>lsr', ':echo 1<CR>')")
    front.host.answers(send=[refused("draft")])
    send(front)
    assert front.notified() == ["✗ No · :LlmSend again sends it again"]
