"""What an agent wants to do is asked of the person, and never answered by a key that was meant for something else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lua.conftest import FrontStarter
from tests.lua.front import Front, Host, environment_for
from tests.rig import nvim
from tests.rig.tmux import Tmux

LINES = ["  command   llm chat -m gemini", "  folder    /tmp/x"]
QUESTION: dict[str, object] = {
    "id": "q1",
    "asker": "claude-plan",
    "title": "claude-plan wants to open a pane",
    "lines": LINES,
}
SECOND: dict[str, object] = {**QUESTION, "id": "q2", "asker": "claude-auto", "title": "claude-auto wants to run rm"}
REMINDER = "! claude-plan asks: claude-plan wants to open a pane · :LlmSend agents answers"
LEFT = "! claude-plan wants to open a pane is not answered · :LlmSend agents answers"

# A picker that lets the test answer: answer(1) picks the first, answer() closes it, both when it could be read.
PICKER = """
vim.ui.select = function(items, opts, on_choice)
  table.insert(selects, { prompt = opts.prompt, items = items })
  local shown = vim.uv.hrtime()
  answer = function(index)
    local left = 600 - (vim.uv.hrtime() - shown) / 1e6
    vim.defer_fn(function() on_choice(items[index], index) end, math.max(0, math.floor(left)))
  end
  answer_at_once = function(index) on_choice(items[index], index) end
end
"""


def event(front: Front, kind: str, data: dict[str, object]) -> None:
    front.lua("require('llm-send.host').event(...)", kind, data)


def later(front: Front, ms: int = 2000) -> None:
    """Longer than a question waits for the person to come to rest."""
    front.lua("late = false vim.defer_fn(function() late = true end, ...)", ms)
    front.editor.wait_until(lambda: front.value("late"))


@pytest.fixture
def asked(start_front: FrontStarter) -> Front:
    front = start_front(before=PICKER)
    front.host.answers(answer_ask=[{"ok": True}])
    return front


@pytest.mark.parametrize(
    ("index", "sent", "said"),
    [
        (1, "once", "✓ Allowed, once: "),
        (2, "session", "✓ Allowed for this session: "),
        (3, "no", "✓ Not allowed: "),
    ],
)
def test_asked_and_answered(asked: Front, index: int, sent: str, said: str) -> None:
    event(asked, "asked", QUESTION)
    [shown] = asked.wait_for_value("selects")
    assert shown["prompt"] == "\n".join([str(QUESTION["title"]), *LINES])
    assert shown["items"] == ["Yes, once", "Yes, for this session", "No"]
    asked.lua("answer(...)", index)
    assert asked.notified() == [said + str(QUESTION["title"])]
    [params] = asked.host.requests("answer_ask")
    assert (params["id"], params["answer"]) == ("q1", sent)


def test_closed_without_an_answer(asked: Front) -> None:
    event(asked, "asked", QUESTION)
    asked.wait_for_value("selects")
    asked.lua("answer()")
    assert asked.notified() == [LEFT]
    later(asked)
    assert len(asked.value("selects")) == 1, "it is not asked again and again"
    assert asked.host.requests("answer_ask") == []


def test_one_after_the_other(asked: Front) -> None:
    event(asked, "asked", QUESTION)
    asked.wait_for_value("selects")
    event(asked, "asked", SECOND)
    later(asked)
    assert len(asked.value("selects")) == 1
    asked.lua("answer(3)")
    first, second = asked.wait_for_value("selects", 2)
    assert (first["prompt"].split("\n")[0], second["prompt"].split("\n")[0]) == (QUESTION["title"], SECOND["title"])
    asked.lua("answer(1)")
    assert [params["id"] for params in asked.asked(2, verb="answer_ask")] == ["q1", "q2"]


def test_over_before_it_was_shown(asked: Front) -> None:
    event(asked, "asked", QUESTION)
    event(asked, "asked", SECOND)
    asked.wait_for_value("selects")
    event(asked, "ask_over", {"id": "q2", "why": "expired"})
    asked.lua("answer(3)")
    asked.asked(verb="answer_ask")
    later(asked)
    assert len(asked.value("selects")) == 1
    assert len(asked.value("notified")) == 1


def test_over_while_it_was_shown(asked: Front) -> None:
    event(asked, "asked", QUESTION)
    event(asked, "asked", SECOND)
    asked.wait_for_value("selects")
    asked.lua("first_answer = answer")
    event(asked, "ask_over", {"id": "q1", "why": "answered"})
    [_, second] = asked.wait_for_value("selects", 2)
    assert second["prompt"].startswith(str(SECOND["title"])), "a picker that says nothing holds nothing up"
    asked.lua("first_answer(1)")
    assert asked.notified() == ["! That question is over · Nothing was answered"]
    assert asked.host.requests("answer_ask") == []


def test_the_host_may_refuse_the_answer(asked: Front) -> None:
    error = {"code": "ask", "message": "That question has expired", "hint": "It can ask again"}
    asked.host.answers(answer_ask=[{"ok": False, "error": error}])
    event(asked, "asked", QUESTION)
    asked.wait_for_value("selects")
    asked.lua("answer(1)")
    assert asked.notified() == ["✗ That question has expired · It can ask again"]


def test_an_answer_before_it_can_be_read_is_none(asked: Front) -> None:
    event(asked, "asked", QUESTION)
    asked.wait_for_value("selects")
    asked.lua("answer_at_once(1)")
    asked.wait_for_value("selects", 2)
    assert asked.host.requests("answer_ask") == []
    asked.lua("answer(3)")
    assert asked.asked(verb="answer_ask")[0]["answer"] == "no"


@pytest.mark.parametrize(
    ("enter", "leave"),
    [("i", "<Esc>"), ("v", "<Esc>"), ("V", "<Esc>"), ("R", "<Esc>"), ("d", "<Esc>"), ('"a', "<Esc>"), (":", "<Esc>")],
)
def test_nobody_who_is_in_another_mode_is_asked(asked: Front, enter: str, leave: str) -> None:
    asked.editor.api.input(enter)
    asked.editor.wait_until(lambda: asked.lua("return vim.api.nvim_get_mode().mode .. vim.fn.state('S')") != "n")
    event(asked, "asked", QUESTION)
    assert asked.notified() == [REMINDER]
    later(asked)
    assert asked.value("selects") == []
    assert len(asked.value("notified")) == 1, "said once"
    asked.editor.api.input(leave)
    if enter == '"a':  # of this one Neovim tells nobody that it is over
        asked.editor.api.command("doautocmd CursorHold")
    asked.wait_for_value("selects")


def test_nobody_who_records_is_asked(asked: Front) -> None:
    asked.editor.api.input("qa")
    asked.editor.wait_until(lambda: asked.lua("return vim.fn.reg_recording()") == "a")
    event(asked, "asked", QUESTION)
    later(asked)
    assert asked.value("selects") == []
    asked.editor.api.input("q")
    asked.editor.api.command("doautocmd CursorHold")
    asked.wait_for_value("selects")


def test_nobody_who_moves_about_is_asked(asked: Front) -> None:
    event(asked, "asked", QUESTION)
    asked.lua(
        "local left = 15 local function move()"
        " vim.api.nvim_input('j') left = left - 1"
        " if left > 0 then vim.defer_fn(move, 150) else rested = true end"
        " end move()"
    )
    asked.editor.wait_until(lambda: asked.value("rested"))
    assert asked.value("selects") == []
    asked.wait_for_value("selects")
    assert asked.notified() == [REMINDER]


def test_nothing_is_left_behind(asked: Front) -> None:
    event(asked, "asked", QUESTION)
    asked.wait_for_value("selects")
    asked.lua("answer(3)")
    asked.asked(verb="answer_ask")
    later(asked)
    assert asked.lua("return vim.api.nvim_get_autocmds({ group = 'llm-send.consent' })") == []


def test_what_an_agent_says_stays_on_its_line(asked: Front) -> None:
    evil = {**QUESTION, "title": "a\nb\x1b[2J\u202e", "lines": ["\r\x9b\u2028\u3164\U000e0041\t", "x" * 2100]}
    asked.editor.api.command("set columns=1900")
    event(asked, "asked", evil)
    [shown] = asked.wait_for_value("selects")
    title, line, *long = shown["prompt"].split("\n")
    assert title == r"a\nb\e[2J<202e>"
    assert line == r"\r<9b>\u{2028}\u{3164}\u{e0041}\t"
    assert long == ["x" * 1899, "  ↳ " + "x" * 101 + " …"]


def test_a_line_that_is_too_long_cannot_look_like_two(asked: Front) -> None:
    columns = int(asked.lua("return vim.o.columns"))
    line = "  command   sh".ljust(columns) + "  command   ls"
    event(asked, "asked", {**QUESTION, "lines": [line]})
    [shown] = asked.wait_for_value("selects")
    assert shown["prompt"].split("\n")[1:] == ["  command   sh".ljust(columns - 1), "  ↳    command   ls"]


class Screen:
    """Neovim with its own menu, on a screen of 80 columns."""

    def __init__(self, editor: nvim.Editor, host: Host) -> None:
        assert editor.pane
        self.editor, self.pane, self.host = editor, editor.pane, host

    def later(self, code: str, *arguments: object) -> None:
        """Nobody waits for Neovim to have dealt with it."""
        self.editor.api.request("nvim_exec_lua", code, arguments, async_=True)

    def ask(self, question: dict[str, object]) -> None:
        self.later("require('llm-send.host').event(...)", "asked", question)

    def unanswered(self) -> bool:
        """Whether the question still stands, with its menu on the screen; it is closed."""
        before = self.host.requests("answer_ask")
        self.pane.press("Escape")
        self.pane.wait_for("is not answered")
        return before == self.host.requests("answer_ask") == []

    def mode(self) -> str:
        return str(self.editor.api.request("nvim_get_mode")["mode"])


@pytest.fixture
def screen(place: Path, nvim_program: Path, tmux: Tmux, environment: dict[str, str], project: Path) -> Iterator[Screen]:
    host = Host(place / "host")
    host.answers(answer_ask=[{"ok": True}])
    socket = place / "nvim.sock"
    init = place / "init.lua"
    init.write_text(f"vim.g.mapleader = ' ' require('llm-send').setup({{ python = '{host.python}' }})")
    argv = nvim.command_line(nvim_program, socket)
    argv.remove("--clean")
    tmux.run("new-session", "-d", "-s", "narrow", "-x", "80", "-y", "24", "sleep 600")
    pane = tmux.new_pane(
        [*argv, "-u", str(init)], session="narrow", cwd=project, environment=environment_for(host, environment)
    )
    tmux.run("resize-window", "-t", str(pane), "-x", "80", "-y", "24")
    editor = nvim.attach(socket, pane)
    editor.wait_until(lambda: editor.lua("return vim.v.vim_did_enter == 1 and vim.o.columns == 80"))
    editor.api.current.buffer[:] = ["text"]
    yield Screen(editor, host)
    editor.api.close()


def shown_in_full(screen: Screen) -> list[str]:
    return [line.rstrip() for line in screen.pane.wait_for("Type number").splitlines()]


def test_neovims_own_menu_shows_every_line(screen: Screen) -> None:
    screen.ask({**QUESTION, "lines": ["  command   sh", f"  task      {'word ' * 20}end", "  folder    /tmp/x"]})
    shown = shown_in_full(screen)
    first = shown.index(str(QUESTION["title"]))
    assert shown[first + 1 : first + 7] == [
        "  command   sh",
        "  task      " + "word " * 13 + "wo",
        "  ↳ rd word word word word word word end",
        "  folder    /tmp/x",
        "1: Yes, once",
        "2: Yes, for this session",
    ]


def test_more_lines_than_the_screen_has_are_paged(screen: Screen) -> None:
    screen.ask({**QUESTION, "lines": [f"  line {number}" for number in range(40)]})
    screen.pane.wait_for("-- More --", "  line 21")
    screen.pane.type("g")
    screen.pane.wait_for(str(QUESTION["title"]))
    screen.pane.type("1\r")  # no answer: only what follows the last line is one
    screen.pane.type("G")
    assert "  line 39" in shown_in_full(screen)
    assert screen.host.requests("answer_ask") == []


@pytest.mark.parametrize("way_out", ["Escape", "C-c", "q", "Enter"])
def test_ways_out_of_the_menu_are_no_answer(screen: Screen, way_out: str) -> None:
    screen.ask(QUESTION)
    screen.pane.wait_for("Type number")
    screen.pane.press(way_out)
    if way_out == "q":
        screen.pane.press("Enter")
    screen.pane.wait_for("is not answered")
    screen.pane.type("ihello")
    screen.pane.wait_for("hellotext")
    assert screen.host.requests("answer_ask") == []
    assert "Error" not in screen.editor.messages()


def test_keys_typed_before_the_menu_do_not_answer_it(screen: Screen, place: Path) -> None:
    """The editor is busy while they are typed, so that they wait when the question's turn comes. They are not lost."""
    busy = place / "busy"
    screen.ask(QUESTION)
    screen.later("vim.fn.writefile({}, ...) vim.uv.sleep(1500)", str(busy))
    screen.editor.wait_until(busy.exists)
    screen.pane.type("i1\r1\r")
    screen.pane.wait_for("1\n1\ntext")
    screen.pane.press("Escape")
    screen.pane.wait_for("Type number")
    assert screen.unanswered()


@pytest.mark.parametrize("typed", ["1", "1\r"])
def test_keys_typed_before_a_question_one_opens_do_not_answer_it(screen: Screen, place: Path, typed: str) -> None:
    busy = place / "busy"
    busily = "vim.fn.writefile({}, (...)) vim.uv.sleep(1000) require('llm-send.consent').ask(select(2, ...))"
    screen.later(busily, str(busy), QUESTION)
    screen.editor.wait_until(busy.exists)
    screen.pane.type(typed)
    assert shown_in_full(screen)[-1].endswith("cancels):"), "nothing stands in its line"
    screen.pane.tmux.run("run-shell", "-d", "1", "-C", f"send-keys -t {screen.pane} Enter")
    screen.pane.wait_for("is not answered")
    assert screen.host.requests("answer_ask") == []


def test_somebody_who_types_on_is_not_interrupted(screen: Screen) -> None:
    screen.pane.type("i")
    screen.editor.wait_until(lambda: screen.mode() == "i")
    screen.ask(QUESTION)
    screen.editor.wait_until(lambda: "claude-plan asks: " in screen.editor.messages())  # 'showmode' covers it
    screen.pane.type("1\r2\r")
    screen.pane.press("Escape")
    screen.pane.type("G1|i1")  # goes on at once: no rest yet
    screen.pane.press("Escape")
    shown = shown_in_full(screen)
    assert "1: Yes, once" in shown
    assert screen.host.requests("answer_ask") == []
    screen.pane.press("Escape")
    screen.pane.wait_for("is not answered")
    assert list(screen.editor.api.current.buffer[:]) == ["1", "2", "1text"]


@pytest.mark.parametrize("begun", [" l", "3", "f", '"', "g", "d"])
def test_a_key_that_is_only_begun_is_finished_first(screen: Screen, begun: str) -> None:
    """While Neovim waits for the rest of a key it deals with nothing else; then the keys behind it count as typing."""
    screen.editor.lua("vim.o.timeoutlen = 60000")
    screen.pane.type(begun)
    screen.editor.wait_until(lambda: screen.editor.api.request("nvim_get_mode") != {"mode": "n", "blocking": False})
    screen.ask(QUESTION)
    screen.pane.type("1\r")
    screen.pane.wait_for("Type number")
    assert screen.unanswered()


def test_answered_with_real_keys(screen: Screen) -> None:
    screen.ask(QUESTION)
    screen.pane.wait_for("Type number")
    screen.pane.tmux.run("run-shell", "-d", "1", "-C", f"send-keys -t {screen.pane} 1 Enter")
    screen.pane.wait_for("✓ Allowed, once: claude-plan wants to open a pane")
    [params] = screen.host.requests("answer_ask")
    assert (params["id"], params["answer"]) == ("q1", "once")
