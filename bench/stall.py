"""how long one send of 1 MB keeps the editor from turning its loop: the longest gap between two ticks of a timer"""

# Once as the clock has it, and once without what the kernel let the editor wait for a core that another program had: on
# two cores Claude reading 1 MB, tmux and the host want them as well. The budget holds for both.

from __future__ import annotations

from bench import claude, programs
from bench.claude import Claude
from bench.editor import SEND, SET_UP, Editor
from bench.figures import Figure, figure
from offline import world
from offline.world import Programs
from tests.rig import nvim

Gaps = tuple[float, float]  # the longest without and with the waits for a core, in milliseconds
ROUNDS = 8
LINES = 16500  # of 61 bytes with their end: 1 MB
BUDGET = 10.0
WATCH = """
local function waited() -- for a core, in nanoseconds: the second of the kernel's numbers
  local file = assert(io.open("/proc/self/schedstat"))
  local _, waits = file:read("*n", "*n")
  file:close()
  return waits
end
local last, before = vim.uv.hrtime(), waited()
longest, kept, ticks, watching = 0, 0, 0, true
local timer = vim.uv.new_timer()
timer:start(1, 1, function()
  local now, waits = vim.uv.hrtime(), waited()
  longest, kept = math.max(longest, now - last), math.max(kept, now - last - (waits - before))
  last, before, ticks = now, waits, ticks + 1
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
    kept, longest = zip(*gaps, strict=True)
    budget = BUDGET if "MB" in case else None
    return [
        figure("stall", case, "p99", [*kept], budget=budget),
        figure("stall", f"{case}, waits for a core with it", "p99", [*longest], budget=budget),
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
    kept, longest = keys.rig.lua("watching = false return { kept, longest }")
    return float(kept) / 1e6, float(longest) / 1e6
