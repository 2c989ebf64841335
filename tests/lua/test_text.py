"""What is sent is what was selected, byte for byte."""

from __future__ import annotations

import pytest

from tests.lua.conftest import FrontStarter
from tests.lua.front import Front
from tests.rig.wait import wait_until

LINES = ("héllo wörld", "x", "日本語テキスト long line", "\tta b", "end")


def test_the_whole_buffer(front: Front) -> None:
    front.fill(*LINES)
    front.press("<Plug>(llm-send)")
    assert front.sent().decode() == "\n".join(LINES)
    assert "mode" not in front.host.requests()[0]


@pytest.mark.parametrize("mode", ["normal", "plan", "auto-accept"])
def test_each_map_names_its_mode(front: Front, mode: str) -> None:
    front.fill("text")
    front.press(f"<Plug>(llm-send-{mode})")
    front.asked()
    front.press(f"V<Plug>(llm-send-{mode})")
    front.asked(2)
    front.press(f"<Plug>(llm-send-operator-{mode})iw")
    assert [params["mode"] for params in front.asked(3)] == [mode] * 3


@pytest.mark.parametrize("selection", ["inclusive", "exclusive", "old"])
@pytest.mark.parametrize(
    "keys",
    [
        "gg0lvl",  # characters, past a wide one
        "gg0wv$",  # to the end of the line, its break included where y includes it
        "gg0lvjjl",  # over lines
        "gg0jj2lvkk",  # backwards
        "ggVj",
        "gg0l<C-v>jjl",  # a block through a line too short for it
        "gg0l<C-v>jj$",  # a ragged block
        "gg0jj<C-v>jl",  # edges inside a wide character and a tab
        "gg0jj2l<C-v>kkh",  # backwards, upwards
        "Gvgg",
    ],
)
def test_the_selection_is_what_y_would_take(front: Front, selection: str, keys: str) -> None:
    front.fill(*LINES)
    front.lua("vim.o.selection = ...", selection)
    front.press(f"{keys}y")
    yanked = str(front.lua("return vim.fn.getreg('\"')"))
    front.press(f"{keys}<Plug>(llm-send-plan)")
    if yanked.strip():
        assert front.sent().decode() == yanked.removesuffix("\n")
    else:
        assert front.notified() == ["✗ Nothing to send: the selection has nothing but white space"]
    assert front.lua("return vim.fn.mode()") == "n", "the selection is over"


def test_sending_touches_no_register_and_keeps_the_selection(front: Front) -> None:
    front.fill("one", "two")
    front.lua("vim.fn.setreg('\"', 'kept')")
    front.press("ggVj<Plug>(llm-send)")
    front.asked()
    assert front.lua("return vim.fn.getreg('\"')") == "kept"
    assert front.lua('return { vim.fn.line("\'<"), vim.fn.line("\'>") }') == [1, 2]
    assert front.lua("return vim.bo.modified") is True  # as the test left it: nothing was written either


@pytest.mark.parametrize("selection", ["inclusive", "exclusive"])
@pytest.mark.parametrize("motion", ["iw", "$", "j", "wvj", "l<C-v>e", "2fl", "ip", "G"])
def test_a_motion_is_what_y_would_take(front: Front, selection: str, motion: str) -> None:
    front.fill(*LINES)
    front.lua("vim.o.selection = ...", selection)
    place, motion = (motion[0], motion[1:]) if motion[0] in "wl" else ("", motion)
    front.press(f"gg0{place}y{motion}")
    yanked = front.lua("return vim.fn.getreg('\"')")
    front.press(f"gg0{place}<Plug>(llm-send-operator-plan){motion}")
    assert front.sent().decode() == yanked.removesuffix("\n")


def test_dot_repeats_the_operator_with_its_mode(front: Front) -> None:
    front.fill("one two", "three")
    front.press("gg0<Plug>(llm-send-operator-auto-accept)iw")
    front.asked()
    front.press("j.")
    assert [(params["text"], params["mode"]) for params in front.asked(2)] == [
        ("one", "auto-accept"),
        ("three", "auto-accept"),
    ]


def test_the_operator_without_a_mode(front: Front) -> None:
    front.fill("one two")
    front.press("<Plug>(llm-send-operator)iw")
    assert "mode" not in front.asked()[0]


@pytest.mark.parametrize(
    ("command", "text"),
    [("LlmSend", "a\nb\nc"), ("2LlmSend", "b"), ("2,3LlmSend plan", "b\nc"), ("%LlmSend normal", "a\nb\nc")],
)
def test_a_range(front: Front, command: str, text: str) -> None:
    front.fill("a", "b", "c")
    front.editor.api.command(command)
    assert front.sent().decode() == text


@pytest.mark.parametrize(
    ("lines", "keys", "says"),
    [
        ([""], "", "the buffer is empty"),
        (["", "  \t"], "", "the buffer has nothing but white space"),
        (["", "x"], "ggv", "the selection is empty"),
        (["  x"], "ggv", "the selection has nothing but white space"),
    ],
)
def test_nothing_to_send(front: Front, lines: list[str], keys: str, says: str) -> None:
    front.fill(*lines)
    front.press(f"{keys}<Plug>(llm-send)")
    assert front.notified() == [f"✗ Nothing to send: {says}"]
    assert front.host.pids() == [], "no host is started for it"


def test_bytes_that_are_no_text_arrive_as_they_are(front: Front) -> None:
    front.lua(r"vim.api.nvim_buf_set_lines(0, 0, -1, false, { 'nul\0here', 'bad \xff\xc3 \xed\xa0\x80', 'é' })")
    # set_lines takes a NUL as it is; what a file with one reads as is the "\n" within a line.
    front.lua("vim.api.nvim_buf_set_text(0, 0, 0, 0, 0, { 'x' })")
    front.press("<Plug>(llm-send)")
    assert front.sent() == b"xnul\0here\nbad \xff\xc3 \xed\xa0\x80\n\xc3\xa9"
    front.press("ggVj<Plug>(llm-send)")
    assert front.asked(2)[1]["text"].encode("utf-8", "surrogateescape") == b"xnul\0here\nbad \xff\xc3 \xed\xa0\x80"
    front.press("gg0lvj<Plug>(llm-send)")
    assert b"nul\0here\n" in front.asked(3)[2]["text"].encode("utf-8", "surrogateescape")


LINE = "0123456789" * 5
FILL = "vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.fn['repeat']({ ... }, 20000))"


@pytest.mark.parametrize("keys", ["", "ggVG", "ggvG$"])
def test_a_megabyte(front: Front, keys: str) -> None:
    front.lua(FILL, LINE)
    front.press(f"{keys}<Plug>(llm-send)")
    assert front.sent().decode().removesuffix("\n") == "\n".join([LINE] * 20000)
    assert len((front.host.folder / "pieces").read_text().splitlines()) == 16


def test_a_long_text_is_the_one_of_the_key_press_and_keeps_its_place(front: Front) -> None:
    front.lua(FILL, LINE)
    front.lua("""
      require("llm-send").send()
      vim.api.nvim_buf_set_lines(0, 0, -1, false, { "short" })
      require("llm-send").send()
    """)
    first, second = front.asked(2)
    assert first["text"] == "\n".join([LINE] * 20000)
    assert second["text"] == "short"


def test_a_long_text_that_is_cut_within_its_characters(front: Front) -> None:
    front.lua(r"""require("llm-send").send({ text = ("\227\129\130\255"):rep(100000) .. "\0\n" })""")
    assert front.sent() == b"\xe3\x81\x82\xff" * 100000 + b"\0\n"


def test_a_long_text_with_bytes_that_are_none(front: Front) -> None:
    front.lua(r"vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.fn['repeat']({ 'é\255' }, 60000))")
    front.lua(r"vim.api.nvim_buf_set_text(0, 40000, 0, 40000, 0, { 'nul\0here' })")
    front.press("<Plug>(llm-send)")
    line = b"\xc3\xa9\xff"
    assert front.sent() == b"\n".join([*[line] * 40000, b"nul\0here" + line, *[line] * 19999])


def test_a_long_text_of_an_editor_that_is_left_at_once(front: Front) -> None:
    front.fill("the host runs")
    front.press("<Plug>(llm-send)")
    front.notified()
    front.lua(FILL, LINE)
    front.editor.api.exec_lua("require('llm-send').send() vim.cmd.quitall({ bang = true })", [], async_=True)
    wait_until(lambda: len(front.host.requests()) > 1)
    assert front.host.requests()[1]["text"] == "\n".join([LINE] * 20000)


def test_what_is_far_too_large_is_not_even_read(front: Front) -> None:
    front.lua("vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.fn['repeat']({ ('x'):rep(1000) }, 5000))")
    front.press("<Plug>(llm-send)")
    [message] = front.notified()
    assert message == "✗ Too large: the buffer is 5.0 MB, the limit is 2 MB · Write it to a file and send its path"
    assert front.host.pids() == []


def test_where_it_comes_from(start_front: FrontStarter) -> None:
    front = start_front(before="vim.env.TMUX = '/tmp/s/work,1,0' vim.env.TMUX_PANE = '%7'")
    cwd = front.lua("return vim.fn.getcwd()")
    front.editor.api.command("edit notes.md")
    front.fill("text")
    front.press("<Plug>(llm-send)")
    [params] = front.asked()
    assert params["here"] == {"cwd": cwd, "pane": "%7", "socket": "/tmp/s/work"}
    assert params["file"] == f"{cwd}/notes.md"


@pytest.mark.parametrize(
    ("setup", "here"),
    [
        ("tmux = { socket = '/tmp/other' }", {"socket": "/tmp/other"}),
        ("tmux = { socket = '/tmp/s/work' }", {"socket": "/tmp/s/work", "pane": "%7"}),
        ("tmux = { name = 'other' }", {"socket_name": "other"}),
        ("tmux = { name = 'work' }", {"socket_name": "work", "pane": "%7"}),
        ("tmux = { name = 'other', socket = '/tmp/s/work' }", {"socket": "/tmp/s/work", "pane": "%7"}),
    ],
)
def test_our_own_pane_counts_on_our_own_server_only(
    start_front: FrontStarter, setup: str, here: dict[str, str]
) -> None:
    front = start_front(setup, before="vim.env.TMUX = '/tmp/s/work,1,0' vim.env.TMUX_PANE = '%7'")
    front.fill("text")
    front.press("<Plug>(llm-send)")
    [params] = front.asked()
    del params["here"]["cwd"]
    assert params["here"] == here
