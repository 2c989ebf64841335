"""Sends that wait: counted, told when they end, and not lost with the host."""

from __future__ import annotations

import os
import signal

from tests.lua.front import AGAIN, DELIVERED, ENTRY, LOOK, UNCONFIRMED, Front, refused

QUEUED = {
    **DELIVERED,
    "outcome": "queued",
    "reason": "busy",
    "message": "Queued for claude-plan",
    "hint": "2 ahead",
}
QUEUED_LINE = "… Queued for claude-plan · 2 ahead"
SENT = "✓ Sent to Claude (Plan Mode) · Pane: claude-plan"
DIED = "… The Python host ended · What it had in hand waits or is in :LlmSend history"
UNKNOWN = (
    "? The Python host ended during this send, which may or may not have happened"
    " · Look at the pane, or in :LlmSend history" + LOOK
)


def send(front: Front, text: str = "text") -> None:
    front.fill(text)
    front.press("<Plug>(llm-send-plan)")


def settle(front: Front, result: dict[str, object]) -> None:
    front.lua("require('llm-send.host').event('settled', { result = ... })", result)


def status(front: Front) -> str:
    return str(front.lua("return require('llm-send').statusline()"))


def kill_host(front: Front) -> None:
    os.kill(front.host.pids()[-1], signal.SIGKILL)


def names(front: Front) -> list[str]:
    return [event["name"].removeprefix("LlmSend") for event in front.value("events")]


def test_one_that_ends_later_is_told_as_any_other(front: Front) -> None:
    front.host.answers(send=[QUEUED])
    send(front)
    assert front.notified() == [QUEUED_LINE]
    assert status(front) == "… queued"
    settle(front, DELIVERED)
    assert front.notified(2)[1] == SENT
    assert names(front) == ["Queued", "Delivered"]
    assert status(front) == "✓ claude-plan"
    settle(front, DELIVERED)
    assert len(front.value("notified")) == 2, "once"


def test_a_pane_that_a_limit_has_ended_is_told(front: Front) -> None:
    send(front)
    front.notified()
    data = {"pane": "claude-plan", "reason": "its 300 s are over (timeout_secs)"}
    front.lua("require('llm-send.host').event('ended', ...)", data)
    assert front.notified(2)[1] == "! claude-plan was ended: its 300 s are over (timeout_secs)"
    assert front.level() == 3, "a warning"
    assert front.value("events")[-1] == {"name": "LlmSendEnded", "data": data}


def test_the_host_says_so_unasked(front: Front) -> None:
    front.host.answers(send=[QUEUED], panes=[{"ok": True, "panes": [], "events": [["settled", {"result": DELIVERED}]]}])
    send(front)
    front.notified()
    front.lua("require('llm-send').panes(function() end)")
    assert front.notified(2)[1] == SENT


def test_the_statusline_counts_them(front: Front) -> None:
    front.host.answers(send=[QUEUED, {**QUEUED, "id": "s2"}, {**DELIVERED, "id": "s3"}])
    for count in (1, 2, 3):
        send(front)
        front.notified(count)
    assert status(front) == "… queued 2"
    settle(front, {**DELIVERED, "id": "s2"})
    assert status(front) == "… queued"
    settle(front, refused("gone", "The pane is gone"))
    assert front.notified(5)[4] == "✗ The pane is gone" + AGAIN
    assert status(front) == "✗ gone"


def test_an_end_that_overtakes_the_answer(front: Front) -> None:
    front.host.answers(send=[{**QUEUED, "events": [["settled", {"result": DELIVERED}]]}])
    send(front)
    front.notified()
    front.editor.wait_until(lambda: status(front) == "✓ claude-plan")
    assert front.notified() == [SENT]


def test_a_refusal_later_can_be_sent_again(front: Front) -> None:
    front.host.answers(send=[QUEUED, DELIVERED])
    send(front, "the first")
    front.notified()
    settle(front, refused("gone"))
    front.press(" lsr")
    assert front.asked(2)[1]["text"] == "the first"


def test_a_refusal_later_is_no_fault(front: Front) -> None:
    front.host.answers(send=[QUEUED])
    send(front)
    front.notified()
    error = {"code": "gone", "message": "The pane is gone", "hint": None}
    settle(front, refused("gone", "The pane is gone", error=error))  # as the contract has it
    assert front.notified(2)[1] == "✗ The pane is gone" + AGAIN
    assert front.level() == 3, "a warning, as for any other refusal"


def test_one_of_an_editor_that_is_gone(front: Front) -> None:
    settle(front, {**DELIVERED, "id": "another"})
    assert front.notified() == [SENT]


def test_the_host_dies_with_one_that_waits(front: Front) -> None:
    front.host.answers(send=[QUEUED], queue=[{"ok": True, "entries": [{**ENTRY, "id": "s1"}]}])
    send(front)
    front.notified()
    kill_host(front)
    assert front.notified(2)[1] == DIED
    front.asked(verb="queue")
    assert len(front.host.pids()) == 2, "at once"
    assert "cwd" in front.host.requests("queue")[0]["here"]
    settle(front, DELIVERED)
    assert front.notified(3)[2] == SENT
    assert names(front) == ["Queued", "Delivered"]
    assert front.host.requests("resolve") == []


def test_one_that_ended_while_nobody_listened(front: Front) -> None:
    front.host.answers(send=[QUEUED], resolve=[DELIVERED])
    send(front)
    front.notified()
    kill_host(front)
    assert front.notified(3)[2] == SENT
    assert front.host.requests("resolve")[0]["id"] == "s1"
    assert status(front) == "✓ claude-plan"


def dies_in_the_middle(front: Front) -> str:
    """One that has no answer when the host dies; its id."""
    front.host.answers(send=[{"silent": True}])
    send(front)
    identity = str(front.asked()[0]["new_id"])
    front.host.answers()
    kill_host(front)
    assert front.notified()[0] == DIED
    return identity


def test_one_under_way_that_waits_now(front: Front) -> None:
    front.host.answers(send=[{"silent": True}])
    send(front)
    entry = {**ENTRY, "id": front.asked()[0]["new_id"]}
    front.host.answers(queue=[{"ok": True, "entries": [entry]}])
    kill_host(front)
    assert front.notified(2) == [DIED, "… It waits for claude-plan · :LlmSend queue"]
    assert names(front) == ["Queued"]
    settle(front, {**DELIVERED, "id": entry["id"]})
    assert front.notified(3)[2] == SENT


def test_one_under_way_that_arrived(front: Front) -> None:
    front.host.answers(send=[{"silent": True}])
    send(front)
    identity = str(front.asked()[0]["new_id"])
    front.host.answers(resolve=[{**DELIVERED, "id": identity}])
    kill_host(front)
    assert front.notified(2) == [DIED, SENT]
    assert front.host.requests("resolve")[0]["id"] == identity
    assert names(front) == ["Delivered"], "one outcome"
    settle(front, {**DELIVERED, "id": identity})
    assert len(front.value("notified")) == 2


def test_one_under_way_that_may_have_arrived(front: Front) -> None:
    front.host.answers(send=[{"silent": True}])
    send(front)
    front.host.answers(resolve=[{**UNCONFIRMED, "id": front.asked()[0]["new_id"]}])
    kill_host(front)
    assert front.notified(2)[1] == "? Not seen to arrive · Look" + LOOK
    assert names(front) == ["Unconfirmed"]


def test_one_under_way_of_which_nothing_is_known(front: Front) -> None:
    dies_in_the_middle(front)
    assert front.notified(2)[1] == UNKNOWN
    assert front.level() == 3, "a warning"
    [event] = front.value("events")
    assert (event["name"], event["data"]["reason"]) == ("LlmSendUnconfirmed", "host_died")
    assert status(front) == "? host_died"


def test_a_resend_under_way_may_have_happened_too(front: Front) -> None:
    front.host.answers(history=[{"ok": True, "sends": [{**ENTRY, "outcome": "refused"}]}], resend=[{"silent": True}])
    front.editor.api.command("LlmSend history")
    front.editor.wait_until(lambda: "llm-send" in str(front.editor.api.current.buffer.name))
    front.press("s")
    front.asked(verb="resend")
    kill_host(front)
    assert front.notified(2) == [DIED, UNKNOWN]


def test_it_is_told_even_later(front: Front) -> None:
    identity = dies_in_the_middle(front)
    front.notified(2)
    settle(front, {**DELIVERED, "id": identity})
    assert front.notified(3)[2] == SENT
    front.press(" lsr")
    assert front.notified(4)[3].startswith("✗ Nothing to send again")


def test_a_host_that_dies_again_is_not_started_a_second_time(front: Front) -> None:
    front.host.answers(send=[QUEUED, {"silent": True}])
    send(front)
    front.notified()
    send(front)
    front.asked(2)
    front.host.answers(queue=[{"exit": 70, "stderr": "out of luck"}])
    kill_host(front)
    assert front.notified(4) == [
        QUEUED_LINE,
        DIED,
        UNKNOWN,
        "✗ The Python host ended with code 70 · What waits stays in the queue",
    ]
    assert len(front.host.pids()) == 2
    assert status(front) == "… queued"


def test_a_send_lost_while_the_host_is_started_again(front: Front) -> None:
    front.host.answers(send=[QUEUED, {"silent": True}], queue=[{"silent": True}])
    send(front)
    front.notified()
    kill_host(front)
    front.asked(verb="queue")
    front.host.answers(send=[{"silent": True}], queue=[{"silent": True}])
    send(front)
    front.asked(2)
    kill_host(front)
    assert UNKNOWN in front.notified(4)
    assert len(front.host.pids()) == 2


def test_nothing_in_hand_nothing_started(front: Front) -> None:
    send(front)
    front.notified()
    kill_host(front)
    front.editor.wait_until(lambda: not front.lua("return require('llm-send.host').status().channel"))
    assert front.host.requests("queue") == []
    assert len(front.value("notified")) == 1
