"""how long one send of 1 MB keeps the editor from turning its loop: the longest gap between two ticks of a timer"""

# As the clock has it, by the median like all that is measured here: on two cores Claude reading 1 MB, tmux and the host
# want them as well, and a virtual machine stands still at times though nothing is sent (shown beside it). What of it
# the editor itself has run, by the kernel's count, keeps the same budget at its worst, in every single send.

from __future__ import annotations

from bench import claude, programs
from bench.claude import Claude
from bench.editor import SEND, SET_UP, Editor
from bench.figures import Figure, figure
from offline import world
from offline.world import Programs
from tests.rig import nvim

Gaps = tuple[float, float]  # the most that the editor has run between two ticks, and the longest gap, in milliseconds
ROUNDS = 20
LINES = 16500  # of 61 bytes with their end: 1 MB
BUDGET = 10.0
WATCH = """
local function ran() -- on a core, in nanoseconds: the first of the kernel's numbers
  local file = assert(io.open("/proc/self/schedstat"))
  local found = file:read("*n")
  file:close()
  return found
end
local last, before = vim.uv.hrtime(), ran()
longest, most, ticks, watching = 0, 0, 0, true
local timer = vim.uv.new_timer()
timer:start(1, 1, function()
  local now, run = vim.uv.hrtime(), ran()
  longest, most = math.max(longest, now - last), math.max(most, run - before)
  last, before, ticks = now, run, ticks + 1
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
        found: dict[str, list[Gaps]] = {}
        for _ in range(ROUNDS):
            for case, key in {"1 MB, buffer": SEND, "1 MB, selection": SELECTED}.items():
                found.setdefault(case, []).append(_longest(keys, key, to))
        found["no send"] = [_idle(keys) for _ in range(ROUNDS)]
    return [figure for case, gaps in found.items() for figure in _figures(f"{case}, {name}", gaps)]


def _figures(case: str, gaps: list[Gaps]) -> list[Figure]:
    ran, longest = zip(*gaps, strict=True)
    budget = BUDGET if "MB" in case else None
    return [
        figure("stall", f"{case}, longest gap", "median", [*longest], budget=budget),
        figure("stall", f"{case}, of it the editor ran", "p99", [*ran], budget=budget),
    ]


def _longest(keys: Editor, key: str, to: Claude) -> Gaps:
    """From before the key until the outcome is told."""
    ended = len(keys.outcomes())
    keys.rig.lua(WATCH)
    keys.press(key)
    keys.wait_for_outcomes(ended + 1)
    longest = _watched(keys)
    to.settle()
    return longest


def _idle(keys: Editor) -> Gaps:
    """The same while nothing is sent."""
    keys.rig.lua(WATCH)
    keys.rig.wait_until(lambda: keys.rig.lua("return ticks > 1000"))
    return _watched(keys)


def _watched(keys: Editor) -> Gaps:
    most, longest = keys.rig.lua("watching = false return { most, longest }")
    return float(most) / 1e6, float(longest) / 1e6
