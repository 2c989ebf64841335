"""The default keys, and how they keep out of the person's way."""

from __future__ import annotations

import re

import pytest

from tests.lua.conftest import FrontStarter
from tests.lua.front import Front
from tests.rig.programs import REPOSITORY

DEFAULTS = {
    "<leader>ls": "<Plug>(llm-send)",
    "<leader>lss": "<Plug>(llm-send)",
    "<leader>lsn": "<Plug>(llm-send-normal)",
    "<leader>lsp": "<Plug>(llm-send-plan)",
    "<leader>lsa": "<Plug>(llm-send-auto-accept)",
    "<leader>lsr": "<Plug>(llm-send-again)",
}


def mapped(front: Front, mode: str) -> dict[str, str]:
    return {key: front.lua("return vim.fn.maparg(...)", key, mode) for key in DEFAULTS}


@pytest.mark.parametrize("mode", ["n", "x"])
def test_default_keys(front: Front, mode: str) -> None:
    assert mapped(front, mode) == DEFAULTS


def test_default_keys_send(front: Front) -> None:
    front.fill("one", "two")
    front.press(" lsp")
    front.asked()
    front.press("ggV lsn")
    front.asked(2)
    front.press(" lss")
    assert [(params["text"], params.get("mode")) for params in front.asked(3)] == [
        ("one\ntwo", "plan"),
        ("one", "normal"),
        ("one\ntwo", None),
    ]


def test_they_work_without_setup(start_front: FrontStarter) -> None:
    front = start_front(setup=None)
    assert mapped(front, "n") == DEFAULTS
    assert front.lua("return vim.tbl_keys(package.loaded)") == front.lua(
        "return vim.tbl_filter(function(name) return not name:find('^llm%-send') end, vim.tbl_keys(package.loaded))"
    ), "nothing is loaded before it is used"


@pytest.mark.parametrize(
    "mine",
    [
        "vim.keymap.set('n', '<leader>lsp', ':echo 1<CR>')",
        "vim.cmd('nmap <leader>lsp :echo 1<CR>')",
        "vim.keymap.set('n', '<leader>lsp', function() end)",
        # Defined after our file is sourced, as a plugin would.
        "vim.cmd([[autocmd VimEnter * lua vim.keymap.set('n', '<leader>lsp', ':echo 1<CR>')]])",
    ],
)
def test_a_key_of_the_persons_stays(start_front: FrontStarter, mine: str) -> None:
    front = start_front(before=mine)
    assert not str(mapped(front, "n")["<leader>lsp"]).startswith("<Plug>(llm-send")
    assert mapped(front, "x") == DEFAULTS
    assert {**mapped(front, "n"), "<leader>lsp": ""} == {**DEFAULTS, "<leader>lsp": ""}


def test_a_visual_key_of_the_persons_stays(start_front: FrontStarter) -> None:
    front = start_front(before="vim.keymap.set('v', '<leader>lsp', ':echo 1<CR>')")
    assert mapped(front, "n") == DEFAULTS
    assert mapped(front, "x")["<leader>lsp"] == ":echo 1<CR>"


def test_a_buffers_own_key_wins(front: Front) -> None:
    front.lua("vim.keymap.set('n', '<leader>lsp', '<Cmd>let g:mine = 1<CR>', { buffer = true })")
    front.press(" lsp")
    assert front.lua("return vim.g.mine") == 1


def test_no_second_key_for_a_plug_on_a_key_of_the_persons(start_front: FrontStarter) -> None:
    front = start_front(before="vim.keymap.set('n', '<C-s>', '<Plug>(llm-send-plan)')")
    assert mapped(front, "n") == {**DEFAULTS, "<leader>lsp": ""}
    assert mapped(front, "x") == DEFAULTS


@pytest.mark.parametrize(
    ("setup", "before", "after"),
    [
        ("", "vim.g.llm_send_no_default_maps = true", ""),
        ("default_keys = false", "", ""),
        ("", "", "require('llm-send').setup({ default_keys = false })"),
    ],
)
def test_default_keys_can_be_turned_off(start_front: FrontStarter, setup: str, before: str, after: str) -> None:
    front = start_front(setup, before, after)
    assert set(mapped(front, "n").values()) | set(mapped(front, "x").values()) == {""}
    assert front.lua("return vim.fn.maparg('<Plug>(llm-send)', 'n') ~= ''"), "the <Plug> maps stay"


def test_turning_them_off_late_leaves_the_persons_keys(front: Front) -> None:
    front.lua("vim.keymap.set('n', '<leader>lsp', '<Plug>(llm-send-plan)')")
    front.lua("require('llm-send').setup({ default_keys = false })")
    assert {key: rhs for key, rhs in mapped(front, "n").items() if rhs} == {"<leader>lsp": "<Plug>(llm-send-plan)"}


def test_loaded_late_by_a_plugin_manager(start_front: FrontStarter) -> None:
    front = start_front(setup=None, before="vim.g.loaded_llm_send = 1")
    front.lua("vim.g.loaded_llm_send = nil vim.cmd.runtime('plugin/llm-send.lua')")
    front.editor.wait_until(lambda: mapped(front, "n") == DEFAULTS)


def test_an_old_neovim_is_told_so_when_a_key_is_pressed(start_front: FrontStarter) -> None:
    old = "local has = vim.fn.has vim.fn.has = function(what) return what == 'nvim-0.10' and 0 or has(what) end"
    front = start_front(setup=None, before=old)
    assert front.value("notified") == []
    front.press("<Plug>(llm-send-plan)")
    [message] = front.notified()
    assert message == "✗ llm-send needs Neovim 0.10 or newer · :version shows yours, :help llm-send-requirements"
    front.press("<Plug>(llm-send-operator)")
    front.editor.api.command("LlmSend plan")
    assert len(front.notified(3)) == 3


def test_health_knows_the_same_keys() -> None:
    plugin = (REPOSITORY / "plugin/llm-send.lua").read_text()
    health = (REPOSITORY / "lua/llm-send/health.lua").read_text()
    keys = re.findall(r'"<leader>(\w+)", "<Plug>', plugin)
    assert keys == ["ls", "lss", "lsn", "lsp", "lsa", "lsr"]
    assert "{ " + ", ".join(f'"{key}"' for key in keys) + " }" in health
