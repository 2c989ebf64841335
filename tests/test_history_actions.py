"""What a person does with what was sent and what waits: see it, change it, send it again, remove it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from llm_send.actions import history as history_action
from llm_send.actions.cancel import CancelRequest, cancel
from llm_send.actions.context import Context, Here, Memory
from llm_send.actions.history import HistoryRequest
from llm_send.actions.purge import PurgeRequest, purge
from llm_send.actions.queue import QueueRequest, queue
from llm_send.actions.queue_cancel import QueueCancelRequest, queue_cancel
from llm_send.actions.queue_edit import QueueEditRequest, queue_edit
from llm_send.actions.queue_move import QueueMoveRequest, queue_move
from llm_send.actions.record import QueueResult
from llm_send.actions.resend import ResendRequest, resend
from llm_send.actions.resolve_send import ResolveRequest, resolve_send
from llm_send.actions.send import SendRequest
from llm_send.actions.show import ShowRequest, show
from llm_send.config.types import Config, HistoryConfig
from llm_send.errors import LlmSendError, Refused, UsageError
from llm_send.history import History, Send, new_send
from llm_send.modes import Mode
from llm_send.outcomes import Outcome, Receipt
from llm_send.paths import Paths
from llm_send.rules import digest
from llm_send.tmux import Tmux

SERVER = "/tmp/sock"
ENTRY = {"id", "created_at", "settled_at", "mode", "pane", "pane_id", "server", "step", "outcome", "reason", "message"}
ENTRY |= {"hint", "receipt", "elapsed_ms", "text", "sha256", "place", "file", "as_command"}


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    paths = Paths(tmp_path / "config", tmp_path / "state")
    return Context(Tmux(environment={}), Config(), paths, {}, Here("/project"))


def begun(history: History, text: str = "hello", mode: str | None = "plan", **more: object) -> Send:
    send = new_send(text, digest(text), mode=mode, now=1700000000.0, **more)
    history.begin(send)
    return send


def waiting(
    ctx: Context, text: str = "hello", pane: str = "%3", name: str | None = "claude-plan", **more: object
) -> Send:
    send = begun(ctx.history, text, **more)  # type: ignore[arg-type]
    ctx.history.enqueue(send.id, server=SERVER, pane=pane, name=name, pid=1)
    return send


def ended(ctx: Context, text: str = "hello", outcome: Outcome = "delivered", **more: object) -> Send:
    send = waiting(ctx, text, **more)  # type: ignore[arg-type]
    ctx.history.settle(send.id, outcome, None if outcome == "delivered" else "busy", f"It was {outcome}.")
    return send


def texts(result: QueueResult) -> list[str]:
    return [entry.send.text for entry in result.entries]


def found(ctx: Context, *words: str, **more: object) -> list[str]:
    request = HistoryRequest(words=words, **more)  # type: ignore[arg-type]
    return [entry.send.text for entry in history_action.history(ctx, request).sends]


def test_an_entry_says_all_there_is(ctx: Context) -> None:
    first = waiting(ctx, "first", request={"file": "/a.md", "as_command": True})
    waiting(ctx, "second")
    waiting(ctx, "unnamed", pane="%4", name=None)
    entries = queue(ctx, QueueRequest()).as_dict()["entries"]
    assert isinstance(entries, list)
    assert all(set(entry) == ENTRY for entry in entries)
    assert [(entry["pane"], entry["pane_id"], entry["place"]) for entry in entries] == [
        ("claude-plan", "%3", 0),
        ("claude-plan", "%3", 1),
        ("%4", "%4", 0),
    ]
    one = {key: entries[0][key] for key in ("id", "text", "sha256", "file", "as_command", "outcome", "step", "receipt")}
    assert one == {
        "id": first.id,
        "text": "first",
        "sha256": digest("first"),
        "file": "/a.md",
        "as_command": True,
        "outcome": None,
        "step": "waiting",
        "receipt": None,
    }


def test_the_queue_of_one_pane(ctx: Context) -> None:
    waiting(ctx, "here")
    waiting(ctx, "there", pane="%4", name="claude-auto")
    assert texts(queue(ctx, QueueRequest())) == ["here", "there"]
    assert texts(queue(ctx, QueueRequest("claude-auto"))) == ["there"]
    assert texts(queue(ctx, QueueRequest("%3"))) == ["here"]
    assert texts(queue(ctx, QueueRequest("nothing"))) == []


def test_move(ctx: Context) -> None:
    waiting(ctx, "first")
    second = waiting(ctx, "second")
    result = queue_move(ctx, QueueMoveRequest(second.id[:8], 0))
    assert texts(result) == ["second", "first"]
    assert result.message == f"Moved {second.id[:8]}"


def test_an_edited_text_is_cleaned_as_a_sent_one(ctx: Context) -> None:
    send = waiting(ctx, "before")
    result = queue_edit(ctx, QueueEditRequest(send.id[:8], b"!af\xc3\xa9ter\r\n\n"))
    assert texts(result) == [" !aféter"]
    assert "a space put before the “!”" in str(result.message)
    now = ctx.history.get(send.id)
    assert now
    assert (now.sha256, len(now.notes)) == (digest(" !aféter"), 1)
    with pytest.raises(Refused, match="a command in Claude"):
        queue_edit(ctx, QueueEditRequest(send.id, "/clear"))
    with pytest.raises(Refused, match="not valid UTF-8"):
        queue_edit(ctx, QueueEditRequest(send.id, b"\xff"))
    assert texts(queue(ctx, QueueRequest())) == [" !aféter"]


def test_a_command_stays_one_when_it_is_edited(ctx: Context) -> None:
    send = waiting(ctx, "/compact", request={"as_command": True})
    assert texts(queue_edit(ctx, QueueEditRequest(send.id, "/compact keep the plan\n"))) == ["/compact keep the plan"]
    with pytest.raises(Refused, match="This is no command"):
        queue_edit(ctx, QueueEditRequest(send.id, "words"))


def test_an_edit_that_changes_nothing_says_so(ctx: Context) -> None:
    send = waiting(ctx, "as it is")
    seen: list[str] = []

    def leave(old: str) -> bytes:
        seen.append(old)
        return f"{old}\n".encode()

    assert queue_edit(ctx, QueueEditRequest(send.id, leave)).message == f"The text of {send.id[:8]} is as it was"
    assert seen == ["as it is"]
    with pytest.raises(Refused, match="empty, so nothing was changed") as caught:
        queue_edit(ctx, QueueEditRequest(send.id, lambda _old: b" \n"))
    assert caught.value.code == "bad_text"
    assert texts(queue(ctx, QueueRequest())) == ["as it is"]


def test_no_editor_opens_for_a_text_that_is_on_its_way(ctx: Context) -> None:
    send = waiting(ctx)
    ctx.history.claim(send.id, send.sha256)
    with pytest.raises(LlmSendError, match="already on its way") as caught:
        queue_edit(ctx, QueueEditRequest(send.id, lambda _old: pytest.fail("it was opened")))
    assert caught.value.code == "not_waiting"


def test_cancel_from_the_queue(ctx: Context) -> None:
    first, second = waiting(ctx, "first"), waiting(ctx, "second")
    result = queue_cancel(ctx, QueueCancelRequest(first.id[:8]))
    assert texts(result) == ["second"]
    assert result.message == f"Called off {first.id[:8]}"
    ctx.history.claim(second.id, second.sha256)
    ctx.history.step(second.id, "paste")
    with pytest.raises(LlmSendError, match="already on its way"):
        queue_cancel(ctx, QueueCancelRequest(second.id))
    assert cancel(ctx, CancelRequest(second.id)).cancelled == ()


def test_cancel_all_that_this_process_asked_for(ctx: Context) -> None:
    mine = waiting(ctx), begun(ctx.history)
    ctx.history.begin(replace(new_send("another's", "x", mode=None, now=1.0), asker="1 1", step="waiting"))
    assert cancel(ctx, CancelRequest()).cancelled == tuple(send.id for send in mine)
    assert cancel(ctx, CancelRequest()).cancelled == ()


def test_history_looks_for_every_word(ctx: Context) -> None:
    ended(ctx, "Refactor the Übersicht")
    ended(ctx, "explain the parser", "refused")
    ended(ctx, "explain 100% of it", "unconfirmed", name="claude-auto")
    waiting(ctx, "explain later")
    assert found(ctx) == ["explain later", "explain 100% of it", "explain the parser", "Refactor the Übersicht"]
    assert found(ctx, "EXPLAIN", "parser") == ["explain the parser"]
    assert found(ctx, "übersicht") == ["Refactor the Übersicht"]
    assert found(ctx, "100%") == ["explain 100% of it"]
    assert found(ctx, "_") == []
    assert found(ctx, "claude-auto") == ["explain 100% of it"]
    assert found(ctx, "refused") == ["explain the parser"]
    assert found(ctx, "explain", limit=2) == ["explain later", "explain 100% of it"]
    assert found(ctx, outcome="delivered") == ["Refactor the Übersicht"]
    assert found(ctx, outcome="queued") == ["explain later"]


def test_one_send_by_as_much_of_its_id_as_says_which(ctx: Context) -> None:
    one, two = ended(ctx, "one", id="aaaabbbb" * 4), ended(ctx, "the second\nof two", id="aaaacccc" * 4)
    assert show(ctx, ShowRequest(one.id)).entry.send.text == "one"
    assert show(ctx, ShowRequest("aaaac")).entry.send.id == two.id
    with pytest.raises(UsageError, match="2 sends begin with aaaa") as caught:
        show(ctx, ShowRequest("aaaa"))
    assert "aaaabbbbaaaa (one), aaaaccccaaaa (the second)" in str(caught.value.hint)
    assert (caught.value.code, caught.value.expected) == ("no_send", [one.id, two.id])
    with pytest.raises(UsageError, match="too short"):
        show(ctx, ShowRequest("aaa"))
    for unknown in ("ffff", "aaa_", "%%%%", ""):
        with pytest.raises(UsageError) as caught:
            show(ctx, ShowRequest(unknown))
        assert caught.value.code == "no_send"


def test_purge(ctx: Context) -> None:
    ended(ctx, "old")
    waits = waiting(ctx, "waits")
    assert purge(ctx, PurgeRequest(older_than=1)).as_dict() == {"purged": 0}
    assert purge(ctx, PurgeRequest()).purged == 1
    assert [send.id for send in ctx.history.recent(9)] == [waits.id]


def resent(ctx: Context, which: str, **how: object) -> Send:
    """The row of the new send. There is no tmux here, so it gets no further."""
    with pytest.raises(LlmSendError):
        resend(ctx, ResendRequest(which, SendRequest("", **how)))  # type: ignore[arg-type]
    return ctx.history.recent(1)[0]


def test_resend_is_a_new_send_of_the_same_text(ctx: Context) -> None:
    first = ended(ctx, "again\nplease", "refused", request={"file": "/a.md"})
    new = resent(ctx, first.id[:8])
    assert new.id != first.id
    assert (new.text, new.mode, new.request["file"], new.request["pane"]) == ("again\nplease", "plan", "/a.md", None)
    assert resent(ctx, first.id, mode=Mode.NORMAL).mode == "normal"
    named = resent(ctx, first.id, pane="%9")
    assert (named.mode, named.request["pane"]) == (None, "%9")


def test_resend_goes_where_the_first_was_to_go(ctx: Context) -> None:
    by_name = ended(ctx, "by name", mode=None, request={"pane": "%3"})
    assert resent(ctx, by_name.id).request["pane"] == "%3"
    to_the_last = ended(ctx, "to the last used", mode=None, name="claude-auto")
    assert resent(ctx, to_the_last.id).request["pane"] == "claude-auto"


def test_the_last_is_the_newest_that_did_not_arrive(ctx: Context) -> None:
    with pytest.raises(LlmSendError, match="Nothing has been sent yet"):
        resend(ctx, ResendRequest("last", SendRequest("")))
    ended(ctx, "arrived")
    assert resent(ctx, "last").text == "arrived"
    ctx.history.purge()
    ended(ctx, "in doubt", "unconfirmed")
    ended(ctx, "arrived")
    waiting(ctx, "waits")
    assert resent(ctx, "last").text == "in doubt"


def test_what_has_not_ended_is_not_sent_again(ctx: Context) -> None:
    send = waiting(ctx)
    with pytest.raises(LlmSendError, match="has not ended yet") as caught:
        resend(ctx, ResendRequest(send.id, SendRequest("")))
    assert caught.value.code == "still_open"


def test_switched_off_nothing_can_be_sent_again(ctx: Context) -> None:
    off = replace(ctx, config=Config(history=HistoryConfig(enabled=False)), memory=Memory())
    send = ended(off, "secret", "refused")
    assert history_action.history(off, HistoryRequest()).as_dict()["enabled"] is False
    with pytest.raises(LlmSendError, match="was not kept") as caught:
        resend(off, ResendRequest(send.id, SendRequest("")))
    assert caught.value.code == "not_kept"


def test_resolve_tells_what_is_known(ctx: Context) -> None:
    """Whatever the row says, without a tmux to ask."""
    done = ended(ctx)
    result = resolve_send(ctx, ResolveRequest(done.id))
    assert (result.outcome, result.message, result.pane) == ("delivered", "It was delivered.", None)
    waits = waiting(ctx)
    result = resolve_send(ctx, ResolveRequest(waits.id))
    assert (result.outcome, result.message) == ("queued", "The text waits for claude-plan.")
    with pytest.raises(UsageError):
        resolve_send(ctx, ResolveRequest("ffff"))


def test_resolve_of_what_left_no_trace_says_what_was_looked_at(ctx: Context) -> None:
    send = ended(ctx, outcome="unconfirmed")
    result = resolve_send(ctx, ResolveRequest(send.id))
    assert (result.outcome, result.reason) == ("unconfirmed", "busy")
    wanted = "Still not known what became of it in claude-plan: there is no transcript to look in, the pane is gone."
    assert result.message == wanted
    again = ctx.history.get(send.id)
    assert again
    assert again.message == wanted


def test_resolve_settles_what_a_dead_sender_left(ctx: Context, tmp_path: Path) -> None:
    transcript = tmp_path / "t.jsonl"
    transcript.write_text(
        '{"type":"user","promptId":"p1","permissionMode":"plan","timestamp":"2030-01-01T00:00:00Z",'
        '"message":{"content":"hello"}}\n'
    )
    left = replace(new_send("hello", digest("hello"), mode="plan", now=1.0), owner_pid=1, owner_start="1", step="enter")
    ctx.history.begin(replace(left, pane="%3", server=SERVER, transcript=str(transcript), transcript_from=0))
    result = resolve_send(ctx, ResolveRequest(left.id))
    assert (result.outcome, result.message) == ("delivered", "Sent to Claude (Plan Mode)")
    assert result.receipt == Receipt("p1", "plan", digest("hello"), ("transcript",))
