""":LlmSend queue: what waits in a window, and what can be done to it there."""

from __future__ import annotations

import re

import pytest

from tests.lua.front import AGAIN, DELIVERED, ENTRY, PANE, Front

QUEUED = {**DELIVERED, "id": ENTRY["id"], "outcome": "queued", "message": "Queued for claude-plan", "hint": "1 ahead"}
SECOND = {**ENTRY, "id": "2e" * 16, "text": "another", "place": 1}
OTHER = {**ENTRY, "id": "3d" * 16, "pane": None, "pane_id": "%9", "text": "elsewhere"}
BUFFER = "llm-send://queue"


def waits(*entries: dict[str, object]) -> dict[str, object]:
    return {"ok": True, "schema": 1, "entries": list(entries)}


def name(front: Front) -> str:
    return str(front.editor.api.current.buffer.name)


def windows(front: Front) -> int:
    return len(front.editor.api.windows)


def shown(front: Front) -> list[str]:
    """The lines, the age left out."""
    return [re.sub(r"  \d+d  ", "  ", line) for line in front.lines()]


@pytest.fixture
def queue(front: Front) -> Front:
    """With two that wait for one pane, the cursor on the first, and one for another."""
    front.host.answers(queue=[waits(ENTRY, SECOND, OTHER)])
    front.editor.api.command("LlmSend queue")
    front.editor.wait_until(lambda: name(front) == BUFFER)
    return front


def test_one_line_each(queue: Front) -> None:
    assert shown(queue) == ["claude-plan  1  first line", "claude-plan  2  another", "%9           1  elsewhere"]
    assert re.search(r"  \d+d  first line$", queue.lines()[0])
    assert queue.lua("return { vim.bo.buftype, vim.bo.filetype, vim.bo.modifiable, vim.bo.buflisted }") == [
        "nofile",
        "llm-send-queue",
        False,
        False,
    ]
    queue.press("q")
    assert windows(queue) == 1
    assert queue.lua("return vim.fn.bufnr('llm-send://queue')") == -1


def test_closed_when_it_is_the_last_window(queue: Front) -> None:
    queue.editor.api.command("only")
    queue.press("q")
    assert (name(queue), windows(queue)) == ("", 1)


def test_ages(front: Front) -> None:
    ages = [2, 59, 60, 3599, 3600, 86399, 86400]
    now = front.lua("return os.time()")
    front.lua(f"os.time = function() return {now} end")
    front.host.answers(queue=[waits(*({**ENTRY, "created_at": now - age} for age in ages))])
    front.editor.api.command("LlmSend queue")
    front.editor.wait_until(lambda: name(front) == BUFFER)
    assert [line.split()[2] for line in front.lines()] == ["2s", "59s", "1m", "59m", "1h", "23h", "1d"]


def test_nothing_waits(front: Front) -> None:
    front.editor.api.command("LlmSend queue")
    assert front.notified() == ["✓ Nothing waits"]
    front.editor.api.command("LlmSend queue claude-plan")
    assert front.notified(2)[1] == "✓ Nothing waits for claude-plan"
    assert front.host.requests("queue")[1]["pane"] == "claude-plan"
    assert windows(front) == 1


def test_one_window_however_often(queue: Front) -> None:
    queue.editor.api.command("wincmd p")
    queue.editor.api.command("LlmSend queue")
    queue.editor.wait_until(lambda: name(queue) == BUFFER)
    assert windows(queue) == 2


def test_called_off(queue: Front) -> None:
    queue.host.answers(queue=[waits(SECOND)], cancel=[{"ok": True, "cancelled": [ENTRY["id"]]}])
    queue.press("dd")
    assert queue.notified() == ["✓ Called off · :LlmSend history has the text"]
    assert queue.asked(verb="cancel")[0]["id"] == ENTRY["id"]
    queue.editor.wait_until(lambda: shown(queue) == ["claude-plan  2  another"])


def test_one_of_this_editor_called_off_can_be_had_back(front: Front) -> None:
    front.host.answers(
        send=[QUEUED, DELIVERED], queue=[waits(ENTRY)], cancel=[{"ok": True, "cancelled": [ENTRY["id"]]}]
    )
    front.fill("text")
    front.press("<Plug>(llm-send-plan)")
    front.notified()
    front.editor.api.command("LlmSend queue")
    front.editor.wait_until(lambda: name(front) == BUFFER)
    front.press("dd")
    assert front.notified(2)[1] == "✓ Called off" + AGAIN
    assert front.value("events")[1]["data"]["reason"] == "cancelled"
    assert front.lua("return require('llm-send').statusline()") == "✗ cancelled"
    front.lua("require('llm-send.host').event('settled', { result = ... })", {**QUEUED, "outcome": "refused"})
    assert len(front.value("notified")) == 2, "it is known"
    front.press(" lsr")
    assert front.asked(2)[1]["text"] == "text"


def test_too_late_to_call_off(queue: Front) -> None:
    queue.host.answers(queue=[waits()], cancel=[{"ok": True, "cancelled": []}])
    queue.press("dd")
    assert queue.notified() == ["✗ It is on its way already"]
    queue.editor.wait_until(lambda: shown(queue) == ["Nothing waits"])
    queue.press("dd")
    assert len(queue.host.requests("cancel")) == 1, "on no entry the keys do nothing"


@pytest.mark.parametrize(("keys", "to"), [("J", 1), ("2J", 2), ("jK", 0), ("K", 0)])
def test_moved(queue: Front, keys: str, to: int) -> None:
    moved = [{**SECOND, "place": 0}, {**ENTRY, "place": 1}, OTHER]
    queue.host.answers(queue=[waits(*moved)], queue_move=[waits(*moved)])
    entry = SECOND if keys.startswith("j") else ENTRY
    queue.press(keys)
    [params] = queue.asked(verb="queue_move")
    assert (params["id"], params["place"]) == (entry["id"], to)
    queue.editor.wait_until(lambda: "another" in queue.lines()[0])
    assert queue.lua("return vim.fn.line('.')") == [row["id"] for row in moved].index(entry["id"]) + 1, "it stays on it"


def test_changed(queue: Front) -> None:
    queue.host.answers(queue=[waits(ENTRY)], queue_edit=[waits({**ENTRY, "text": "new"})])
    queue.press("<CR>")
    assert queue.lines() == ["", "  first line", "second"]
    assert queue.lua("return vim.bo.filetype") == "llm-send-text"
    queue.fill("new", "text")
    queue.editor.api.command("wq")
    assert name(queue) == BUFFER, "back where one came from"
    assert queue.notified() == ["✓ Changed what waits for claude-plan"]
    [params] = queue.host.requests("queue_edit")
    assert (params["id"], params["text"]) == (ENTRY["id"], "new\ntext")
    assert queue.lua("return vim.fn.bufnr(...)", f"{BUFFER}/{ENTRY['id']}") == -1


def test_written_and_closed_at_once(queue: Front) -> None:
    error = {"code": "history", "message": "It is on its way already", "hint": None}
    queue.host.answers(queue=[waits(ENTRY)], queue_edit=[{"ok": False, "error": error}])
    queue.press("e")
    queue.fill("new text")
    number = queue.editor.api.current.buffer.number
    queue.editor.api.command("wq")
    assert queue.notified() == [f"✗ It is on its way already · Your text is in buffer {number}"]
    assert windows(queue) == 2
    queue.editor.api.command(f"buffer {number}")
    assert queue.lines() == ["new text"]
    assert queue.lua("return vim.bo.modified") is True
    queue.editor.api.command(f"buffer {BUFFER}")
    queue.press("e")
    assert queue.lines() == ["new text"], "what was not taken is not thrown away"


def test_written_and_open_still(queue: Front) -> None:
    queue.host.answers(queue=[waits({**ENTRY, "text": "new"})], queue_edit=[waits({**ENTRY, "text": "new"})])
    queue.press("e")
    queue.fill("new")
    queue.editor.api.command("write")
    queue.notified()
    assert queue.lines() == ["new"]
    queue.editor.api.command("wincmd p")
    queue.host.answers(queue=[waits({**ENTRY, "text": "by another"})])
    queue.press("r")
    queue.editor.wait_until(lambda: "by another" in queue.lines()[0])
    queue.press("e")
    assert queue.lines() == ["by another"], "not what was last seen here"


def test_an_empty_text_is_not_saved(queue: Front) -> None:
    queue.press("e")
    queue.fill("")
    queue.editor.api.command("write")
    assert queue.notified() == ["✗ Nothing to send: the buffer is empty"]
    assert queue.lua("return vim.bo.modified") is True
    assert queue.host.requests("queue_edit") == []


def test_in_another_mode(queue: Front) -> None:
    queue.host.answers(
        queue=[waits(ENTRY)], cancel=[{"ok": True, "cancelled": [ENTRY["id"]]}], resend=[{**DELIVERED, "id": "s9"}]
    )
    queue.lua("choices = { 1 }")
    queue.press("m")
    assert queue.notified() == ["✓ Sent to Claude (Plan Mode) · Pane: claude-plan"]
    assert queue.value("selects")[0]["items"] == ["normal", "plan", "auto-accept"]
    [params] = queue.host.requests("resend")
    assert (params["id"], params["mode"]) == (ENTRY["id"], "normal")
    assert len(queue.host.requests("cancel")) == 1


def test_the_end_of_a_send_refreshes_it(queue: Front) -> None:
    queue.press("j")
    queue.host.answers(queue=[waits({**SECOND, "place": 0}, OTHER)])
    queue.editor.api.command("wincmd p")
    queue.lua("require('llm-send.host').event('settled', { result = ... })", DELIVERED)
    queue.editor.wait_until(lambda: queue.lua("return vim.fn.getbufline(..., 1)[1]:find('another')", BUFFER))
    assert queue.lua("return vim.api.nvim_win_get_cursor(vim.fn.bufwinid(...))[1]", BUFFER) == 1


def test_many_ends_are_few_questions(queue: Front) -> None:
    before = len(queue.host.requests("queue"))
    queue.host.answers(queue=[{**waits(OTHER), "after": 0.2}])
    for number in range(20):
        queue.lua("require('llm-send.host').event('settled', { result = ... })", {**DELIVERED, "id": f"s{number}"})
    queue.editor.wait_until(lambda: shown(queue) == ["%9  1  elsewhere"])
    queue.asked(before + 2, verb="queue")
    assert len(queue.host.requests("queue")) == before + 2, "one, and one for all that came meanwhile"


def test_refreshed_by_hand(queue: Front) -> None:
    queue.host.answers(queue=[waits(OTHER)])
    queue.press("r")
    queue.editor.wait_until(lambda: shown(queue) == ["%9  1  elsewhere"])


@pytest.mark.parametrize("command", ["queue", "history"])
def test_help_on_one_line(front: Front, command: str) -> None:
    def over_it() -> str:
        return str(front.lua("return vim.api.nvim_eval_statusline(vim.wo.winbar, { use_winbar = true }).str"))

    front.host.answers(queue=[waits(ENTRY)], history=[{"ok": True, "sends": [ENTRY]}])
    front.editor.api.command(f"LlmSend {command}")
    front.editor.wait_until(lambda: "llm-send:" in name(front))
    assert over_it() == "? shows the keys"
    front.press("?")
    assert over_it().endswith("  m to mode  r refresh  q close" if command == "queue" else "  q close")
    assert over_it().startswith("e edit  " if command == "queue" else "<CR> show  "), "not cut"
    front.press("?")
    assert over_it() == "? shows the keys"
    front.editor.api.command("enew")
    assert over_it() == "", "it is not left behind"


def test_it_cannot_be_asked(front: Front) -> None:
    error = {"code": "history", "message": "The history cannot be read", "hint": "Make room"}
    front.host.answers(queue=[{"ok": False, "error": error}], panes=[{"ok": True, "panes": [PANE]}])
    front.editor.api.command("LlmSend queue")
    assert front.notified() == ["✗ The history cannot be read · Make room"]
