"""In a terminal of 80 columns: no message asks for <Enter>, none hides what matters, real keys work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lua.front import DELIVERED, Host, environment_for, refused
from tests.rig import nvim
from tests.rig.tmux import Tmux

LONG = "A message that is by far too long for what a terminal of eighty columns shows on its last line"
PROMPT = "Press ENTER"
NONE = refused("no_candidate", "No Claude in plan mode", "Start one with: claude-plan")


class Screen:
    """Neovim with its own messages, on a screen."""

    def __init__(self, editor: nvim.Editor, host: Host) -> None:
        assert editor.pane
        self.editor, self.pane, self.host = editor, editor.pane, host

    def alive(self) -> str:
        """The screen, when Neovim has taken a key: a prompt would have swallowed it."""
        self.editor.api.input("ggi+<Esc>")
        self.editor.wait_until(lambda: str(self.editor.api.current.buffer[0]).startswith("+"))
        return self.pane.screen()


@pytest.fixture
def screen(place: Path, nvim_program: Path, tmux: Tmux, environment: dict[str, str], project: Path) -> Iterator[Screen]:
    host = Host(place / "host")
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


def test_a_key_and_its_line(screen: Screen) -> None:
    screen.pane.type(" lsp")
    screen.pane.wait_for("✓ Sent to Claude (Plan Mode) · Pane: claude-plan")
    assert PROMPT not in screen.alive()


def test_the_short_key_waits_for_a_longer_one(screen: Screen) -> None:
    screen.editor.lua("vim.o.timeoutlen = 200")
    screen.pane.type(" ls")
    screen.pane.wait_for("✓ Sent")
    assert "mode" not in screen.host.requests()[0]


def test_a_quiet_line_gives_way_to_the_outcome(screen: Screen) -> None:
    screen.host.answers(send=[{**DELIVERED, "after": 1.5}])
    screen.pane.type(" lsp")
    screen.pane.wait_for("… waiting for Claude (plan mode)")
    screen.pane.wait_until(lambda text: "✓ Sent" in text and "waiting" not in text)
    assert PROMPT not in screen.alive()


def test_many_in_a_row(screen: Screen) -> None:
    for _ in range(5):
        screen.pane.type(" lsp")
    screen.editor.wait_until(lambda: screen.editor.messages().count("✓ Sent") == 5)
    assert PROMPT not in screen.alive()


@pytest.mark.parametrize("wide", [LONG, "長" * 60])
def test_a_long_line_is_cut_and_can_be_read(screen: Screen, wide: str) -> None:
    screen.host.answers(send=[refused("draft", wide, "And a hint")])
    screen.pane.type(" lsp")
    screen.pane.wait_for("… :LlmSend why")
    assert PROMPT not in screen.alive()
    screen.pane.type(":LlmSend why\r")
    screen.pane.wait_for("And a hint")


def test_half_a_terminal_has_room_for_the_outcome(screen: Screen) -> None:
    # What is left of 110 columns beside a Claude; 'showcmd' would take 11 of them.
    screen.pane.tmux.run("resize-window", "-t", str(screen.pane), "-x", "54")
    screen.editor.wait_until(lambda: screen.editor.lua("return vim.o.columns") == 54)
    screen.pane.type(" lsp")
    screen.pane.wait_for("✓ Sent to Claude (Plan Mode) · Pane: claude-plan")
    assert PROMPT not in screen.alive()
    assert screen.editor.lua("return vim.o.showcmd") is True


@pytest.mark.parametrize("columns", [40, 20, 12])
def test_less_room_leaves_less_of_it(screen: Screen, columns: int) -> None:
    screen.pane.tmux.run("resize-window", "-t", str(screen.pane), "-x", str(columns))
    screen.editor.wait_until(lambda: screen.editor.lua("return vim.o.columns") == columns)
    screen.pane.type(" lsp")
    screen.editor.wait_until(screen.editor.messages)
    assert PROMPT not in screen.alive()


def test_a_long_hint_leaves_the_message(screen: Screen) -> None:
    screen.host.answers(send=[refused("draft", "A draft is in the box", LONG)])
    screen.pane.type(" lsp")
    screen.pane.wait_for("✗ A draft is in the box … :LlmSend why")
    assert PROMPT not in screen.alive()


def test_the_offer_on_neovims_own_menu(screen: Screen) -> None:
    started = {"ok": True, "pane": DELIVERED["pane"]}
    screen.host.answers(send=[NONE, DELIVERED], spawn=[{**started, "after": 0.5}])
    screen.pane.type(" lsp")
    screen.pane.wait_for(
        "✗ No Claude in plan mode · Start one with: claude-plan",
        "1: Start claude-plan here and send",
        "2: Choose another pane",
    )
    screen.pane.type("1\r")
    screen.pane.wait_for("… starting claude-plan")
    screen.pane.wait_for("✓ Sent to Claude (Plan Mode) · Pane: claude-plan")
    assert PROMPT not in screen.alive()


def test_no_host_no_prompt(screen: Screen) -> None:
    screen.editor.lua("require('llm-send').setup({ python = '/nowhere' })")
    screen.pane.type(" lsp")
    screen.pane.wait_for("✗ The plugin's Python is missing")
    assert PROMPT not in screen.alive()
