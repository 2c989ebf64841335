"""how long one send of 1 MB keeps the editor from turning its loop: the longest gap between two ticks of a timer"""

from __future__ import annotations

from bench import claude, programs
from bench.claude import Claude
from bench.editor import SEND, SET_UP, Editor
from bench.figures import Figure, figure
from offline import world
from offline.world import Programs
from tests.rig import nvim

ROUNDS = 8
LINES = 16500  # of 61 bytes with their end: 1 MB
BUDGET = 10.0
WATCH = """
local last = vim.uv.hrtime()
longest, ticks, watching = 0, 0, true
local timer = vim.uv.new_timer()
timer:start(1, 1, function()
  local now = vim.uv.hrtime()
  longest, last, ticks = math.max(longest, now - last), now, ticks + 1
  if not watching then
    timer:close()
  end
end)
"""
FILL = "vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.fn['repeat']({ ('x'):rep(60) }, ...))"
SELECTED = "ggvG$<Plug>(llm-send-plan)"


def measure() -> list[Figure]:
    return [figure for name in programs.NVIMS for figure in _measure(name)]


def _measure(name: str) -> list[Figure]:
    new = programs.newest()
    with world.opened("bench", Programs(new.tmux, programs.NVIMS[name], new.claude)) as here:
        seat = here.server.new_pane(["sleep", "6000"], cwd=here.project)
        to = claude.guarded(here, seat.id)
        argv = nvim.command_line(here.programs.nvim, here.folder / "n.sock")
        keys = Editor(nvim.attach(here.folder / "n.sock", here.server.new_pane(argv, cwd=here.project)))
        keys.rig.wait_until(lambda: keys.rig.lua("return vim.v.vim_did_enter == 1"))
        keys.rig.lua(SET_UP)
        keys.write("the first finds no host: see key")
        _longest(keys, SEND, to)
        keys.rig.lua(FILL, LINES)
        found: dict[str, list[float]] = {}
        for _ in range(ROUNDS):
            for case, key in {"buffer": SEND, "selection": SELECTED}.items():
                found.setdefault(case, []).append(_longest(keys, key, to))
        still = [_idle(keys) for _ in range(ROUNDS)]
    return [
        *(figure("stall", f"1 MB, {case}, {name}", "p99", times, budget=BUDGET) for case, times in found.items()),
        figure("stall", f"no send, {name}", "p99", still),
    ]


def _longest(keys: Editor, key: str, to: Claude) -> float:
    """Milliseconds; from before the key until the outcome is told."""
    ended = len(keys.outcomes())
    keys.rig.lua(WATCH)
    keys.press(key)
    keys.wait_for_outcomes(ended + 1)
    longest = _watched(keys)
    to.settle()
    return longest


def _idle(keys: Editor) -> float:
    """The same while nothing is sent."""
    keys.rig.lua(WATCH)
    keys.rig.wait_until(lambda: keys.rig.lua("return ticks > 1000"))
    return _watched(keys)


def _watched(keys: Editor) -> float:
    return float(keys.rig.lua("watching = false return longest")) / 1e6
