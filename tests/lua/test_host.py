"""The host's life: started when needed, restarted when it dies, given up when it keeps dying, ended with the editor."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.lua.conftest import FrontStarter
from tests.lua.front import DELIVERED, Front
from tests.rig.wait import wait_until


def lives(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"


def press_plan(front: Front) -> None:
    front.press("<Plug>(llm-send-plan)")


def test_it_starts_with_the_first_key_and_stays(front: Front) -> None:
    front.fill("text")
    assert front.host.pids() == []
    press_plan(front)
    front.notified()
    press_plan(front)
    front.notified(2)
    assert len(front.host.pids()) == 1


def test_a_dead_host_starts_again_with_the_next_key(front: Front) -> None:
    front.fill("text")
    press_plan(front)
    front.notified()
    [pid] = front.host.pids()
    os.kill(pid, signal.SIGKILL)
    front.editor.wait_until(lambda: not front.lua("return require('llm-send.host').status().channel"))
    assert len(front.value("notified")) == 1, "nobody waited, so nobody is told"
    press_plan(front)
    assert front.notified(2)[1].startswith("✓ Sent")
    assert len(front.host.pids()) == 2


def test_other_calls_under_way_fail_too(front: Front) -> None:
    front.host.answers(panes=[{"exit": 5, "stderr": "first\nKaboom: reason\n"}])
    front.lua("require('llm-send').panes(function(panes, problem) answered = problem end)")
    front.editor.wait_until(lambda: front.lua("return answered"))
    problem = front.lua("return answered")
    assert problem["message"] == "The Python host ended with code 5"
    assert problem["hint"] == "Kaboom: reason"


def test_one_that_never_comes_up_sent_nothing(front: Front) -> None:
    front.fill("text")
    front.host.answers(start=[{"exit": 1, "stderr": "ModuleNotFoundError: No module named 'pynvim'"}])
    press_plan(front)
    assert front.notified() == ["✗ The Python host ended with code 1 · ModuleNotFoundError: No module named 'pynvim'"]
    assert front.value("events")[0]["name"] == "LlmSendRefused"


def test_three_deaths_in_a_minute_stop_it(front: Front) -> None:
    front.fill("text")
    front.host.answers(send=[{"exit": 70, "stderr": "out of luck"}])
    for count in (1, 2, 3):
        press_plan(front)
        assert front.notified(2 * count)[-1].startswith("? The Python host ended during this send")
    front.host.answers(send=[DELIVERED])
    press_plan(front)
    assert front.notified(7)[-1] == "✗ The Python host ended 3 times in a minute · out of luck"
    assert len(front.host.pids()) == 3
    # The minute passes.
    front.lua("local now = vim.uv.now vim.uv.now = function() return now() + 61000 end")
    press_plan(front)
    assert front.notified(8)[-1].startswith("✓ Sent")
    assert len(front.host.pids()) == 4


def test_a_missing_python_names_the_fix(start_front: FrontStarter) -> None:
    front = start_front("python = '/nowhere/python'", use_host=False)
    front.fill("text")
    press_plan(front)
    [message] = front.notified()
    assert message.startswith("✗ The plugin's Python is missing · Run `make venv` in ")
    assert front.level() == 4, "an error"


def test_an_answer_nobody_waits_for_is_dropped(front: Front) -> None:
    front.fill("text")
    press_plan(front)
    front.notified()
    front.lua("require('llm-send.host').reply(1, { ok = true, outcome = 'delivered', message = 'again' })")
    front.lua("require('llm-send.host').reply(999, { ok = true })")
    assert len(front.value("notified")) == 1


def test_it_ends_with_the_editor(front: Front) -> None:
    front.fill("text")
    press_plan(front)
    front.notified()
    [pid] = front.host.pids()
    front.editor.api.command("qa!", async_=True)
    wait_until(lambda: not lives(pid))


def test_it_ends_with_an_editor_that_was_killed(front: Front) -> None:
    front.fill("text")
    press_plan(front)
    front.notified()
    [pid] = front.host.pids()
    os.kill(front.lua("return vim.uv.os_getpid()"), signal.SIGKILL)
    wait_until(lambda: not lives(pid))
