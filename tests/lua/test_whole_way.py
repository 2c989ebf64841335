"""From a real key in Neovim to the real Claude Code: nothing in between is a stand-in but the model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from offline.model_api import ModelApi
from tests.rig import nvim
from tests.rig.programs import DEPS
from tests.rig.tmux import Tmux
from tests.rig.wait import wait_until


@pytest.fixture
def person(
    place: Path, nvim_program: Path, tmux: Tmux, environment: dict[str, str], project: Path
) -> Iterator[nvim.Editor]:
    """Neovim in a pane of tmux, as the person has it."""
    socket, init = place / "nvim.sock", place / "init.lua"
    python = DEPS / "venv/bin/python"
    init.write_text(f"vim.g.mapleader = ' ' require('llm-send').setup({{ python = '{python}' }})")
    argv = nvim.command_line(nvim_program, socket)
    argv.remove("--clean")
    pane = tmux.new_pane([*argv, "-u", str(init)], cwd=project)
    editor = nvim.attach(socket, pane)
    editor.wait_until(lambda: editor.lua("return vim.v.vim_did_enter == 1"))
    yield editor
    editor.api.close()


def test_no_claude_start_one_send_and_send_again(person: nvim.Editor, tmux: Tmux, model_api: ModelApi) -> None:
    assert person.pane
    person.api.current.buffer[:] = ["Explain the cache.", "It is in cache.py — 缓存."]
    person.pane.type(" lsp")
    person.pane.wait_for("✗ No Claude in plan mode · Start one with: claude-plan", "1: Start claude-plan here and send")
    person.pane.type("1\r")
    person.pane.wait_for("✓ Sent to Claude (Plan Mode) · Pane: claude-plan", deadline=40)
    person.wait_until(model_api.prompts)  # Claude takes a prompt before it asks the model
    assert model_api.prompts() == ["Explain the cache.\nIt is in cache.py — 缓存."]
    person.pane.type("ggV lsp")
    person.wait_until(lambda: person.messages().count("✓ Sent") == 2, deadline=40)
    person.wait_until(lambda: len(model_api.prompts()) == 2)
    assert model_api.prompts()[1] == "Explain the cache."
    assert len(tmux.panes()) == 2, "no second Claude"


def test_quitting_in_the_middle_brings_the_send_to_its_end(
    person: nvim.Editor, tmux: Tmux, model_api: ModelApi
) -> None:
    assert person.pane
    person.api.command("LlmSend spawn plan")
    person.wait_until(lambda: "✓ Started claude-plan" in person.messages(), deadline=40)
    person.api.current.buffer[:] = ["the last words"]
    claude = next(pane for pane in tmux.panes() if pane != person.pane.id)
    person.pane.type(" lsp")
    wait_until(lambda: "the last words" in tmux.capture(claude), deadline=40)
    person.api.command("qa!", async_=True)
    wait_until(model_api.prompts, deadline=40, show=lambda: tmux.capture(claude))
    assert model_api.prompts() == ["the last words"]
