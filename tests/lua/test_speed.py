"""The editor is not held up. Loose bounds that hold on a busy machine; bench/ measures."""

from __future__ import annotations

import re
import statistics
import subprocess
from pathlib import Path

import pytest

from tests.lua.conftest import FrontStarter
from tests.lua.front import DELIVERED, Front
from tests.rig.programs import DEPS, REPOSITORY

MEDIAN_MS, WORST_MS = 5, 25

# How long the loop is away: a timer of 1 ms notes each gap between two of its turns, around each press.
PRESSES = """
local keys, count, cold = ...
local uv = vim.uv
stalls = {}
local function press(n)
  if n > count then done = true return end
  if cold then
    local host = require("llm-send.host").status().channel
    if host then vim.fn.jobstop(host) end
  end
  vim.defer_fn(function()
    local last, worst, turns = uv.hrtime(), 0, 0
    local timer = uv.new_timer()
    timer:start(1, 1, vim.schedule_wrap(function()
      if timer:is_closing() then return end
      local now = uv.hrtime()
      worst, last, turns = math.max(worst, (now - last) / 1e6 - 1), now, turns + 1
      if turns == 60 then
        timer:close()
        table.insert(stalls, worst)
        press(n + 1)
      end
    end))
    vim.api.nvim_feedkeys(vim.keycode(keys), "m", false)
  end, 20)
end
press(1)
"""


def stalls(front: Front, keys: str, count: int, *, cold: bool) -> list[float]:
    front.lua(PRESSES, keys, count, cold)
    front.editor.wait_until(lambda: front.value("done"), deadline=90)
    return sorted(float(ms) for ms in front.value("stalls"))


@pytest.mark.parametrize("cold", [True, False], ids=["cold", "warm"])
def test_a_press_does_not_hold_the_editor_up(start_front: FrontStarter, cold: bool) -> None:
    front = start_front()
    front.fill(*["a line of the buffer"] * 1000)
    # Three deaths in a minute would stop it; here they are ours.
    front.lua("local t = 0 vim.uv.now = function() t = t + 61000 return t end")
    measured = stalls(front, "<Plug>(llm-send-plan)", 100 if not cold else 25, cold=cold)
    print(f"median {statistics.median(measured):.2f} ms, worst {measured[-1]:.2f} ms")
    assert statistics.median(measured) < MEDIAN_MS
    assert measured[-1] < WORST_MS


def test_a_megabyte_does_not_either(front: Front) -> None:
    front.lua("vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.fn['repeat']({ ('x'):rep(49) }, 20000))")
    front.host.answers(send=[DELIVERED])
    measured = stalls(front, "<Plug>(llm-send-plan)", 10, cold=False)
    print(f"median {statistics.median(measured):.2f} ms, worst {measured[-1]:.2f} ms")
    assert statistics.median(measured) < 2 * MEDIAN_MS


def test_a_host_that_hangs_holds_nothing_up(front: Front) -> None:
    front.fill("text")
    front.host.answers(send=[{"silent": True}])
    for _ in range(20):
        front.press("<Plug>(llm-send-plan)")
    assert front.lua("return require('llm-send').statusline()") == "… sending 20"
    front.press("ihello<Esc>")
    assert front.editor.api.current.buffer[0] == "hellotext"


def started(program: Path, environment: dict[str, str], log: Path, *, with_plugin: bool) -> float:
    log.unlink(missing_ok=True)
    path = ["--cmd", f"set runtimepath^={REPOSITORY}"] if with_plugin else []
    quit_later = "autocmd VimEnter * call timer_start(30, {-> execute('qa!')})"
    argv = [str(program), "--clean", "-i", "NONE", "-n", "--headless", *path, "--startuptime", str(log)]
    subprocess.run([*argv, "--cmd", quit_later], env=environment, stdin=subprocess.DEVNULL, timeout=20, check=True)
    [entered] = re.findall(r"^(\d+\.\d+).*: VimEnter autocommands$", log.read_text(), re.MULTILINE)[:1]
    return float(entered)


def test_it_costs_next_to_nothing_at_start(nvim_program: Path, environment: dict[str, str], place: Path) -> None:
    log = place / "startup"
    with_it, without = [], []
    for _ in range(12):
        without.append(started(nvim_program, environment, log, with_plugin=False))
        with_it.append(started(nvim_program, environment, log, with_plugin=True))
    cost = statistics.median(with_it) - statistics.median(without)
    print(f"{cost:.2f} ms")
    assert cost < 1.5


def test_the_real_host_cold(start_front: FrontStarter) -> None:
    front = start_front(f"python = '{DEPS / 'venv/bin/python'}'", use_host=False)
    front.fill("text")
    measured = stalls(front, "<Plug>(llm-send-plan)", 1, cold=True)
    assert measured[0] < WORST_MS
