"""from the key in Neovim, its host warm, to the first byte at the pane, beside a raw paste of the same text"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench import programs
from bench.figures import Figure, figure, interleaved
from bench.listing import spawn
from offline import world
from offline.world import REPOSITORY, World
from tests.rig import nvim
from tests.rig.tmux import Pane
from tests.rig.wait import wait_until

ROUNDS = 30
BUDGET = 4.0
SIZES = {"60 B": 1, "10 KB": 160}  # lines of 61 characters

SET_UP = """
require("llm-send").setup({ offer = false, notify = false })
ended = {}
vim.api.nvim_create_autocmd("User", { pattern = "LlmSend*", callback = function(event)
  table.insert(ended, { event.data.outcome, event.data.message })
end })
"""
PRESS = """
local before = vim.uv.hrtime()
vim.api.nvim_feedkeys(vim.keycode("<Plug>(llm-send-plan)"), "mx", false)
return tostring(before)
"""


def measure() -> list[Figure]:
    return [figure for name in programs.TMUXES for figure in _measure(name)]


def _measure(name: str) -> list[Figure]:
    with world.opened("bench", programs.with_tmux(name)) as here:
        (here.folder / "nvim").mkdir()
        raw, ours = _raw_pane(here), _claude_pane(here)
        environment = here.seated_at(raw.pane.id)
        editor, process = nvim.start_headless(here.programs.nvim, here.folder / "n.sock", environment, here.project)
        try:
            editor.lua(SET_UP)
            presses = _Presses(editor, ours)
            figures = []
            for size, lines in SIZES.items():
                text = "\n".join(["x" * 60] * lines)
                editor.lua("vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(..., '\\n'))", text)
                times = interleaved(ROUNDS, {"raw": lambda text=text: raw.paste(text), "ours": presses.press})  # type: ignore[misc]
                case = f"{size}, {name}"
                figures.append(figure("send", case, "ratio", times["ours"], raw=times["raw"], budget=BUDGET))
                figures.append(figure("send", f"{case}, to the receipt", "median", presses.receipts[1:]))
                presses.receipts.clear()
            return figures
        finally:
            editor.lua("vim.schedule(function() vim.cmd('qa!') end)")
            editor.api.close()
            process.wait(10)


@dataclass(frozen=True)
class _Noted:
    """A pane whose input is noted in `log` as it arrives (relay.py)."""

    pane: Pane
    log: Path

    def first_byte_after(self, moment: int) -> float:
        """Milliseconds from `moment` (nanoseconds) to the first byte of a paste; back when it is there to the last."""

        def look() -> float:
            noted = [line.split(" ") for line in self.log.read_text().splitlines()]
            later = [(word, int(at)) for word, at in noted if int(at) > moment]
            begins = [at for word, at in later if word == "begin"]
            return (begins[0] - moment) / 1e6 if begins and later[-1][0] == "end" else 0.0

        return wait_until(look, 30, show=self.pane.report)

    def paste(self, text: str) -> float:
        """What a person's own binding would do: one tmux process."""
        server = self.pane.tmux
        argv = [str(server.program), "-u", "-S", str(server.socket), "load-buffer", "-b", "raw", "-", ";"]
        argv += ["paste-buffer", "-p", "-r", "-d", "-b", "raw", "-t", self.pane.id]
        begin = time.monotonic_ns()
        subprocess.run(argv, input=text.encode(), env=dict(server.environment), check=True)
        return self.first_byte_after(begin)


class _Presses:
    def __init__(self, editor: nvim.Editor, target: _Noted) -> None:
        self.editor, self.target = editor, target
        self.receipts: list[float] = []

    def press(self) -> float:
        """The key, then its outcome; the milliseconds to the first byte."""
        before = len(self.editor.lua("return ended"))
        begin = int(self.editor.lua(PRESS))
        took = self.target.first_byte_after(begin)
        outcome, message = self.editor.wait_until(lambda: self.editor.lua("return ended")[before:], 60)[0]
        self.receipts.append((time.monotonic_ns() - begin) / 1e6)
        if outcome != "delivered":
            raise RuntimeError(f"{outcome}: {message}")
        self.target.pane.wait_until(lambda screen: "esc to interrupt" not in screen)
        return took


def _relay(here: World) -> Path:
    # By its name our side takes it for a way to start Claude Code, as it would npx or a wrapper of the person's.
    program = here.folder / "claude-code-relay"
    if not program.exists():
        program.write_text(f"#!{sys.executable} -IS\n{(REPOSITORY / 'bench/relay.py').read_text()}")
        program.chmod(0o755)
    return program


def _raw_pane(here: World) -> _Noted:
    log = here.folder / "raw.log"
    # It asks for bracketed paste, as Claude does, and swallows what comes.
    argv = [str(_relay(here)), "-c", r"stty raw -echo; printf '\033[?2004h ready'; exec cat >/dev/null"]
    environment = {"RELAY_PROGRAM": "/bin/sh", "RELAY_LOG": str(log)}
    pane = here.server.new_pane(argv, cwd=here.project, environment=environment)
    pane.wait_for("ready")
    return _Noted(pane, log)


def _claude_pane(here: World) -> _Noted:
    log = here.folder / "claude.log"
    environment = [f"RELAY_PROGRAM={here.programs.claude}", f"RELAY_LOG={log}"]
    here.environment["LLM_SEND_CLAUDE"] = str(_relay(here))
    seat = here.server.panes()[0]
    found = spawn(here, seat, *(part for each in environment for part in ("--env", each)))
    pid = here.server.run("display-message", "-p", "-t", found, "#{pane_pid}")
    return _Noted(Pane(here.server, found, int(pid)), log)
