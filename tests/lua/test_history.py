""":LlmSend history: what was sent, and once more from there."""

from __future__ import annotations

import pytest

from tests.lua.front import AGAIN, DELIVERED, ENTRY, UNCONFIRMED, Front, refused

ARRIVED = {**ENTRY, "outcome": "delivered", "message": "Sent to Claude\n(Plan Mode)", "elapsed_ms": 120.4}
ARRIVED |= {"place": None, "receipt": {"prompt_id": None, "evidence": ["gate", "transcript"]}}
REFUSED = {**ARRIVED, "id": "2e" * 16, "outcome": "refused", "reason": "draft", "mode": None, "text": "second"}
REFUSED |= {"message": "A draft is in the box.", "hint": "Send it first.", "receipt": None, "elapsed_ms": None}
DOUBTFUL = {**REFUSED, "id": "3d" * 16, "outcome": "unconfirmed", "reason": None, "mode": "normal", "text": "third"}
WAITS = {**ENTRY, "id": "4c" * 16, "text": "fourth"}
BUFFER = "llm-send://history"


def sends(*entries: dict[str, object]) -> dict[str, object]:
    return {"ok": True, "schema": 1, "sends": list(entries)}


def name(front: Front) -> str:
    return str(front.editor.api.current.buffer.name)


def opened(front: Front, words: str = "") -> None:
    front.editor.api.command(f"LlmSend history {words}")
    front.editor.wait_until(lambda: name(front) == BUFFER)


@pytest.fixture
def history(front: Front) -> Front:
    front.host.answers(history=[sends(ARRIVED, REFUSED, DOUBTFUL, WAITS)], resend=[{**DELIVERED, "id": "s9"}])
    opened(front)
    return front


def test_one_line_each(history: Front) -> None:
    assert history.lines() == [
        "✓  2023-11-14  plan    claude-plan  first line",
        "✗  2023-11-14          claude-plan  second",
        "?  2023-11-14  normal  claude-plan  third",
        "…  2023-11-14  plan    claude-plan  fourth",
    ]
    assert history.lua("return { vim.bo.buftype, vim.bo.filetype, vim.bo.modifiable }") == [
        "nofile",
        "llm-send-history",
        False,
    ]
    assert history.host.requests("history")[0]["limit"] == 200
    colors = "return vim.tbl_map(function(mark) return mark[4].hl_group end, vim.api.nvim_buf_get_extmarks("
    space = "vim.api.nvim_get_namespaces()['llm-send'], { 1, 0 }, { 1, -1 }, { details = true }))"
    assert sorted(history.lua(f"{colors}0, {space}")) == ["LlmSendMeta", "LlmSendRefused"]
    assert history.lua("return vim.api.nvim_get_hl(0, { name = 'LlmSendRefused' })") == {
        "link": "DiagnosticWarn",
        "default": True,
    }


def test_the_hour_of_one_of_today(front: Front) -> None:
    now = front.lua("return os.time()")
    front.host.answers(history=[sends({**ARRIVED, "created_at": now + 0.7})])
    opened(front)
    assert front.lines()[0].split()[1] == front.lua("return os.date('%H:%M', ...)", now)


def test_words(front: Front) -> None:
    front.host.answers(history=[sends(ARRIVED), sends()])
    opened(front, "first line")
    assert front.host.requests("history")[0]["words"] == ["first", "line"]
    front.editor.api.command("LlmSend history none")
    assert front.notified() == ["✓ No send has these words"]


def test_there_is_none(front: Front) -> None:
    front.editor.api.command("LlmSend history")
    assert front.notified() == ["✓ Nothing has been sent yet"]
    assert len(front.editor.api.windows) == 1
    front.host.answers(history=[{**sends(), "enabled": False}])
    front.editor.api.command("LlmSend history")
    assert front.notified(2)[1] == "✓ Nothing has been sent yet · It is switched off in the configuration"


def test_the_whole_text_and_what_became_of_it(history: Front) -> None:
    history.press("<CR>")
    when = history.lua("return os.date('%F %T', 1700000000)")
    assert history.lines() == [
        f"✓ delivered · {when} · plan mode · claude-plan · 120 ms · seen by gate, transcript · id 1f1f1f1f",
        "Sent to Claude (Plan Mode)",
        "",
        "",
        "  first line",
        "second",
    ]
    assert history.lua("return vim.bo.modifiable") is False
    history.press("q")
    assert name(history) == BUFFER
    history.press("j<CR>")
    assert history.lines()[0] == f"✗ refused draft · {when} · claude-plan · id 2e2e2e2e"
    assert history.lines()[1] == "A draft is in the box · Send it first"
    history.press("qjj<CR>")
    assert history.lines() == [f"… under way · {when} · plan mode · claude-plan · id 4c4c4c4c", "", "fourth"]


@pytest.mark.parametrize(("down", "mode"), [("", "plan"), ("j", None)])
def test_sent_again(history: Front, down: str, mode: str | None) -> None:
    history.press(f"{down}s")
    assert history.notified() == ["✓ Sent to Claude (Plan Mode) · Pane: claude-plan"]
    [params] = history.host.requests("resend")
    assert (params["id"], params.get("mode")) == ((REFUSED if down else ARRIVED)["id"], mode)
    assert len(history.asked(2, verb="history")) == 2, "and shown"


def test_sent_to_another_mode(history: Front) -> None:
    history.lua("choices = { 3 }")
    history.press("m")
    history.notified()
    [params] = history.host.requests("resend")
    assert (params["id"], params["mode"]) == (ARRIVED["id"], "auto-accept")


def test_what_may_have_arrived_is_looked_for_first(history: Front) -> None:
    listed = sends(ARRIVED, REFUSED, DOUBTFUL)
    history.host.answers(history=[listed], resolve=[UNCONFIRMED], resend=[DELIVERED])
    history.press("jjs")
    assert history.wait_for_value("selects")[0]["items"] == ["Leave it", "Send it again"]
    assert history.host.requests("resolve")[0]["id"] == DOUBTFUL["id"]
    assert history.host.requests("resend") == []


def test_one_that_waits_is_not_sent_twice(history: Front) -> None:
    history.press("Gs")
    assert history.notified() == ["✗ It has not ended yet · :LlmSend queue"]
    assert history.host.requests("resend") == []


def test_a_resend_that_is_refused_is_one_key_away(history: Front) -> None:
    history.host.answers(history=[sends(ARRIVED)], resend=[refused("busy", id="s9"), DELIVERED])
    history.press("s")
    assert history.notified() == ["✗ No" + AGAIN]
    history.press(" lsr")
    assert history.asked(2, verb="resend")[1]["id"] == ARRIVED["id"]


def test_a_resend_nobody_can_take_is_offered_elsewhere(history: Front) -> None:
    none = refused("no_candidate", "No Claude in plan mode")
    spawned = {"ok": True, "pane": DELIVERED["pane"]}
    history.host.answers(history=[sends(ARRIVED)], resend=[none, DELIVERED], spawn=[spawned])
    history.lua("choices = { 1 }")
    history.press("s")
    params = history.asked(2, verb="resend")[1]
    assert (params["id"], params["pane"]) == (ARRIVED["id"], "%3")
    assert history.host.requests("spawn")[0]["mode"] == "plan"


def test_yanked(history: Front) -> None:
    history.press("y")
    assert history.lua("return vim.fn.getreg('\"')") == ENTRY["text"]
    history.press('"ay')
    assert history.lua("return vim.fn.getreg('a')") == ENTRY["text"]
    assert history.notified()[0] == "✓ Yanked the text"


def test_looked_at_again(history: Front) -> None:
    history.press("v")
    assert history.notified() == ["✗ Only an unconfirmed send can be looked at again"]
    settled = {**DOUBTFUL, "outcome": "delivered"}
    history.host.answers(history=[sends(ARRIVED, REFUSED, settled)], resolve=[{**DELIVERED, "id": DOUBTFUL["id"]}])
    history.press("jjv")
    assert history.notified(2)[1] == "✓ Sent to Claude (Plan Mode) · Pane: claude-plan"
    history.editor.wait_until(lambda: history.lines()[2].startswith("✓"))


@pytest.mark.parametrize(("choice", "older"), [(2, 30), (3, None)])
def test_purged(history: Front, choice: int, older: int | None) -> None:
    history.host.answers(history=[sends()], purge=[{"ok": True, "purged": 3}])
    history.lua("choices = ...", [choice])
    history.press("D")
    assert history.notified() == ["✓ Removed from the history"]
    assert history.host.requests("purge")[0].get("older_than") == older
    history.editor.wait_until(lambda: history.lines() == ["Nothing has been sent yet"])


@pytest.mark.parametrize("choice", [0, 1])
def test_not_purged(history: Front, choice: int) -> None:
    history.lua("choices = ...", [choice])
    history.press("D")
    history.wait_for_value("selects")
    history.lua("require('llm-send.host').request('hello', {}, function() hello = true end)")
    history.editor.wait_until(lambda: history.value("hello"))
    assert history.host.requests("purge") == []
