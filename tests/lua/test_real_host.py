"""The front end with the host it ships with, as a job and as a remote plugin."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.lua.conftest import FrontStarter
from tests.lua.front import Front
from tests.lua.test_host import lives
from tests.rig.programs import DEPS
from tests.rig.wait import wait_until

PYTHON = DEPS / "venv/bin/python"
REMOTE = f"vim.g.llm_send_host = 'remote' vim.g.python3_host_prog = '{PYTHON}'"
ASK = """
local verb, params = ...
answer = nil
params = vim.empty_dict() and params
params.here = { cwd = "/" }
require("llm-send.host").request(verb, params, function(result) answer = result end)
"""


def ask(front: Front, verb: str, **params: object) -> dict[str, Any]:
    front.lua(ASK, verb, {"_": 0, **params})
    return dict(front.wait_for_value("answer"))


@pytest.fixture
def real(start_front: FrontStarter) -> Front:
    return start_front(f"python = '{PYTHON}'", use_host=False)


def host_pid(front: Front) -> int:
    return int(front.lua("return vim.fn.jobpid(require('llm-send.host').status().channel)"))


def test_hello(real: Front) -> None:
    answer = ask(real, "hello")
    assert (answer["ok"], answer["version"]) == (True, "0.1.0")
    assert real.lua("return require('llm-send.host').status().ready")


def test_an_error_is_the_contracts(real: Front) -> None:
    answer = ask(real, "sing")
    assert answer["ok"] is False
    assert answer["error"]["code"] == "usage"
    assert answer["error"]["found"] == "sing"


def test_a_mode_that_is_none(real: Front) -> None:
    error = ask(real, "send", text="text", mode="auto")["error"]
    assert error["message"] == "auto is Claude's own mode; say auto-accept."


def test_a_fault_is_one_line_and_a_report(real: Front) -> None:
    answer = ask(real, "mode")  # without a pane: Lua never does that
    assert answer["error"]["code"] == "internal"
    log = real.lua("return vim.fn.readfile(vim.env.HOME .. '/.local/state/llm-send/llm-send.log')")
    assert "KeyError: 'pane'" in log


def test_no_tmux_is_said(real: Front) -> None:
    real.fill("text")
    real.press("<Plug>(llm-send-plan)")
    [message] = real.notified()
    assert message.startswith("✗ ")
    assert "tmux" in message


@pytest.mark.parametrize("bad", [r"nul\0", r"\xff\xfe"])
def test_text_that_is_none_is_refused(real: Front, bad: str) -> None:
    real.lua(f"require('llm-send').send({{ text = 'a{bad}b', mode = 'plan' }})")
    [event] = real.wait_for_value("events")
    assert event["name"] == "LlmSendRefused"
    assert event["data"]["reason"] == "bad_text"


def test_it_ends_with_the_editor_at_once(real: Front) -> None:
    ask(real, "hello")
    pid = host_pid(real)
    real.editor.api.command("qa!", async_=True)
    wait_until(lambda: not lives(pid), deadline=2)


def test_terminated_it_says_so(real: Front) -> None:
    ask(real, "hello")
    pid = host_pid(real)
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not lives(pid), deadline=2)
    real.editor.wait_until(lambda: real.lua("return require('llm-send.host').status().stderr[1]"))
    assert "SIGTERM" in real.lua("return table.concat(require('llm-send.host').status().stderr)")


def test_programs_of_the_host_cannot_read_its_requests(real: Front) -> None:
    ask(real, "hello")
    assert Path(f"/proc/{host_pid(real)}/fd/0").readlink() == Path("/dev/null")


def test_as_a_remote_plugin(start_front: FrontStarter) -> None:
    first = start_front(before=REMOTE, use_host=False)
    first.editor.api.command("silent UpdateRemotePlugins")
    front = start_front(before=REMOTE, use_host=False)
    assert ask(front, "hello")["version"] == "0.1.0"
    assert ask(front, "send", text="x" * 100000, mode="auto")["error"]["found"] == "auto"
    # The next call finds that the provider is gone.
    channel = front.lua("return require('llm-send.host').status().channel")
    os.kill(front.lua("return vim.fn.jobpid(...)", channel), signal.SIGKILL)
    front.editor.wait_until(lambda: front.lua("return require('llm-send.host').status().deaths") == 1)


def test_a_remote_plugin_that_is_not_registered(start_front: FrontStarter) -> None:
    front = start_front(before=REMOTE, use_host=False)
    front.fill("text")
    front.press("<Plug>(llm-send)")
    assert front.notified() == ["✗ The remote plugin is not there · Run :UpdateRemotePlugins and restart Neovim"]
