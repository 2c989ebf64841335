""":LlmSend agents: the tree of panes in a window that keeps itself up to date, and what can be done to them there."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.lua.front import DELIVERED, PANE, Front

BUFFER = "llm-send://agents"
ROOT: dict[str, object] = {"pane": PANE, "depth": 0, "model": "opus", "asks": [], "confinement": []}
LINES = ["  command   llm chat -m gemini", "  folder    /tmp/x"]
QUESTION: dict[str, object] = {
    "id": "q1",
    "asker": "claude-plan",
    "title": "claude-plan wants to open a pane",
    "lines": LINES,
}


Asks = tuple[dict[str, object], ...]


def agent(
    number: int, opener: int | None = None, pane: Mapping[str, object] | None = None, **more: object
) -> dict[str, object]:
    its = {**PANE, "id": f"%{number}", "name": f"agent-{number}", **(pane or {})}
    return {**ROOT, "pane": its, "opener": f"%{opener}" if opener else None, **more}


def told(*agents: dict[str, object], asks: Asks = ()) -> dict[str, object]:
    return {"ok": True, "schema": 1, "agents": list(agents), "asks": list(asks)}


def name(front: Front) -> str:
    return str(front.editor.api.current.buffer.name)


def shown(front: Front) -> list[str]:
    """The lines, runs of blanks between the columns as one bar."""
    return [re.sub(r"(?<=\S) {2,}", "|", line) for line in front.lines()]


def names(front: Front) -> list[str]:
    return [re.findall(r"agent-\d+", line)[0] for line in front.lines()]


def open_with(front: Front, *agents: dict[str, object], asks: Asks = ()) -> None:
    front.host.answers(agents=[told(*agents, asks=asks)])
    front.editor.api.command("LlmSend agents")
    front.editor.wait_until(lambda: name(front) == BUFFER)


def event(front: Front, kind: str, data: dict[str, object]) -> None:
    front.lua("require('llm-send.host').event(...)", kind, data)


def test_a_row_has_it_all(front: Front) -> None:
    front.lua("os.time = function() return 1700000120 end")
    open_with(
        front,
        agent(1, pane={"state": "busy"}, confinement=["isolate_fs", "timeout_secs"], opened_at=1700000000, said="Look"),
        agent(2, 1, model=None, pane={"lock": "plan", "mode": "claude:auto"}),
    )
    assert shown(front) == [
        "…|agent-1|plan ✓|opus|busy|isolate_fs,timeout_secs|2m|Look",
        "✓|agent-2|plan → claude:auto|idle",
    ]
    assert front.lines()[1].startswith("✓    agent-2"), "under its opener"
    assert front.lua("return { vim.bo.filetype, vim.bo.modifiable }") == ["llm-send-agents", False]


def test_children_under_their_openers(front: Front) -> None:
    open_with(front, agent(4, 3), agent(1), agent(3, 1), agent(2, 1), agent(9, 77))
    assert names(front) == ["agent-1", "agent-3", "agent-4", "agent-2", "agent-9"]
    depths = [re.match(r"✓  ( *)", line) for line in front.lines()]
    assert [len(found[1]) for found in depths if found] == [0, 2, 4, 2, 0], "one whose opener is gone is at the top"


def test_a_circle_is_shown_all_the_same(front: Front) -> None:
    open_with(front, agent(1, 2), agent(2, 1), agent(3, 3), agent(4, 2))
    assert sorted(names(front)) == ["agent-1", "agent-2", "agent-3", "agent-4"]


def test_who_waits_for_the_person_comes_first(front: Front) -> None:
    waits = {"state": "waiting"}
    open_with(front, agent(1), agent(2), agent(3, 2), agent(4, 2, pane=waits), agent(5, asks=["q1"]), asks=(QUESTION,))
    assert names(front) == ["agent-2", "agent-4", "agent-3", "agent-5", "agent-1"]
    assert [line[0] for line in front.lines()] == ["✓", "!", "✓", "!", "✓"]
    assert shown(front)[3] == "!|agent-5|plan ✓|opus|asks you|claude-plan wants to open a pane"
    groups = front.lua(
        "return vim.tbl_map(function(mark) return mark[4].hl_group end,"
        " vim.api.nvim_buf_get_extmarks(0, -1, { 1, 0 }, { 1, -1 }, { details = true }))"
    )
    assert "LlmSendRefused" in groups


def test_the_question_of_one_that_is_not_listed(front: Front) -> None:
    open_with(front, agent(1), asks=(QUESTION,))
    assert shown(front)[0] == "!|claude-plan|asks you|claude-plan wants to open a pane"
    front.press("<CR>mx")
    assert front.host.requests("focus") == []
    assert front.editor.messages() == ""
    front.press("a")
    assert front.value("selects")[0]["prompt"] == "\n".join([str(QUESTION["title"]), *LINES])


def test_what_an_agent_says_cannot_leave_its_line(front: Front) -> None:
    open_with(front, agent(1, said="a\nb\x1b[2J\u202ec"))
    assert shown(front) == [r"✓|agent-1|plan ✓|opus|idle|a\nb\e[2J<202e>c"]


def test_no_agent(front: Front) -> None:
    front.host.answers(agents=[told()])
    front.editor.api.command("LlmSend agents")
    assert front.notified() == ["✓ No agent is running · :LlmSend spawn opens one"]
    assert len(front.editor.api.windows) == 1


def test_the_last_one_ends(front: Front) -> None:
    open_with(front, agent(1))
    front.host.answers(agents=[told()])
    event(front, "agents_changed", {})
    front.editor.wait_until(lambda: front.lines() == ["No agent is running · :LlmSend spawn opens one"])
    front.press("<CR>max")
    assert front.host.requests("focus") == []


def test_refreshed_when_the_host_says_so(front: Front) -> None:
    open_with(front, agent(1), agent(2))
    front.press("j$")
    column = front.lua("return vim.api.nvim_win_get_cursor(0)[2]")
    front.host.answers(agents=[told(agent(3), agent(1), agent(2))])
    event(front, "agents_changed", {})
    front.editor.wait_until(lambda: names(front) == ["agent-3", "agent-1", "agent-2"])
    assert front.lua("return vim.api.nvim_win_get_cursor(0)") == [3, column], "the cursor stays on its agent"


def test_refreshed_by_itself(front: Front) -> None:
    open_with(front, agent(1))
    front.host.answers(agents=[told(agent(2))])
    front.editor.wait_until(lambda: names(front) == ["agent-2"])


def test_no_more_is_asked_once_it_is_closed(front: Front) -> None:
    ticks = "local new = vim.uv.new_timer vim.uv.new_timer = function() last_timer = new() return last_timer end"
    front.lua(ticks)
    open_with(front, agent(1))
    front.asked(2, verb="agents")
    front.press("q")
    front.editor.wait_until(lambda: front.lua("return last_timer:is_closing()"))


def test_one_in_another_tab_asks_for_nothing(front: Front) -> None:
    open_with(front, agent(1))
    front.editor.api.command("tabnew")
    before = len(front.host.requests("agents"))
    front.lua("vim.defer_fn(function() late = true end, 2500)")
    front.editor.wait_until(lambda: front.value("late"))
    assert len(front.host.requests("agents")) == before
    front.editor.api.command("tabclose")
    front.asked(before + 1, verb="agents")


def test_a_host_that_hangs_is_asked_once(front: Front) -> None:
    open_with(front, agent(1))
    front.host.answers(agents=[{"silent": True}])
    for _ in range(5):
        event(front, "agents_changed", {})
    front.lua("vim.defer_fn(function() late = true end, 2500)")
    front.editor.wait_until(lambda: front.value("late"))
    assert len(front.host.requests("agents")) == 2


def test_what_fails_by_itself_says_nothing(front: Front) -> None:
    open_with(front, agent(1))
    error = {"code": "tmux", "message": "No tmux server runs", "hint": "Start tmux"}
    front.host.answers(agents=[{"ok": False, "error": error}])
    event(front, "agents_changed", {})
    front.asked(3, verb="agents")
    assert front.value("notified") == []
    front.press("r")
    assert front.notified() == ["✗ No tmux server runs · Start tmux"]


def test_go_to_it(front: Front) -> None:
    open_with(front, agent(1), agent(2, 1))
    front.press("j<CR>")
    assert front.asked(verb="focus")[0]["pane"] == "%2"


def test_write_to_it(front: Front) -> None:
    open_with(front, agent(1), agent(2, 1))
    front.host.answers(agents=[told(agent(1))], send=[DELIVERED])
    front.lua("vim.ui.input = function(opts, done) asked = opts.prompt done('stop now') end")
    front.press("jm")
    front.notified()
    [params] = front.host.requests()
    assert (params["pane"], params["text"]) == ("%2", "stop now")
    assert "mode" not in params
    assert front.value("asked") == "To agent-2: "


@pytest.mark.parametrize("typed", ["nil", "' '"])
def test_nothing_written(front: Front, typed: str) -> None:
    open_with(front, agent(1))
    front.lua(f"vim.ui.input = function(_, done) done({typed}) done_with = true end")
    front.press("m")
    assert front.value("done_with") is True
    assert front.host.requests() == []


def test_answer_one_that_asks_nothing(front: Front) -> None:
    open_with(front, agent(1))
    front.press("a")
    assert front.asked(verb="focus")[0]["pane"] == "%1"


def test_answer_its_question(front: Front) -> None:
    front.lua("vim.ui.select = function(items, _, done) vim.defer_fn(function() done(items[2], 2) end, 600) end")
    open_with(front, agent(1, asks=["gone", "q1"]), asks=(QUESTION,))
    front.host.answers(agents=[told(agent(1))], answer_ask=[{"ok": True}])
    front.press("a")
    assert front.notified() == ["✓ Allowed for this session: claude-plan wants to open a pane"]
    [params] = front.host.requests("answer_ask")
    assert (params["id"], params["answer"]) == ("q1", "session")
    front.editor.wait_until(lambda: shown(front) == ["✓|agent-1|plan ✓|opus|idle"])


def test_close_it(front: Front) -> None:
    open_with(front, agent(1))
    error = {"code": "waiting", "message": "agent-1 waits for you", "hint": None}
    front.host.answers(agents=[told()], close=[{"ok": False, "error": error}, {"ok": True, "pane": PANE}])
    front.lua("choices = { 2 }")
    front.press("x")
    front.notified()
    assert [(params["pane"], params.get("force")) for params in front.host.requests("close")] == [
        ("%1", None),
        ("%1", True),
    ]


def test_the_keys(front: Front) -> None:
    open_with(front, agent(1))
    front.press("?")
    over_it = front.lua("return vim.api.nvim_eval_statusline(vim.wo.winbar, { use_winbar = true }).str")
    assert over_it == "<CR> go to  m message  a answer  x close  r refresh  q close"


@pytest.mark.parametrize("opened", ["<Plug>(llm-send-agents)", ":lua require('llm-send').agents()<CR>"])
def test_other_ways_in(front: Front, opened: str) -> None:
    front.host.answers(agents=[told(agent(1))])
    front.press(opened)
    front.editor.wait_until(lambda: name(front) == BUFFER)


def test_completed(front: Front) -> None:
    assert front.lua("return vim.fn.getcompletion('LlmSend ag', 'cmdline')") == ["again", "agents"]


@pytest.mark.parametrize(
    ("kind", "line", "level"),
    [
        ("waiting", "! claude-plan: Do you trust it?", 3),
        ("finished", "✓ claude-plan: Do you trust it?", 2),
        ("warning", "! claude-plan: Do you trust it?", 3),
    ],
)
def test_what_becomes_of_one_is_told(front: Front, kind: str, line: str, level: int) -> None:
    front.lua(
        "vim.api.nvim_create_autocmd('User', { pattern = 'LlmSendAgent',"
        " callback = function(e) events[#events + 1] = e.data end })"
    )
    data: dict[str, object] = {"kind": kind, "pane": "claude-plan", "message": "Do you trust it?"}
    event(front, "agent_event", data)
    assert front.notified() == [line]
    assert front.level() == level
    assert front.value("events") == [data]
