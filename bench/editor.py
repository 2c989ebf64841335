"""A Neovim without a screen whose keys are pressed; times in unix nanoseconds, as the model's log has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offline.world import World
from tests.rig import nvim

SET_UP = """
local python = ...
require("llm-send").setup({ offer = false, notify = false, python = python })
ended = {}
vim.api.nvim_create_autocmd("User", { pattern = "LlmSend*", callback = function(event)
  table.insert(ended, { event.data.outcome, event.data.message })
end })
"""
PRESS = """
local seconds, micros = vim.uv.gettimeofday()
vim.api.nvim_feedkeys(vim.keycode(...), "mx", false)
return { seconds, micros }
"""
BLIND = """
local key, argv = ...
vim.keymap.set("n", key, function()
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\\n")
  vim.system(argv, { stdin = text })
end)
"""
SEND = "<Plug>(llm-send-plan)"


@dataclass(frozen=True)
class Editor:
    rig: nvim.Editor

    def write(self, text: str) -> None:
        """The buffer holds this text and nothing else."""
        self.rig.lua("vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(..., '\\n'))", text)

    def press(self, key: str = SEND) -> int:
        """When it was pressed."""
        seconds, micros = self.rig.lua(PRESS, key)
        return int(seconds) * 1_000_000_000 + int(micros) * 1000

    def outcomes(self) -> list[Any]:
        """Of every send so far that has ended: its outcome and message. One that is queued has not."""
        return [one for one in self.rig.lua("return ended") if one[0] != "queued"]

    def wait_for_outcomes(self, count: int, deadline: float = 60) -> None:
        """Until so many sends have ended. Raises when one of them was not delivered."""
        ended = self.rig.wait_until(lambda: found if len(found := self.outcomes()) >= count else [], deadline)
        failed = [f"{outcome}: {message}" for outcome, message in ended if outcome != "delivered"]
        if failed:
            raise RuntimeError("; ".join(failed))

    def bind_blind(self, pane: str, *server: str) -> str:
        """A key that pastes the buffer into a pane and presses Enter, in one tmux process; the key."""
        argv = [*server, "load-buffer", "-b", "blind", "-", ";", "paste-buffer", "-p", "-d", "-b", "blind", "-t", pane]
        key = f"<Plug>(blind-{pane[1:]})"
        self.rig.lua(BLIND, key, [*argv, ";", "send-keys", "-t", pane, "Enter"])
        return key


@contextmanager
def opened(here: World, seat: str, python: Path | None = None, name: str = "nvim") -> Iterator[Editor]:
    """As if started in the pane `seat`; `python` is what its host runs on, if it is another. Two need two names."""
    folder = here.folder / name
    folder.mkdir(exist_ok=True)
    editor, process = nvim.start_headless(here.programs.nvim, folder / "n.sock", here.seated_at(seat), here.project)
    try:
        editor.lua(SET_UP, *([str(python)] if python else []))
        yield Editor(editor)
    finally:
        editor.lua("vim.schedule(function() vim.cmd('qa!') end)")
        editor.api.close()
        process.wait(10)
