"""From a real key in Neovim to the real Claude Code: nothing in between is a stand-in but the model."""

from __future__ import annotations

import os
import signal
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


def test_quitting_before_the_host_is_up_sends_all_the_same(person: nvim.Editor, model_api: ModelApi) -> None:
    assert person.pane
    person.api.command("LlmSend spawn plan")
    person.wait_until(lambda: "✓ Started claude-plan" in person.messages(), deadline=40)
    status = "return require('llm-send.host').status().channel"
    os.kill(person.lua("return vim.fn.jobpid(...)", person.lua(status)), signal.SIGKILL)
    person.wait_until(lambda: not person.lua(status))
    person.api.current.buffer[:] = ["the last words", *["and many of them"] * 10000]
    person.pane.type(" lsp:qa!\r")
    wait_until(model_api.prompts, deadline=40)
    [prompt] = model_api.prompts()
    assert "\n".join(["the last words", *["and many of them"] * 10000]) in prompt


def busy_claude(person: nvim.Editor, model_api: ModelApi, text: str) -> None:
    """A Claude that works until "it" is released, and another text sent to it."""
    assert person.pane
    person.api.command("LlmSend spawn plan")
    person.wait_until(lambda: "✓ Started claude-plan" in person.messages(), deadline=40)
    person.api.current.buffer[:] = ["[[hold it]] think"]
    person.pane.type(" lsp")
    person.wait_until(model_api.prompts, deadline=40)
    person.api.current.buffer[:] = [text]
    person.pane.type(" lsp")
    person.pane.wait_for("… Queued for claude-plan")


def ends(person: nvim.Editor, *, sent: int) -> None:
    """So many sends have arrived, and none waits or failed."""
    person.wait_until(lambda: person.messages().count("✓ Sent") == sent, deadline=40)
    assert person.lua("return require('llm-send').statusline()") == "✓ claude-plan"


def test_what_waits_can_be_changed_and_arrives(person: nvim.Editor, model_api: ModelApi) -> None:
    assert person.pane
    busy_claude(person, model_api, "the first thought")
    person.pane.type(":LlmSend queue\r")
    person.pane.wait_for("claude-plan  1", "the first thought", "? shows the keys")
    person.pane.type("eciwa\x1b:s/first/second/\r:wq\r")
    person.pane.wait_for("✓ Changed what waits for claude-plan", "a second thought")
    model_api.release("it")
    ends(person, sent=2)
    assert model_api.prompts()[1:] == ["a second thought"]
    person.pane.wait_for("Nothing waits")
    person.pane.type("q:LlmSend history\r")
    person.pane.wait_until(lambda screen: screen.count("✓") >= 2 and "a second thought" in screen)


def test_what_is_called_off_does_not_arrive(person: nvim.Editor, model_api: ModelApi) -> None:
    assert person.pane
    busy_claude(person, model_api, "not this")
    person.pane.type(":LlmSend queue\r")
    person.pane.wait_for("claude-plan  1", "not this")
    person.pane.type("dd")
    person.pane.wait_for("✓ Called off · <leader>lsr sends it again", "Nothing waits")
    person.pane.type("q")
    person.wait_until(lambda: person.api.current.buffer.options["modifiable"])
    person.api.current.buffer[:] = ["but this"]
    person.pane.type(" lsp")
    person.pane.wait_for("… Queued for claude-plan")
    model_api.release("it")
    ends(person, sent=2)
    assert model_api.prompts()[1:] == ["but this"]


def test_what_waits_outlives_the_host(person: nvim.Editor, model_api: ModelApi) -> None:
    busy_claude(person, model_api, "once and whole")
    host = person.lua("return vim.fn.jobpid(require('llm-send.host').status().channel)")
    os.kill(host, signal.SIGKILL)
    person.wait_until(lambda: "… The Python host ended" in person.messages())
    assert "may or may not" not in person.messages()
    model_api.release("it")
    ends(person, sent=2)
    assert model_api.prompts()[1:] == ["once and whole"]


def test_what_waits_outlives_the_editor(person: nvim.Editor, tmux: Tmux, model_api: ModelApi) -> None:
    assert person.pane
    busy_claude(person, model_api, "still to come")
    claude = next(pane for pane in tmux.panes() if pane != person.pane.id)
    person.api.command("qa!", async_=True)
    wait_until(lambda: person.pane and person.pane.id not in tmux.panes())
    model_api.release("it")
    wait_until(lambda: len(model_api.prompts()) > 1, deadline=40, show=lambda: tmux.capture(claude))
    assert model_api.prompts()[1:] == ["still to come"]


def test_a_limit_that_ends_a_pane_is_told(person: nvim.Editor) -> None:
    assert person.pane
    person.api.command("LlmSend spawn plan timeout_secs=12")
    person.wait_until(lambda: "✓ Started claude-plan" in person.messages(), deadline=40)
    person.pane.wait_for("! claude-plan was ended: its 12 s are over (timeout_secs)", deadline=40)


def test_a_secret_is_in_no_message(person: nvim.Editor) -> None:
    """Nor in what Neovim keeps of what was said and typed."""
    person.api.command("let $API_KEY = 'very-secret-value'")
    for wrong in ('secure_env=["NO_SUCH_NAME"]', 'secure_env=["API_KEY"] temperature=7'):
        person.api.command(f"LlmSend spawn plan {wrong}")
        person.wait_until(lambda: "✗" in person.messages())
        person.api.command("messages clear")
    person.api.command('LlmSend spawn plan secure_env=["API_KEY"]')
    person.wait_until(lambda: "✓ Started claude-plan" in person.messages(), deadline=40)
    assert person.pane
    kept = [person.messages(), person.pane.screen(history=True), person.lua("return vim.fn.execute('history all')")]
    assert "very-secret" not in "".join(kept)


def test_a_command_of_claudes(person: nvim.Editor, tmux: Tmux) -> None:
    assert person.pane
    person.api.command("LlmSend spawn plan")
    person.wait_until(lambda: "✓ Started claude-plan" in person.messages(), deadline=40)
    claude = next(pane for pane in tmux.panes() if pane != person.pane.id)
    person.pane.type(":LlmSend! plan !echo $((6 * 7)) | tr 2 3\r")
    wait_until(lambda: "43" in tmux.capture(claude), deadline=40, show=lambda: person.report() + tmux.capture(claude))
    person.wait_until(lambda: "✓ " in person.messages().split("claude-plan", 1)[1], deadline=40)
